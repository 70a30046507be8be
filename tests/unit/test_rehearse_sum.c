/* What two sets of rules make of the same cases, added up. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "server/rehearse_sum.h"
#include "server/route_rule.h"

static struct route_outcome outcome(const char *board, const char *rule)
{
	return (struct route_outcome){ .board = board, .rule = rule };
}

static void add(
	struct rehearse_sum *sum, int64_t id, const char *before, const char *then)
{
	const struct route_outcome a = outcome(before, "gammal"),
				   b = outcome(then, "ny");

	rehearse_sum_add(sum, id, 2026, &a, &b);
}

static void test_rehearse_sum__of_nothing_is_nothing(void **state)
{
	struct arena *arena = arena_new();
	struct rehearse_sum sum;

	(void)state;
	rehearse_sum_init(&sum, arena);
	rehearse_sum_sort(&sum);
	assert_int_equal(sum.cases + sum.elsewhere + sum.otherwise + sum.failed, 0);
	assert_int_equal(sum.n_boards + sum.n_moves, 0);
	arena_free(arena);
}

static void test_rehearse_sum__moves_and_loads_agree(void **state)
{
	static const char *const boards[] = { "ett", "tva", "tre", "fyra", "fem" };
	struct arena *arena = arena_new();
	struct rehearse_sum sum;
	int64_t moved = 0, now = 0, then = 0;

	(void)state;
	rehearse_sum_init(&sum, arena);
	for (int i = 0; i < 1000; i++)
		add(&sum, 5000 - i, boards[i % 5], boards[(i * i + i / 7) % 5]);
	rehearse_sum_sort(&sum);
	assert_int_equal(sum.cases, 1000);
	assert_int_equal(sum.n_boards, 5);
	for (size_t i = 0; i < sum.n_boards; i++) {
		int64_t in = 0, out = 0;

		for (size_t j = 0; j < sum.n_moves; j++) {
			in += sum.moves[j].to == i ? sum.moves[j].n : 0;
			out += sum.moves[j].from == i ? sum.moves[j].n : 0;
		}
		assert_int_equal(sum.boards[i].then - sum.boards[i].now, in - out);
		now += sum.boards[i].now;
		then += sum.boards[i].then;
	}
	for (size_t j = 0; j < sum.n_moves; j++) {
		moved += sum.moves[j].n;
		assert_true(j == 0 || sum.moves[j - 1].n >= sum.moves[j].n);
		assert_int_not_equal(sum.moves[j].from, sum.moves[j].to);
	}
	assert_int_equal(moved, sum.elsewhere);
	assert_int_equal(now, 1000);
	assert_int_equal(then, 1000);
	arena_free(arena);
}

/* More boards and moves than there is room for at first. */
static void test_rehearse_sum__grows(void **state)
{
	struct arena *arena = arena_new();
	struct rehearse_sum sum;
	char from[16], to[16];

	(void)state;
	rehearse_sum_init(&sum, arena);
	for (int i = 0; i < 300; i++) {
		snprintf(from, sizeof(from), "fran-%d", i);
		snprintf(to, sizeof(to), "till-%d", i);
		for (int j = 0; j <= i; j++)
			add(&sum, i, from, to);
	}
	rehearse_sum_sort(&sum);
	assert_int_equal(sum.n_boards, 600);
	assert_int_equal(sum.n_moves, 300);
	assert_int_equal(sum.moves[0].n, 300);
	assert_string_equal(sum.boards[sum.moves[0].from].board, "fran-299");
	assert_string_equal(sum.boards[sum.moves[0].to].board, "till-299");
	assert_int_equal(sum.boards[sum.moves[0].to].then, 300);
	arena_free(arena);
}

static void test_rehearse_sum__keeps_the_first_cases_of_a_move(void **state)
{
	struct arena *arena = arena_new();
	struct rehearse_sum sum;

	(void)state;
	rehearse_sum_init(&sum, arena);
	for (int i = 0; i < 3 * REHEARSE_SAMPLES; i++)
		add(&sum, 1000 - i, "ett", "tva");
	assert_int_equal(sum.n_moves, 1);
	assert_int_equal(sum.moves[0].n, 3 * REHEARSE_SAMPLES);
	assert_int_equal(sum.moves[0].n_samples, REHEARSE_SAMPLES);
	assert_int_equal(sum.moves[0].samples[0].id, 1000);
	assert_string_equal(sum.moves[0].samples[0].rule, "ny");
	assert_string_equal(sum.moves[0].samples[0].rule_before, "gammal");
	arena_free(arena);
}

static void test_rehearse_sum__tells_what_is_otherwise_at_the_same_board(void **state)
{
	static const struct route_outcome as_before = { .board = "ett", .rule = "a" };
	static const struct {
		struct route_outcome then;
		int otherwise;
	} rows[] = {
		{ { .board = "ett", .rule = "b" },
			0 }, /* by another rule is the same */
		{ { .board = "ett", .rule = "a", .unit = "skola" }, 1 },
		{ { .board = "ett", .rule = "a", .category = "park" }, 1 },
		{ { .board = "ett", .rule = "a", .handler = "anna" }, 1 },
		{ { .board = "ett", .rule = "a", .is_urgent = true }, 1 },
		{ { .board = "ett", .rule = "a", .needs_human = true }, 1 },
		{ { .board = "ett", .rule = "a", .sensitivity = 3 }, 1 },
		{ { .board = "ett", .rule = "a", .deadline_policy = 7 }, 1 },
		{ { .board = "tva", .rule = "a", .unit = "skola" }, 0 }, /* elsewhere */
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rehearse_sum sum;

		rehearse_sum_init(&sum, arena);
		rehearse_sum_add(&sum, 1, 2026, &as_before, &rows[i].then);
		assert_int_equal(sum.otherwise, rows[i].otherwise);
	}
	arena_free(arena);
}

static void test_rehearse_sum__counts_new_rules_that_fail(void **state)
{
	const struct route_outcome fine = outcome("ett", "a"),
				   failed = outcome("dispatch", ROUTE_FAILED);
	struct arena *arena = arena_new();
	struct rehearse_sum sum;

	(void)state;
	rehearse_sum_init(&sum, arena);
	rehearse_sum_add(&sum, 1, 2026, &fine, &failed);
	rehearse_sum_add(&sum, 2, 2026, &failed, &fine);
	assert_int_equal(sum.failed, 1);
	assert_int_equal(sum.elsewhere, 2);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rehearse_sum__of_nothing_is_nothing),
		cmocka_unit_test(test_rehearse_sum__moves_and_loads_agree),
		cmocka_unit_test(test_rehearse_sum__grows),
		cmocka_unit_test(test_rehearse_sum__keeps_the_first_cases_of_a_move),
		cmocka_unit_test(
			test_rehearse_sum__tells_what_is_otherwise_at_the_same_board),
		cmocka_unit_test(test_rehearse_sum__counts_new_rules_that_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
