/*
 * json_reply - an answer that is JSON already: an object of ours, or what a statement
 * gave in one cell.
 */
#ifndef SYNPUNKT_SERVER_JSON_REPLY_H
#define SYNPUNKT_SERVER_JSON_REPLY_H

#include <jansson.h>

#include "lib/error.h"

struct db_rows;
struct http_request;

/* whole stays the caller's. */
void json_reply(struct http_request *req, int status, const json_t *whole);

/* What is said where the statement found nothing that the caller may have. */
struct json_nothing {
	enum err_code code;
	const char *why;
};

/* The first row's first column; the error; or, without a row or with NULL there,
 * nothing's refusal. */
void json_reply_cell(struct http_request *req, int status, const struct db_rows *rows,
	const struct error *err, const struct json_nothing *nothing);
/* The same with a list in the cell that comes whole: {items, next: null}. */
void json_reply_cell_list(struct http_request *req, const struct db_rows *rows,
	const struct error *err, const struct json_nothing *nothing);

#endif
