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

/* Whether the reader is told by mail when a month of the board is frozen. */
enum pack_letters {
	PACK_LETTERS_NOWHERE, /* there is no address to write to */
	PACK_LETTERS_OFF,
	PACK_LETTERS_ON,
};

struct pack_around {
	const char *board;        /* a code, or STATISTICS_CITY */
	const char *month;        /* its first day */
	const char *first, *last; /* months with figures, or NULL */
	const char *csrf;         /* of the session */
	bool is_mapped;           /* to today's codes */
	bool may_correct;
	int64_t differs; /* figures that the cells say otherwise now */
	enum pack_letters letters;
};

/* Answers; doc is the caller's. */
void pack_page_reply(
	struct page *page, const json_t *doc, const struct pack_around *around);

/* What page, PDF and comparison have in common: the document's own members, and its
 * tables with their pictures. */
void pack_page_doc(struct page *page, const json_t *doc);

/* The same for paper, as a page that is complete without any other file. */
int pack_page_print(
	struct page *page, const json_t *doc, struct evbuffer *out, struct error *err);

#endif
