/* area_http - GET /api/v1/areas: the city's own outlines, for maps that need no tiles.
 */
#ifndef SYNPUNKT_SERVER_AREA_HTTP_H
#define SYNPUNKT_SERVER_AREA_HTTP_H

#include "lib/http.h"

extern const struct http_route area_routes[];

#endif
