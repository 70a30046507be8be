/*
 * tile_http - /tiles/{name}.pmtiles: the city's own map as one file, read in parts.
 *
 * The files are those of the folder SYNPUNKT_TILES; who reads a PMTiles file asks for
 * some kilobytes of it at a time. They are opened and read in a work thread, so that no
 * disk holds up the loop, and no answer is larger than TILE_PART_MAX.
 */
#ifndef SYNPUNKT_SERVER_TILE_HTTP_H
#define SYNPUNKT_SERVER_TILE_HTTP_H

#include "lib/http.h"

/* Of one answer, in octets: the largest tile and the largest directory are smaller. A
 * longer range is answered with its beginning, a larger file only in parts. */
#define TILE_PART_MAX ((uint64_t)2 << 20)

extern const struct http_route tile_routes[];

#endif
