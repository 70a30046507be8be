#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/db_array.h"

static void test_db_array__quotes_whatever_the_text_holds(void **state)
{
	struct arena *arena = arena_new();
	struct db_array *array = db_array_new(arena);

	db_array_text(array, "Östermalm");
	db_array_text(array, "a \"b\" \\ {c,d}\n");
	db_array_text(array, NULL);
	db_array_text(array, "NULL");
	db_array_text(array, "");
	assert_int_equal(db_array_count(array), 5);
	assert_string_equal(db_array_literal(array),
		"{\"Östermalm\",\"a \\\"b\\\" \\\\ {c,d}\n\",NULL,\"NULL\",\"\"}");
	arena_free(arena);
}

static void test_db_array__writes_numbers(void **state)
{
	struct arena *arena = arena_new();
	struct db_array *array = db_array_new(arena);

	assert_string_equal(db_array_literal(db_array_new(arena)), "{}");
	db_array_int(array, INT64_MIN);
	db_array_null(array);
	db_array_double(array, 59.3411);
	db_array_bool(array, true);
	db_array_bool(array, false);
	assert_string_equal(db_array_literal(array),
		"{-9223372036854775808,NULL,59.341099999999997,t,f}");
	arena_free(arena);
}

static void test_db_array__grows(void **state)
{
	struct arena *arena = arena_new();
	struct db_array *array = db_array_new(arena);
	char text[2001];

	memset(text, '"', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 500; i++)
		db_array_text(array, text);
	assert_int_equal(strlen(db_array_literal(array)), 500 * 4003 + 1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_db_array__quotes_whatever_the_text_holds),
		cmocka_unit_test(test_db_array__writes_numbers),
		cmocka_unit_test(test_db_array__grows),
	};

	return cmocka_run_group_tests_name("db_array", tests, NULL, NULL);
}
