/*
 * In two steps, so that what two packs show of one month is marked alike in both:
 *
 *   lists      each split of the board's total by itself: by subject, type, unit, …
 *              The areas are roll-ups of the subjects and go with them.
 *   tables     of two axes, whose margins are lists: the margins keep their marks, and
 *              only what is inside is hidden besides
 *
 * The totals of the board are shown whatever their size.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/case_flow.h"
#include "server/pack.h"
#include "server/pack_about.h"
#include "server/pack_improvement.h"
#include "server/pack_parts.h"
#include "server/pack_satisfaction.h"

/* Of one list or table; items and codes live in the pack. */
struct cell {
	const char *part, *item, *col; /* part NULL: nothing that is shown */
	struct pack_figure figure;
	bool fixed;
};

struct mask {
	struct pack *pack;
	const char *month;
	struct arena *arena;
	struct cell *cells;
	size_t n, room;
	struct suppress_sum *sums;
	size_t n_sums, sums_room;
	bool is_sum; /* of masked packs: marks are there already */
};

static size_t cell_add(struct mask *mask, const struct cell *cell)
{
	if (mask->n == mask->room) {
		mask->room = mask->room ? 2 * mask->room : 64;
		mask->cells = mem_grow(mask->cells, mask->room * sizeof(*mask->cells));
	}
	mask->cells[mask->n] = *cell;
	return mask->n++;
}

static size_t cell_of(
	struct mask *mask, const char *part, const char *item, const char *col)
{
	return cell_add(mask,
		&(struct cell){ part, item, col,
			pack_get(mask->pack, mask->month, part, item, col), false });
}

static int64_t sum_of(const struct mask *mask, const size_t *parts, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += mask->cells[parts[i]].figure.n;
	return sum;
}

static void sum_add(struct mask *mask, size_t total, const size_t *parts, size_t n)
{
	if (mask->n_sums == mask->sums_room) {
		mask->sums_room = mask->sums_room ? 2 * mask->sums_room : 64;
		mask->sums =
			mem_grow(mask->sums, mask->sums_room * sizeof(*mask->sums));
	}
	mask->sums[mask->n_sums++] = (struct suppress_sum){ total, parts, n };
}

/* The sum of parts as a cell that is always shown. */
static void total_add(struct mask *mask, const size_t *parts, size_t n)
{
	size_t total = cell_add(
		mask, &(struct cell){ .figure = { .n = sum_of(mask, parts, n) },
			      .fixed = true });

	sum_add(mask, total, parts, n);
}

/* What cannot be protected is hidden with all that stands beside it. */
static void hide_all(const struct mask *mask, enum suppress_mark *marks)
{
	for (size_t i = 0; i < mask->n; i++) {
		if (!mask->cells[i].fixed && mask->cells[i].part)
			marks[i] = mask->cells[i].figure.n < 5 ? SUPPRESS_FEW
							       : SUPPRESS_WITHHELD;
	}
}

static void marks_put(struct mask *mask, const enum suppress_mark *marks)
{
	for (size_t i = 0; i < mask->n; i++) {
		struct cell *cell = &mask->cells[i];

		if (!cell->part || (marks[i] == SUPPRESS_SHOWN && !cell->figure.known))
			continue;
		cell->figure.mark = marks[i];
		cell->figure.known = true;
		pack_put(mask->pack,
			&(struct pack_key){
				mask->month, cell->part, cell->item, cell->col },
			&cell->figure);
	}
}

static int mask_run(struct mask *mask, struct error *err)
{
	int64_t *values = arena_array(mask->arena, mask->n + 1, sizeof(*values));
	bool *fixed = arena_array(mask->arena, mask->n + 1, sizeof(*fixed));
	enum suppress_mark *given =
		arena_array(mask->arena, mask->n + 1, sizeof(*given));
	enum suppress_mark *marks =
		arena_array(mask->arena, mask->n + 1, sizeof(*marks));
	const struct suppress_input input = { .n_cells = mask->n,
		.values = values,
		.fixed = fixed,
		.given = given,
		.n_sums = mask->n_sums,
		.sums = mask->sums };
	struct error why = { 0 };
	int left;

	for (size_t i = 0; i < mask->n; i++) {
		values[i] = mask->cells[i].figure.n;
		fixed[i] = mask->cells[i].fixed;
		given[i] = mask->cells[i].figure.mark;
	}
	left = suppress_run(&input, marks, &why);
	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "the figures of %s: %s",
			mask->month, why.text);
	if (left > 0)
		hide_all(mask, marks);
	marks_put(mask, marks);
	return 0;
}

/* The only one of a list is its total, which is shown. */
static void lone_show(struct mask *mask, size_t cell)
{
	const struct cell *lone = &mask->cells[cell];
	struct pack_figure figure = lone->figure;

	figure.mark = SUPPRESS_SHOWN;
	if (mask->is_sum && figure.known)
		pack_put(mask->pack,
			&(struct pack_key){
				mask->month, lone->part, lone->item, lone->col },
			&figure);
}

/* Anew for the next list or table. */
static void mask_clear(struct mask *mask)
{
	mask->n = mask->n_sums = 0;
	arena_free(mask->arena);
	mask->arena = arena_new();
}

/* ---- lists ---- */

/* Cells of a part's items; *n how many. */
static size_t *items_add(
	struct mask *mask, const char *part, const char *col, size_t *n)
{
	const json_t *items = pack_items(mask->pack, part);
	size_t *cells =
		arena_array(mask->arena, json_object_size(items) + 1, sizeof(*cells));
	const char *item;
	json_t *unused;

	*n = 0;
	json_object_foreach((json_t *)items, item, unused) cells[(*n)++] =
		cell_of(mask, part, item, col);
	return cells;
}

static int list_mask(
	struct mask *mask, const char *part, const char *col, struct error *err)
{
	size_t n;
	const size_t *cells;

	mask_clear(mask);
	cells = items_add(mask, part, col, &n);
	if (n == 1)
		lone_show(mask, cells[0]);
	if (n < 2)
		return 0;
	total_add(mask, cells, n);
	return mask_run(mask, err);
}

/* The subjects of an area, and their sum. */
static size_t area_add(
	struct mask *mask, const char *area, const size_t *cells, size_t n)
{
	size_t *parts = arena_array(mask->arena, n + 1, sizeof(*parts));
	size_t n_parts = 0, total;

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(pack_area(mask->pack, mask->cells[cells[i]].item), area))
			parts[n_parts++] = cells[i];
	}
	total = cell_of(mask, PACK_AREA, area, "received");
	sum_add(mask, total, parts, n_parts);
	return total;
}

/* Subjects received, their areas, and the whole. */
static int areas_mask(struct mask *mask, struct error *err)
{
	const json_t *areas = pack_items(mask->pack, PACK_AREA);
	size_t n, n_areas = 0;
	const size_t *cells;
	size_t *totals;
	const char *area;
	json_t *unused;

	/* The areas are as they were, the subjects today's: no sums of each other. */
	if (mask->is_sum)
		return list_mask(mask, "category", "received", err) < 0
			       ? -1
			       : list_mask(mask, PACK_AREA, "received", err);
	mask_clear(mask);
	cells = items_add(mask, "category", "received", &n);
	if (n < 2)
		return 0;
	totals = arena_array(mask->arena, json_object_size(areas) + 1, sizeof(*totals));
	json_object_foreach((json_t *)areas, area, unused) totals[n_areas++] =
		area_add(mask, area, cells, n);
	total_add(mask, totals, n_areas);
	return mask_run(mask, err);
}

/* A part's lists, measure by measure; the first of the first has roll-ups. */
static int part_mask(struct mask *mask, const char *part, struct error *err)
{
	static const char *const cols[] = { "received", "closed", "open", "overdue",
		"acknowledge_of", "acknowledge_in", "answer_of", "answer_in" };
	size_t first = 0;

	if (!strcmp(part, "category") && areas_mask(mask, err) < 0)
		return -1;
	if (!strcmp(part, "category"))
		first = 1;
	for (size_t k = first; k < ARRAY_LEN(cols); k++) {
		if (list_mask(mask, part, cols[k], err) < 0)
			return -1;
	}
	return 0;
}

static int lists_mask(struct mask *mask, struct error *err)
{
	static const char *const parts[] = { "category", "type", "unit", "district",
		"form", "channel", "language", "dimension" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (part_mask(mask, parts[i], err) < 0)
			return -1;
	}
	if (list_mask(mask, PACK_BUCKET, "n", err) < 0 ||
		list_mask(mask, PACK_HANDLING_BIN, "n", err) < 0)
		return -1;
	return list_mask(mask, PACK_ANSWER_BIN, "n", err);
}

/* ---- tables ---- */

struct table {
	const char *part;                 /* its cells: part, row, column */
	const char *rows, *row_col;       /* the list of its row totals */
	const char *columns, *column_col; /* and of its column totals */
};

/* The sums of a table along one way; inner is row-major, n_rows by n_columns. */
static void table_sums(struct mask *mask, const size_t *totals, const size_t *inner,
	const size_t size[2], bool down)
{
	size_t n = size[down ? 1 : 0], along = size[down ? 0 : 1];

	for (size_t i = 0; i < n; i++) {
		size_t *parts = arena_array(mask->arena, along + 1, sizeof(*parts));

		for (size_t k = 0; k < along; k++)
			parts[k] = inner[down ? k * size[1] + i : i * size[1] + k];
		sum_add(mask, totals[i], parts, along);
	}
}

/* What a list shows stays shown. */
static void margins_keep(struct mask *mask)
{
	for (size_t i = 0; i < mask->n; i++)
		mask->cells[i].fixed = mask->cells[i].figure.mark == SUPPRESS_SHOWN;
}

static int table_mask(struct mask *mask, const struct table *table, struct error *err)
{
	size_t size[2], *inner;
	const size_t *rows, *columns;

	mask_clear(mask);
	rows = items_add(mask, table->rows, table->row_col, &size[0]);
	columns = items_add(mask, table->columns, table->column_col, &size[1]);
	if (size[0] == 0 || size[1] == 0)
		return 0;
	margins_keep(mask);
	total_add(mask, rows, size[0]);
	total_add(mask, columns, size[1]);
	inner = arena_array(mask->arena, size[0] * size[1], sizeof(*inner));
	for (size_t i = 0; i < size[0]; i++)
		for (size_t k = 0; k < size[1]; k++)
			inner[i * size[1] + k] =
				cell_of(mask, table->part, mask->cells[rows[i]].item,
					mask->cells[columns[k]].item);
	table_sums(mask, rows, inner, size, false);
	table_sums(mask, columns, inner, size, true);
	return mask_run(mask, err);
}

static const struct table tables[] = {
	{ PACK_COMPLAINTS, "category", "received", PACK_COMPLAINT_TOTALS, "received" },
	{ "dimension-area", "dimension", "received", PACK_AREA, "received" },
	{ "stock", "unit", "open", PACK_BUCKET, "n" },
};

/* What is not a complaint is as hidden as what is: one is the other's rest. */
static void complaint_totals(struct mask *mask)
{
	struct pack_figure whole =
		pack_get(mask->pack, mask->month, "whole", "", "received");
	struct pack_figure complaints =
		pack_get(mask->pack, mask->month, "type", "complaint", "received");
	struct pack_figure others = { .n = whole.n - complaints.n, .known = true };

	if (complaints.mark != SUPPRESS_SHOWN)
		others.mark = others.n < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	complaints.known = true;
	pack_put(mask->pack,
		&(struct pack_key){
			mask->month, PACK_COMPLAINT_TOTALS, "complaint", "received" },
		&complaints);
	pack_put(mask->pack,
		&(struct pack_key){
			mask->month, PACK_COMPLAINT_TOTALS, "other", "received" },
		&others);
}

/* What stands by itself, beside no total: only its size matters. */
static void lone_mask(struct mask *mask, const char *part, const char *col)
{
	const struct pack_key key = { mask->month, part, "", col };
	struct pack_figure figure =
		pack_get(mask->pack, key.month, key.part, key.item, key.col);

	if (figure.n == 0 || figure.n > 4 || figure.mark != SUPPRESS_SHOWN)
		return;
	figure.mark = SUPPRESS_FEW;
	pack_put(mask->pack, &key, &figure);
}

static bool is_few(int64_t n)
{
	return n > 0 && n < 5;
}

static void guess_put(
	const struct mask *mask, const char *col, int64_t n, enum suppress_mark mark)
{
	pack_put(mask->pack, &(struct pack_key){ mask->month, PACK_GUESS, "", col },
		&(struct pack_figure){ .n = n, .mark = mark, .known = true });
}

/* How many of a number were right: neither they nor the others may be few. */
static void guess_mask(const struct mask *mask, const char *col, const char *right_col)
{
	int64_t n = pack_get(mask->pack, mask->month, PACK_GUESS, "", col).n;
	int64_t right = pack_get(mask->pack, mask->month, PACK_GUESS, "", right_col).n;
	bool hides = is_few(n) || is_few(right) || is_few(n - right);

	guess_put(mask, col, n, is_few(n) ? SUPPRESS_FEW : SUPPRESS_SHOWN);
	guess_put(mask, right_col, right, hides ? SUPPRESS_WITHHELD : SUPPRESS_SHOWN);
}

static int month_mask(struct mask *mask, const char *month, struct error *err)
{
	mask->month = month;
	if (lists_mask(mask, err) < 0)
		return -1;
	complaint_totals(mask);
	lone_mask(mask, "whole", "from_child");
	for (size_t i = 0; case_hand_offs[i]; i++)
		lone_mask(mask, PACK_HAND_OFF, case_hand_offs[i]);
	guess_mask(mask, "automatic", "automatic_right");
	guess_mask(mask, "suggested", "suggested_right");
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		if (table_mask(mask, &tables[i], err) < 0)
			return -1;
	}
	if (mask->is_sum) /* does not tell the rest */
		return 0;
	pack_about_mask(mask->pack, month);
	if (pack_improvement_mask(mask->pack, month, err) < 0)
		return -1;
	return pack_satisfaction_mask(mask->pack, month, err);
}

/* Of the months between only types and subjects are told. */
static int history_mask(struct mask *mask, struct error *err)
{
	char month[PACK_MONTH];

	for (int i = 1; i <= PACK_HISTORY; i++) {
		pack_month_step(mask->pack, -i, month);
		mask->month = month;
		if (pack_last_year(mask->pack) &&
			!strcmp(month, pack_last_year(mask->pack)))
			continue;
		if (areas_mask(mask, err) < 0 ||
			list_mask(mask, "type", "received", err) < 0)
			return -1;
	}
	return 0;
}

static int pack_run(struct mask *mask, struct error *err)
{
	const struct pack *pack = mask->pack;
	int rc = month_mask(mask, pack_month(pack), err);

	if (rc == 0 && pack_last_year(pack))
		rc = month_mask(mask, pack_last_year(pack), err);
	if (rc == 0)
		rc = history_mask(mask, err);
	arena_free(mask->arena);
	mem_free(mask->cells);
	mem_free(mask->sums);
	return rc;
}

int pack_mask(struct pack *pack, struct error *err)
{
	pack_parts_make(pack);
	return pack_run(&(struct mask){ .pack = pack }, err);
}

int pack_mask_sum(struct pack *pack, struct error *err)
{
	return pack_run(&(struct mask){ .pack = pack, .is_sum = true }, err);
}
