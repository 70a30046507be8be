/* report_http - the reports of a board at the desk: GET /api/v1/desk/reports, one with
 * its sections, and PUT of what is written in them. */
#ifndef SYNPUNKT_SERVER_REPORT_HTTP_H
#define SYNPUNKT_SERVER_REPORT_HTTP_H

#include <jansson.h>

#include "lib/http.h"

/* The reports of a board, or with NULL of all that the session sees, as the API lists
 * them; items are the caller's. Not called when it was refused, which is answered. */
typedef void report_listed_fn(struct http_request *req, const json_t *items);
void report_list(struct http_request *req, const char *board, report_listed_fn *listed);

extern const struct http_route report_routes[];

#endif
