/*
 * result_page - the figures of a district as a page: tables, and the months as a
 * picture too.
 */
#ifndef SYNPUNKT_SERVER_RESULT_PAGE_H
#define SYNPUNKT_SERVER_RESULT_PAGE_H

struct city_district;
struct http_request;
struct page;
struct result;

void result_page_reply(struct http_request *req, const struct result *result,
	const struct city_district *district);

/* Anybody may keep it for an hour, but not what sets the cookie of a language. */
void result_page_may_be_kept(struct page *page);

#endif
