/* desk_page - /desk/: the page that the desk's script fills, at every address of its.
 */
#ifndef SYNPUNKT_SERVER_DESK_PAGE_H
#define SYNPUNKT_SERVER_DESK_PAGE_H

#include "lib/http.h"

extern const struct http_route desk_page_routes[];

#endif
