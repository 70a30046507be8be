#include "lib/catalogue.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue_private.h"

/* What a language says of itself in its header, and what follows from that. */

/* Unicode 9, 2.7: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. */
#define ISOLATE "\u2068"
#define ISOLATE_END "\u2069"

/* The field's value if the line is that field. */
static char *field_value(
	struct arena *arena, const char *line, size_t n, const char *field)
{
	size_t length = strlen(field);

	if (n <= length || memcmp(line, field, length) != 0 || line[length] != ':')
		return NULL;
	for (length++; length < n && line[length] == ' ';)
		length++;
	return arena_dup_n(arena, line + length, n - length);
}

void catalogue_about_read(
	struct arena *arena, const char *header, struct catalogue_about *ret)
{
	size_t n;

	for (; *header; header += n + (header[n] ? 1 : 0)) {
		const char *name, *direction, *reviewed;

		n = strcspn(header, "\n");
		name = field_value(arena, header, n, "X-Name");
		direction = field_value(arena, header, n, "X-Direction");
		reviewed = field_value(arena, header, n, "X-Reviewed");
		if (name)
			ret->name = name;
		if (direction)
			ret->right_to_left = !strcmp(direction, "rtl");
		if (reviewed)
			ret->unreviewed = !strcmp(reviewed, "no");
	}
}

const struct catalogue_about *catalogue_about(
	const struct catalogue *cat, const char *language)
{
	return &catalogue_language_get(cat, language)->about;
}

static const struct text_value *isolated(
	struct arena *arena, const struct text_value *values)
{
	struct text_value *ret;
	size_t n = 0;

	while (values[n].name)
		n++;
	ret = arena_alloc(arena, (n + 1) * sizeof(*ret));
	for (size_t i = 0; i < n; i++) {
		ret[i].name = values[i].name;
		ret[i].value = values[i].value
				       ? arena_printf(arena, ISOLATE "%s" ISOLATE_END,
						 values[i].value)
				       : NULL;
	}
	ret[n] = (struct text_value){ 0 };
	return ret;
}

char *catalogue_fill(struct arena *arena, const struct catalogue *cat,
	const char *language, const char *text, const struct text_value *values)
{
	if (values && catalogue_about(cat, language)->right_to_left)
		values = isolated(arena, values);
	return text_format(arena, text, values);
}
