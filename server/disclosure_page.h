/*
 * disclosure_page - a disclosure as a page to print and as rows of a table. They are
 * documents of the board's, in Swedish whoever makes them.
 *
 * whole is what synpunkt_disclosure.output() gave.
 */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_PAGE_H
#define SYNPUNKT_SERVER_DISCLOSURE_PAGE_H

#include <jansson.h>

struct error;
struct evbuffer;
struct http_request;

int disclosure_page_print(struct http_request *req, const json_t *whole,
	struct evbuffer *out, struct error *err);

/* {columns: [text], rows: [[text]]}, one row for each case. A new reference. */
json_t *disclosure_page_table(struct http_request *req, const json_t *whole);

/* The same of the register. */
json_t *disclosure_page_register(const json_t *items);

#endif
