/* report_http - the reports of a board at the desk: GET /api/v1/desk/reports, one with
 * its sections, and PUT of what is written in them. */
#ifndef SYNPUNKT_SERVER_REPORT_HTTP_H
#define SYNPUNKT_SERVER_REPORT_HTTP_H

#include "lib/http.h"

extern const struct http_route report_routes[];

#endif
