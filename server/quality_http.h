/*
 * quality_http - GET /api/v1/quality-indicators: of each board in a month what the open
 * data tell of it as a whole, with what each indicator is. Anybody's: only what is
 * published, suppressed as there.
 */
#ifndef SYNPUNKT_SERVER_QUALITY_HTTP_H
#define SYNPUNKT_SERVER_QUALITY_HTTP_H

#include "lib/http.h"

extern const struct http_route quality_routes[];

#endif
