/*
 * text_format - fills {name} in a text with values. Translated texts move their
 * values about, so values go by name, never by place.
 */
#ifndef SYNPUNKT_LIB_TEXT_FORMAT_H
#define SYNPUNKT_LIB_TEXT_FORMAT_H

#include <stddef.h>

struct arena;

struct text_value {
	const char *name; /* NULL ends a list */
	const char *value;
};

/* TEXT_VALUES({ "max", "300" }, { "unit", name }): a list for the calls below, which
 * lives as long as the block it stands in. */
#define TEXT_VALUES(...) ((const struct text_value[]){ __VA_ARGS__, { 0 } })

/* A {name} without a value, or with a NULL one, stays as it is, so that a mistake can
 * be seen. Nothing is escaped. values may be NULL. The result is the arena's. */
char *text_format(
	struct arena *arena, const char *text, const struct text_value *values);

/* The next {name} from text on, and its length with the braces; NULL at the end. */
const char *text_format_next(const char *text, size_t *ret_n);

#endif
