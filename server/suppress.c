#include "server/suppress.h"

#include "lib/base.h"
#include "lib/error.h"
#include "server/suppress_private.h"

/* For hiding, and again for showing: three seconds each, measured with tables that
 * cross in three ways; usual packs take a hundredth. */
#define WORK_MAX UINT64_C(1000000000)

/* The most cells in one system of equations. What could be hidden hangs together more
 * widely than what is, and is asked about seldom. */
#define NOW_MOST 400
#define WIDE_MOST 1500

/* The caller hides it already. */
bool suppress_is_given(const struct suppress_pack *pack, size_t cell)
{
	return pack->in->given && pack->in->given[cell] != SUPPRESS_SHOWN;
}

static bool must_hide(const struct suppress_pack *pack, size_t cell)
{
	return suppress_is_small(pack->in->values[cell]) ||
	       suppress_is_given(pack, cell);
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
		pack->hidden[c] = pack->could[c] && must_hide(pack, c);
	}
	suppress_solver_start(run->now);
	suppress_solver_start(run->wide);
}

static int marks_read(const struct suppress_pack *pack, enum suppress_mark *ret)
{
	int n_told = 0;

	for (size_t c = 0; c < pack->in->n_cells; c++) {
		bool small =
			suppress_is_small(pack->in->values[c]) && !pack->in->fixed[c];
		bool told =
			must_hide(pack, c) && !pack->in->fixed[c] && !pack->hidden[c];

		n_told += told;
		if (told && pack->in->told)
			pack->in->told[c] = true;
		ret[c] = SUPPRESS_SHOWN;
		if (suppress_is_given(pack, c))
			ret[c] = pack->in->given[c];
		else if (small || (pack->hidden[c] && pack->in->values[c] == 0))
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
		.proofs = suppress_proofs_new(pack, work),
		.seeker = suppress_seeker_new(pack, work),
		.now = suppress_solver_new(pack, pack->hidden, NOW_MOST, work),
		.wide = suppress_solver_new(pack, pack->could, WIDE_MOST, work),
		.ranges = mem_new(n * sizeof(struct suppress_range)),
		.work = work,
	};
}

static void run_clear(struct suppress_run *run)
{
	suppress_proofs_free(run->proofs);
	suppress_seeker_free(run->seeker);
	suppress_solver_free(run->now);
	suppress_solver_free(run->wide);
	mem_free(run->ranges);
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
	primary(&run);
	suppress_complement(&run);
	work = WORK_MAX;
	suppress_show_again(&run);
	n_told = marks_read(pack, ret);
	run_clear(&run);
	suppress_pack_free(pack);
	return n_told;
}
