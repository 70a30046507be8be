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

/* The board, STATISTICS_CITY without one, and the month that a call of the API asks for
 * by query; NULL when it has been answered that they are none. */
const char *statistics_asked(struct http_request *req, char ret[STATISTICS_MONTH]);

#endif
