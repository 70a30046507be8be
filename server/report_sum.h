/*
 * report_sum - the figures of a period, and of the same period the year before, as sums
 * of the months' packs. They stand in a pack of their own whose month is the last one
 * added, so that what shows a pack's figures (pack_doc.h) shows these.
 *
 * Nothing that a month's pack hides can be found in them. A sum is told
 *
 *   at the end of a period   when it does not, with the months and with the sums at the
 *                            ends before it, tell any hidden figure (suppress.h)
 *   in a period that runs    when all of its parts are told: it says nothing new then,
 *                            however many of them somebody keeps beside each other
 *
 * What is hidden in a month as it was frozen, or as it was corrected, is hidden here.
 *
 * Medians are those of all working days together. An index of satisfaction is of the
 * months that tell theirs ("told" answers), as those of the others are not to be found;
 * who wrote, too.
 *
 * Slow: for a work thread.
 */
#ifndef SYNPUNKT_SERVER_REPORT_SUM_H
#define SYNPUNKT_SERVER_REPORT_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct error;
struct pack;

struct report_sum {
	struct pack *pack; /* NULL: no month of the period is over */
	json_t *overdue;  /* subject: at the end of how many months some were overdue */
	size_t months;    /* added */
	size_t frozen;    /* of them */
	size_t corrected; /* and of these */
};

/* body is synpunkt_period.whole()'s. -1: nothing to end. */
int report_sum_make(const json_t *body, struct report_sum *ret, struct error *err);
void report_sum_end(struct report_sum *sum);

/* ---- for report_sum.c: report_mask.c ---- */

struct report_list {
	struct pack *const
		*months; /* of one year, January first, each with its marks */
	size_t n;
	const char *part, *col;
	bool is_whole; /* one figure, which is no part of a list */
	struct pack *sum;
	const char *to; /* the month that the sums go under */
};

/* Adds a list up, item by item, with its marks. */
int report_list_add(const struct report_list *list, struct error *err);

#endif
