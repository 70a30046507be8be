/*
 * register_http - the register of a board over HTTP: GET /api/v1/register, the pages
 * under /diarium and the same as a file. For those roles at the board that the database
 * knows.
 */
#ifndef SYNPUNKT_SERVER_REGISTER_HTTP_H
#define SYNPUNKT_SERVER_REGISTER_HTTP_H

#include <stdbool.h>

#include <jansson.h>

#include "lib/http.h"
#include "server/register_store.h"

extern const struct http_route register_routes[];

/* A file has at most so many rows; who needs more narrows the days. */
#define REGISTER_EXPORT_MAX 5000

/* One answer to one filter: asked for, then shown in one of three ways. */
struct register_view {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	struct register_filter filter;
	size_t limit;   /* of entries shown; the filter asks for one more */
	bool is_export; /* and is noted as one */
	void (*show)(struct register_view *view);
	json_t *head, *items; /* until show() is over */
	const char *next;     /* after= of the next page, or NULL */
};

/* Of the route's {board} and the query. NULL: it was answered, with 404 or 422. */
struct register_view *register_view_new(struct http_request *req, const char *board);
void register_view_start(struct register_view *view);

#endif
