/*
 * open311_query - what a GET of GeoReport v2 asks for, read from its query.
 *
 * Every argument is optional, and an empty one is one that is not there. What is wrong
 * is told all at once.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_QUERY_H
#define SYNPUNKT_SERVER_OPEN311_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/sha256.h"

struct http_request;
struct open311_errors;

#define OPEN311_SPAN_DAYS 90
#define OPEN311_PAGE_MAX 1000      /* of one page, and without page_size */
#define OPEN311_SKIP_MAX 100000    /* pages end there */
#define OPEN311_UPDATES_MAX 20000  /* those of updates, each of which is looked up */
#define OPEN311_CODES_MAX 100      /* in one list */
#define OPEN311_RADIUS_MAX 50000.0 /* metres */

/* As parameters of statements; NULL asks for nothing. */
struct open311_query {
	const char *keys;      /* an array, "{a,b}": overrides the rest */
	const char *services;  /* likewise */
	const char *closed;    /* "true" or "false" */
	const char *from, *to; /* when it came in; seconds */
	const char *changed_from, *changed_to; /* seconds */
	const char *box, *circle;              /* arrays of numbers */
	const char *most, *skip;
	bool extensions;
	const char *locale;
	/* "\x…" of the key that came along, or NULL: no answer hangs on it but what the
	 * key's client has sent itself. */
	const char *key_hash;
};

/* Of requests. The request's arena has all of it. */
void open311_query_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors);
/* Of updates: keys, from and to, page. */
void open311_query_read_updates(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors);

/* Of the rest: locale and extensions. */
void open311_query_words(struct http_request *req, struct open311_query *ret);

/* A key's hash as a bytea literal. */
#define OPEN311_HASH_SIZE (2 + SHA256_HEX_SIZE)
void open311_key_hash(const char *key, char ret[OPEN311_HASH_SIZE]);

#endif
