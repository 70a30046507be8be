/*
 * result_view - the figures of a district as the document that page and API show:
 *
 *   {district: {code, name}, period: {from, to, name}, received: cell,
 *    speed: [{id, name, own: cell, city: cell}],
 *    areas: [{code, name, received: cell, city: cell, subjects: [{code, name,
 *    received: cell}]}],
 *    months: [{month, name, received: cell}], periods: [{from, name}]}
 *
 * A cell has n, the text that people read, its mark, and maybe a note. A number that is
 * not shown is not in the document.
 */
#ifndef SYNPUNKT_SERVER_RESULT_VIEW_H
#define SYNPUNKT_SERVER_RESULT_VIEW_H

#include <jansson.h>

struct city_district;
struct page;
struct result;

/* period, speed and what follows are left out when there are no figures. A new
 * reference. */
json_t *result_view(const struct page *page, const struct result *result,
	const struct city_district *district);

/* "maj 2026 till augusti 2026" of "2026-05". The request's. */
const char *result_period_name(const struct page *page, const char *first);

#endif
