/*
 * map_page - the public map as pages: /karta, where the list and what it is narrowed by
 * come first and a script adds the map, and the same list as RSS 2.0.
 */
#ifndef SYNPUNKT_SERVER_MAP_PAGE_H
#define SYNPUNKT_SERVER_MAP_PAGE_H

#include "lib/http.h"

extern const struct http_route map_page_routes[];

#endif
