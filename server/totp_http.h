/* totp_http - one's own second factor: beginning, confirming, taking away, and recovery
 * codes. What is secret is shown once, and never logged. */
#ifndef SYNPUNKT_SERVER_TOTP_HTTP_H
#define SYNPUNKT_SERVER_TOTP_HTTP_H

#include "lib/http.h"

extern const struct http_route totp_routes[];

#endif
