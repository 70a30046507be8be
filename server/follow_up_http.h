/*
 * follow_up_http - a case to look at again on a day, and what there is to look at
 * today. Who sees what is in migrations/0061_follow_up.sql.
 */
#ifndef SYNPUNKT_SERVER_FOLLOW_UP_HTTP_H
#define SYNPUNKT_SERVER_FOLLOW_UP_HTTP_H

#include "lib/http_server.h"

extern const struct http_route follow_up_routes[];

#endif
