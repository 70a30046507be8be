/* desk_workload - how much lies with each handler and unit, for those who lead a board.
 */
#ifndef SYNPUNKT_SERVER_DESK_WORKLOAD_H
#define SYNPUNKT_SERVER_DESK_WORKLOAD_H

#include "lib/http.h"

extern const struct http_route desk_workload_routes[];

#endif
