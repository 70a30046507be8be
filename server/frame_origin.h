/*
 * frame_origin - whose pages may show the form in a frame: a list of origins, as an
 * operator writes it and as the policy of a page says it.
 */
#ifndef SYNPUNKT_SERVER_FRAME_ORIGIN_H
#define SYNPUNKT_SERVER_FRAME_ORIGIN_H

struct error;

#define FRAME_ORIGINS_MAX 20

/*
 * "https://stad.example https://skola.stad.example:8443": scheme, host and perhaps a
 * port, nothing after it, by spaces. No wildcard: each is somebody that is trusted.
 * http only on this machine, for whoever tries it out. ERR_INVALID names the one that
 * is wrong.
 */
int frame_origins_check(const char *text, struct error *err);

#endif
