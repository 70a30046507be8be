/*
 * order_answer - what a GeoReport v2 server answers, read strictly: one object in a
 * list, of the request that was asked about, with a status that there is. Anything else
 * is a lie and is named, so that nothing is done because of it. Pure.
 */
#ifndef SYNPUNKT_SERVER_ORDER_ANSWER_H
#define SYNPUNKT_SERVER_ORDER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define ORDER_ANSWER_MAX ((size_t)64 * 1024) /* bytes */
#define ORDER_ANSWER_ID_MAX 200
#define ORDER_ANSWER_NOTES_MAX 4000 /* bytes; what is longer is cut off */

/* Texts are the arena's. */
struct order_answer {
	const char *id;    /* service_request_id, or NULL */
	const char *token; /* where there is no id yet, or NULL */
	bool closed;
	const char *notes; /* status_notes, or NULL */
};

/*
 * Each returns NULL, or which lie it is: "lies-json", "lies-count" (none, or several),
 * "lies-id" (none, or another's), "lies-status". ret is then not to be used.
 */

/* To a new request: an id or a token. */
const char *order_answer_created(
	struct arena *arena, const char *body, size_t n, struct order_answer *ret);
/* To a question about a token: an id once there is one. */
const char *order_answer_named(struct arena *arena, const char *body, size_t n,
	const char *token, struct order_answer *ret);
/* To a question about a request. */
const char *order_answer_looked(struct arena *arena, const char *body, size_t n,
	const char *id, struct order_answer *ret);

#endif
