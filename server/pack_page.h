/* pack_page - the monthly pack as a page: tables first, a chart beside each that has
 * one, the months around it, and the form for a correction. */
#ifndef SYNPUNKT_SERVER_PACK_PAGE_H
#define SYNPUNKT_SERVER_PACK_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct error;
struct evbuffer;
struct page;

struct pack_around {
	const char *board;        /* a code, or STATISTICS_CITY */
	const char *month;        /* its first day */
	const char *first, *last; /* months with figures, or NULL */
	const char *csrf;         /* of the session */
	bool may_correct;
	int64_t differs; /* figures that the cells say otherwise now */
	/* What is told by mail: "on", "off"; NULL: there is no address to write to. */
	const char *subscription;
};

/* Answers; doc is the caller's. */
void pack_page_reply(
	struct page *page, const json_t *doc, const struct pack_around *around);

/* The same for paper, as a page that is complete without any other file. */
int pack_page_print(
	struct page *page, const json_t *doc, struct evbuffer *out, struct error *err);

#endif
