/* compare_page - the comparison as a page: tables first, a picture beside each that has
 * one, a way to each board's own month, and the months around it. */
#ifndef SYNPUNKT_SERVER_COMPARE_PAGE_H
#define SYNPUNKT_SERVER_COMPARE_PAGE_H

#include <jansson.h>

struct page;

struct compare_around {
	const char *month;        /* its first day */
	const char *first, *last; /* months with figures, or NULL */
};

/* Answers; doc is the caller's. */
void compare_page_reply(
	struct page *page, const json_t *doc, const struct compare_around *around);

#endif
