/* desk_related - what else there is about a case: of the same person, at the same
 * place, and what may be the same thing told twice; and the links
 * that a colleague makes between two. */
#ifndef SYNPUNKT_SERVER_DESK_RELATED_H
#define SYNPUNKT_SERVER_DESK_RELATED_H

#include "lib/http.h"

extern const struct http_route desk_related_routes[];

#endif
