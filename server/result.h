/*
 * result - what residents see of a district: the figures of up to three periods of four
 * months as they were written down (migrations/0050_results.sql, which says why nothing
 * can be found by subtraction), and which of them are hidden.
 *
 * Belongs to one thread at a time: result_mask() is for a work thread.
 */
#ifndef SYNPUNKT_SERVER_RESULT_H
#define SYNPUNKT_SERVER_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/suppress.h"

struct error;

#define RESULT_SHOWN 3

struct result_cell {
	const char *code; /* of a subject or an area, or a month "2026-05" */
	const char *area; /* of a subject */
	int64_t n;
	enum suppress_mark mark;
	int city; /* of an area: the city's per cent, -1 if it is not told */
};

struct result_list {
	struct result_cell *cells;
	size_t n;
};

/* Of ten or more; n is 0 if there were fewer. */
struct result_days {
	int64_t n, median;
	int64_t city; /* its median, -1 if there is none */
};

struct result_due {
	int64_t in, of; /* of is 0 if there were fewer than ten */
	int city;       /* per cent, -1 if it is not told */
};

struct result_period {
	const char *first; /* "2026-05" */
	struct result_cell total;
	struct result_list subjects, areas, months;
	struct result_days answered, closed;
	struct result_due due;
};

struct result {
	struct arena *arena;
	const char **periods; /* all there are, the first first */
	size_t n_periods;
	struct result_period shown[RESULT_SHOWN]; /* the latest first */
	size_t n_shown;
};

/* Reads what synpunkt_result.read() gave. NULL with ERR_INTERNAL if it is not that. */
struct result *result_parse(const char *json, struct error *err);
void result_free(struct result *result); /* NULL is fine */

/* Marks small numbers and what would tell them, each period by itself: months have the
 * same marks wherever they are shown. */
int result_mask(struct result *result, struct error *err);

#endif
