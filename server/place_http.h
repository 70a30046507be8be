/*
 * place_http - addresses, places and units by what somebody types, and what is nearest
 * to a position: for whoever says where something is, with no third party asked.
 */
#ifndef SYNPUNKT_SERVER_PLACE_HTTP_H
#define SYNPUNKT_SERVER_PLACE_HTTP_H

#include "lib/http.h"

extern const struct http_route place_routes[];

#endif
