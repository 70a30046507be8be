/*
 * tile_source - what the maps are drawn on, by SYNPUNKT_TILE_URL, and what a page's
 * policy must let in for it: a PMTiles file is read by a script, pictures are shown.
 */
#ifndef SYNPUNKT_SERVER_TILE_SOURCE_H
#define SYNPUNKT_SERVER_TILE_SOURCE_H

#include "lib/http.h"

struct arena;
struct options;

struct tile_source {
	const char *url; /* a path of ours, or http(s); NULL: nothing, outlines alone */
	const char *credit; /* whose map that is, or "" */
	/* " https://kartor.example", to be put after a policy's img-src and
	 * connect-src, or "" */
	const char *pictures, *reads;
};

/* An address that is neither a path of ours nor http(s) with a host in small letters is
 * as if there were none. */
struct tile_source tile_source_get(struct arena *arena, const struct options *options);

extern const struct http_route tile_source_routes[];

#endif
