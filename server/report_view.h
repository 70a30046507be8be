/*
 * report_view - a report in Swedish, which is what the board's documents are in: each
 * section with the paragraph that the figures suggest, what was saved instead, and
 * tables as the monthly pack's (pack_doc.h). API, page and documents are made of it.
 *
 *   {board: {code, name}, period, kind, name, title, from, to, through, complete,
 * state, version, savedAt, savedBy, mayWrite, sections: [{id, title, suggested, text,
 * edited, outdated, tables, notes}], versions}
 *
 * A text that was written of other figures than those there are now is outdated. Where
 * nothing was written the text is the suggested one; in a version that is not the
 * latest, the one that was suggested when it was saved.
 */
#ifndef SYNPUNKT_SERVER_REPORT_VIEW_H
#define SYNPUNKT_SERVER_REPORT_VIEW_H

#include <stdbool.h>

#include <jansson.h>

#include "server/report.h"

struct page;
struct report_sum;

struct report_source {
	struct report_period period;
	const char *board, *board_name;
	const json_t *body; /* synpunkt_period.whole() */
	const struct report_sum *sum;
	bool may_write;
};

/* page is one in Swedish. A new reference. */
json_t *report_view(const struct page *page, const struct report_source *source);

/* What it is and how far it reaches, without sections: of board, board_name, period,
 * sum and may_write alone. A new reference. */
json_t *report_view_frame(const struct page *page, const struct report_source *source);

/* "Tertialrapport 1 2026" */
const char *report_name(const struct page *page, const struct report_period *period);

/* The members of a report that its board, year and months say, into a row of
 * synpunkt_period.list_for(), in their place. */
void report_item_name(const struct page *page, json_t *item);

/* What was saved, and the versions that there are, into a report: NULL or JSON null is
 * nothing. Also after it was saved anew. */
void report_view_saved(json_t *report, const json_t *saved, const json_t *versions);

#endif
