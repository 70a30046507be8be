/*
 * suggest_http - what a case is likely to be about, for who reads it at the desk.
 *
 * The model that serves is fetched when it is first asked for, and again when another
 * serves: a worker that nobody asks has none.
 */
#ifndef SYNPUNKT_SERVER_SUGGEST_HTTP_H
#define SYNPUNKT_SERVER_SUGGEST_HTTP_H

#include <stdint.h>

#include "lib/http.h"

struct suggest;

/* A worker's; zeroed: none yet. */
struct suggest_served {
	struct suggest *suggest;
	int64_t version;
};

void suggest_served_clear(struct suggest_served *served);

extern const struct http_route suggest_routes[];

#endif
