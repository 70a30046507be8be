/* app_page - /app/: the page that the residents' app fills, at every address of its;
 * its service worker and its manifest. */
#ifndef SYNPUNKT_SERVER_APP_PAGE_H
#define SYNPUNKT_SERVER_APP_PAGE_H

#include "lib/http.h"

extern const struct http_route app_page_routes[];

#endif
