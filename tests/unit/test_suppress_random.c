/*
 * Random small packs against a reader who tries everything (suppress_brute). A pack is
 * the product of dimensions: rows, columns and a third way, each a list, a tree of two
 * levels, or two lists with one total, which makes two tables that share a margin.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/error.h"
#include "tests/unit/suppress_brute.h"

#define DIMS 3
#define DIM_SUMS_MAX 8
#define PARTS_MAX 40
#define STEPS_MAX 10000

/* Nodes that no sum makes are leaves. A sum's parts come before it. */
struct dim {
	size_t n;
	size_t n_sums;
	struct {
		size_t total, n, parts[PARTS_MAX];
	} sums[DIM_SUMS_MAX];
	size_t linked; /* sum 1 has the same total as sum 0, and this many parts */
};

struct pack {
	struct dim dims[DIMS];
	struct suppress_input input;
	int64_t *values;
	bool *fixed;
	struct suppress_sum *sums;
	size_t *parts; /* of all sums */
	uint32_t random;
};

/* In a hundred leaves; the others are 5 and up to `large` more. */
struct mix {
	uint32_t zeros, small, large;
};

static uint32_t draw(struct pack *pack, uint32_t below)
{
	pack->random = pack->random * 1664525u + 1013904223u;
	return (pack->random >> 8) % below;
}

static struct dim dim_one(void)
{
	return (struct dim){ .n = 1 };
}

static size_t dim_sum(struct dim *dim, size_t total, size_t first, size_t n)
{
	size_t s = dim->n_sums++;

	dim->sums[s].total = total;
	dim->sums[s].n = n;
	for (size_t i = 0; i < n; i++)
		dim->sums[s].parts[i] = first + i;
	return total + 1;
}

static struct dim dim_list(size_t n)
{
	struct dim dim = { .n = n + 1 };

	dim_sum(&dim, n, 0, n);
	return dim;
}

/* Leaves in groups, each with its total, and the whole. */
static struct dim dim_tree(size_t groups, size_t each)
{
	struct dim dim = { 0 };

	dim.n = groups * each;
	for (size_t g = 0; g < groups; g++)
		dim.n = dim_sum(&dim, dim.n, g * each, each);
	dim.n = dim_sum(&dim, dim.n, groups * each, groups);
	return dim;
}

static struct dim dim_linked(size_t n, size_t others)
{
	struct dim dim = dim_list(n);

	dim_sum(&dim, n, n + 1, others);
	dim.n += others;
	dim.linked = others;
	return dim;
}

static size_t cell_at(const struct pack *pack, const size_t *at)
{
	return (at[0] * pack->dims[1].n + at[1]) * pack->dims[2].n + at[2];
}

static bool is_leaf(const struct dim *dim, size_t node)
{
	for (size_t s = 0; s < dim->n_sums; s++) {
		if (dim->sums[s].total == node)
			return false;
	}
	return true;
}

/* The cells of one sum of dimension d, where the others are at `at`. */
static void sum_add(struct pack *pack, size_t d, size_t s, size_t *at)
{
	const struct dim *dim = &pack->dims[d];
	struct suppress_sum *sum = &pack->sums[pack->input.n_sums++];
	size_t *parts = pack->parts;

	pack->parts += dim->sums[s].n;
	at[d] = dim->sums[s].total;
	*sum = (struct suppress_sum){ cell_at(pack, at), parts, dim->sums[s].n };
	for (size_t i = 0; i < dim->sums[s].n; i++) {
		at[d] = dim->sums[s].parts[i];
		parts[i] = cell_at(pack, at);
	}
	at[d] = 0;
}

static void sums_add(struct pack *pack, size_t d, size_t s)
{
	size_t b = (d + 1) % DIMS, c = (d + 2) % DIMS, at[DIMS] = { 0 };

	for (at[b] = 0; at[b] < pack->dims[b].n; at[b]++) {
		for (at[c] = 0; at[c] < pack->dims[c].n; at[c]++)
			sum_add(pack, d, s, at);
	}
}

static int64_t draw_value(struct pack *pack, const struct mix *mix)
{
	uint32_t kind = draw(pack, 100);

	if (kind < mix->zeros)
		return 0;
	kind -= mix->zeros;
	return kind < mix->small ? 1 + draw(pack, 4) : 5 + draw(pack, mix->large);
}

static void leaf_fill(struct pack *pack, const size_t *at, const struct mix *mix)
{
	for (size_t d = 0; d < DIMS; d++) {
		if (!is_leaf(&pack->dims[d], at[d]))
			return;
	}
	pack->values[cell_at(pack, at)] = draw_value(pack, mix);
}

/* The parts of a second list: what the first adds up to, split at random. */
static void sum_split(struct pack *pack, const struct suppress_sum *sum)
{
	int64_t rest = pack->values[sum->total];

	for (size_t i = 0; i < sum->n_parts; i++) {
		size_t left = sum->n_parts - i;
		int64_t value = draw(pack, (uint32_t)(2 * rest / (int64_t)left + 1));

		if (left == 1 || value > rest)
			value = rest;
		pack->values[sum->parts[i]] = value;
		rest -= value;
	}
}

static void linked_split(struct pack *pack, size_t from)
{
	for (size_t s = from; s < pack->input.n_sums; s++)
		sum_split(pack, &pack->sums[s]);
}

static void sums_fill(struct pack *pack, size_t from)
{
	for (size_t s = from; s < pack->input.n_sums; s++) {
		const struct suppress_sum *sum = &pack->sums[s];

		pack->values[sum->total] = 0;
		for (size_t i = 0; i < sum->n_parts; i++)
			pack->values[sum->total] += pack->values[sum->parts[i]];
	}
}

static void leaves_fill(struct pack *pack, const struct mix *mix)
{
	size_t n = pack->dims[2].n, m = pack->dims[1].n;

	for (size_t c = 0; c < pack->input.n_cells; c++)
		leaf_fill(pack, (size_t[]){ c / n / m, c / n % m, c % n }, mix);
}

/* Each sum after its parts. A linked dimension is the first one. */
static void dim_fill(struct pack *pack, size_t d)
{
	const struct dim *dim = &pack->dims[d];

	for (size_t s = 0; s < dim->n_sums; s++) {
		size_t from = pack->input.n_sums;

		sums_add(pack, d, s);
		if (s == 1 && dim->linked)
			linked_split(pack, from);
		else
			sums_fill(pack, from);
	}
}

static void pack_fill(struct pack *pack, const struct mix *mix)
{
	leaves_fill(pack, mix);
	for (size_t d = 0; d < DIMS; d++)
		dim_fill(pack, d);
}

/* Nothing fixed, the whole, all totals, some totals, or anything. */
static void pack_fix(struct pack *pack, uint32_t how)
{
	size_t n = pack->dims[2].n, m = pack->dims[1].n, all = 0;

	for (size_t d = 0; d < DIMS; d++)
		all += pack->dims[d].n_sums > 0;
	for (size_t c = 0; c < pack->input.n_cells; c++) {
		size_t at[DIMS] = { c / n / m, c / n % m, c % n }, totals = 0;

		for (size_t d = 0; d < DIMS; d++)
			totals += !is_leaf(&pack->dims[d], at[d]);
		pack->fixed[c] = (how == 1 && totals == all) ||
				 (how == 2 && totals > 0) ||
				 (how == 3 && totals > 0 && draw(pack, 3) == 0) ||
				 (how == 4 && draw(pack, 8) == 0);
	}
}

static void *room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	assert_non_null(p);
	return p;
}

static void pack_make(struct pack *pack, const struct mix *mix, uint32_t fix)
{
	size_t n_cells = 1, n_sums = 0, n_parts = 0;

	for (size_t d = 0; d < DIMS; d++)
		n_cells *= pack->dims[d].n;
	for (size_t d = 0; d < DIMS; d++) {
		n_sums += pack->dims[d].n_sums * n_cells / pack->dims[d].n;
		for (size_t s = 0; s < pack->dims[d].n_sums; s++)
			n_parts += pack->dims[d].sums[s].n * n_cells / pack->dims[d].n;
	}
	pack->values = room(n_cells, sizeof(*pack->values));
	pack->fixed = room(n_cells, sizeof(*pack->fixed));
	pack->sums = room(n_sums + 1, sizeof(*pack->sums));
	pack->parts = room(n_parts + 1, sizeof(*pack->parts));
	pack->input = (struct suppress_input){ .n_cells = n_cells,
		.values = pack->values,
		.fixed = pack->fixed,
		.sums = pack->sums };
	pack_fill(pack, mix);
	pack_fix(pack, fix);
}

static void pack_clear(struct pack *pack)
{
	free(pack->values);
	free(pack->fixed);
	free(pack->input.n_sums ? (void *)pack->sums[0].parts : pack->parts);
	free(pack->sums);
}

static bool is_small(const struct pack *pack, size_t c)
{
	return pack->values[c] > 0 && pack->values[c] < 5;
}

static void marks_check(const struct pack *pack, const enum suppress_mark *marks)
{
	for (size_t c = 0; c < pack->input.n_cells; c++) {
		if (pack->fixed[c])
			assert_int_equal(marks[c], SUPPRESS_SHOWN);
		else if (is_small(pack, c))
			assert_int_equal(marks[c], SUPPRESS_FEW);
		else if (marks[c] != SUPPRESS_SHOWN)
			assert_int_equal(marks[c],
				pack->values[c] ? SUPPRESS_WITHHELD : SUPPRESS_FEW);
	}
}

static int told_count(
	const struct pack *pack, const enum suppress_mark *marks, bool *ret_told)
{
	int n = 0;

	for (size_t c = 0; c < pack->input.n_cells; c++) {
		ret_told[c] = marks[c] != SUPPRESS_SHOWN &&
			      !suppress_brute_differs(&pack->input, marks, c, SIZE_MAX);
		n += ret_told[c];
	}
	return n;
}

/* What is told is a small number, and no other value is met soon with everything hidden
 * that may be. */
static void told_check(const struct pack *pack, const bool *told)
{
	size_t n = pack->input.n_cells;
	enum suppress_mark *all = room(n, sizeof(*all));

	for (size_t c = 0; c < n; c++) {
		if (!pack->fixed[c])
			all[c] = pack->values[c] < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	}
	for (size_t c = 0; c < n; c++) {
		if (!told[c])
			continue;
		assert_true(is_small(pack, c));
		assert_false(
			suppress_brute_differs(&pack->input, all, c, 10 * STEPS_MAX));
	}
	free(all);
}

/* Each complement is needed: without it another is told, or no other value is met soon.
 */
static void needed_check(
	const struct pack *pack, enum suppress_mark *marks, const bool *told)
{
	size_t n = pack->input.n_cells;

	for (size_t c = 0; c < n; c++) {
		enum suppress_mark mark = marks[c];
		bool tells = false;

		if (mark == SUPPRESS_SHOWN || is_small(pack, c))
			continue;
		marks[c] = SUPPRESS_SHOWN;
		for (size_t i = 0; i < n && !tells; i++)
			tells = marks[i] != SUPPRESS_SHOWN && !told[i] &&
				!suppress_brute_differs(
					&pack->input, marks, i, STEPS_MAX);
		marks[c] = mark;
		assert_true(tells);
	}
}

struct totals {
	size_t hidden, small, told, cells;
};

static void pack_check(const struct pack *pack, struct totals *totals)
{
	size_t n = pack->input.n_cells;
	enum suppress_mark *marks = room(n, sizeof(*marks));
	enum suppress_mark *again = room(n, sizeof(*again));
	bool *told = room(n, sizeof(*told));
	struct error err = { 0 };
	int n_told = suppress_run(&pack->input, marks, &err);

	assert_int_equal(suppress_run(&pack->input, again, &err), n_told);
	assert_memory_equal(marks, again, n * sizeof(*marks));
	marks_check(pack, marks);
	assert_int_equal(told_count(pack, marks, told), n_told);
	told_check(pack, told);
	needed_check(pack, marks, told);
	for (size_t c = 0; c < n; c++) {
		totals->hidden += marks[c] != SUPPRESS_SHOWN;
		totals->small += !pack->fixed[c] && is_small(pack, c);
	}
	totals->told += (size_t)n_told;
	totals->cells += n;
	free(marks);
	free(again);
	free(told);
}

static size_t few(struct pack *pack, size_t least, uint32_t more)
{
	return least + draw(pack, more);
}

static void shape_list(struct pack *pack)
{
	pack->dims[2] = dim_list(few(pack, 1, 6));
}

static void shape_rows_columns(struct pack *pack)
{
	pack->dims[0] = dim_list(few(pack, 2, 3));
	pack->dims[1] = dim_list(few(pack, 2, 3));
}

static void shape_tree(struct pack *pack)
{
	pack->dims[0] = dim_tree(2, few(pack, 1, 2));
	pack->dims[1] = dim_list(few(pack, 2, 2));
}

static void shape_linked(struct pack *pack)
{
	pack->dims[0] = dim_linked(few(pack, 2, 2), few(pack, 2, 2));
	pack->dims[1] = dim_list(few(pack, 2, 2));
}

static void shape_wide(struct pack *pack)
{
	pack->dims[0] = dim_list(few(pack, 4, 3));
	pack->dims[1] = dim_list(few(pack, 4, 3));
}

static void shape_three_ways(struct pack *pack)
{
	pack->dims[0] = dim_list(few(pack, 2, 2));
	pack->dims[1] = dim_list(2);
	pack->dims[2] = dim_list(few(pack, 2, 2));
}

static void test_suppress_run__leaves_two_values_for_each(void **state)
{
	static const struct {
		const char *what;
		void (*shape)(struct pack *pack);
		size_t runs;
	} shapes[] = {
		{ "a list", shape_list, 1000 },
		{ "rows and columns", shape_rows_columns, 500 },
		{ "many rows and columns", shape_wide, 300 },
		{ "rows in districts", shape_tree, 300 },
		{ "two tables with a margin in common", shape_linked, 300 },
		{ "three ways", shape_three_ways, 120 },
	};
	static const struct mix mix = { 30, 30, 10 };
	/* More of them, by hand. */
	const char *factor = getenv("SUPPRESS_TEST_RUNS");
	size_t times = factor ? strtoul(factor, NULL, 10) : 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct totals totals = { 0 };

		for (size_t run = 0; run < times * shapes[i].runs; run++) {
			struct pack pack = { .dims = { dim_one(), dim_one(),
						     dim_one() },
				.random = (uint32_t)(run * 2654435761u + i) };

			shapes[i].shape(&pack);
			pack_make(&pack, &mix, run % 5);
			pack_check(&pack, &totals);
			pack_clear(&pack);
		}
		print_message("%s: %zu cells, %zu small, %zu hidden, %zu told\n",
			shapes[i].what, totals.cells, totals.small, totals.hidden,
			totals.told);
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A sum with one hidden cell tells it. */
static void sums_check(const struct pack *pack, const enum suppress_mark *marks)
{
	for (size_t s = 0; s < pack->input.n_sums; s++) {
		const struct suppress_sum *sum = &pack->sums[s];
		size_t n = marks[sum->total] != SUPPRESS_SHOWN;

		for (size_t i = 0; i < sum->n_parts; i++)
			n += marks[sum->parts[i]] != SUPPRESS_SHOWN;
		assert_int_not_equal(n, 1);
	}
}

static void large_check(struct pack *pack)
{
	size_t n = pack->input.n_cells, n_small = 0, n_hidden = 0;
	enum suppress_mark *marks = room(n, sizeof(*marks));
	struct error err = { 0 };
	double start = seconds();
	int told = suppress_run(&pack->input, marks, &err);

	assert_true(told >= 0);
	for (size_t c = 0; c < n; c++) {
		n_small += !pack->fixed[c] && is_small(pack, c);
		n_hidden += marks[c] != SUPPRESS_SHOWN;
	}
	print_message("%zu cells, %zu sums, %zu small, %zu hidden, %d told: %.3f s\n",
		n, pack->input.n_sums, n_small, n_hidden, told, seconds() - start);
	marks_check(pack, marks);
	if (told == 0)
		sums_check(pack, marks);
	free(marks);
}

static void test_suppress_run__takes_a_whole_pack(void **state)
{
	static const struct mix mixes[] = { { 0, 5, 100 }, { 20, 10, 100 },
		{ 50, 10, 50 }, { 60, 30, 20 } };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_LEN(mixes); i++) {
		struct pack pack = { .dims = { dim_linked(20, 24), dim_tree(7, 8),
					     dim_one() },
			.random = i };

		pack_make(&pack, &mixes[i], 1 + i % 2);
		large_check(&pack);
		pack_clear(&pack);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suppress_run__leaves_two_values_for_each),
		cmocka_unit_test(test_suppress_run__takes_a_whole_pack),
	};

	return cmocka_run_group_tests_name("suppress_random", tests, NULL, NULL);
}
