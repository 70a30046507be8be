/* What was taken down on a later day than it came. */
#include "tests/unit/test.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"
#include "server/day.h"
#include "server/intake_case.h"
#include "server/stamp.h"
#include "server/submission.h"

static const unsigned char secret[32] = "hemlig";

static int32_t at(const char *text)
{
	int32_t day;

	assert_int_equal(day_parse(text, &day, NULL), 0);
	return day;
}

/* Ten in the morning of the day. */
static int64_t morning(const char *text)
{
	return (day_start(at(text)) + 10 * 3600) * 1000000;
}

/* Of a taken-down case; the case's strings live in the arena. */
static struct intake_case taken_case(
	struct arena *arena, const char *received, const char *registered)
{
	struct submission_taken *taken = arena_alloc(arena, sizeof(*taken));
	struct submission *s = arena_alloc(arena, sizeof(*s));
	struct city *city = city_parse("{\"version\":1}", 13, NULL);
	struct intake_case c;

	*taken = (struct submission_taken){ .user_id = 7,
		.session = "00",
		.received_on = at(received),
		.day_given = true };
	*s = (struct submission){ .text = "Hej",
		.type = "complaint",
		.language = "sv",
		.channel = "letter",
		.idempotency_key = "nyckel",
		.taken = taken };
	intake_case_receive(&c, s, morning(registered));
	intake_case_decide(&c, city, secret, arena);
	city_unref(city);
	return c;
}

static void test_intake_case__promises_run_from_the_day_it_came(void **state)
{
	static const struct {
		const char *received, *registered, *acknowledge_by, *answer_by;
		int year;
	} cases[] = {
		/* Two and ten working days, whenever it is taken down. */
		{ "2026-12-22", "2026-12-22", "2026-12-28", "2027-01-12", 2026 },
		{ "2026-12-22", "2026-12-28", "2026-12-28", "2027-01-12", 2026 },
		{ "2026-12-22", "2027-01-04", "2026-12-28", "2027-01-12", 2027 },
		{ "2026-04-01", "2026-04-07", "2026-04-07", "2026-04-17", 2026 },
		{ "2026-11-21", "2026-11-23", "2026-11-24", "2026-12-04", 2026 },
		{ "2026-05-13", "2026-05-15", "2026-05-18", "2026-05-28", 2026 },
		{ "2026-10-25", "2026-10-26", "2026-10-27", "2026-11-06", 2026 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct intake_case c =
			taken_case(arena, cases[i].received, cases[i].registered);
		bool same = !strcmp(cases[i].received, cases[i].registered);
		char out[DAY_TEXT], stamp[STAMP_SIZE];

		assert_string_equal(day_format(c.deadline.acknowledge_by, out),
			cases[i].acknowledge_by);
		assert_string_equal(
			day_format(c.deadline.answer_by, out), cases[i].answer_by);
		assert_string_equal(day_format(c.received_on, out), cases[i].received);
		assert_string_equal(
			day_format(c.registered_on, out), cases[i].registered);
		assert_int_equal(c.number.year, cases[i].year);
		assert_int_equal(c.registered_at, morning(cases[i].registered));
		stamp_print(c.received_at, stamp);
		assert_memory_equal(stamp, cases[i].received, strlen("YYYY-MM-DD"));
		if (same)
			assert_int_equal(c.received_at, c.registered_at);
		arena_free(arena);
	}
}

static void test_intake_case__the_unknown_hour_is_noon_in_summer_and_winter(
	void **state)
{
	static const struct {
		const char *received, *stamp;
	} cases[] = {
		{ "2026-01-15", "2026-01-15T11:00:00" },
		{ "2026-07-15", "2026-07-15T10:00:00" },
		{ "2026-03-29", "2026-03-29T10:00:00" },
		{ "2026-10-25", "2026-10-25T11:00:00" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct intake_case c =
			taken_case(arena, cases[i].received, "2026-12-01");
		char stamp[STAMP_SIZE];

		stamp_print(c.received_at, stamp);
		assert_memory_equal(stamp, cases[i].stamp, strlen(cases[i].stamp));
		arena_free(arena);
	}
}

static void test_intake_case__a_key_is_of_one_colleague_and_one_day(void **state)
{
	struct arena *arena = arena_new();
	struct intake_case first = taken_case(arena, "2026-11-20", "2026-11-24");
	struct intake_case other;
	struct submission_taken taken = *first.submission->taken;
	struct submission s = *first.submission;

	(void)state;
	s.taken = &taken;
	taken.session = "11";
	intake_case_receive(&other, &s, morning("2026-11-25"));
	assert_string_equal(other.fingerprint, first.fingerprint);
	taken.user_id = 8;
	intake_case_receive(&other, &s, morning("2026-11-25"));
	assert_string_not_equal(other.fingerprint, first.fingerprint);
	taken.user_id = 7;
	taken.received_on--;
	intake_case_receive(&other, &s, morning("2026-11-25"));
	assert_string_not_equal(other.fingerprint, first.fingerprint);
	/* A day that nobody said is another tomorrow, of the same submission. */
	taken.day_given = false;
	intake_case_receive(&first, &s, morning("2026-11-25"));
	taken.received_on++;
	intake_case_receive(&other, &s, morning("2026-11-26"));
	assert_string_equal(other.fingerprint, first.fingerprint);
	arena_free(arena);
}

static void test_intake_case__a_key_of_ours_is_of_whatever_was_read(void **state)
{
	struct submission s = { .text = "Hej",
		.type = "complaint",
		.language = "sv",
		.channel = "mail",
		.idempotency_key = "\x01mail-delivery-1" };
	struct intake_case first, other;

	(void)state;
	intake_case_receive(&first, &s, morning("2026-11-25"));
	s.text = "Mejlet gick inte att läsa.";
	intake_case_receive(&other, &s, morning("2026-11-25"));
	assert_string_equal(other.key_hash, first.key_hash);
	assert_string_equal(other.fingerprint, first.fingerprint);
	s.idempotency_key = "mail-delivery-1";
	intake_case_receive(&other, &s, morning("2026-11-25"));
	assert_string_not_equal(other.key_hash, first.key_hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intake_case__promises_run_from_the_day_it_came),
		cmocka_unit_test(
			test_intake_case__the_unknown_hour_is_noon_in_summer_and_winter),
		cmocka_unit_test(
			test_intake_case__a_key_is_of_one_colleague_and_one_day),
		cmocka_unit_test(
			test_intake_case__a_key_of_ours_is_of_whatever_was_read),
	};

	return cmocka_run_group_tests_name("intake_case", tests, NULL, NULL);
}
