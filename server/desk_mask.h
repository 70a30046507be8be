/* desk_mask - a picture's copy with parts of it covered, made by the image worker. */
#ifndef SYNPUNKT_SERVER_DESK_MASK_H
#define SYNPUNKT_SERVER_DESK_MASK_H

#include "lib/http.h"

extern const struct http_route desk_mask_routes[];

#endif
