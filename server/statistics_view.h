/*
 * statistics_view - a month's figures as a page shows them: numbers and shares in the
 * reader's language, the year before beside them, names in place of codes.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_VIEW_H
#define SYNPUNKT_SERVER_STATISTICS_VIEW_H

#include <stdint.h>

#include <jansson.h>

struct page;

/* month is the API's object. Adds headline, timeliness, handling, categories, types. */
void statistics_view_add(struct page *page, const json_t *month);

/* "november 2026" of the month's first day; {iso, text}. A new reference. */
json_t *statistics_view_month(const struct page *page, const char *first_day);

/* The first day of the month so many months later (or, negative, earlier), as text of
 * the request's. */
const char *statistics_view_step(
	const struct page *page, const char *first_day, int months);

#endif
