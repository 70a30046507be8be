/* support_http - "the same thing": open public cases near a place, and supporting one.
 */
#ifndef SYNPUNKT_SERVER_SUPPORT_HTTP_H
#define SYNPUNKT_SERVER_SUPPORT_HTTP_H

#include "lib/http.h"

extern const struct http_route support_routes[];

#endif
