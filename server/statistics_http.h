/*
 * statistics_http - the month in figures over HTTP: GET /api/v1/statistics and the
 * pages under /statistik. For who has a role at the board, and for analysts.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_HTTP_H
#define SYNPUNKT_SERVER_STATISTICS_HTTP_H

#include "lib/http.h"

extern const struct http_route statistics_routes[];

/* "YYYY-MM" as its first day, within the years of working_day.h; -1 if it is none. */
#define STATISTICS_MONTH sizeof("YYYY-MM-DD")
int statistics_month_parse(const char *text, char ret[STATISTICS_MONTH]);

#endif
