#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/base.h"
#include "server/case_watch.h"
#include "server/day.h"
#include "server/working_day.h"

static int32_t day(const char *text)
{
	int32_t ret = DAY_NONE;

	if (text)
		assert_int_equal(day_parse(text, &ret, NULL), 0);
	return ret;
}

static void test_case_watch_days_left__counts_working_days(void **state)
{
	static const struct {
		const char *today, *answer_by, *since;
		int left;
	} cases[] = {
		{ "2026-12-01", "2026-12-01", NULL, 0 },
		{ "2026-12-01", "2026-12-03", NULL, 2 },
		/* Christmas, New Year, Epiphany */
		{ "2026-12-22", "2027-01-12", NULL, 10 },
		{ "2026-12-23", "2026-12-28", NULL, 1 },
		{ "2026-12-26", "2026-12-28", NULL, 1 },
		/* midsummer */
		{ "2026-06-18", "2026-06-22", NULL, 1 },
		/* the clock is changed */
		{ "2026-03-27", "2026-03-30", NULL, 1 },
		{ "2026-10-23", "2026-10-26", NULL, 1 },
		/* late: on the Saturday after, too */
		{ "2026-11-21", "2026-11-20", NULL, -1 },
		{ "2026-11-23", "2026-11-20", NULL, -1 },
		{ "2026-11-24", "2026-11-20", NULL, -2 },
		{ "2026-12-29", "2026-12-23", NULL, -2 },
		/* standing still since then */
		{ "2027-02-01", "2026-12-03", "2026-12-01", 2 },
		{ "2027-02-01", "2026-11-27", "2026-12-01", -2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct case_watched c = { .answer_by = day(cases[i].answer_by),
			.waiting_since = day(cases[i].since) };
		int left = 99;

		print_message("%s, due %s\n", cases[i].today, cases[i].answer_by);
		assert_true(case_watch_days_left(&c, day(cases[i].today), NULL, &left));
		assert_int_equal(left, cases[i].left);
	}
}

static void test_case_watch_days_left__has_the_citys_exceptions(void **state)
{
	static struct working_day_exception items[] = { { .open = false } };
	const struct working_day_exceptions exceptions = { items, 1 };
	const struct case_watched c = { .answer_by = day("2026-12-04"),
		.waiting_since = DAY_NONE };
	int left;

	(void)state;
	items[0].day = day("2026-12-03");
	assert_true(case_watch_days_left(&c, day("2026-12-02"), &exceptions, &left));
	assert_int_equal(left, 1);
}

static void test_case_watch_days_left__ends_with_the_answer(void **state)
{
	struct case_watched c = { .waiting_since = DAY_NONE, .answered = true };
	int left = 99;

	(void)state;
	assert_false(case_watch_days_left(&c, 20000, NULL, &left));
	c.answered = false;
	c.closed = true;
	assert_false(case_watch_days_left(&c, 20000, NULL, &left));
	assert_int_equal(left, 99);
}

static void test_case_watch_attention__names_each_kind(void **state)
{
	const int32_t today = day("2026-11-25");
	const struct {
		struct case_watched c;
		unsigned attention;
	} cases[] = {
		{ { .acknowledge_by = today,
			  .answer_by = today + 20,
			  .waiting_since = DAY_NONE,
			  .wants_reply = true },
			0 },
		{ { .acknowledge_by = today - 1,
			  .answer_by = today + 2,
			  .waiting_since = DAY_NONE,
			  .wants_reply = true },
			CASE_NEAR_DUE | CASE_UNACKNOWLEDGED },
		{ { .acknowledge_by = today - 1,
			  .answer_by = today + 5,
			  .waiting_since = DAY_NONE },
			0 }, /* Monday: three left */
		{ { .acknowledge_by = today - 5,
			  .answer_by = today - 1,
			  .waiting_since = DAY_NONE,
			  .acknowledged = true,
			  .wants_reply = true },
			CASE_OVERDUE },
		{ { .acknowledge_by = today,
			  .answer_by = today - 1,
			  .waiting_since = today - 2,
			  .wants_reply = true },
			0 },
		{ { .acknowledge_by = today - 9,
			  .answer_by = today - 9,
			  .waiting_since = DAY_NONE,
			  .wants_reply = true,
			  .answered = true,
			  .acknowledged = true },
			0 },
		{ { .acknowledge_by = today - 9,
			  .answer_by = today - 9,
			  .waiting_since = DAY_NONE,
			  .wants_reply = true,
			  .closed = true,
			  .mail_failed = true },
			CASE_MAIL_FAILED },
		{ { .acknowledge_by = today,
			  .answer_by = today - 1,
			  .waiting_since = DAY_NONE,
			  .awaits_approval = true },
			CASE_OVERDUE | CASE_WANTS_APPROVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(case_watch_attention(&cases[i].c, today, NULL, 2),
			cases[i].attention);
	}
}

static void test_case_watch_time__is_hours_and_minutes(void **state)
{
	static const char *const bad[] = { "", "7:30", "07.30", "24:00", "07:60",
		"07:3", "07:30:00", "ab:cd", " 7:30" };

	(void)state;
	assert_int_equal(case_watch_time_parse("07:30"), 450);
	assert_int_equal(case_watch_time_parse("00:00"), 0);
	assert_int_equal(case_watch_time_parse("23:59"), 1439);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(case_watch_time_parse(bad[i]), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case_watch_days_left__counts_working_days),
		cmocka_unit_test(test_case_watch_days_left__has_the_citys_exceptions),
		cmocka_unit_test(test_case_watch_days_left__ends_with_the_answer),
		cmocka_unit_test(test_case_watch_attention__names_each_kind),
		cmocka_unit_test(test_case_watch_time__is_hours_and_minutes),
	};

	return cmocka_run_group_tests_name("case_watch", tests, NULL, NULL);
}
