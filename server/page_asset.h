/*
 * page_asset - style, script and icon of the residents' pages, the desk and the app,
 * at addresses that name their content: /static/{hash}/{name} may be kept for ever.
 */
#ifndef SYNPUNKT_SERVER_PAGE_ASSET_H
#define SYNPUNKT_SERVER_PAGE_ASSET_H

#include <jansson.h>

struct http_request;

#define PAGE_ASSET_PATH "/static/{tag}/{name}"
void page_asset_get(struct http_request *req);

/* {style, script, icon}: an address each. A new reference. */
json_t *page_asset_links(void);

#endif
