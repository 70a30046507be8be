/*
 * webhook_http - an administrator subscribes other systems to what is published, sees
 * how that went, and has a message sent again.
 */
#ifndef SYNPUNKT_SERVER_WEBHOOK_HTTP_H
#define SYNPUNKT_SERVER_WEBHOOK_HTTP_H

#include "lib/http.h"

extern const struct http_route webhook_routes[];

#endif
