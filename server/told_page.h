/*
 * told_page - "Du sa – vi gjorde": what boards did about what residents wrote, and
 * praise that is shared, for anybody. /resultat/du-sa-vi-gjorde has the boards, a
 * board's code below it the list.
 *
 * Every word of it was written by staff to be read here; of no case is anything shown.
 */
#ifndef SYNPUNKT_SERVER_TOLD_PAGE_H
#define SYNPUNKT_SERVER_TOLD_PAGE_H

#include "lib/http_server.h"

extern const struct http_route told_routes[];

#endif
