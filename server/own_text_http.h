/*
 * own_text_http - what the program itself says where the city may say something else,
 * for whoever changes it: the rows are settings like the others (setting_http.h).
 */
#ifndef SYNPUNKT_SERVER_OWN_TEXT_HTTP_H
#define SYNPUNKT_SERVER_OWN_TEXT_HTTP_H

#include "lib/http_server.h"

extern const struct http_route own_text_routes[];

#endif
