/* type_compare_page - every board by type as a page: the table, its file, a way to each
 * board's own report, and the periods of this year and the last. Swedish but for the
 * frame around it. */
#ifndef SYNPUNKT_SERVER_TYPE_COMPARE_PAGE_H
#define SYNPUNKT_SERVER_TYPE_COMPARE_PAGE_H

#include <jansson.h>

struct http_request;

/* Answers; doc is type_compare_view()'s. */
void type_compare_page_reply(struct http_request *req, const json_t *doc);

/* The address of the last period that has ended. */
const char *type_compare_page_latest(struct http_request *req);

#endif
