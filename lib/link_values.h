/*
 * link_values - percent-encoding of URLs (RFC 3986, 2.1) and query strings.
 */
#ifndef SYNPUNKT_LIB_LINK_VALUES_H
#define SYNPUNKT_LIB_LINK_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/text_format.h"

struct arena;

/* Everything but letters, digits and -._~ as %XX: fit for a path segment and for a
 * name or value of a query. */
char *link_encode(struct arena *arena, const char *text);

/* path?a=1&b=2 with names and values encoded; a row with a NULL value is left out, and
 * so is the "?" if none is left. path is taken as it is. */
char *link_make(struct arena *arena, const char *path, const struct text_value *values);

/* Decodes %XX, and + as a space where plus_is_space (forms and queries). ret has room
 * for n bytes and may be the input itself. Returns the length, or -1 for a % without
 * two hexadecimal digits. The result may hold anything: U+0000 and broken UTF-8 too. */
ssize_t link_decode(const char *bytes, size_t n, bool plus_is_space, char *ret);

/* 0 to 15, or -1. */
int link_hex(char c);

#endif
