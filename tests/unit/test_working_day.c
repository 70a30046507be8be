#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/error.h"
#include "server/day.h"
#include "server/working_day.h"

static int32_t at(const char *text)
{
	int32_t day = 0;

	assert_int_equal(day_parse(text, &day, NULL), 0);
	return day;
}

static void test_working_day_add__counts_past_holidays(void **state)
{
	static const struct {
		const char *from;
		int n;
		const char *due;
	} cases[] = {
		{ "2026-12-22", 2, "2026-12-28" },  /* Christmas */
		{ "2026-12-22", 10, "2027-01-12" }, /* and New Year, Epiphany */
		{ "2026-04-01", 2, "2026-04-07" },
		{ "2026-04-01", 10, "2026-04-17" },
		{ "2026-05-13", 2,
			"2026-05-18" }, /* the Friday after Ascension counts */
		{ "2026-06-18", 2, "2026-06-23" },
		{ "2024-06-20", 1, "2024-06-24" },
		{ "2025-12-23", 2, "2025-12-30" },
		{ "2025-12-30", 1, "2026-01-02" },
		{ "2026-11-20", 10, "2026-12-04" },
		{ "2026-11-21", 2, "2026-11-24" }, /* received on a Saturday */
		{ "2027-05-04", 2, "2027-05-07" },
		{ "2026-11-21", 0, "2026-11-21" },
		{ "1951-10-31", 1, "1951-11-01" }, /* All Saints' was a Sunday then */
		{ "1952-03-24", 1, "1952-03-26" }, /* Annunciation */
		{ "1953-03-24", 1, "1953-03-25" },
		{ "1952-06-20", 1, "1952-06-25" }, /* midsummer on 24 June */
		{ "2004-05-28", 1, "2004-06-01" }, /* Whit Monday, the last time */
		{ "2005-05-13", 1, "2005-05-16" },
		{ "2003-06-05", 1, "2003-06-06" },
		{ "2005-06-03", 1, "2005-06-07" },
		{ "2199-12-27", 1, "2199-12-30" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int32_t due;
		char out[DAY_TEXT];

		assert_int_equal(working_day_add(at(cases[i].from), cases[i].n, NULL,
					 &due, NULL),
			0);
		assert_string_equal(day_format(due, out), cases[i].due);
	}
}

static void test_working_day_closed__agrees_with_the_table(void **state)
{
	static const struct {
		int year;
		const char *days[6];
		int working;
	} years[] = {
		{ 2020, { "04-10", "04-12", "04-13", "05-21", "06-19", "10-31" }, 252 },
		{ 2021, { "04-02", "04-04", "04-05", "05-13", "06-25", "11-06" }, 253 },
		{ 2022, { "04-15", "04-17", "04-18", "05-26", "06-24", "11-05" }, 253 },
		{ 2023, { "04-07", "04-09", "04-10", "05-18", "06-23", "11-04" }, 251 },
		{ 2024, { "03-29", "03-31", "04-01", "05-09", "06-21", "11-02" }, 251 },
		{ 2025, { "04-18", "04-20", "04-21", "05-29", "06-20", "11-01" }, 249 },
		{ 2026, { "04-03", "04-05", "04-06", "05-14", "06-19", "10-31" }, 251 },
		{ 2027, { "03-26", "03-28", "03-29", "05-06", "06-25", "11-06" }, 253 },
		{ 2028, { "04-14", "04-16", "04-17", "05-25", "06-23", "11-04" }, 251 },
		{ 2029, { "03-30", "04-01", "04-02", "05-10", "06-22", "11-03" }, 250 },
		{ 2030, { "04-19", "04-21", "04-22", "05-30", "06-21", "11-02" }, 250 },
		{ 2031, { "04-11", "04-13", "04-14", "05-22", "06-20", "11-01" }, 249 },
		{ 2032, { "03-26", "03-28", "03-29", "05-06", "06-25", "11-06" }, 254 },
		{ 2033, { "04-15", "04-17", "04-18", "05-26", "06-24", "11-05" }, 253 },
		{ 2034, { "04-07", "04-09", "04-10", "05-18", "06-23", "11-04" }, 251 },
		{ 2035, { "03-23", "03-25", "03-26", "05-03", "06-22", "11-03" }, 250 },
		{ 2036, { "04-11", "04-13", "04-14", "05-22", "06-20", "11-01" }, 251 },
		{ 2037, { "04-03", "04-05", "04-06", "05-14", "06-19", "10-31" }, 251 },
		{ 2038, { "04-23", "04-25", "04-26", "06-03", "06-25", "11-06" }, 253 },
		{ 2039, { "04-08", "04-10", "04-11", "05-19", "06-24", "11-05" }, 253 },
		{ 2040, { "03-30", "04-01", "04-02", "05-10", "06-22", "11-03" }, 250 },
	};
	static const char *const names[] = { "långfredagen", "påskdagen",
		"annandag påsk", "Kristi himmelsfärdsdag", "midsommarafton",
		"alla helgons dag" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(years); i++) {
		int32_t last = day_from_civil(years[i].year, 12, 31);

		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			char text[16];

			snprintf(text, sizeof(text), "%d-%s", years[i].year,
				years[i].days[k]);
			assert_string_equal(working_day_closed(at(text)), names[k]);
		}
		assert_int_equal(
			working_day_count(
				day_from_civil(years[i].year - 1, 12, 31), last, NULL),
			years[i].working);
	}
}

/* The anonymous Gregorian rule by another road: Oudin's of 1940. */
static int32_t easter_oudin(int year)
{
	int c = year / 100, n = year % 19, k = (c - 17) / 25;
	int i = (c - c / 4 - (c - k) / 3 + 19 * n + 15) % 30;
	int j, l, month;

	i -= (i / 28) * (1 - (i / 28) * (29 / (i + 1)) * ((21 - n) / 11));
	j = (year + year / 4 + i + 2 - c + c / 4) % 7;
	l = i - j;
	month = 3 + (l + 40) / 44;
	return day_from_civil(year, month, l + 28 - 31 * (month / 4));
}

static void test_working_day_easter__agrees_with_another_algorithm(void **state)
{
	(void)state;
	for (int year = 1583; year <= 4000; year++)
		assert_int_equal(working_day_easter(year), easter_oudin(year));
}

static void test_working_day_add__is_undone_by_count(void **state)
{
	int32_t last = at("2190-01-01");

	(void)state;
	for (int32_t day = at("1950-01-01"); day < last; day += 5) {
		int n = (int)((day + 23000) % 23) + 1;
		int32_t due;

		assert_int_equal(working_day_add(day, n, NULL, &due, NULL), 0);
		assert_true(working_day_is(due, NULL));
		assert_int_equal(working_day_count(day, due, NULL), n);
		assert_int_equal(working_day_count(due, day, NULL), 0);
	}
}

static void test_working_day_add__heeds_the_citys_exceptions(void **state)
{
	const struct working_day_exception items[] = {
		{ at("2026-12-23"), false, "klämdag" },
		{ at("2026-12-27"), true, "extra öppet" },
	};
	const struct working_day_exceptions exceptions = { items, ARRAY_LEN(items) };
	int32_t due;

	(void)state;
	assert_int_equal(
		working_day_add(at("2026-12-22"), 1, &exceptions, &due, NULL), 0);
	assert_int_equal(due, at("2026-12-27"));
	assert_int_equal(
		working_day_add(at("2026-12-22"), 2, &exceptions, &due, NULL), 0);
	assert_int_equal(due, at("2026-12-28"));
	assert_int_equal(
		working_day_count(at("2026-12-22"), at("2026-12-28"), &exceptions), 2);
}

static void test_working_day_before__steps_back_over_weekends_and_holidays(void **state)
{
	static const struct {
		const char *day, *before;
	} cases[] = {
		{ "2026-11-27", "2026-11-26" },
		{ "2026-11-28", "2026-11-27" }, /* on a Saturday */
		{ "2026-11-30", "2026-11-27" },
		{ "2026-04-07", "2026-04-02" }, /* Easter */
		{ "2026-05-15", "2026-05-13" }, /* Ascension */
		{ "2026-06-22", "2026-06-18" }, /* Midsummer */
		{ "2026-12-28", "2026-12-23" },
		{ "2027-01-04", "2026-12-30" },
		{ "2027-01-07", "2027-01-05" },
	};
	const struct working_day_exception items[] = { { at("2026-12-23"), false,
		"" } };
	const struct working_day_exceptions exceptions = { items, ARRAY_LEN(items) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(working_day_before(at(cases[i].day), 30, NULL),
			at(cases[i].before));
	assert_int_equal(working_day_before(at("2026-12-28"), 30, &exceptions),
		at("2026-12-22"));
	assert_int_equal(
		working_day_before(at("2026-12-28"), 2, NULL), at("2026-12-26"));
}

static void test_working_day_add__refuses_what_lies_outside(void **state)
{
	static const struct {
		const char *from;
		int n;
	} cases[] = {
		{ "1949-12-31", 1 },
		{ "2200-01-01", 0 },
		{ "2199-12-30", 1 },
		{ "2026-01-01", -1 },
		{ "2026-01-01", 2000000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		int32_t due = 7;

		assert_int_equal(working_day_add(at(cases[i].from), cases[i].n, NULL,
					 &due, &err),
			-1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_int_equal(due, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_day_add__counts_past_holidays),
		cmocka_unit_test(test_working_day_closed__agrees_with_the_table),
		cmocka_unit_test(
			test_working_day_easter__agrees_with_another_algorithm),
		cmocka_unit_test(test_working_day_add__is_undone_by_count),
		cmocka_unit_test(test_working_day_add__heeds_the_citys_exceptions),
		cmocka_unit_test(
			test_working_day_before__steps_back_over_weekends_and_holidays),
		cmocka_unit_test(test_working_day_add__refuses_what_lies_outside),
	};

	return cmocka_run_group_tests_name("working_day", tests, NULL, NULL);
}
