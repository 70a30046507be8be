/*
 * http_route - route lines compiled into a tree of path segments.
 *
 * Only for the files of lib/http*.
 */
#ifndef SYNPUNKT_LIB_HTTP_ROUTE_H
#define SYNPUNKT_LIB_HTTP_ROUTE_H

#include "lib/http.h"

#define HTTP_VALUES_MAX 8    /* {names} in a path */
#define HTTP_SEGMENTS_MAX 16 /* in a path; more match nothing */

struct arena;
struct error;
struct http_routes;

struct http_match {
	const struct http_route *route; /* NULL: none */
	unsigned methods; /* the path's, as bits 1 << method; 0: unknown path */
	const char *const *names;
	const char *values[HTTP_VALUES_MAX];
};

/* NULL with an error that names the line if a line cannot stand. */
struct http_routes *http_routes_new(
	const struct http_route *const *tables, struct error *err);
void http_routes_free(struct http_routes *routes); /* NULL is fine */

/* raw_path is as sent; a literal segment wins over a {name}. HEAD finds GET's. */
void http_routes_match(const struct http_routes *routes, struct arena *arena,
	const char *raw_path, enum http_method method, struct http_match *ret);

/* "GET, HEAD, OPTIONS" */
const char *http_routes_allow(struct arena *arena, unsigned methods);

#endif
