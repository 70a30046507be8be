/*
 * One list (part and measure) of a year: its items, month by month, as the packs show
 * them, and their sums at each end of a period.
 *
 *   columns    the months up to an end, then the sums at each end up to it
 *   rows       the items, and last the whole, which is always shown
 *
 * The ends are looked at in their order, the marks of those before being what is shown
 * in their reports: the same figures give the same marks in each.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/pack.h"
#include "server/report.h"
#include "server/report_sum.h"
#include "server/suppress.h"

#define UNKNOWN_MANY 1000000 /* in place of what is withheld: it may be anything */

struct adding {
	const struct report_list *list;
	struct arena *arena;
	const char **items;
	size_t n_items;
	enum suppress_mark *ends; /* by item, then by end */
	size_t n_ends;            /* that have been looked at */
};

struct grid {
	size_t months, width, rows;
	int64_t *values;
	bool *fixed;
	enum suppress_mark *given, *marks;
	struct suppress_sum *sums;
	size_t n_sums;
};

static struct pack_figure figure_of(
	const struct adding *adding, size_t item, size_t month)
{
	const struct report_list *list = adding->list;
	const struct pack *pack = list->months[month];

	return pack_get(
		pack, pack_month(pack), list->part, adding->items[item], list->col);
}

static void items_find(struct adding *adding)
{
	const struct report_list *list = adding->list;
	json_t *seen = json_object(), *unused;
	const char *item;

	for (size_t i = 0; i < list->n; i++) {
		json_object_foreach((json_t *)pack_items(list->months[i], list->part),
			item, unused) json_object_set_new(seen, item, json_true());
	}
	adding->items = arena_array(
		adding->arena, json_object_size(seen) + 1, sizeof(*adding->items));
	json_object_foreach(seen, item, unused) adding->items[adding->n_items++] =
		arena_dup(adding->arena, item);
	json_decref(seen);
}

/* ---- at an end ---- */

static bool has_whole(const struct adding *adding)
{
	return !adding->list->is_whole;
}

static void cell_set(
	struct grid *grid, size_t at, const struct pack_figure *figure, bool fixed)
{
	grid->values[at] = figure->n;
	grid->fixed[at] = fixed && figure->mark == SUPPRESS_SHOWN;
	grid->given[at] = figure->mark;
}

/* The months of an item, and its sums at the ends up to this one. */
static void row_fill(const struct adding *adding, struct grid *grid, size_t item)
{
	struct pack_figure sum = { 0 };
	size_t end = 0, at = item * grid->width;

	for (size_t month = 0; month < grid->months; month++) {
		struct pack_figure figure = figure_of(adding, item, month);

		cell_set(grid, at + month, &figure, true);
		sum.n += figure.n;
		if (month + 1 < report_ends[end])
			continue;
		sum.mark = adding->ends[item * REPORT_ENDS + end];
		cell_set(grid, at + grid->months + end, &sum, end < adding->n_ends);
		end++;
	}
}

static void whole_fill(const struct adding *adding, struct grid *grid)
{
	size_t last = adding->n_items * grid->width;

	for (size_t k = 0; k < grid->width; k++) {
		for (size_t i = 0; i < adding->n_items; i++)
			grid->values[last + k] += grid->values[i * grid->width + k];
		grid->fixed[last + k] = true;
	}
}

static void sum_add(struct grid *grid, size_t total, const size_t *parts, size_t n)
{
	grid->sums[grid->n_sums++] = (struct suppress_sum){ total, parts, n };
}

/* At each end: the sum at the end before, and the months since. */
static void row_sums(const struct adding *adding, struct grid *grid, size_t item)
{
	size_t at = item * grid->width, month = 0;

	for (size_t end = 0; end <= adding->n_ends; end++) {
		size_t *parts = arena_array(
			adding->arena, report_ends[end] - month + 1, sizeof(*parts));
		size_t n = 0;

		if (end > 0)
			parts[n++] = at + grid->months + end - 1;
		for (; month < report_ends[end]; month++)
			parts[n++] = at + month;
		sum_add(grid, at + grid->months + end, parts, n);
	}
}

static void column_sums(const struct adding *adding, struct grid *grid)
{
	for (size_t k = 0; k < grid->width; k++) {
		size_t *parts =
			arena_array(adding->arena, adding->n_items + 1, sizeof(*parts));

		for (size_t i = 0; i < adding->n_items; i++)
			parts[i] = i * grid->width + k;
		sum_add(grid, adding->n_items * grid->width + k, parts,
			adding->n_items);
	}
}

static struct grid grid_new(const struct adding *adding)
{
	struct grid grid = { .months = report_ends[adding->n_ends] };
	struct arena *arena = adding->arena;
	size_t n;

	grid.width = grid.months + adding->n_ends + 1;
	grid.rows = adding->n_items + has_whole(adding);
	n = grid.rows * grid.width;
	grid.values = arena_array(arena, n, sizeof(*grid.values));
	grid.fixed = arena_array(arena, n, sizeof(*grid.fixed));
	grid.given = arena_array(arena, n, sizeof(*grid.given));
	grid.marks = arena_array(arena, n, sizeof(*grid.marks));
	grid.sums = arena_array(
		arena, grid.rows * REPORT_ENDS + grid.width, sizeof(*grid.sums));
	return grid;
}

static int64_t most_of(const struct pack_figure *figure)
{
	if (figure->mark == SUPPRESS_SHOWN)
		return figure->n;
	return figure->mark == SUPPRESS_FEW ? 4 : UNKNOWN_MANY;
}

/* The sum of what an end tells and the months after it, told if all of it is. */
static struct pack_figure running_sum(
	const struct adding *adding, size_t item, size_t ends, size_t months)
{
	size_t first = ends ? report_ends[ends - 1] : 0;
	struct pack_figure sum = { 0 };
	bool hidden = false;
	int64_t most = 0;

	for (size_t month = 0; month < months; month++) {
		struct pack_figure figure = figure_of(adding, item, month);

		sum.n += figure.n;
		if (month < first)
			figure.mark = adding->ends[item * REPORT_ENDS + ends - 1];
		most += most_of(&figure);
		hidden = hidden || figure.mark != SUPPRESS_SHOWN;
	}
	if (hidden)
		sum.mark = most < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	return sum;
}

/* What cannot be protected is told only where it says nothing new. */
static void end_withhold(struct adding *adding)
{
	for (size_t i = 0; i < adding->n_items; i++)
		adding->ends[i * REPORT_ENDS + adding->n_ends] =
			running_sum(adding, i, 0, report_ends[adding->n_ends]).mark;
}

static int end_run(struct adding *adding, struct error *err)
{
	struct grid grid = grid_new(adding);
	struct suppress_input input = { .n_cells = grid.rows * grid.width,
		.values = grid.values,
		.fixed = grid.fixed,
		.given = grid.given,
		.sums = grid.sums };
	struct error why = { 0 };
	int left;

	for (size_t i = 0; i < adding->n_items; i++) {
		row_fill(adding, &grid, i);
		row_sums(adding, &grid, i);
	}
	if (has_whole(adding)) {
		whole_fill(adding, &grid);
		column_sums(adding, &grid);
	}
	input.n_sums = grid.n_sums;
	left = suppress_run(&input, grid.marks, &why);
	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "the sums of %s: %s",
			adding->list->part, why.text);
	for (size_t i = 0; i < adding->n_items; i++)
		adding->ends[i * REPORT_ENDS + adding->n_ends] =
			grid.marks[i * grid.width + grid.months + adding->n_ends];
	if (left > 0)
		end_withhold(adding);
	adding->n_ends++;
	return 0;
}

/* ---- the list ---- */

static int ends_run(struct adding *adding, struct error *err)
{
	int rc = 0;

	/* The only one of a list is the whole. */
	if (has_whole(adding) && adding->n_items < 2)
		return 0;
	while (rc == 0 && adding->n_ends < REPORT_ENDS &&
		report_ends[adding->n_ends] <= adding->list->n)
		rc = end_run(adding, err);
	return rc;
}

static void sums_put(const struct adding *adding)
{
	const struct report_list *list = adding->list;

	for (size_t i = 0; i < adding->n_items; i++) {
		struct pack_figure sum =
			running_sum(adding, i, adding->n_ends, list->n);
		size_t ends = adding->n_ends;

		if (ends > 0 && report_ends[ends - 1] == list->n)
			sum.mark = adding->ends[i * REPORT_ENDS + ends - 1];
		sum.known = true;
		pack_put(list->sum,
			&(struct pack_key){
				list->to, list->part, adding->items[i], list->col },
			&sum);
	}
}

int report_list_add(const struct report_list *list, struct error *err)
{
	struct adding adding = { .list = list, .arena = arena_new() };
	int rc;

	items_find(&adding);
	adding.ends = arena_array(
		adding.arena, (adding.n_items + 1) * REPORT_ENDS, sizeof(*adding.ends));
	rc = ends_run(&adding, err);
	if (rc == 0)
		sums_put(&adding);
	arena_free(adding.arena);
	return rc;
}
