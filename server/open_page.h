/* open_page - /oppnadata/: what there is of open data, and what it says, for people. */
#ifndef SYNPUNKT_SERVER_OPEN_PAGE_H
#define SYNPUNKT_SERVER_OPEN_PAGE_H

#include "lib/http.h"

extern const struct http_route open_page_routes[];

#endif
