/* take_down - what came by telephone, letter, visit or social media, as a colleague
 * takes it down: POST /api/v1/desk/cases, and the days that it may have come. */
#ifndef SYNPUNKT_SERVER_TAKE_DOWN_H
#define SYNPUNKT_SERVER_TAKE_DOWN_H

#include "lib/http.h"

extern const struct http_route take_down_routes[];

#endif
