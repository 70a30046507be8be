/* session_list - one's own sessions, and ending others than the one at hand. */
#ifndef SYNPUNKT_SERVER_SESSION_LIST_H
#define SYNPUNKT_SERVER_SESSION_LIST_H

#include "lib/http.h"

extern const struct http_route session_list_routes[];

#endif
