/*
 * type_compare_http - every board by type beside the year before, for analysts: the
 * page /statistik/typer, its file, and GET /api/v1/statistics/type-comparisons.
 */
#ifndef SYNPUNKT_SERVER_TYPE_COMPARE_HTTP_H
#define SYNPUNKT_SERVER_TYPE_COMPARE_HTTP_H

#include "lib/http.h"

extern const struct http_route type_compare_routes[];

#endif
