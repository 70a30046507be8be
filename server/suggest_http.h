/* suggest_http - what a case is likely to be about and what in it somebody should look
 * at, for who reads it at the desk. */
#ifndef SYNPUNKT_SERVER_SUGGEST_HTTP_H
#define SYNPUNKT_SERVER_SUGGEST_HTTP_H

#include "lib/http.h"

extern const struct http_route suggest_routes[];

#endif
