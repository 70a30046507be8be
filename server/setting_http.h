/*
 * setting_http - the city's settings: who may see and change them is in
 * migrations/0059_setting.sql, what they are in setting.h. A change can be previewed,
 * has a reason, stays in the history and can be undone.
 */
#ifndef SYNPUNKT_SERVER_SETTING_HTTP_H
#define SYNPUNKT_SERVER_SETTING_HTTP_H

#include "lib/http_server.h"

extern const struct http_route setting_routes[];

#endif
