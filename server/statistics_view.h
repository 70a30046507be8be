/*
 * statistics_view - months in the reader's language, and the way from one to another.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_VIEW_H
#define SYNPUNKT_SERVER_STATISTICS_VIEW_H

#include <jansson.h>

struct page;

/* "november 2026" of the month's first day; {iso, text}. A new reference. */
json_t *statistics_view_month(const struct page *page, const char *first_day);

/* The first day of the month so many months later (or, negative, earlier), as text of
 * the request's. */
const char *statistics_view_step(
	const struct page *page, const char *first_day, int months);

#endif
