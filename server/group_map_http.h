/*
 * group_map_http - groups of an OpenID provider and the roles that they stand for, for
 * administrators (migrations/0125_group_mapping.sql); and whether the providers work.
 */
#ifndef SYNPUNKT_SERVER_GROUP_MAP_HTTP_H
#define SYNPUNKT_SERVER_GROUP_MAP_HTTP_H

#include "lib/http.h"

extern const struct http_route group_map_routes[];
extern const struct http_route oidc_state_routes[]; /* oidc_state.c */

#endif
