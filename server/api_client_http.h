/*
 * api_client_http - an administrator gives other systems keys to send by (Open311),
 * sees which there are, and revokes them. A key is told once; its hash is kept.
 */
#ifndef SYNPUNKT_SERVER_API_CLIENT_HTTP_H
#define SYNPUNKT_SERVER_API_CLIENT_HTTP_H

#include "lib/http.h"

extern const struct http_route api_client_routes[];

#endif
