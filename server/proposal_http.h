/*
 * proposal_http - citizens' proposals of a year for the council (KL 5 kap. 35 §): page,
 * file and API of one list, for those who see the board's figures.
 *
 *   GET /statistik/{board}/medborgarforslag?year=YYYY
 *   GET /statistik/{board}/medborgarforslag.csv?year=YYYY
 *   GET /api/v1/statistics/citizen-proposals?board=&year=
 */
#ifndef SYNPUNKT_SERVER_PROPOSAL_HTTP_H
#define SYNPUNKT_SERVER_PROPOSAL_HTTP_H

#include "lib/http_route.h"

/* The way to the page of a board, or of STATISTICS_CITY. Of the request's arena. */
const char *proposal_href(struct http_request *req, const char *board);

extern const struct http_route proposal_routes[];

#endif
