/*
 * passkey_origin - for which address passkeys are made: that of the city's server, as a
 * browser tells it (RFC 6454, 6.2) and as its host alone, which is the relying party's
 * id (W3C Web Authentication, 5.1.2).
 */
#ifndef SYNPUNKT_SERVER_PASSKEY_ORIGIN_H
#define SYNPUNKT_SERVER_PASSKEY_ORIGIN_H

#include <jansson.h>

#include "lib/passkey.h"

struct arena;

/* url: "https://synpunkt.example/…". Sets origin and host. -1: the host is no name but
 * an address, which browsers make no passkeys for. */
int passkey_origin(struct arena *arena, const char *url, struct passkey_asked *ret);

/* {challenge, host, credentials}: what a browser hands to a device. credentials is
 * JSON, a list of base64url. */
json_t *passkey_asked_json(const struct passkey_asked *asked, const char *credentials);

#endif
