#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/link_values.h"

static void test_link_values__decodes(void **state)
{
	static const struct {
		const char *text;
		bool plus;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "", false, "" },
		{ "abc", false, "abc" },
		{ "a%20b", false, "a b" },
		{ "%c3%A5", false, "å" },
		{ "a+b", false, "a+b" },
		{ "a+b%2B", true, "a b+" },
		{ "%25", false, "%" },
		{ "%2525", false, "%25" },
		{ "%", false, NULL },
		{ "%2", false, NULL },
		{ "a%2", false, NULL },
		{ "%zz", false, NULL },
		{ "%2g", false, NULL },
		{ "%%20", false, NULL },
	};
	char decoded[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ssize_t n = link_decode(
			cases[i].text, strlen(cases[i].text), cases[i].plus, decoded);

		print_message("case %zu: %s\n", i, cases[i].text);
		if (!cases[i].want) {
			assert_int_equal(n, -1);
			continue;
		}
		assert_int_equal(n, strlen(cases[i].want));
		assert_memory_equal(decoded, cases[i].want, (size_t)n);
	}
}

static void test_link_values__decodes_in_place_and_any_byte(void **state)
{
	char text[] = "a%00%ff+z";

	(void)state;
	assert_int_equal(link_decode(text, strlen(text), true, text), 5);
	assert_memory_equal(text, "a\0\xff z", 5);
}

static void test_link_values__encodes_so_that_it_decodes(void **state)
{
	struct arena *arena = arena_new();
	char all[256], decoded[256], *encoded;

	(void)state;
	for (size_t i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	encoded = link_encode(arena, all);
	assert_null(strpbrk(encoded, " &?#/+=\"'<>"));
	assert_true(strlen(encoded) < 3 * 255);
	if (link_decode(encoded, strlen(encoded), true, decoded) != 255)
		fail();
	assert_memory_equal(decoded, all, 255);
	assert_string_equal(link_encode(arena, "Å-._~9"), "%C3%85-._~9");
	arena_free(arena);
}

static void test_link_values__makes_links(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(link_make(arena, "/lamna", NULL), "/lamna");
	assert_string_equal(
		link_make(arena, "/lamna", TEXT_VALUES({ "type", NULL })), "/lamna");
	assert_string_equal(link_make(arena, "/lamna",
				    TEXT_VALUES({ "type", "praise" }, { "x", NULL },
					    { "unit", "a&b c" }, { "lang", "" })),
		"/lamna?type=praise&unit=a%26b%20c&lang=");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_values__decodes),
		cmocka_unit_test(test_link_values__decodes_in_place_and_any_byte),
		cmocka_unit_test(test_link_values__encodes_so_that_it_decodes),
		cmocka_unit_test(test_link_values__makes_links),
	};

	return cmocka_run_group_tests_name("link_values", tests, NULL, NULL);
}
