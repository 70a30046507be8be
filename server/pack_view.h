/*
 * pack_view - the monthly pack of a board in a reader's language, as the document of
 * pack_doc.h: sections A to O, how they are counted, what was corrected. Only figures
 * that pack_mask() has been over go in.
 */
#ifndef SYNPUNKT_SERVER_PACK_VIEW_H
#define SYNPUNKT_SERVER_PACK_VIEW_H

#include <jansson.h>

struct pack;
struct pack_view;
struct page;

/* A new reference. board_name is for the city and for boards without a name of then. */
json_t *pack_view(
	const struct page *page, const struct pack *pack, const char *board_name);

/* "november 2026", and "nov 2026" for the heads of narrow columns. */
const char *pack_month_name(const struct page *page, const char *month);
const char *pack_month_short(const struct page *page, const char *month);
/* "15 nov 2026", of "2026-11-15". */
const char *pack_day_short(const struct page *page, const char *day);

/* That it is frozen, and since when, or that it runs; body as the pack's. */
const char *pack_state(const struct page *page, const json_t *body);
/* How it is counted: [{id, name, text}]. A new reference. */
json_t *pack_definitions(const struct page *page);

/* Sections A to F, and G to O. */
void pack_sections_first(struct pack_view *view);
void pack_sections_last(struct pack_view *view);

/* ---- for the sections ---- */

/* What an item of a part is called. */
const char *pack_name(const struct pack_view *view, const char *part, const char *item);

struct pack_figure pack_now(const struct pack_view *view, const char *part,
	const char *item, const char *col);
/* Not known, and 0, when there was no such month. */
struct pack_figure pack_before(const struct pack_view *view, const char *part,
	const char *item, const char *col);

/* The items of a part that there is something to tell of, by col: most first, hidden
 * ones after them by name, the one without a code last. NULL ends it. */
const char *const *pack_sorted(
	const struct pack_view *view, const char *part, const char *col);

#endif
