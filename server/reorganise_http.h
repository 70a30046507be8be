/*
 * reorganise_http - reorganisations at the desk, for administrators: the list, one with
 * what it would do, and carrying it out. Plans are made by synpunktctl.
 */
#ifndef SYNPUNKT_SERVER_REORGANISE_HTTP_H
#define SYNPUNKT_SERVER_REORGANISE_HTTP_H

#include "lib/http.h"

extern const struct http_route reorganise_routes[];

#endif
