/* The pack as it comes: checked, with the sums of each cell, and what its sums tell. */
#include "server/suppress_private.h"

#include "lib/base.h"
#include "lib/error.h"

/* Ranges narrow step by step; where they still do after so many, the rest is left to
 * those who ask more thoroughly. */
#define ROUNDS_MAX 20

static int sizes_check(const struct suppress_input *in, struct error *err)
{
	size_t parts = 0;

	if (in->n_cells > SUPPRESS_CELLS_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d cells in a pack",
			SUPPRESS_CELLS_MAX);
	if (in->n_sums > SUPPRESS_SUMS_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d sums in a pack",
			SUPPRESS_SUMS_MAX);
	for (size_t s = 0; s < in->n_sums; s++) {
		if (in->sums[s].n_parts > SUPPRESS_PARTS_MAX - parts)
			return error_set(err, ERR_TOO_LARGE,
				"more than %d parts of sums in a pack",
				SUPPRESS_PARTS_MAX);
		parts += in->sums[s].n_parts;
	}
	for (size_t c = 0; c < in->n_cells; c++) {
		if (in->values[c] < 0 || in->values[c] > SUPPRESS_VALUE_MAX)
			return error_set(err, ERR_INVALID,
				"cell %zu is negative or too large", c);
	}
	return 0;
}

/* seen[c] is 1 + the last sum that c was met in. */
static int sum_check(
	const struct suppress_input *in, size_t s, size_t *seen, struct error *err)
{
	const struct suppress_sum *sum = &in->sums[s];
	int64_t rest = 0;

	for (size_t k = 0; k <= sum->n_parts; k++) {
		size_t c = suppress_member(sum, k);

		if (c >= in->n_cells)
			return error_set(
				err, ERR_INVALID, "sum %zu has no such cell", s);
		if (seen[c] == s + 1)
			return error_set(
				err, ERR_INVALID, "cell %zu is twice in sum %zu", c, s);
		seen[c] = s + 1;
		rest += k == 0 ? in->values[c] : -in->values[c];
	}
	if (rest != 0)
		return error_set(err, ERR_INVALID, "sum %zu does not add up", s);
	return 0;
}

static int input_check(const struct suppress_input *in, struct error *err)
{
	scoped_free size_t *seen = NULL;

	if (sizes_check(in, err) < 0)
		return -1;
	seen = mem_new((in->n_cells + 1) * sizeof(*seen));
	for (size_t s = 0; s < in->n_sums; s++) {
		if (sum_check(in, s, seen, err) < 0)
			return -1;
	}
	return 0;
}

static void index_fill(struct suppress_pack *pack)
{
	const struct suppress_input *in = pack->in;
	scoped_free size_t *next = mem_new((in->n_cells + 1) * sizeof(*next));

	for (size_t s = 0; s < in->n_sums; s++) {
		for (size_t k = 0; k <= in->sums[s].n_parts; k++)
			pack->first[suppress_member(&in->sums[s], k) + 1]++;
	}
	for (size_t c = 0; c < in->n_cells; c++) {
		pack->first[c + 1] += pack->first[c];
		next[c] = pack->first[c];
	}
	pack->of = mem_new((pack->first[in->n_cells] + 1) * sizeof(*pack->of));
	for (size_t s = 0; s < in->n_sums; s++) {
		for (size_t k = 0; k <= in->sums[s].n_parts; k++)
			pack->of[next[suppress_member(&in->sums[s], k)]++] = s;
	}
}

struct suppress_pack *suppress_pack_new(
	const struct suppress_input *input, struct error *err)
{
	struct suppress_pack *pack;

	if (input_check(input, err) < 0)
		return NULL;
	pack = mem_new(sizeof(*pack));
	pack->in = input;
	pack->first = mem_new((input->n_cells + 1) * sizeof(*pack->first));
	pack->hidden = mem_new(input->n_cells + 1);
	pack->could = mem_new(input->n_cells + 1);
	for (size_t c = 0; c < input->n_cells; c++)
		pack->could[c] = !input->fixed[c];
	index_fill(pack);
	return pack;
}

void suppress_pack_free(struct suppress_pack *pack)
{
	if (!pack)
		return;
	mem_free(pack->first);
	mem_free(pack->of);
	mem_free(pack->hidden);
	mem_free(pack->could);
	mem_free(pack);
}

struct suppress_range suppress_range_of(int64_t value, bool hidden)
{
	if (!hidden)
		return (struct suppress_range){ value, value };
	if (value <= SUPPRESS_FEW_MAX)
		return (struct suppress_range){ 0, SUPPRESS_FEW_MAX };
	return (struct suppress_range){ SUPPRESS_FEW_MAX + 1, SUPPRESS_ROOF };
}

static bool range_cut(struct suppress_range *range, int64_t lo, int64_t hi)
{
	bool cut = lo > range->lo || hi < range->hi;

	if (lo > range->lo)
		range->lo = lo;
	if (hi < range->hi)
		range->hi = hi;
	return cut;
}

/* What the total and all parts but one leave to that one. True if anything narrowed. */
static bool sum_narrow(const struct suppress_sum *sum, struct suppress_range *ranges)
{
	struct suppress_range all = { 0, 0 }, *total = &ranges[sum->total];
	bool cut;

	for (size_t i = 0; i < sum->n_parts; i++) {
		all.lo += ranges[sum->parts[i]].lo;
		all.hi += ranges[sum->parts[i]].hi;
	}
	cut = range_cut(total, all.lo, all.hi);
	for (size_t i = 0; i < sum->n_parts; i++) {
		struct suppress_range *part = &ranges[sum->parts[i]], before = *part;

		if (range_cut(part, total->lo - (all.hi - before.hi),
			    total->hi - (all.lo - before.lo))) {
			all.lo += part->lo - before.lo;
			all.hi += part->hi - before.hi;
			cut = true;
		}
	}
	return cut;
}

void suppress_ranges(
	const struct suppress_pack *pack, const bool *mask, struct suppress_range *ret)
{
	const struct suppress_input *in = pack->in;
	bool cut = true;

	for (size_t c = 0; c < in->n_cells; c++)
		ret[c] = suppress_range_of(in->values[c], mask[c]);
	for (size_t i = 0; i < ROUNDS_MAX && cut; i++) {
		cut = false;
		for (size_t s = 0; s < in->n_sums; s++)
			cut |= sum_narrow(&in->sums[s], ret);
	}
}
