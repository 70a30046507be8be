#include "tests/unit/suppress_brute.h"

#include <assert.h>

/* How far from the truth "5 or more" is tried, and the most cells that are. */
#define FAR 9
#define CELLS_MAX 128

struct trial {
	const struct suppress_input *in;
	size_t steps;                         /* left */
	int64_t lo[CELLS_MAX], hi[CELLS_MAX]; /* equal where a value has been chosen */
};

static bool sum_can_hold(const struct trial *t, const struct suppress_sum *sum)
{
	int64_t lo = 0, hi = 0;

	for (size_t i = 0; i < sum->n_parts; i++) {
		lo += t->lo[sum->parts[i]];
		hi += t->hi[sum->parts[i]];
	}
	return lo <= t->hi[sum->total] && hi >= t->lo[sum->total];
}

static bool all_can_hold(const struct trial *t)
{
	for (size_t s = 0; s < t->in->n_sums; s++) {
		if (!sum_can_hold(t, &t->in->sums[s]))
			return false;
	}
	return true;
}

static bool solve_rest(struct trial *t);

static bool solve_with(struct trial *t, size_t cell, int64_t value)
{
	int64_t lo = t->lo[cell], hi = t->hi[cell];

	if (value < lo || value > hi || t->steps == 0)
		return false;
	t->steps--;
	t->lo[cell] = t->hi[cell] = value;
	if (all_can_hold(t) && solve_rest(t))
		return true;
	t->lo[cell] = lo;
	t->hi[cell] = hi;
	return false;
}

/* The truth first, then ever further from it: if there is a solution it is soon met. */
static bool solve_rest(struct trial *t)
{
	size_t cell = 0;
	int64_t value;

	while (cell < t->in->n_cells && t->lo[cell] == t->hi[cell])
		cell++;
	if (cell == t->in->n_cells)
		return true;
	value = t->in->values[cell];
	for (int64_t far = 0; far <= FAR; far++) {
		if (solve_with(t, cell, value + far) ||
			(far > 0 && solve_with(t, cell, value - far)))
			return true;
	}
	return false;
}

static void trial_init(struct trial *t, const struct suppress_input *in,
	const enum suppress_mark *marks)
{
	assert(in->n_cells <= CELLS_MAX);
	t->in = in;
	for (size_t c = 0; c < in->n_cells; c++) {
		int64_t value = in->values[c];

		t->lo[c] = t->hi[c] = value;
		if (marks[c] == SUPPRESS_FEW) {
			t->lo[c] = 0;
			t->hi[c] = 4;
		}
		if (marks[c] == SUPPRESS_WITHHELD) {
			t->lo[c] = value - FAR > 5 ? value - FAR : 5;
			t->hi[c] = value + FAR;
		}
	}
}

bool suppress_brute_differs(const struct suppress_input *input,
	const enum suppress_mark *marks, size_t cell, size_t steps)
{
	struct trial t = { .steps = steps };
	int64_t value = input->values[cell];

	for (int64_t far = 1; far <= FAR; far++) {
		trial_init(&t, input, marks);
		if (solve_with(&t, cell, value + far))
			return true;
		trial_init(&t, input, marks);
		if (solve_with(&t, cell, value - far))
			return true;
	}
	return false;
}
