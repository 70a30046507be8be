/*
 * mention_http - whom a note on a case may mention. Who that is, and who is told, is in
 * migrations/0066_mention.sql.
 */
#ifndef SYNPUNKT_SERVER_MENTION_HTTP_H
#define SYNPUNKT_SERVER_MENTION_HTTP_H

#include "lib/http_server.h"

extern const struct http_route mention_routes[];

#endif
