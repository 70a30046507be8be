/*
 * audit_http - who read which sensitive case, and what was exported: for the board's
 * auditors and data protection officers. GET /api/v1/audit/reads and /exports, and as
 * pages under /loggar.
 */
#ifndef SYNPUNKT_SERVER_AUDIT_HTTP_H
#define SYNPUNKT_SERVER_AUDIT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "lib/http.h"

struct db_call;

extern const struct http_route audit_routes[];

struct audit_view {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	bool of_exports;
	const char *board, *number, *user, *from, *to; /* as asked for; NULL: any */
	const char *serial;                            /* of the number */
	size_t limit;
	void (*show)(struct audit_view *view);
	json_t *items;    /* until show() is over */
	const char *next; /* after= of the next page, or NULL */
};

/* Reads the query. NULL: it was answered. */
struct audit_view *audit_view_new(struct http_request *req, const char *board);
void audit_view_start(struct audit_view *view);

#endif
