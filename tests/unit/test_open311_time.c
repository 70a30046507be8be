/* The dates and times that GeoReport v2 takes. */
#include "tests/unit/test.h"

#include "lib/base.h"
#include "server/open311_time.h"

static void test_open311_time_parse__reads_a_moment_with_its_zone(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1994-11-05T08:15:30-05:00", 784041330 },
		{ "1994-11-05T13:15:30Z", 784041330 },
		{ "1994-11-05T13:15:30.999Z", 784041330 },
		{ "1970-01-01T01:00+01:00", 0 },
		{ "1970-01-01T01:00:00 01:00", 0 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2024-02-29T00:00:00Z", 1709164800 },
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int64_t seconds = 42;

		print_message("input %zu: \"%s\"\n", i, good[i].text);
		assert_int_equal(open311_time_parse(good[i].text, &seconds), 0);
		assert_int_equal(seconds, good[i].seconds);
	}
}

static void test_open311_time_parse__takes_nothing_else(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"x",
		"2010",
		"2010-01-01",
		"2010-01-01T",
		"2010-01-01T00:00:00",
		"2010-01-01 00:00:00Z",
		"2010-01-01T24:00:00Z",
		"2010-01-01T00:60:00Z",
		"2010-01-01T00:00:60Z",
		"2010-01-01T00:00:00.Z",
		"2010-01-01T00:00:00z",
		"2010-01-01T00:00:00Zx",
		"2010-01-01T00:00:00+1:00",
		"2010-01-01T00:00:00+0100",
		"2010-01-01T00:00:00+01:00x",
		"2010-02-30T00:00:00Z",
		"2010-13-01T00:00:00Z",
		"10-01-01T00:00:00Z",
		"20100-01-01T00:00:00Z",
		"-2010-01-01T00:00:00Z",
		"2010-01-01T-1:00:00Z",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t seconds = 42;

		print_message("input %zu: \"%s\"\n", i, bad[i]);
		assert_int_equal(open311_time_parse(bad[i], &seconds), -1);
		assert_int_equal(seconds, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open311_time_parse__reads_a_moment_with_its_zone),
		cmocka_unit_test(test_open311_time_parse__takes_nothing_else),
	};

	return cmocka_run_group_tests_name("open311_time", tests, NULL, NULL);
}
