/*
 * type_compare - every board by type of case in a period of reports, and the same
 * period the year before: the sums of the boards' own reports (report_sum.h) beside
 * each other, and the city's. Of the city's what would tell a number that a board's
 * report hides is hidden (compare_mask()).
 *
 *   {period, kind, name, title, from, to, through, complete, state, sections}
 *
 * a document of pack_doc.h's kind, in Swedish as reports are: page, file and API are
 * made of it.
 */
#ifndef SYNPUNKT_SERVER_TYPE_COMPARE_H
#define SYNPUNKT_SERVER_TYPE_COMPARE_H

#include <jansson.h>

#include "server/report.h"
#include "server/report_sum.h"

struct compare;
struct error;
struct page;

struct type_compare {
	struct compare *compare; /* city is NULL while no month of the period is over */
	struct report_sum city;  /* its pack is compare's */
};

/* body is types_for()'s, of migrations/0135_type_comparison.sql, kept by a reference.
 * -1: nothing to end. Slow, for a work thread. */
int type_compare_make(json_t *body, struct type_compare *ret, struct error *err);
void type_compare_end(struct type_compare *types);

/* page is one in Swedish. A new reference. */
json_t *type_compare_view(const struct page *page, const struct report_period *period,
	const struct type_compare *types);

#endif
