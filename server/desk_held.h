/* desk_held - mail in quarantine at the desk: what waits, and whether it goes on. */
#ifndef SYNPUNKT_SERVER_DESK_HELD_H
#define SYNPUNKT_SERVER_DESK_HELD_H

#include "lib/http.h"

extern const struct http_route desk_held_routes[];

#endif
