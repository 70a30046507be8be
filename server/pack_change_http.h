/*
 * pack_change_http - what staff change of a month's pack: POST
 * /api/v1/statistics/corrections puts what is known now beside a frozen month, for the
 * board's secretary, coordinators and managers; PUT and DELETE
 * /api/v1/statistics/subscriptions/{board}, who is told by mail that a month is frozen.
 */
#ifndef SYNPUNKT_SERVER_PACK_CHANGE_HTTP_H
#define SYNPUNKT_SERVER_PACK_CHANGE_HTTP_H

#include "lib/http.h"

extern const struct http_route pack_change_routes[];

#endif
