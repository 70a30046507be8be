/* What is hidden with the small numbers, and what of that is shown again. */
#include "server/suppress_private.h"

#include "lib/base.h"

/* In this order. A total is asked for last: much can be read from it. */
enum rank {
	RANK_PART,
	RANK_ZERO,
	RANK_TOTAL,
	RANK_NO
};

struct choice {
	bool loose; /* in a sum that does not tell the cell by itself */
	enum rank rank;
	size_t opens;
	int64_t value;
	size_t cell;
};

static bool choice_before(const struct choice *a, const struct choice *b)
{
	if (a->loose != b->loose)
		return !a->loose;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->opens != b->opens)
		return a->opens < b->opens;
	if (a->value != b->value)
		return a->value < b->value;
	return a->cell < b->cell;
}

static bool is_told(const struct suppress_run *run, size_t cell)
{
	return run->ranges[cell].lo == run->ranges[cell].hi;
}

/* All others of the sum are known. */
static bool sum_tells(
	const struct suppress_run *run, const struct suppress_sum *sum, size_t cell)
{
	for (size_t k = 0; k <= sum->n_parts; k++) {
		size_t c = suppress_member(sum, k);

		if (c != cell && !is_told(run, c))
			return false;
	}
	return true;
}

static enum rank rank_of(const struct suppress_pack *pack, size_t cell, size_t k)
{
	if (pack->hidden[cell] || !pack->could[cell])
		return RANK_NO;
	if (k == 0)
		return RANK_TOTAL;
	return pack->in->values[cell] == 0 ? RANK_ZERO : RANK_PART;
}

static size_t opens_count(const struct suppress_pack *pack, size_t cell)
{
	size_t n = 0;

	for (size_t i = pack->first[cell]; i < pack->first[cell + 1]; i++) {
		const struct suppress_sum *sum = &pack->in->sums[pack->of[i]];
		size_t k = 0;

		while (k <= sum->n_parts && !pack->hidden[suppress_member(sum, k)])
			k++;
		n += k > sum->n_parts;
	}
	return n;
}

static void sum_choose(const struct suppress_run *run, const struct suppress_sum *sum,
	size_t cell, struct choice *best)
{
	bool loose = !sum_tells(run, sum, cell);

	for (size_t k = 0; k <= sum->n_parts; k++) {
		size_t c = suppress_member(sum, k);
		struct choice choice = { loose, rank_of(run->pack, c, k),
			opens_count(run->pack, c), run->pack->in->values[c], c };

		if (choice.rank != RANK_NO && choice_before(&choice, best))
			*best = choice;
	}
}

static void hide(struct suppress_run *run, size_t cell)
{
	struct suppress_pack *pack = run->pack;

	if (pack->hidden[cell])
		return;
	pack->hidden[cell] = true;
	for (size_t k = pack->first[cell]; k < pack->first[cell + 1]; k++)
		run->touched[pack->of[k]] = true;
}

/* The cell's own sums have nothing left: hide what moves with it when all that could be
 * hidden is. If nothing does it is told for good, and hiding it was of no use. */
static void reach_out(struct suppress_run *run, size_t cell)
{
	struct suppress_move move;

	if (!suppress_solver_move(run->wide, cell, &move)) {
		run->pack->could[cell] = false;
		run->pack->hidden[cell] = false;
		return;
	}
	for (size_t i = 0; i < move.n; i++)
		hide(run, move.cells[i]);
	suppress_proofs_add(run->proofs, move);
}

static void complement(struct suppress_run *run, size_t cell)
{
	const struct suppress_pack *pack = run->pack;
	struct choice best = { true, RANK_NO, 0, 0, SUPPRESS_NONE };

	for (size_t k = pack->first[cell]; k < pack->first[cell + 1]; k++)
		sum_choose(run, &pack->in->sums[pack->of[k]], cell, &best);
	if (best.rank == RANK_NO)
		reach_out(run, cell);
	else
		hide(run, best.cell);
}

/* Something was hidden in a sum of the cell in this round: see first if that will do.
 */
static bool was_touched(const struct suppress_run *run, size_t cell)
{
	const struct suppress_pack *pack = run->pack;

	for (size_t k = pack->first[cell]; k < pack->first[cell + 1]; k++) {
		if (run->touched[pack->of[k]])
			return true;
	}
	return false;
}

/* To run->list, those that are told: by their sums one by one, which is quickly seen,
 * or if there are none of these, by all together. */
static size_t unsafe_list(struct suppress_run *run)
{
	const struct suppress_pack *pack = run->pack;
	bool told = suppress_told(run);
	size_t n = 0;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (!pack->hidden[c])
			continue;
		if (told ? is_told(run, c) : !suppress_proved(run, c))
			run->list[n++] = c;
	}
	return n;
}

/* Each round hides a cell or gives one up for good, so that it ends. */
void suppress_complement(struct suppress_run *run)
{
	size_t n = unsafe_list(run);

	while (n > 0 && *run->work > 0) {
		for (size_t s = 0; s < run->pack->in->n_sums; s++)
			run->touched[s] = false;
		for (size_t i = 0; i < n; i++) {
			if (!was_touched(run, run->list[i]))
				complement(run, run->list[i]);
		}
		suppress_solver_start(run->now);
		n = unsafe_list(run);
	}
}

/* What of the complements is the largest below `last`, the first of those alike. */
static bool later(const int64_t *values, size_t a, size_t b)
{
	if (values[a] != values[b])
		return values[a] < values[b];
	return a > b;
}

static size_t complement_next(const struct suppress_pack *pack, size_t last)
{
	const int64_t *values = pack->in->values;
	size_t best = SUPPRESS_NONE;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (!pack->hidden[c] || suppress_given(pack, c) ||
			(values[c] > 0 && values[c] <= SUPPRESS_FEW_MAX) ||
			(last != SUPPRESS_NONE && !later(values, c, last)))
			continue;
		if (best == SUPPRESS_NONE || later(values, best, c))
			best = c;
	}
	return best;
}

static bool all_safe(struct suppress_run *run)
{
	const struct suppress_pack *pack = run->pack;

	if (suppress_told(run))
		return false;
	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (pack->hidden[c] && !suppress_proved(run, c))
			return false;
	}
	return true;
}

void suppress_show_again(struct suppress_run *run)
{
	struct suppress_pack *pack = run->pack;
	size_t c = complement_next(pack, SUPPRESS_NONE);

	while (c != SUPPRESS_NONE) {
		pack->hidden[c] = false;
		pack->hidden[c] = !all_safe(run);
		c = complement_next(pack, c);
	}
}
