/*
 * The sums that bind a month's cases that came in:
 *
 *   a board     its subjects, types, channels and districts each add up to its total;
 *               sensitive subjects are one cell, "rest", which is never shown
 *   all boards  their totals, and those of a district, as the city may tell them
 *   open subjects of the month, and of each through the period when all its months are
 *               published: what the results of all districts add up to
 *
 * Of the months before only what they hide is a cell, bound as it was there.
 */
#include "server/open_data.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/open_cells.h"
#include "server/pack.h"

#define RECEIVED "received"
#define SMALL_MOST 4

struct board {
	const char *code;
	bool districts; /* may be told */
	struct pack *pack;
	size_t whole; /* cell */
};

/* By a text: the cells of a subject, a district. */
struct group {
	const char *key;
	struct open_list list;
};

struct groups {
	struct group *all;
	size_t n, room;
};

struct making {
	const json_t *input,
		*open; /* open: {code: true} of the subjects that are told */
	struct arena *arena;
	struct board *boards;
	size_t n_boards;
	struct open_cells cells;
	struct groups subjects, districts;
	struct open_list month; /* the cells of open subjects */
	bool period;            /* all months of it are published with this one */
	json_t *rows;
};

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool is_open(const struct making *making, const char *subject)
{
	return !subject[0] || json_object_get(making->open, subject);
}

static struct open_list *group_get(
	struct making *making, struct groups *groups, const char *key)
{
	struct group *more;

	for (size_t i = 0; i < groups->n; i++) {
		if (!strcmp(groups->all[i].key, key))
			return &groups->all[i].list;
	}
	if (groups->n == groups->room) {
		groups->room = groups->room ? 2 * groups->room : 64;
		more = arena_array(making->arena, groups->room, sizeof(*more));
		if (groups->n > 0)
			memcpy(more, groups->all, groups->n * sizeof(*more));
		groups->all = more;
	}
	groups->all[groups->n] = (struct group){ .key = arena_dup(making->arena, key) };
	return &groups->all[groups->n++].list;
}

/* ---- reading ---- */

static int board_read(struct making *making, const json_t *one, struct error *err)
{
	struct board *board = &making->boards[making->n_boards];

	board->code = string_of(one, "code");
	board->districts = json_is_true(json_object_get(one, "districts"));
	if (!board->code)
		return error_set(err, ERR_INTERNAL, "open data: a board has no code");
	board->pack = pack_new(json_object_get(one, "pack"), err);
	if (!board->pack)
		return -1;
	making->n_boards++;
	return pack_mask(board->pack, err);
}

static int boards_read(struct making *making, struct error *err)
{
	const json_t *boards = json_object_get(making->input, "boards"), *one;
	size_t i;

	making->boards = arena_array(
		making->arena, json_array_size(boards) + 1, sizeof(*making->boards));
	json_array_foreach(boards, i, one)
	{
		if (board_read(making, one, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- cells of this month ---- */

static struct pack_figure figure_of(
	const struct board *board, const char *part, const char *item, const char *col)
{
	return pack_get(board->pack, pack_month(board->pack), part, item, col);
}

/* Where else a cell is added up. */
static void cell_group(
	struct making *making, const char *part, const char *item, size_t at)
{
	if (!strcmp(part, "category") && item[0]) {
		open_list_add(making->arena, &making->month, at);
		open_list_add(
			making->arena, group_get(making, &making->subjects, item), at);
	}
	if (!strcmp(part, "district") && item[0])
		open_list_add(
			making->arena, group_get(making, &making->districts, item), at);
}

/* Zeros that a pack shows are no cells, but of subjects at the end of a period, where
 * they may have to be hidden. */
static bool is_cell(
	const struct making *making, const char *part, const struct pack_figure *figure)
{
	return figure->n > 0 || figure->mark != SUPPRESS_SHOWN ||
	       (making->period && !strcmp(part, "category"));
}

static void part_add(struct making *making, const struct board *board, const char *part)
{
	const json_t *items = pack_items(board->pack, part);
	bool is_subjects = !strcmp(part, "category");
	struct open_cell rest = { .board = board->code, .part = "rest", .code = "" };
	struct open_list list = { 0 };
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)items, item, unused)
	{
		struct pack_figure figure = figure_of(board, part, item, RECEIVED);
		size_t at;

		if (is_subjects && !is_open(making, item)) {
			rest.n += figure.n;
			continue;
		}
		if (!is_cell(making, part, &figure))
			continue;
		at = open_cells_add(&making->cells,
			&(struct open_cell){ .board = board->code,
				.part = part,
				.code = arena_dup(making->arena, item),
				.n = figure.n,
				.hidden = figure.mark != SUPPRESS_SHOWN });
		open_list_add(making->arena, &list, at);
		cell_group(making, part, item, at);
	}
	if (rest.n > 0)
		open_list_add(
			making->arena, &list, open_cells_add(&making->cells, &rest));
	open_cells_sum(&making->cells, board->whole, &list);
}

/* Nothing is told of where a board with sensitive subjects has its cases, but what it
 * has is a part of what the city has there. */
static void districts_untold(struct making *making, const struct board *board)
{
	const json_t *items = pack_items(board->pack, "district");
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)items, item, unused)
	{
		struct open_cell cell = {
			.n = figure_of(board, "district", item, RECEIVED).n,
			.hidden = true
		};

		if (item[0] && cell.n > 0)
			cell_group(making, "district", item,
				open_cells_add(&making->cells, &cell));
	}
}

static void boards_add(struct making *making)
{
	static const char *const parts[] = { "category", "type", "channel" };
	struct open_list wholes = { 0 };

	for (size_t i = 0; i < making->n_boards; i++) {
		struct board *board = &making->boards[i];

		board->whole = open_cells_add(&making->cells,
			&(struct open_cell){ .board = board->code,
				.part = "whole",
				.code = "",
				.n = figure_of(board, "whole", "", RECEIVED).n });
		open_list_add(making->arena, &wholes, board->whole);
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			part_add(making, board, parts[k]);
		if (board->districts)
			part_add(making, board, "district");
		else
			districts_untold(making, board);
	}
	open_cells_outside(&making->cells, &wholes);
}

/* ---- cells of the months before ---- */

enum before_column {
	BEFORE_MONTH,
	BEFORE_BOARD,
	BEFORE_PART,
	BEFORE_CODE,
	BEFORE_N,
	BEFORE_HIDDEN,
};

static const char *text_at(const json_t *row, size_t i)
{
	const char *text = json_string_value(json_array_get(row, i));

	return text ? text : "";
}

/* Hidden cells of one list add up to what a reader works out, or to less than a hidden
 * total: the list is bound, whatever its total is. Sensitive subjects together stand
 * among the subjects. */
static void before_add(struct making *making, struct groups *lists, const json_t *row)
{
	const char *part = text_at(row, BEFORE_PART), *code = text_at(row, BEFORE_CODE);
	const char *bound = !strcmp(part, "rest") ? "category" : part;
	struct open_cell cell = { .n = json_integer_value(
					  json_array_get(row, BEFORE_N)),
		.hidden = true,
		.before = true };
	size_t at;

	if (!json_is_true(json_array_get(row, BEFORE_HIDDEN)))
		return;
	at = open_cells_add(&making->cells, &cell);
	open_list_add(making->arena,
		group_get(making, lists,
			arena_printf(making->arena, "%s %s %s",
				text_at(row, BEFORE_MONTH),
				!strcmp(part, "whole") ? ""
						       : text_at(row, BEFORE_BOARD),
				bound)),
		at);
	if (!strcmp(part, "category") && strcmp(code, OPEN_NONE) != 0)
		open_list_add(
			making->arena, group_get(making, &making->subjects, code), at);
}

static void before_read(struct making *making)
{
	struct groups lists = { 0 };
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(making->input, "before"), i, row)
		before_add(making, &lists, row);
	for (size_t k = 0; k < lists.n; k++)
		open_cells_outside(&making->cells, &lists.all[k].list);
}

/* ---- figures that stand in no sum ---- */

/* Of how many something is told: enough, and neither few who did nor few who did not.
 */
static void share_add(struct making *making, const struct board *board,
	const char *measure, const char *of_col, const char *in_col)
{
	int64_t of = figure_of(board, "whole", "", of_col).n;
	int64_t in = figure_of(board, "whole", "", in_col).n, out = of - in;
	bool hidden = of < OPEN_LEAST || (in >= 1 && in <= SMALL_MOST) ||
		      (out >= 1 && out <= SMALL_MOST);

	if (of > 0)
		json_array_append_new(making->rows,
			json_pack("[s, s, s, s, I, I, b]", board->code, "whole", "",
				measure, (json_int_t)((in * 200 + of) / (of * 2)),
				(json_int_t)of, hidden));
}

struct days {
	const char *measure, *n_col, *col;
};

static void days_add(struct making *making, const struct board *board,
	const struct days *days, bool hidden)
{
	int64_t of = figure_of(board, "whole", "", days->n_col).n;

	if (of > 0)
		json_array_append_new(making->rows,
			json_pack("[s, s, s, s, I, I, b]", board->code, "whole", "",
				days->measure,
				(json_int_t)figure_of(board, "whole", "", days->col).n,
				(json_int_t)of, hidden || of < OPEN_LEAST));
}

/* Handling is told of those that were closed: not when how many is hidden. */
static void others_add(
	struct making *making, const struct board *board, bool closed_hidden)
{
	static const struct days answer = { "answer-days-median", "answer_n",
		"answer_median" };
	static const struct days median = { "handling-days-median", "handling_n",
		"handling_median" };
	static const struct days p90 = { "handling-days-p90", "handling_n",
		"handling_p90" };

	share_add(making, board, "acknowledged-in-time", "acknowledge_of",
		"acknowledge_in");
	share_add(making, board, "answered-in-time", "answer_of", "answer_in");
	days_add(making, board, &answer, false);
	days_add(making, board, &median, closed_hidden);
	days_add(making, board, &p90, closed_hidden);
}

static void closed_add(struct making *making, struct open_cells *closed)
{
	struct open_list wholes = { 0 };

	closed->arena = making->arena;
	for (size_t i = 0; i < making->n_boards; i++)
		open_list_add(making->arena, &wholes,
			open_cells_add(closed,
				&(struct open_cell){ .board = making->boards[i].code,
					.part = "whole",
					.code = "",
					.n = figure_of(&making->boards[i], "whole", "",
						"closed")
						     .n }));
	open_cells_outside(closed, &wholes);
}

/* ---- rows ---- */

static void cells_write(
	struct making *making, const struct open_cells *cells, const char *measure)
{
	for (size_t i = 0; i < cells->n; i++) {
		const struct open_cell *cell = &cells->cells[i];
		bool is_whole = cell->board && !strcmp(cell->part, "whole");

		if (!cell->board || (cell->n == 0 && !cell->hidden))
			continue;
		json_array_append_new(making->rows,
			json_pack("[s, s, s, s, I, n, b]", cell->board, cell->part,
				cell->code[0] || is_whole ? cell->code : OPEN_NONE,
				measure, (json_int_t)cell->n, cell->hidden));
	}
}

static void sums_add(struct making *making)
{
	open_cells_outside(&making->cells, &making->month);
	for (size_t i = 0; i < making->districts.n; i++)
		open_cells_outside(&making->cells, &making->districts.all[i].list);
	for (size_t i = 0; making->period && i < making->subjects.n; i++)
		open_cells_outside(&making->cells, &making->subjects.all[i].list);
}

static int cells_mask(
	struct making *making, struct open_cells *cells, struct error *err)
{
	int left = open_cells_mask(cells, err);

	if (left > 0 || cells->withheld > 0)
		log_event(LOG_LEVEL_WARNING, "open_data_withheld",
			LOG_S("month", string_of(making->input, "month")),
			LOG_I("lists", cells->withheld), LOG_I("told", left));
	return left < 0 ? -1 : 0;
}

static int making_run(struct making *making, struct error *err)
{
	struct open_cells closed = { 0 };
	int rc;

	if (boards_read(making, err) < 0)
		return -1;
	boards_add(making);
	before_read(making);
	sums_add(making);
	closed_add(making, &closed);
	rc = cells_mask(making, &making->cells, err);
	if (rc == 0)
		rc = cells_mask(making, &closed, err);
	cells_write(making, &making->cells, RECEIVED);
	cells_write(making, &closed, "closed");
	for (size_t i = 0; i < making->n_boards; i++)
		others_add(making, &making->boards[i], closed.cells[i].hidden);
	open_cells_clear(&closed);
	return rc;
}

int open_data_make(const json_t *input, json_t **ret, struct error *err)
{
	struct making making = { .input = input,
		.open = json_object_get(input, "open"),
		.period = json_is_true(json_object_get(input, "whole")),
		.arena = arena_new(),
		.rows = json_array() };
	int rc;

	making.cells.arena = making.arena;
	rc = making_run(&making, err);
	for (size_t i = 0; i < making.n_boards; i++)
		pack_free(making.boards[i].pack);
	open_cells_clear(&making.cells);
	if (rc == 0)
		*ret = steal(making.rows);
	json_decref(making.rows);
	arena_free(making.arena);
	return rc;
}
