/*
 * effect - did an improvement action help? What may be said of it by how many cases
 * came in, month by month.
 *
 * Compared are whole months: as many before the action began as there are since it was
 * done (at most EFFECT_MONTHS_MOST), and the same calendar months of one earlier year,
 * or as many years back as it takes that all of them lie before those. So no month is
 * counted twice, and the season is in both pairs: what the pair of the earlier year did
 * by itself is what was to be expected.
 *
 * The four sums are a table of two by two. That the action changed nothing means that
 * after : before is the same in both rows; given the table's margins the chance of each
 * table is then hypergeometric, whatever the level, the season and the lengths are
 * (Fisher's exact test, two-sided: all tables that are no more likely than this one).
 * It takes the earlier year for what it is, a count with chance of its own, where a
 * ratio taken as known would be surer than it may.
 *
 * Fewer cases than expected with p under EFFECT_P is "helped": that fewer came, not
 * why. An action taken because of a month that was bad by chance is followed by better
 * ones by itself.
 */
#ifndef SYNPUNKT_SERVER_EFFECT_H
#define SYNPUNKT_SERVER_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#define EFFECT_P 0.05
#define EFFECT_MONTHS_LEAST 3 /* whole ones after it was done; else too early */
#define EFFECT_MONTHS_MOST 6
#define EFFECT_CASES_LEAST 10 /* in each pair of before and after */

enum effect_verdict {
	EFFECT_TOO_EARLY, /* nothing is said yet */
	EFFECT_NO_CHANGE, /* seen: too few cases, or no more than chance */
	EFFECT_HELPED,
	EFFECT_WORSE, /* more than expected */
};

/* Months are counted from the year 0: year × 12 + month - 1. Each window is months
 * long. */
struct effect_windows {
	int months;
	int years_earlier; /* how far back the earlier pair is */
	int after, before, after_earlier, before_earlier; /* the first month of each */
};

/* start, done: the months in which the action began and was done; now: this month,
 * which is not over. False: it is too early. */
bool effect_windows(int start, int done, int now, struct effect_windows *ret);

struct effect_counts {
	int64_t after, before, after_earlier, before_earlier;
};

struct effect {
	enum effect_verdict verdict;
	bool few;        /* too few cases to say anything: the rest is 0 */
	double expected; /* after, as the earlier pair went */
	double ratio;    /* after : expected */
	double p;
};

/* Counts of at most 10,000,000 each. */
struct effect effect_judge(const struct effect_counts *counts);

/* "too-early", "no-change", "helped", "worse". */
const char *effect_verdict_code(enum effect_verdict verdict);

#endif
