/* page_staff - the frame of the pages that are for staff: they go between the desk, the
 * register and the figures; the residents' menu is not theirs. */
#ifndef SYNPUNKT_SERVER_PAGE_STAFF_H
#define SYNPUNKT_SERVER_PAGE_STAFF_H

struct http_request;
struct page;

/* page_init(), for the session of the request. here is the part's first page. */
void page_staff_init(struct page *page, struct http_request *req, const char *here);

#endif
