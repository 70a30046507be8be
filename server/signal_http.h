/*
 * signal_http - what was found in the night to Monday (migrations/0074_signal.sql), for
 * who leads a board, and that somebody says it is nothing.
 */
#ifndef SYNPUNKT_SERVER_SIGNAL_HTTP_H
#define SYNPUNKT_SERVER_SIGNAL_HTTP_H

#include "lib/http.h"

extern const struct http_route signal_routes[];

#endif
