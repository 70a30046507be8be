/*
 * http_uri - targets, percent-encoding and query strings (RFC 3986, WHATWG
 * application/x-www-form-urlencoded).
 *
 * Only for the files of lib/http*.
 */
#ifndef SYNPUNKT_LIB_HTTP_URI_H
#define SYNPUNKT_LIB_HTTP_URI_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct http_uri {
	const char *authority; /* of an absolute-form target, else NULL */
	const char *raw_path, *path, *query;
};

/* Takes a request target apart; asterisk: "*" is allowed. Returns NULL, or a fixed
 * text that says what is wrong; ret is then untouched. */
const char *http_uri_parse(
	struct arena *arena, const char *target, bool asterisk, struct http_uri *ret);

/* A host with an optional port, as Host and absolute-form targets carry it. */
bool http_uri_is_authority(const char *text);

/* The value of the first pair of that name, decoded, or NULL. */
const char *http_uri_query_value(
	struct arena *arena, const char *query, const char *name);
/* There is more than one of that name. */
bool http_uri_query_repeats(struct arena *arena, const char *query, const char *name);

#endif
