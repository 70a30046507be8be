/* order_list_http - work orders in a state, such as those that are stuck, over all
 * cases; and the key that a contractor has given the city. */
#ifndef SYNPUNKT_SERVER_ORDER_LIST_HTTP_H
#define SYNPUNKT_SERVER_ORDER_LIST_HTTP_H

#include "lib/http.h"

extern const struct http_route order_list_routes[];

#endif
