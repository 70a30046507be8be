/*
 * presence_http - who else has a case open, and who is writing: said by a sign of life
 * each few seconds, and gone by itself. It is no event and no log.
 */
#ifndef SYNPUNKT_SERVER_PRESENCE_HTTP_H
#define SYNPUNKT_SERVER_PRESENCE_HTTP_H

#include "lib/http.h"

extern const struct http_route presence_routes[];

#endif
