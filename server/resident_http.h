/* resident_http - the residents' pages as routes. */
#ifndef SYNPUNKT_SERVER_RESIDENT_HTTP_H
#define SYNPUNKT_SERVER_RESIDENT_HTTP_H

#include "lib/http.h"

extern const struct http_route resident_routes[];

#endif
