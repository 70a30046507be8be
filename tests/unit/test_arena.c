#include "tests/unit/test.h"

#include "lib/arena.h"

static void test_arena__gives_zeroed_aligned_memory(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t n = 1; n < 9000; n = n * 3 + 1) {
		char *p = arena_alloc(arena, n);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 'x', n);
	}
	arena_free(arena);
}

static void test_arena__keeps_what_it_copied(void **state)
{
	struct arena *arena = arena_new();
	char *a = arena_dup(arena, "Östermalm"),
	     *b = arena_printf(arena, "%s-%d", "2026", 7);

	(void)state;
	arena_alloc(arena, 100000);
	assert_string_equal(a, "Östermalm");
	assert_string_equal(b, "2026-7");
	assert_null(arena_dup(arena, NULL));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena__gives_zeroed_aligned_memory),
		cmocka_unit_test(test_arena__keeps_what_it_copied),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
