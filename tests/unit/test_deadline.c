#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/day.h"
#include "server/deadline.h"
#include "tests/unit/city_sample.h"

#define STOPS "; tiden står still medan vi väntar på den som skrev"

static void test_deadline_decide__takes_the_most_specific_row(void **state)
{
	static const struct {
		const char *board, *category, *type, *received;
		const char *acknowledge_by, *answer_by;
		const char *acknowledge_because, *answer_because;
	} cases[] = {
		{ NULL, NULL, "complaint", "2026-12-22", "2026-12-28", "2027-01-12",
			"2 arbetsdagar från 2026-12-22 enligt stadens grundregel",
			"10 arbetsdagar från 2026-12-22 enligt stadens grundregel" STOPS },
		{ "trafiknamnden", "gatubelysning", "complaint", "2026-12-22",
			"2026-12-23", "2027-01-12",
			"1 arbetsdag från 2026-12-22 enligt kategorin Gatubelysning",
			"10 arbetsdagar från 2026-12-22 enligt stadens grundregel" STOPS },
		/* Before the row of June was in force. */
		{ "trafiknamnden", "gatubelysning", "complaint", "2026-04-01",
			"2026-04-08", "2026-04-17",
			"3 arbetsdagar från 2026-04-01 enligt kategorin Gatubelysning",
			"10 arbetsdagar från 2026-04-01 enligt stadens grundregel" STOPS },
		{ "farsta-stadsdelsnamnd", "park", "fault-report", "2026-11-16",
			"2026-11-18", "2026-11-23",
			"2 arbetsdagar från 2026-11-16 enligt stadens grundregel",
			"5 arbetsdagar från 2026-11-16 enligt kategorin Park, felanmälningar "
			"(fara för barn)" STOPS },
		{ "farsta-stadsdelsnamnd", "park", "praise", "2026-11-16", "2026-11-18",
			"2026-11-26", /* the city is closed on 24 November */
			"2 arbetsdagar från 2026-11-16 enligt stadens grundregel",
			"7 arbetsdagar från 2026-11-16 enligt Farsta stadsdelsnämnd" STOPS },
		{ NULL, NULL, "praise", "2026-10-05", "2026-10-07", "2026-10-26",
			"2 arbetsdagar från 2026-10-05 enligt stadens grundregel",
			"15 arbetsdagar från 2026-10-05 enligt regeln för beröm" STOPS },
	};
	struct arena *arena = arena_new();
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);

	(void)state;
	assert_non_null(city);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct deadline_query query = { .board = cases[i].board,
			.category = cases[i].category,
			.type = cases[i].type };
		struct deadline d;
		char out[DAY_TEXT];

		assert_int_equal(
			day_parse(cases[i].received, &query.received_on, NULL), 0);
		deadline_decide(city, &query, arena, &d);
		assert_string_equal(
			day_format(d.acknowledge_by, out), cases[i].acknowledge_by);
		assert_string_equal(day_format(d.answer_by, out), cases[i].answer_by);
		assert_string_equal(
			d.acknowledge_because, cases[i].acknowledge_because);
		assert_string_equal(d.answer_because, cases[i].answer_because);
	}
	city_unref(city);
	arena_free(arena);
}

static void test_deadline_decide__promises_the_same_without_rows(void **state)
{
	struct arena *arena = arena_new();
	struct city *city = city_parse("{\"version\":1}", 13, NULL);
	struct deadline d;
	char out[DAY_TEXT];
	int acknowledge, answer;

	(void)state;
	deadline_decide(city,
		&(struct deadline_query){ .received_on = day_from_civil(2026, 12, 22) },
		arena, &d);
	assert_string_equal(day_format(d.acknowledge_by, out), "2026-12-28");
	assert_string_equal(day_format(d.answer_by, out), "2027-01-12");
	deadline_days(city, &(struct deadline_query){ 0 }, &acknowledge, &answer);
	assert_int_equal(acknowledge, 2);
	assert_int_equal(answer, 10);
	/* Beyond the calendar: nothing later than the day itself. */
	deadline_decide(city,
		&(struct deadline_query){ .received_on = day_from_civil(2199, 12, 31) },
		arena, &d);
	assert_string_equal(day_format(d.answer_by, out), "2199-12-31");
	city_unref(city);
	arena_free(arena);
}

static void test_deadline_decide__says_where_the_clock_stops(void **state)
{
	static const struct {
		const char *stops, *because;
	} cases[] = {
		{ "[]", "; tiden går också medan vi väntar" },
		{ "[\"waiting-complainant\"]", STOPS },
		{ "[\"waiting-other\"]",
			"; tiden står still medan vi väntar på någon annan" },
		{ "[\"waiting-complainant\",\"waiting-other\"]",
			STOPS " eller på någon annan" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = arena_printf(arena,
			"{\"version\":1,\"policies\":[{\"answerDays\":3,\"stopsFor\":%s}]}",
			cases[i].stops);
		struct city *city = city_parse(text, strlen(text), NULL);
		struct deadline d;

		assert_non_null(city);
		deadline_decide(city,
			&(struct deadline_query){
				.received_on = day_from_civil(2026, 12, 1) },
			arena, &d);
		assert_string_equal(d.answer_because,
			arena_printf(arena,
				"3 arbetsdagar från 2026-12-01 enligt stadens "
				"grundregel%s",
				cases[i].because));
		/* Nobody waits for an acknowledgement. */
		assert_null(strstr(d.acknowledge_because, "tiden"));
		city_unref(city);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline_decide__takes_the_most_specific_row),
		cmocka_unit_test(test_deadline_decide__promises_the_same_without_rows),
		cmocka_unit_test(test_deadline_decide__says_where_the_clock_stops),
	};

	return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
