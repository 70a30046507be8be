/* routes - every address that the server answers on, for the workers and for
 * `synpunktctl config --routes`. */
#ifndef SYNPUNKT_SERVER_ROUTES_H
#define SYNPUNKT_SERVER_ROUTES_H

#include "lib/http.h"

/* Each NULL-terminated. */
extern const struct http_route *const routes_public[];
extern const struct http_route *const routes_ops[];

#endif
