/*
 * poster_client - has synpunktctl, which stands beside the server, draw a poster
 * (qr_poster.h): a process for each, which takes nothing of ours along, and what it
 * needs of memory with it when it ends.
 */
#ifndef SYNPUNKT_SERVER_POSTER_CLIENT_H
#define SYNPUNKT_SERVER_POSTER_CLIENT_H

#include <jansson.h>

struct error;
struct evbuffer;

/* Waits for it: in a work thread. ERR_UNAVAILABLE when it could not. */
int poster_client_draw(const json_t *words, struct evbuffer *out, struct error *err);

#endif
