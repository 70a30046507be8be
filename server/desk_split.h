/*
 * desk_split - a letter about several things, split into a case for each of them.
 *
 *   POST /api/v1/desk/cases/{number}/split-previews   where each would go, and its
 * dates POST /api/v1/desk/cases/{number}/splits           does it: all of it, or
 * nothing
 */
#ifndef SYNPUNKT_SERVER_DESK_SPLIT_H
#define SYNPUNKT_SERVER_DESK_SPLIT_H

#include "lib/http.h"

extern const struct http_route desk_split_routes[];

#endif
