/* marking_http - the sections of law that are offered for a secrecy marking. Marking is
 * one of the things that are done with a case: desk_http.h. */
#ifndef SYNPUNKT_SERVER_MARKING_HTTP_H
#define SYNPUNKT_SERVER_MARKING_HTTP_H

#include "lib/http.h"

extern const struct http_route marking_routes[];

#endif
