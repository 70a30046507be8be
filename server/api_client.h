/*
 * api_client - a system that calls with a key which an administrator has given it
 * (api_client_http.h): as "Authorization: Bearer" in the API of cases, as api_key in
 * Open311. Of an hour it has the share of its key, and none of its address's.
 */
#ifndef SYNPUNKT_SERVER_API_CLIENT_H
#define SYNPUNKT_SERVER_API_CLIENT_H

#include "lib/http_server.h"

struct error;
struct http_request;

struct api_client {
	char id[sizeof("01234567-89ab-cdef-0123-456789abcdef")];
	unsigned per_hour;
};

/* The part of the access check for routes with ACCESS_CLIENT: whose key it is, and
 * whether it may call this. Where the route is anybody's, too, a call without a key is
 * let through, and one with a dead key is not. */
enum http_access api_client_access(struct http_request *req, struct error *err);

/* Of a request to a route with ACCESS_CLIENT; NULL: it came without a key. */
const struct api_client *api_client_get(struct http_request *req);

/* Counts one against the key's share of an hour. -1 and ERR_BUSY, with Retry-After set,
 * when there are none left. */
int api_client_admit(
	struct http_request *req, const struct api_client *client, struct error *err);

/* An Idempotency-Key is the client's own: another's of the same name is another. */
const char *api_client_own_key(
	struct http_request *req, const struct api_client *client, const char *given);

#endif
