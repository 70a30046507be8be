#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"

static void test_db_conninfo__puts_the_user_into_both_forms(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
		{ "host=/run/x dbname=a", "user='desk' dbname='a' host='/run/x'" },
		{ "user=other dbname=a", "user='desk' dbname='a'" },
		{ "postgresql://other@127.0.0.1:5433/a",
			"user='desk' dbname='a' host='127.0.0.1' port='5433'" },
		{ "dbname='it\\'s \\\\'", "user='desk' dbname='it\\'s \\\\'" },
		{ "", "user='desk'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct error err = { 0 };

		assert_string_equal(
			db_conninfo_with(arena, cases[i].given, "user", "desk", &err),
			cases[i].want);
		arena_free(arena);
	}
}

static void test_db_conninfo__refuses_what_libpq_cannot_read(void **state)
{
	struct arena *arena = arena_new();
	struct error err = { 0 };

	(void)state;
	assert_null(db_conninfo_with(arena, "nonsense", "user", "desk", &err));
	assert_int_equal(err.code, ERR_INVALID);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_db_conninfo__puts_the_user_into_both_forms),
		cmocka_unit_test(test_db_conninfo__refuses_what_libpq_cannot_read),
	};

	return cmocka_run_group_tests_name("db_conninfo", tests, NULL, NULL);
}
