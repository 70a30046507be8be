/*
 * report - the reports of a board: of which months each is. All begin in January, so
 * that tertial report 2 tells of eight months, as the city's own does.
 *
 *   "2026-t1"  tertial-1  January to April
 *   "2026-t2"  tertial-2  January to August
 *   "2026"     annual     the year
 */
#ifndef SYNPUNKT_SERVER_REPORT_H
#define SYNPUNKT_SERVER_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define REPORT_TEXT_MAX 10000   /* characters of a section */
#define REPORT_VERSIONS_MAX 500 /* of a report */

struct report_period {
	int year;
	int months; /* 4, 8 or 12 */
};

/* Where a year's sums are told for good. */
#define REPORT_ENDS 3
extern const size_t report_ends[REPORT_ENDS];

/* False: it is none. text may be NULL. */
bool report_period_parse(const char *text, struct report_period *ret);
/* As it stands in an address. */
const char *report_period_text(struct arena *arena, const struct report_period *period);
/* "tertial-1", "tertial-2", "annual" */
const char *report_kind(const struct report_period *period);

/* The sections in their order; NULL ends them. */
extern const char *const report_sections[];

#endif
