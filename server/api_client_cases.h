/*
 * api_client_cases - what a system has sent with its key, and how it goes with it:
 * GET /api/v1/sent-cases. Nothing of what is in the cases; that is read with their
 * codes.
 */
#ifndef SYNPUNKT_SERVER_API_CLIENT_CASES_H
#define SYNPUNKT_SERVER_API_CLIENT_CASES_H

#include "lib/http.h"

extern const struct http_route api_client_cases_routes[];

#endif
