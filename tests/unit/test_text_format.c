#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/text_format.h"

static void test_text_format__replaces_names(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "nothing here", "nothing here" },
		{ "{max}", "300" },
		{ "at most {max} of {unit}, not {max}",
			"at most 300 of {max}, not 300" },
		{ "{other} stays", "{other} stays" },
		{ "{null} stays", "{null} stays" },
		{ "{max", "{max" },
		{ "max}", "max}" },
		{ "{}", "{}" },
		{ "{{max}}", "{300}" },
		{ "a { b {max} }", "a { b 300 }" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: \"%s\"\n", i, cases[i].text);
		assert_string_equal(
			text_format(arena, cases[i].text,
				TEXT_VALUES({ "max", "300" }, { "null", NULL },
					{ "unit", "{max}" })),
			cases[i].want);
	}
	assert_string_equal(text_format(arena, "{max}", NULL), "{max}");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_format__replaces_names),
	};

	return cmocka_run_group_tests_name("text_format", tests, NULL, NULL);
}
