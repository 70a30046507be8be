#include "lib/db_conninfo.h"

#include <string.h>

#include <libpq-fe.h>

#include "lib/arena.h"
#include "lib/error.h"

/* libpq, 34.1.1.1: in quotes, with backslash before quote and backslash. */
static const char *quoted(struct arena *arena, const char *value)
{
	char *text = arena_alloc(arena, 2 * strlen(value) + 3), *p = text;

	*p++ = '\'';
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			*p++ = '\\';
		*p++ = *value;
	}
	*p = '\'';
	return text;
}

const char *db_conninfo_with(struct arena *arena, const char *conninfo, const char *key,
	const char *value, struct error *err)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	const char *text = arena_printf(arena, "%s=%s", key, quoted(arena, value));

	if (!options) {
		error_set(err, ERR_INVALID,
			"the database's connection string cannot be read");
		return NULL;
	}
	for (const PQconninfoOption *o = options; o->keyword; o++)
		if (o->val && strcmp(o->keyword, key) != 0)
			text = arena_printf(arena, "%s %s=%s", text, o->keyword,
				quoted(arena, o->val));
	PQconninfoFree(options);
	return text;
}
