#include "tests/unit/test.h"

#include "lib/utf8.h"

static void test_utf8__knows_valid_from_invalid(void **state)
{
	static const struct {
		const char *bytes;
		bool valid;
	} cases[] = {
		{ "", true },
		{ "plain and long enough for a word", true },
		{ "åäö ÅÄÖ", true },
		{ "\xf0\x9f\x98\x80", true },
		{ "\xed\x9f\xbf", true },
		{ "\xee\x80\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\xc0\x80", false }, /* overlong */
		{ "\xc1\xbf", false },
		{ "\xe0\x9f\xbf", false },
		{ "\xf0\x8f\xbf\xbf", false },
		{ "\xed\xa0\x80", false },     /* a surrogate */
		{ "\xf4\x90\x80\x80", false }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", false },
		{ "\xff", false },
		{ "\x80", false },
		{ "\xc3", false }, /* cut */
		{ "\xe2\x82", false },
		{ "\xf0\x9f\x98", false },
		{ "\xc3\x28", false },
		{ "sixteen bytes...\xe5", false },
		{ "seven..\xe5\xe4\xf6", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(utf8_is_valid(cases[i].bytes, strlen(cases[i].bytes)),
			cases[i].valid);
	}
}

static void test_utf8__null_is_valid_but_no_text(void **state)
{
	(void)state;
	assert_true(utf8_is_valid("a\0b", 3));
	assert_false(utf8_is_text("a\0b", 3));
	assert_true(utf8_is_text("ab", 2));
	assert_true(utf8_is_text(NULL, 0));
}

static void test_utf8__every_code_point_comes_back(void **state)
{
	char bytes[UTF8_MAX];
	uint32_t got;

	(void)state;
	for (uint32_t point = 0; point <= 0x110000; point++) {
		bool exists = point < 0xd800 || (point > 0xdfff && point < 0x110000);
		size_t n = utf8_encode(point, bytes);

		assert_int_equal(utf8_decode(bytes, n, &got), n);
		assert_int_equal(got, exists ? point : 0xfffd);
		assert_int_equal(utf8_decode(bytes, n - 1, &got), 0);
	}
}

static void test_utf8__counts_and_cuts_code_points(void **state)
{
	static const struct {
		size_t max, bytes;
	} cases[] = { { 0, 0 }, { 1, 1 }, { 2, 3 }, { 3, 6 }, { 4, 10 }, { 5, 11 },
		{ 99, 11 } };
	const char *text = "a\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80z";

	(void)state;
	assert_int_equal(utf8_count(text, strlen(text)), 5);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			utf8_prefix(text, strlen(text), cases[i].max), cases[i].bytes);
}

static void test_utf8__knows_what_is_blank(void **state)
{
	static const struct {
		const char *text;
		bool blank;
	} cases[] = {
		{ "", true },
		{ " \t\r\n\v\f", true },
		{ "\xc2\xa0\xe2\x80\x83\xe3\x80\x80", true },
		{ "\xe2\x80\x8b\xef\xbb\xbf", true },
		{ " . ", false },
		{ "\xc2\xa0\xc3\xa5", false },
		{ "\x01", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(utf8_is_blank(cases[i].text, strlen(cases[i].text)),
			cases[i].blank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8__knows_valid_from_invalid),
		cmocka_unit_test(test_utf8__null_is_valid_but_no_text),
		cmocka_unit_test(test_utf8__every_code_point_comes_back),
		cmocka_unit_test(test_utf8__counts_and_cuts_code_points),
		cmocka_unit_test(test_utf8__knows_what_is_blank),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
