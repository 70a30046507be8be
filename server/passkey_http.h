/* passkey_http - one's passkeys: the list, a new one in two steps, taking one away. */
#ifndef SYNPUNKT_SERVER_PASSKEY_HTTP_H
#define SYNPUNKT_SERVER_PASSKEY_HTTP_H

#include "lib/http.h"

extern const struct http_route passkey_routes[];

#endif
