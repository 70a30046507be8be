#include "server/suppress.h"

#include "lib/base.h"
#include "lib/error.h"
#include "server/suppress_private.h"

/* For hiding, and again for showing: a second or two each, and counted so that the same
 * figures are always given up at the same point. */
#define WORK_MAX UINT64_C(1000000000)

static bool is_small(int64_t value)
{
	return value > 0 && value <= SUPPRESS_FEW_MAX;
}

bool suppress_given(const struct suppress_pack *pack, size_t cell)
{
	return pack->in->given && pack->in->given[cell] != SUPPRESS_SHOWN;
}

bool suppress_told(struct suppress_run *run)
{
	const struct suppress_pack *pack = run->pack;

	suppress_ranges(pack, pack->hidden, run->ranges);
	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (pack->hidden[c] && run->ranges[c].lo == run->ranges[c].hi)
			return true;
	}
	return false;
}

bool suppress_proved(struct suppress_run *run, size_t cell)
{
	struct suppress_move move;

	if (suppress_proofs_hold(run->proofs, cell))
		return true;
	if (!suppress_solver_move(run->now, cell, &move))
		return false;
	suppress_proofs_add(run->proofs, move);
	return true;
}

/* Zeros under a fixed zero, and whatever else is told with all hidden that can be, are
 * of no use to anybody. */
static void primary(struct suppress_run *run)
{
	struct suppress_pack *pack = run->pack;

	suppress_ranges(pack, pack->could, run->ranges);
	for (size_t c = 0; c < pack->in->n_cells; c++) {
		if (run->ranges[c].lo == run->ranges[c].hi)
			pack->could[c] = false;
		pack->hidden[c] = pack->could[c] && (is_small(pack->in->values[c]) ||
							    suppress_given(pack, c));
	}
	suppress_solver_start(run->now);
	suppress_solver_start(run->wide);
}

static int marks_read(const struct suppress_pack *pack, enum suppress_mark *ret)
{
	int n_told = 0;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		bool small = is_small(pack->in->values[c]) && !pack->in->fixed[c];

		n_told += small && !pack->hidden[c];
		ret[c] = SUPPRESS_SHOWN;
		if (small || (pack->hidden[c] && pack->in->values[c] == 0))
			ret[c] = SUPPRESS_FEW;
		else if (pack->hidden[c])
			ret[c] = SUPPRESS_WITHHELD;
	}
	return n_told;
}

static struct suppress_run run_new(struct suppress_pack *pack, uint64_t *work)
{
	size_t n = pack->in->n_cells + 1;

	return (struct suppress_run){
		.pack = pack,
		.proofs = suppress_proofs_new(pack),
		.now = suppress_solver_new(pack, pack->hidden, work),
		.wide = suppress_solver_new(pack, pack->could, work),
		.ranges = mem_new(n * sizeof(struct suppress_range)),
		.list = mem_new(n * sizeof(size_t)),
		.touched = mem_new(pack->in->n_sums + 1),
		.work = work,
	};
}

static void run_clear(struct suppress_run *run)
{
	suppress_proofs_free(run->proofs);
	suppress_solver_free(run->now);
	suppress_solver_free(run->wide);
	mem_free(run->ranges);
	mem_free(run->list);
	mem_free(run->touched);
}

/* -1 if it takes too long to see what must be hidden. What could be shown again and is
 * not looked at stays hidden. */
static int marks_make(struct suppress_run *run, enum suppress_mark *ret)
{
	primary(run);
	suppress_complement(run);
	if (*run->work == 0)
		return -1;
	*run->work = WORK_MAX;
	suppress_show_again(run);
	return marks_read(run->pack, ret);
}

int suppress_run(
	const struct suppress_input *input, enum suppress_mark *ret, struct error *err)
{
	struct suppress_pack *pack = suppress_pack_new(input, err);
	uint64_t work = WORK_MAX;
	struct suppress_run run;
	int n_told;

	if (!pack)
		return -1;
	run = run_new(pack, &work);
	n_told = marks_make(&run, ret);
	run_clear(&run);
	suppress_pack_free(pack);
	if (n_told < 0)
		return error_set(
			err, ERR_TOO_LARGE, "the tables are linked too closely");
	return n_told;
}
