/* saved_view - filters of the desk's queue under a name: one's own, and a board's. */
#ifndef SYNPUNKT_SERVER_SAVED_VIEW_H
#define SYNPUNKT_SERVER_SAVED_VIEW_H

#include "lib/http.h"

#define SAVED_VIEW_OWN_MAX 20    /* of one person */
#define SAVED_VIEW_SHARED_MAX 30 /* of one board */
#define SAVED_VIEW_COUNT_MAX 999 /* of a view's cases; more is said to be more */

extern const struct http_route saved_view_routes[];

#endif
