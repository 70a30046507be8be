/*
 * open311_http - the addresses of Open311 GeoReport v2:
 *
 *   /open311/discovery.{xml,json}
 *   /open311/v2/…        the production endpoint
 *   /open311/test/v2/…   the same, but that what is sent is judged and not stored
 *
 * They stand in the specification and not in our OpenAPI text. The format is the last
 * part of an address.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_HTTP_H
#define SYNPUNKT_SERVER_OPEN311_HTTP_H

#include "lib/http.h"

extern const struct http_route open311_routes[];

#endif
