/*
 * draft_http - what somebody is writing at the desk, kept on the server until it is
 * sent or thrown away: one for each of their cases and actions, readable by its writer
 * alone. It is not yet a document: no event, no register, no extract.
 */
#ifndef SYNPUNKT_SERVER_DRAFT_HTTP_H
#define SYNPUNKT_SERVER_DRAFT_HTTP_H

#include "lib/http.h"

extern const struct http_route draft_routes[];

#endif
