/*
 * order_http - work orders of a case at the desk: which there are, giving one, and what
 * is done about one.
 */
#ifndef SYNPUNKT_SERVER_ORDER_HTTP_H
#define SYNPUNKT_SERVER_ORDER_HTTP_H

#include "lib/http.h"

extern const struct http_route order_routes[];

#endif
