#include "tests/unit/test.h"

#include <stdlib.h>
#include <time.h>

#include "lib/error.h"
#include "server/day.h"

static int32_t at(const char *text)
{
	int32_t day = 0;

	assert_int_equal(day_parse(text, &day, NULL), 0);
	return day;
}

static void test_day_civil__goes_there_and_back(void **state)
{
	(void)state;
	assert_int_equal(day_from_civil(1970, 1, 1), 0);
	assert_int_equal(day_from_civil(1, 1, 1), DAY_FIRST);
	assert_int_equal(day_from_civil(9999, 12, 31), DAY_LAST);
	for (int32_t day = DAY_FIRST; day <= DAY_LAST; day++) {
		struct day_civil c = day_to_civil(day);

		assert_int_equal(day_from_civil(c.year, c.month, c.day), day);
	}
}

static void test_day_weekday__knows_the_week(void **state)
{
	(void)state;
	assert_int_equal(day_weekday(at("2026-12-22")), DAY_TUESDAY);
	assert_int_equal(day_weekday(at("1950-01-01")), DAY_SUNDAY);
	assert_int_equal(day_weekday(at("2199-12-31")), DAY_TUESDAY);
	assert_int_equal(day_weekday(at("1969-12-31")), DAY_WEDNESDAY);
}

static void test_day_parse__rejects_what_is_no_day(void **state)
{
	static const char *const bad[] = {
		"",
		"2026",
		"2026-2-01",
		"2026-02-29",
		"2026-13-01",
		"2026-00-10",
		"2026-01-00",
		"2026-01-32",
		"2026/01/01",
		"2026-01-01 ",
		" 2026-01-01",
		"+026-01-01",
		"0000-01-01",
		"2026-01-0x",
		"20260-1-01",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = { 0 };
		int32_t day = 7;

		assert_int_equal(day_parse(bad[i], &day, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_int_equal(day, 7);
	}
}

static void test_day_format__writes_what_parse_reads(void **state)
{
	static const char *const days[] = { "0001-01-01", "1950-02-28", "2000-02-29",
		"2024-02-29", "2199-12-31", "9999-12-31" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		char out[DAY_TEXT];

		assert_string_equal(day_format(at(days[i]), out), days[i]);
	}
}

static void test_day_within__takes_both_ends_and_open_ones(void **state)
{
	(void)state;
	assert_true(day_within(5, 5, 5));
	assert_false(day_within(4, 5, 6));
	assert_false(day_within(7, 5, 6));
	assert_true(day_within(-9000, DAY_NONE, 6));
	assert_true(day_within(9000, 5, DAY_NONE));
}

/* Every quarter of an hour for 68 years, against the system's zone file. */
static void test_day_utc_offset__agrees_with_the_zone_file(void **state)
{
	int64_t first = (int64_t)day_from_civil(1970, 1, 1) * 86400;
	int64_t last = (int64_t)day_from_civil(2037, 12, 31) * 86400;

	(void)state;
	setenv("TZ", "Europe/Stockholm", 1);
	tzset();
	for (int64_t t = first; t < last; t += 900) {
		time_t when = (time_t)t;
		struct tm tm;

		localtime_r(&when, &tm);
		if (tm.tm_gmtoff != day_utc_offset(t) ||
			day_of_instant(t) != day_from_civil(tm.tm_year + 1900,
						     tm.tm_mon + 1, tm.tm_mday))
			fail_msg("instant %lld", (long long)t);
	}
}

static void test_day_start__makes_days_of_23_24_and_25_hours(void **state)
{
	static const struct {
		const char *day;
		int hours;
	} cases[] = {
		{ "2026-03-28", 24 },
		{ "2026-03-29", 23 },
		{ "2027-03-28", 23 },
		{ "2026-10-25", 25 },
		{ "2027-10-31", 25 },
		{ "2026-12-31", 24 },
		{ "1979-06-01", 24 },
		{ "2150-03-29", 23 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int32_t day = at(cases[i].day);

		assert_int_equal(day_end(day) - day_start(day), cases[i].hours * 3600);
	}
	for (int32_t day = at("1950-01-01"); day <= at("2199-12-31"); day++) {
		assert_int_equal(day_of_instant(day_start(day)), day);
		assert_int_equal(day_of_instant(day_end(day) - 1), day);
	}
	/* 23:59:59 on the last day is in time, the next second is not. */
	assert_int_equal(day_end(at("2027-01-12")), 1799794800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day_civil__goes_there_and_back),
		cmocka_unit_test(test_day_weekday__knows_the_week),
		cmocka_unit_test(test_day_parse__rejects_what_is_no_day),
		cmocka_unit_test(test_day_format__writes_what_parse_reads),
		cmocka_unit_test(test_day_within__takes_both_ends_and_open_ones),
		cmocka_unit_test(test_day_utc_offset__agrees_with_the_zone_file),
		cmocka_unit_test(test_day_start__makes_days_of_23_24_and_25_hours),
	};

	return cmocka_run_group_tests_name("day", tests, NULL, NULL);
}
