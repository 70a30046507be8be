/* city_http - the city's lists, open to all: boards and categories. */
#ifndef SYNPUNKT_SERVER_CITY_HTTP_H
#define SYNPUNKT_SERVER_CITY_HTTP_H

#include "lib/http.h"

extern const struct http_route city_routes[];

#endif
