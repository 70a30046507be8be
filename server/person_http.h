/* person_http - what is held on one person, for a board's data protection officer. */
#ifndef SYNPUNKT_SERVER_PERSON_HTTP_H
#define SYNPUNKT_SERVER_PERSON_HTTP_H

#include "lib/http.h"

extern const struct http_route person_routes[];

#endif
