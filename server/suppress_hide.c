/* What is hidden with the small numbers, and what of that is shown again. */
#include "server/suppress_private.h"

#include "lib/base.h"

static void move_hide(struct suppress_run *run, struct suppress_move move)
{
	for (size_t i = 0; i < move.n; i++)
		run->pack->hidden[move.cells[i]] = true;
	suppress_proofs_add(run->proofs, move);
}

/* The fewest along first, if that is soon found. */
static bool small_move(struct suppress_run *run, size_t cell, struct suppress_move *ret)
{
	static const size_t costs[] = { 0, 1, 2, 3, 5, 8, 13, 21, 34 };

	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		if (suppress_seek(run->seeker, cell, costs[i], ret))
			return true;
	}
	return false;
}

/* Among what is hidden, and then with whatever could be. */
static bool any_move(struct suppress_run *run, size_t cell, struct suppress_move *ret)
{
	suppress_solver_start(run->now);
	return suppress_solver_move(run->now, cell, ret) ||
	       suppress_solver_move(run->wide, cell, ret);
}

/* Cells that are taken along have the same move as proof: one pass will do. */
void suppress_complement(struct suppress_run *run)
{
	struct suppress_pack *pack = run->pack;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		struct suppress_move move;

		if (!pack->hidden[c] || suppress_proofs_hold(run->proofs, c))
			continue;
		if (small_move(run, c, &move) || any_move(run, c, &move))
			move_hide(run, move);
		else
			pack->hidden[c] = pack->could[c] = false;
	}
	suppress_solver_start(run->now);
}

static bool comes_after(const int64_t *values, size_t a, size_t b)
{
	if (values[a] != values[b])
		return values[a] < values[b];
	return a > b;
}

/* The largest complement after `last`, of those alike the first. */
static size_t complement_next(const struct suppress_pack *pack, size_t last)
{
	const int64_t *values = pack->in->values;
	size_t best = SUPPRESS_NONE;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (!pack->hidden[c] || suppress_is_small(values[c]) ||
			suppress_is_given(pack, c) ||
			(last != SUPPRESS_NONE && !comes_after(values, c, last)))
			continue;
		if (best == SUPPRESS_NONE || comes_after(values, best, c))
			best = c;
	}
	return best;
}

/* Does a cell among those that are hidden follow from its sums one by one? */
static bool any_told(struct suppress_run *run)
{
	const struct suppress_pack *pack = run->pack;

	suppress_work(run->work, 4 * pack->first[pack->in->n_cells]);
	suppress_ranges(pack, pack->hidden, run->ranges);
	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (pack->hidden[c] && run->ranges[c].lo == run->ranges[c].hi)
			return true;
	}
	return false;
}

/* By a move that is known, or else by a new one. */
static bool is_safe(struct suppress_run *run, size_t cell)
{
	struct suppress_move move;

	if (suppress_proofs_hold(run->proofs, cell))
		return true;
	if (!suppress_seek(run->seeker, cell, 0, &move) &&
		!suppress_solver_move(run->now, cell, &move))
		return false;
	suppress_proofs_add(run->proofs, move);
	return true;
}

static bool all_safe(struct suppress_run *run)
{
	const struct suppress_pack *pack = run->pack;

	if (any_told(run))
		return false;
	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (pack->hidden[c] && !is_safe(run, c))
			return false;
	}
	return true;
}

void suppress_show_again(struct suppress_run *run)
{
	struct suppress_pack *pack = run->pack;
	size_t c = complement_next(pack, SUPPRESS_NONE);

	while (c != SUPPRESS_NONE && *run->work > 0) {
		pack->hidden[c] = false;
		pack->hidden[c] = !all_safe(run);
		c = complement_next(pack, c);
	}
}
