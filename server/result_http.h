/*
 * result_http - what residents see of a district: /resultat/, where they choose it, by
 * its name or by an address of it, /resultat/{district}, and the same figures at
 * /api/v1/results. No script, no cookie, no sign-in; what is shown changes three times
 * a year and may be kept for an hour by anybody.
 */
#ifndef SYNPUNKT_SERVER_RESULT_HTTP_H
#define SYNPUNKT_SERVER_RESULT_HTTP_H

#include "lib/http.h"

extern const struct http_route result_routes[];

/* For an address of the client's that asks more than people do: -1, and it is answered.
 */
int result_limit_take(struct http_request *req);

/* GET /resultat/ (result_choose.c). */
void result_choose_get(struct http_request *req);

#endif
