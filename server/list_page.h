/*
 * list_page - the part of a list that one answer holds: ?limit= and ?after=.
 *
 * Every list answers {items, next}; next is an opaque cursor for after=, null at the
 * end. The cursor is the last item's own key, so that nothing is skipped or shown
 * twice when rows come and go in between.
 */
#ifndef SYNPUNKT_SERVER_LIST_PAGE_H
#define SYNPUNKT_SERVER_LIST_PAGE_H

#include <stddef.h>

struct faults;
struct http_request;
struct json_write;

#define LIST_LIMIT_STANDARD 50
#define LIST_LIMIT_MAX 200

struct list_page {
	size_t limit;
	const char *after; /* as given; NULL: from the start */
};

/* -1 and a fault for a limit that is not 1 to 200. */
int list_page_read(
	struct http_request *req, struct list_page *ret, struct faults *faults);

/* An answer: begun, then its items are written, then answered with the cursor of the
 * last one; NULL: there are no more. */
void list_page_begin(struct http_request *req, struct json_write *w);
void list_page_reply(struct http_request *req, struct json_write *w, const char *next);

#endif
