/*
 * map_http - the public map as data: GET /api/v1/map, a box of it as GeoJSON.
 *
 * What is public, and how much of it, is the database's to say
 * (migrations/0031_map.sql); here only the question is read.
 */
#ifndef SYNPUNKT_SERVER_MAP_HTTP_H
#define SYNPUNKT_SERVER_MAP_HTTP_H

#include "lib/http.h"

extern const struct http_route map_routes[];

#endif
