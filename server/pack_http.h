/*
 * pack_http - the monthly pack of a board: the page /statistik/{board}/{month}, its
 * files below it, and GET /api/v1/statistics/packs. For who has a role at the board,
 * and for analysts.
 *
 * All forms are made of one document (pack_doc.h); what is slow in making it is done in
 * a work thread.
 */
#ifndef SYNPUNKT_SERVER_PACK_HTTP_H
#define SYNPUNKT_SERVER_PACK_HTTP_H

#include "lib/http.h"

extern const struct http_route pack_routes[];

#endif
