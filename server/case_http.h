/* case_http - cases on the wire: POST and GET /api/v1/cases, messages. */
#ifndef SYNPUNKT_SERVER_CASE_HTTP_H
#define SYNPUNKT_SERVER_CASE_HTTP_H

#include "lib/http.h"

extern const struct http_route case_routes[];

#endif
