#include "lib/text_format.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/* The value for the n bytes of a name; NULL if there is none. */
static const char *text_value_find(
	const struct text_value *values, const char *name, size_t n)
{
	for (; values && values->name; values++) {
		if (strlen(values->name) == n && memcmp(values->name, name, n) == 0)
			return values->value;
	}
	return NULL;
}

/* Copies text to ret, or only measures it if ret is NULL. Returns the length. */
static size_t text_fill(const char *text, const struct text_value *values, char *ret)
{
	size_t used = 0, n;
	const char *end, *value;

	while (*text) {
		end = *text == '{' ? strchr(text, '}') : NULL;
		value = end ? text_value_find(
				      values, text + 1, (size_t)(end - text - 1))
			    : NULL;
		n = value ? strlen(value) : 1;
		if (ret)
			memcpy(ret + used, value ? value : text, n);
		used += n;
		text = value ? end + 1 : text + 1;
	}
	return used;
}

char *text_format(
	struct arena *arena, const char *text, const struct text_value *values)
{
	char *filled = arena_alloc(arena, text_fill(text, values, NULL) + 1);

	text_fill(text, values, filled);
	return filled;
}

const char *text_format_next(const char *text, size_t *ret_n)
{
	size_t n;

	for (text = strchr(text, '{'); text; text = strchr(text + 1, '{')) {
		n = strspn(text + 1, name_bytes);
		if (n > 0 && text[n + 1] == '}') {
			*ret_n = n + 2;
			return text;
		}
	}
	return NULL;
}
