#include "server/open_cells.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"

#define SMALL_MOST 4
#define TURNS_MOST 8

size_t open_cells_add(struct open_cells *cells, const struct open_cell *cell)
{
	if (cells->n == cells->room) {
		cells->room = cells->room ? 2 * cells->room : 1024;
		cells->cells =
			mem_grow(cells->cells, cells->room * sizeof(*cells->cells));
	}
	cells->cells[cells->n] = *cell;
	return cells->n++;
}

void open_list_add(struct arena *arena, struct open_list *list, size_t at)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		size_t *more = arena_array(arena, room, sizeof(*more));

		if (list->n > 0)
			memcpy(more, list->at, list->n * sizeof(*more));
		list->at = more;
		list->room = room;
	}
	list->at[list->n++] = at;
}

void open_cells_sum(
	struct open_cells *cells, size_t total, const struct open_list *list)
{
	if (list->n == 0)
		return;
	if (cells->n_sums == cells->sums_room) {
		cells->sums_room = cells->sums_room ? 2 * cells->sums_room : 256;
		cells->sums =
			mem_grow(cells->sums, cells->sums_room * sizeof(*cells->sums));
	}
	cells->sums[cells->n_sums++] =
		(struct suppress_sum){ total, list->at, list->n };
}

void open_cells_outside(struct open_cells *cells, const struct open_list *list)
{
	struct open_cell total = { 0 };

	for (size_t i = 0; i < list->n; i++)
		total.n += cells->cells[list->at[i]].n;
	total.fixed = total.n == 0 || total.n > SMALL_MOST;
	open_cells_sum(cells, open_cells_add(cells, &total), list);
}

void open_cells_clear(struct open_cells *cells)
{
	mem_free(cells->cells);
	mem_free(cells->sums);
}

/* ---- hiding ---- */

/* What suppress_run() is asked and says. */
struct question {
	int64_t *values;
	bool *fixed, *told;
	enum suppress_mark *given, *marks;
};

static void question_fill(const struct open_cells *cells, struct question *q)
{
	for (size_t i = 0; i < cells->n; i++) {
		const struct open_cell *cell = &cells->cells[i];
		bool hidden = cell->hidden && !cell->known;

		q->values[i] = cell->n;
		q->told[i] = false;
		q->fixed[i] =
			cell->fixed || cell->known || (cell->before && !cell->hidden);
		q->given[i] = SUPPRESS_SHOWN;
		if (hidden)
			q->given[i] = cell->n <= SMALL_MOST ? SUPPRESS_FEW
							    : SUPPRESS_WITHHELD;
	}
}

static int question_ask(
	const struct open_cells *cells, struct question *q, struct error *err)
{
	const struct suppress_input input = { .n_cells = cells->n,
		.values = q->values,
		.fixed = q->fixed,
		.given = q->given,
		.n_sums = cells->n_sums,
		.sums = cells->sums,
		.told = q->told };
	struct error why = { 0 };
	int left;

	question_fill(cells, q);
	left = suppress_run(&input, q->marks, &why);
	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "open data: %s", why.text);
	return left;
}

/* Sensitive subjects together stand among the subjects; all stands under the whole. */
static bool same_list(const char *told, const char *part)
{
	if (!strcmp(told, "whole"))
		return true;
	if (!strcmp(told, "rest"))
		told = "category";
	return !strcmp(told, !strcmp(part, "rest") ? "category" : part);
}

/* All of a board's list is hidden. */
static bool list_withhold(struct open_cells *cells, const struct open_cell *told)
{
	bool more = false;

	for (size_t i = 0; i < cells->n; i++) {
		struct open_cell *cell = &cells->cells[i];

		if (!cell->board || cell->before || cell->hidden ||
			strcmp(cell->board, told->board) != 0 ||
			!same_list(told->part, cell->part))
			continue;
		cell->hidden = true;
		more = true;
	}
	return more;
}

/* Of what is told all the same: 5 or more is no secret by itself, only hidden for
 * another's sake, which then needs something else; of the small ones the whole list
 * goes. False when there is nothing left to do. */
static bool told_mend(struct open_cells *cells, const struct question *q)
{
	bool more = false;

	for (size_t i = 0; i < cells->n; i++) {
		struct open_cell *cell = &cells->cells[i];

		if (!q->told[i])
			continue;
		if (cell->n > SMALL_MOST || cell->n == 0) {
			more = more || !cell->known;
			cell->known = true;
		} else if (cell->board && !cell->before && list_withhold(cells, cell)) {
			cells->withheld++;
			more = true;
		}
	}
	return more;
}

static void marks_take(struct open_cells *cells, const struct question *q)
{
	for (size_t i = 0; i < cells->n; i++) {
		struct open_cell *cell = &cells->cells[i];

		cell->hidden = cell->hidden || q->marks[i] != SUPPRESS_SHOWN;
	}
}

int open_cells_mask(struct open_cells *cells, struct error *err)
{
	struct question q = {
		.values = arena_array(cells->arena, cells->n + 1, sizeof(*q.values)),
		.fixed = arena_array(cells->arena, cells->n + 1, sizeof(*q.fixed)),
		.told = arena_array(cells->arena, cells->n + 1, sizeof(*q.told)),
		.given = arena_array(cells->arena, cells->n + 1, sizeof(*q.given)),
		.marks = arena_array(cells->arena, cells->n + 1, sizeof(*q.marks)),
	};
	int left = question_ask(cells, &q, err);

	for (int i = 0; left > 0 && i < TURNS_MOST && told_mend(cells, &q); i++)
		left = question_ask(cells, &q, err);
	if (left < 0)
		return -1;
	marks_take(cells, &q);
	return left;
}
