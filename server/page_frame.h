/*
 * page_frame - the form, its receipt and what goes wrong between them, shown in a frame
 * of the city's other pages (SYNPUNKT_FRAME_ANCESTORS): without our header and footer,
 * and with links that leave the frame. No other page may be framed by anybody: in one
 * that somebody else drew, people press what they do not see.
 */
#ifndef SYNPUNKT_SERVER_PAGE_FRAME_H
#define SYNPUNKT_SERVER_PAGE_FRAME_H

#include <stdbool.h>

struct http_request;
struct page;

/* Frames are allowed, and the request is for one: it says so (?ram=1), or the browser
 * does. */
bool page_frame_asked(struct http_request *req);

/* Before rendering `name`: lets the frame be, where it may, and puts "framed" into the
 * data: {own}, the address of the form in a window of its own, null on other pages. */
void page_frame_add(struct page *page, const char *name);

/* path, for a frame where this request's is one. The language goes along: a cookie of
 * ours may not be kept there. */
const char *page_frame_link(
	struct http_request *req, const char *path, const char *language);

#endif
