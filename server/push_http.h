/*
 * push_http - a resident's device asks to be told of what is new in a case, and no
 * more.
 */
#ifndef SYNPUNKT_SERVER_PUSH_HTTP_H
#define SYNPUNKT_SERVER_PUSH_HTTP_H

#include "lib/http.h"

extern const struct http_route push_routes[];

#endif
