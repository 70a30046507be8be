/* template_put - writing and changing templates for replies; see template_http.h. */
#ifndef SYNPUNKT_SERVER_TEMPLATE_PUT_H
#define SYNPUNKT_SERVER_TEMPLATE_PUT_H

#include "lib/http.h"

extern const struct http_route template_put_routes[];

#endif
