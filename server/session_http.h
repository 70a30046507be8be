/* session_http - signing in and out: /api/v1/sessions. */
#ifndef SYNPUNKT_SERVER_SESSION_HTTP_H
#define SYNPUNKT_SERVER_SESSION_HTTP_H

#include "lib/http.h"

extern const struct http_route session_routes[];

#endif
