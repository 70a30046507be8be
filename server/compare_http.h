/*
 * compare_http - the city's boards and companies beside each other, for analysts: the
 * page /statistik/jamfor, its file, and GET /api/v1/statistics/comparisons.
 */
#ifndef SYNPUNKT_SERVER_COMPARE_HTTP_H
#define SYNPUNKT_SERVER_COMPARE_HTTP_H

#include "lib/http.h"

extern const struct http_route compare_routes[];

#endif
