/* ops_http - what operators and their machines ask: /live, /ready, /metrics. Served on
 * an address of its own, which the outside does not reach. */
#ifndef SYNPUNKT_SERVER_OPS_HTTP_H
#define SYNPUNKT_SERVER_OPS_HTTP_H

#include "lib/http.h"

extern const struct http_route ops_routes[];

#endif
