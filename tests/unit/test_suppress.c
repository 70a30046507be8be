#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/error.h"
#include "server/suppress.h"

#define CELLS_MAX 25
#define SUMS_MAX 12

/* A sum is its total and then its parts, up to NO_CELL. */
#define NO_CELL SIZE_MAX

struct table {
	const char *what;
	size_t n;
	int64_t values[CELLS_MAX];
	const char *fixed; /* "f" or "-" a cell */
	size_t sums[SUMS_MAX][CELLS_MAX];
	size_t n_sums;
	const char *marks; /* "." shown, "<" few, "x" withheld */
	int told;
};

static int table_run(const struct table *table, char *ret, struct error *err)
{
	struct suppress_sum sums[SUMS_MAX];
	enum suppress_mark marks[CELLS_MAX];
	bool fixed[CELLS_MAX];
	struct suppress_input input = { .n_cells = table->n,
		.values = table->values,
		.fixed = fixed,
		.n_sums = table->n_sums,
		.sums = sums };
	int told;

	for (size_t c = 0; c < table->n; c++)
		fixed[c] = table->fixed[c] == 'f';
	for (size_t s = 0; s < table->n_sums; s++) {
		sums[s] = (struct suppress_sum){ table->sums[s][0], &table->sums[s][1],
			0 };
		while (sums[s].parts[sums[s].n_parts] != NO_CELL)
			sums[s].n_parts++;
	}
	told = suppress_run(&input, marks, err);
	for (size_t c = 0; told >= 0 && c < table->n; c++)
		ret[c] = ".<x"[marks[c]];
	ret[table->n] = '\0';
	return told;
}

static const struct table tables[] = {
	{ "nothing small", 3, { 5, 20, 25 }, "--f", { { 2, 0, 1, NO_CELL } }, 1, "...",
		0 },
	{ "zeros are no secret", 4, { 0, 0, 7, 7 }, "---f", { { 3, 0, 1, 2, NO_CELL } },
		1, "....", 0 },
	{ "a list: the least other goes too", 4, { 3, 10, 20, 33 }, "---f",
		{ { 3, 0, 1, 2, NO_CELL } }, 1, "<x..", 0 },
	{ "of those alike the first", 4, { 10, 3, 10, 23 }, "---f",
		{ { 3, 0, 1, 2, NO_CELL } }, 1, "x<..", 0 },
	{ "no sum, no subtraction", 2, { 3, 10 }, "--", { { 0 } }, 0, "<.", 0 },
	{ "alone under a fixed total", 2, { 3, 3 }, "-f", { { 1, 0, NO_CELL } }, 1,
		"<.", 1 },
	{ "alone under its own total", 2, { 3, 3 }, "--", { { 1, 0, NO_CELL } }, 1,
		"<<", 0 },
	{ "two of 2 hide each other", 3, { 1, 1, 2 }, "--f", { { 2, 0, 1, NO_CELL } },
		1, "<<.", 0 },
	{ "4 and 4 of a fixed 8 are told", 3, { 4, 4, 8 }, "--f",
		{ { 2, 0, 1, NO_CELL } }, 1, "<<.", 2 },
	{ "4 and 4 of 8 take the total along", 3, { 4, 4, 8 }, "---",
		{ { 2, 0, 1, NO_CELL } }, 1, "<<x", 0 },
	{ "4 and 4 of a fixed 8 with a zero", 4, { 4, 4, 0, 8 }, "---f",
		{ { 3, 0, 1, 2, NO_CELL } }, 1, "<<<.", 0 },
	{ "4 and 4 with another", 4, { 4, 4, 9, 17 }, "---f",
		{ { 3, 0, 1, 2, NO_CELL } }, 1, "<<x.", 0 },
	{ "a zero as the last resort", 4, { 3, 0, 0, 3 }, "---f",
		{ { 3, 0, 1, 2, NO_CELL } }, 1, "<<..", 0 },
	{ "what is fixed is shown, small or not", 3, { 2, 10, 12 }, "f-f",
		{ { 2, 0, 1, NO_CELL } }, 1, "...", 0 },
	{ "fixed parts tell", 3, { 2, 10, 12 }, "-ff", { { 2, 0, 1, NO_CELL } }, 1,
		"<..", 1 },
	{ "a total no fixed one holds", 3, { 2, 10, 12 }, "-f-",
		{ { 2, 0, 1, NO_CELL } }, 1, "<.x", 0 },
	/* 3 10 | 13   The corner, its row, its column, and the one across.
	 * 20 30 | 50
	 * 23 40 | 63 */
	{ "two ways with margins", 9, { 3, 10, 13, 20, 30, 50, 23, 40, 63 },
		"--f--ffff",
		{ { 2, 0, 1, NO_CELL }, { 5, 3, 4, NO_CELL }, { 8, 6, 7, NO_CELL },
			{ 6, 0, 3, NO_CELL }, { 7, 1, 4, NO_CELL },
			{ 8, 2, 5, NO_CELL } },
		6, "<x.xx....", 0 },
	/* Two in a row hide each other there, and each is alone in its column.
	 * 3  2  9 | 14
	 * 7  8  9 | 24
	 * 10 10 18 | 38 */
	{ "two in a row", 12, { 3, 2, 9, 14, 7, 8, 9, 24, 10, 10, 18, 38 },
		"---f---fffff",
		{ { 3, 0, 1, 2, NO_CELL }, { 7, 4, 5, 6, NO_CELL },
			{ 8, 0, 4, NO_CELL }, { 9, 1, 5, NO_CELL },
			{ 10, 2, 6, NO_CELL }, { 11, 8, 9, 10, NO_CELL } },
		6, "<<..xx......", 0 },
	/* Due 20 = in time 17 + late 3, and the same summed over two units: due 50, in
	 * time 41, late 9. */
	{ "answered in time and late are parts of due", 9,
		{ 20, 17, 3, 30, 24, 6, 50, 41, 9 }, "------fff",
		{ { 0, 1, 2, NO_CELL }, { 3, 4, 5, NO_CELL }, { 6, 7, 8, NO_CELL },
			{ 6, 0, 3, NO_CELL }, { 7, 1, 4, NO_CELL },
			{ 8, 2, 5, NO_CELL } },
		6, ".x<.xx...", 0 },
	/* Units 0 and 1 make a district (2), which with another (3) makes the board
	   (4). */
	{ "a roll-up", 5, { 3, 20, 23, 40, 63 }, "----f",
		{ { 2, 0, 1, NO_CELL }, { 4, 2, 3, NO_CELL } }, 2, "<x...", 0 },
	/* A district with one unit is that unit: it and the other district go too. */
	{ "a roll-up of one", 4, { 3, 3, 40, 43 }, "---f",
		{ { 1, 0, NO_CELL }, { 3, 1, 2, NO_CELL } }, 2, "<<x.", 0 },
	/* The one in the middle of the second row is alone between two squares: the
	 * sums of the first one's columns, less the first row, leave it alone in its
	 * row. No sum tells it by itself. 2 2 9 9 | 22 2 2 2 9 | 15 9 9 2 2 | 22 9 9 2
	 * 2 | 22 22 22 15 22 | 81 */
	{ "told by several sums together", 25,
		{ 2, 2, 9, 9, 22, 2, 2, 2, 9, 15, 9, 9, 2, 2, 22, 9, 9, 2, 2, 22, 22,
			22, 15, 22, 81 },
		"----f----f----f----ffffff",
		{ { 4, 0, 1, 2, 3, NO_CELL }, { 9, 5, 6, 7, 8, NO_CELL },
			{ 14, 10, 11, 12, 13, NO_CELL },
			{ 19, 15, 16, 17, 18, NO_CELL }, { 20, 0, 5, 10, 15, NO_CELL },
			{ 21, 1, 6, 11, 16, NO_CELL }, { 22, 2, 7, 12, 17, NO_CELL },
			{ 23, 3, 8, 13, 18, NO_CELL },
			{ 24, 20, 21, 22, 23, NO_CELL } },
		9, "<<x..<<<....<<...<<......", 0 },
	/* 3 + 10 = 13 and 3 + 20 = 23 make 36, which goes up by two when 3 goes up by
	   one. */
	{ "a total that moves by two", 6, { 3, 10, 20, 13, 23, 36 }, "-ff---",
		{ { 3, 0, 1, NO_CELL }, { 4, 0, 2, NO_CELL }, { 5, 3, 4, NO_CELL } }, 3,
		"<..xxx", 0 },
	{ "told by a chain of sums", 4, { 3, 3, 3, 3 }, "---f",
		{ { 1, 0, NO_CELL }, { 2, 1, NO_CELL }, { 3, 2, NO_CELL } }, 3, "<<<.",
		3 },
};

static void test_suppress_run__hides_what_would_tell(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		char marks[CELLS_MAX + 1];
		struct error err = { 0 };

		print_message("case \"%s\"\n", tables[i].what);
		assert_int_equal(table_run(&tables[i], marks, &err), tables[i].told);
		assert_string_equal(marks, tables[i].marks);
	}
}

static void test_suppress_run__refuses_what_does_not_add_up(void **state)
{
	static const struct table bad[] = {
		{ "another total", 3, { 3, 10, 14 }, "---", { { 2, 0, 1, NO_CELL } }, 1,
			"" },
		{ "negative", 3, { -3, 10, 7 }, "---", { { 2, 0, 1, NO_CELL } }, 1,
			"" },
		{ "too large", 1, { SUPPRESS_VALUE_MAX + 1 }, "-", { { 0 } }, 0, "" },
		{ "no such cell", 2, { 3, 3 }, "--", { { 1, 2, NO_CELL } }, 1, "" },
		{ "twice the same part", 2, { 3, 6 }, "--", { { 1, 0, 0, NO_CELL } }, 1,
			"" },
		{ "its own part", 2, { 3, 0 }, "--", { { 0, 0, 1, NO_CELL } }, 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char marks[CELLS_MAX + 1];
		struct error err = { 0 };

		print_message("case \"%s\"\n", bad[i].what);
		assert_int_equal(table_run(&bad[i], marks, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
}

static void test_suppress_run__has_ceilings(void **state)
{
	static const struct {
		size_t n_cells, n_sums, n_parts;
		int told;
	} sizes[] = {
		{ SUPPRESS_CELLS_MAX, 0, 0, 0 },
		{ SUPPRESS_CELLS_MAX + 1, 0, 0, -1 },
		{ 2, SUPPRESS_SUMS_MAX, 1, 0 },
		{ 2, SUPPRESS_SUMS_MAX + 1, 1, -1 },
		{ SUPPRESS_CELLS_MAX, SUPPRESS_PARTS_MAX / 5000, 5000, 0 },
		{ SUPPRESS_CELLS_MAX, SUPPRESS_PARTS_MAX / 5000 + 1, 5000, -1 },
	};
	int64_t *values = calloc(SUPPRESS_CELLS_MAX + 1, sizeof(*values));
	bool *fixed = calloc(SUPPRESS_CELLS_MAX + 1, sizeof(*fixed));
	size_t *parts = calloc(SUPPRESS_CELLS_MAX + 1, sizeof(*parts));
	struct suppress_sum *sums = calloc(SUPPRESS_SUMS_MAX + 1, sizeof(*sums));
	enum suppress_mark *marks = calloc(SUPPRESS_CELLS_MAX + 1, sizeof(*marks));

	(void)state;
	for (size_t i = 0; i <= SUPPRESS_CELLS_MAX; i++)
		parts[i] = i + 1;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct error err = { 0 };
		struct suppress_input input = { .n_cells = sizes[i].n_cells,
			.values = values,
			.fixed = fixed,
			.n_sums = sizes[i].n_sums,
			.sums = sums };

		print_message("case %zu\n", i);
		for (size_t s = 0; s <= SUPPRESS_SUMS_MAX; s++)
			sums[s] = (struct suppress_sum){ 0, parts, sizes[i].n_parts };
		marks[0] = SUPPRESS_FEW;
		assert_int_equal(suppress_run(&input, marks, &err), sizes[i].told);
		assert_int_equal(
			err.code, sizes[i].told < 0 ? ERR_TOO_LARGE : ERR_NONE);
		/* Nothing is half done. */
		assert_int_equal(
			marks[0], sizes[i].told < 0 ? SUPPRESS_FEW : SUPPRESS_SHOWN);
	}
	free(values);
	free(fixed);
	free(parts);
	free(sums);
	free(marks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suppress_run__hides_what_would_tell),
		cmocka_unit_test(test_suppress_run__refuses_what_does_not_add_up),
		cmocka_unit_test(test_suppress_run__has_ceilings),
	};

	return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
