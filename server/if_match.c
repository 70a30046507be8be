#include "server/if_match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/db_array.h"

/* Of one entity tag; -1, which no version is, for one that we never gave. A weak tag
 * counts, against the letter: a proxy that compresses makes ours weak, and what it
 * names is a version. */
static int64_t version_read(const char *tag)
{
	long long version;
	char *end;

	tag += !strncmp(tag, "W/", 2) ? 2 : 0;
	if (tag[0] != '"' || tag[1] < '0' || tag[1] > '9')
		return -1;
	version = strtoll(tag + 1, &end, 10);
	return *end == '"' && version < INT32_MAX ? version : -1;
}

const char *if_match_versions(struct arena *arena, const char *tags)
{
	struct db_array *array = db_array_new(arena);

	tags += strspn(tags, " \t,");
	if (!strcmp(tags, "*"))
		return NULL;
	for (; *tags; tags += strspn(tags, " \t,")) {
		db_array_int(array, version_read(tags));
		tags += strcspn(tags, ",");
	}
	return db_array_literal(array);
}
