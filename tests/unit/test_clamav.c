#include "tests/unit/test.h"

#include <string.h>

#include "lib/base.h"
#include "lib/clamav.h"

static const struct {
	const char *text;
	enum clamav_verdict verdict;
	const char *name;
} answers[] = {
	{ "stream: OK", CLAMAV_CLEAN, "" },
	{ "stream: Own.Test.UNOFFICIAL FOUND", CLAMAV_FOUND, "Own.Test.UNOFFICIAL" },
	{ "stream: A(44d8:68) FOUND", CLAMAV_FOUND, "A(44d8:68)" },
	{ "stream: a\x1b[2Jb\xc3\xa5 FOUND", CLAMAV_FOUND, "a?[2Jb??" },
	{ "stream: OK FOUND", CLAMAV_FOUND, "OK" },
	{ "INSTREAM size limit exceeded. ERROR", CLAMAV_TOO_LARGE, "" },
	{ "", CLAMAV_FAILED, "" },
	{ "OK", CLAMAV_FAILED, "" },
	{ "stream: ok", CLAMAV_FAILED, "" },
	{ "stream: OK ", CLAMAV_FAILED, "" },
	{ "stream: OK\n", CLAMAV_FAILED, "" },
	{ "1: stream: OK", CLAMAV_FAILED, "" },
	{ "stream:  FOUND", CLAMAV_FAILED, "" },
	{ "stream: FOUND", CLAMAV_FAILED, "" },
	{ "stream: lstat() failed: No such file. ERROR", CLAMAV_FAILED, "" },
	{ "UNKNOWN COMMAND", CLAMAV_FAILED, "" },
};

static void test_clamav__believes_what_clamd_says_in_its_own_words_alone(void **state)
{
	struct clamav_result result;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		print_message("input %zu: \"%s\"\n", i, answers[i].text);
		clamav_read_answer(answers[i].text, &result);
		assert_int_equal(result.verdict, answers[i].verdict);
		assert_string_equal(result.name, answers[i].name);
	}
}

static void test_clamav__cuts_a_name_that_is_too_long(void **state)
{
	char text[400] = "stream: ";
	struct clamav_result result;

	(void)state;
	memset(text + 8, 'x', 300);
	memcpy(text + 308, " FOUND", sizeof(" FOUND"));
	clamav_read_answer(text, &result);
	assert_int_equal(result.verdict, CLAMAV_FOUND);
	assert_int_equal(strlen(result.name), CLAMAV_NAME_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_clamav__believes_what_clamd_says_in_its_own_words_alone),
		cmocka_unit_test(test_clamav__cuts_a_name_that_is_too_long),
	};

	return cmocka_run_group_tests_name("clamav", tests, NULL, NULL);
}
