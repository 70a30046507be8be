#include "tests/unit/test.h"

#include "server/mail_pattern.h"

static void test_mail_pattern__takes_what_is_asked_for(void **state)
{
	static const char *const good[] = {
		"Ärende (\\d+)",
		"#([A-Z]{2}-\\d{4}-\\d+)",
		"nr[.:]? *([^ ,;]+)$",
		"\\[TT (\\d+)\\]",
		"Inkom: (\\d{4}-\\d{2}-\\d{2}[ T]?[\\d:]*)",
		"(.{1,100}?)",
		"a|b(c)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const char *fault = mail_pattern_fault(good[i]);

		print_message("\"%s\": %s\n", good[i], fault ? fault : "fine");
		assert_null(fault);
	}
}

static void test_mail_pattern__refuses_what_could_be_slow_or_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"Ärende \\d+",
		"(a)(b)",
		"((a))",
		"(a+)+",
		"(a)*",
		"(a){2}",
		"(?=a)(b)",
		"(?:a)",
		"(a)\\1",
		"\\m(a)",
		"(a",
		"a)",
		"*(a)",
		"(+)",
		"a**(b)",
		"(a{101})",
		"(a{5,2})",
		"(a{,2})",
		"(a{9999})",
		"(a{2)",
		"([)",
		"([])",
		"([[:alpha:]])",
		"(a)\\",
		"(a\tb)",
		"***=(a)",
		"(a?b?a?b?a?b?a?b?a?b?a?b?a?b?a?b?a?b?a?b?a?)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("\"%s\"\n", bad[i]);
		assert_non_null(mail_pattern_fault(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_pattern__takes_what_is_asked_for),
		cmocka_unit_test(
			test_mail_pattern__refuses_what_could_be_slow_or_is_none),
	};

	return cmocka_run_group_tests_name("mail_pattern", tests, NULL, NULL);
}
