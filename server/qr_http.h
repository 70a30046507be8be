/*
 * qr_http - posters with a QR code that leads to the form, for staff: the page where
 * one is chosen, and the files.
 */
#ifndef SYNPUNKT_SERVER_QR_HTTP_H
#define SYNPUNKT_SERVER_QR_HTTP_H

#include <stdbool.h>

#include "lib/http.h"

struct session;

/* Who puts up signs for a board, a unit or the city. */
bool qr_may_make(const struct session *session);

extern const struct http_route qr_routes[];

#endif
