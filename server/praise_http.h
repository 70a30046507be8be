/* praise_http - praise that anybody may read, in words that staff wrote for it and with
 * the complainant's yes. What may be is in migrations/0071_improvement.sql. */
#ifndef SYNPUNKT_SERVER_PRAISE_HTTP_H
#define SYNPUNKT_SERVER_PRAISE_HTTP_H

#include "lib/http_server.h"

extern const struct http_route praise_routes[];

#endif
