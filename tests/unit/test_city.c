#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/day.h"
#include "tests/unit/city_sample.h"

static struct city *sample(void)
{
	struct error err = { 0 };
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, &err);

	if (!city)
		fail_msg("%s", err.text);
	return city;
}

static int32_t at(const char *text)
{
	int32_t day = 0;

	assert_int_equal(day_parse(text, &day, NULL), 0);
	return day;
}

static void test_city_parse__reads_the_rows(void **state)
{
	struct city *city = sample();
	const struct city_category *category =
		city_category_find(city, "gatubelysning");
	const struct city_unit *unit = city_unit_find(city, "forskolan-ekorren");

	(void)state;
	assert_int_equal(city->version, 7);
	assert_int_equal(city->n_boards, 8);
	assert_string_equal(category->synonyms[1], "mörkt");
	assert_null(category->synonyms[2]);
	assert_true(city_category_find(city, "gammal")->needs_triage);
	assert_true(city_category_find(city, "gammal")->statutory_acknowledgement);
	assert_true(unit->has_point);
	assert_float_equal(unit->lat, 59.25, 0);
	assert_false(city_unit_find(city, "lekparken-1")->has_point);
	assert_int_equal(city->policies[0].answer_days, -1);
	assert_int_equal(city->exceptions.n, 1);
	assert_string_equal(city->rules[0].set.rules[2].words[1], " träd på gata");
	assert_string_equal(city->redirects[0].link, "tel:112");
	assert_string_equal(city->helplines[0].phone, "116 111");
	assert_false(
		city_valid_on(&city->helplines[0].valid, day_from_civil(2031, 1, 1)));
	assert_null(city_board_find(city, "finns-inte"));
	assert_null(city_board_find(city, NULL));
	assert_string_equal(city_board_name(city, "trafiknamnden"), "Trafiknämnden");
	assert_string_equal(city_board_name(city, "finns-inte"), "finns-inte");
	city_unref(city_ref(city));
	assert_int_equal(city->version, 7);
	city_unref(city);
}

static void test_city_parse__takes_an_empty_city(void **state)
{
	struct city *city = city_parse("{\"version\":1}", 13, NULL);

	(void)state;
	assert_non_null(city);
	assert_null(city_board_find(city, "dispatch"));
	assert_null(city_unit_find_said(city, "x", 0));
	city_unref(city);
	city_unref(NULL);
}

static void test_city_parse__names_the_first_fault(void **state)
{
	static const struct {
		const char *json, *part;
	} cases[] = {
		{ "{", "no JSON" },
		{ "[]", "no version" },
		{ "{\"version\":1,\"redirects\":[{\"code\":\"a\"}]}", "redirects[0]" },
		{ "{\"version\":1,\"redirects\":[{\"code\":\"a\",\"link\":\"\"},7]}",
			"redirects[1]" },
		{ "{\"version\":1,\"helplines\":[{\"code\":\"a\",\"name\":\"a\"}]}",
			"helplines[0]" },
		{ "{\"version\":1,\"exceptions\":[{\"day\":\"2026-02-30\",\"open\":true,"
		  "\"name\":\"\"}]}",
			"exceptions[0]: no date" },
		{ "{\"version\":1,\"boards\":[{\"code\":\"a\",\"name\":\"a\",\"shortName\":"
		  "\"a\",\"kind\":\"club\"}]}",
			"unknown kind" },
		{ "{\"version\":1,\"categories\":[{\"code\":\"a\",\"name\":\"a\",\"area\":"
		  "\"a\",\"areaName\":\"a\",\"owner\":\"a\",\"sensitivity\":5}]}",
			"sensitivity" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };

		assert_null(city_parse(cases[i].json, strlen(cases[i].json), &err));
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.text, cases[i].part))
			fail_msg("case %zu: %s", i, err.text);
	}
}

static void test_city_board_on__follows_successors(void **state)
{
	static const struct {
		const char *code, *day, *found;
	} cases[] = {
		{ "norrmalms-stadsdelsnamnd", "2023-06-30",
			"norrmalms-stadsdelsnamnd" },
		{ "norrmalms-stadsdelsnamnd", "2023-07-01",
			"norra-innerstadens-stadsdelsnamnd" },
		{ "norra-innerstadens-stadsdelsnamnd", "2023-06-30", NULL },
		{ "ring-a", "2026-01-01", NULL },
		{ "finns-inte", "2026-01-01", NULL },
	};
	struct city *city = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct city_board *board =
			city_board_on(city, cases[i].code, at(cases[i].day));

		if (!cases[i].found)
			assert_null(board);
		else
			assert_string_equal(board->code, cases[i].found);
	}
	assert_string_equal(
		city_district_board_on(city, "norrmalm", at("2026-01-01"))->code,
		"norra-innerstadens-stadsdelsnamnd");
	assert_null(
		city_district_board_on(city, "norra-innerstaden", at("2020-01-01")));
	assert_null(city_district_board_on(city, NULL, at("2020-01-01")));
	assert_string_equal(
		city_category_on(city, "gammal", at("2021-01-01"))->code, "park");
	city_unref(city);
}

static void test_city_unit_find_said__takes_code_and_name(void **state)
{
	static const struct {
		const char *said, *code;
	} cases[] = {
		{ "forskolan-ekorren", "forskolan-ekorren" },
		{ "Förskolan Ekorren", "forskolan-ekorren" },
		{ "  FÖRSKOLAN  EKORREN ", "forskolan-ekorren" },
		{ "Fo\u0308rskolan Ekorren", "forskolan-ekorren" },
		{ "Ekorren", NULL },
		{ "Lekparken", NULL }, /* two of them */
		{ "lekparken-2", "lekparken-2" },
		{ "Förskolan Stängd", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	struct city *city = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct city_unit *unit =
			city_unit_find_said(city, cases[i].said, at("2026-01-01"));

		if (!cases[i].code)
			assert_null(unit);
		else
			assert_string_equal(unit->code, cases[i].code);
	}
	city_unref(city);
}

static void test_city_text_fold__leaves_words_in_lower_case(void **state)
{
	static const struct {
		const char *text, *folded;
	} cases[] = {
		{ "", " " },
		{ "Potthål!", " potthål " },
		{ "P-tillstånd,\n2026", " p tillstånd 2026 " },
		{ "ÅÄÖ ÉÜ Æ×÷", " åäö éü æ " },
		{ "a\u030a A\u0308 o\u0308 e\u0301 n\u0303", " å ä ö é n " },
		{ "mjuk\u00adstreck", " mjukstreck " },
		{ "«citat» “x”…", " citat x " },
		{ "Ŝ Š Ž Ź Ł Ÿ ŉ", " ŝ š ž ź ł ÿ ŉ " },
		{ "\u0301 b", " b " },
		{ "Лес 雪", " Лес 雪 " },
		{ "\xff\xc3", " " },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			city_text_fold(arena, cases[i].text), cases[i].folded);
	arena_free(arena);
}

static void test_city_code_of__makes_the_codes_of_boards(void **state)
{
	static const struct {
		const char *name, *code;
	} cases[] = {
		{ "trafiknämnden", "trafiknamnden" },
		{ "Miljö- och hälsoskyddsnämnden", "miljo-och-halsoskyddsnamnden" },
		{ "Bromma stadsdelsnämnd", "bromma-stadsdelsnamnd" },
		{ "AB Svenska Bostäder", "svenska-bostader" },
		{ "S:t Erik Markutveckling AB", "s-t-erik-markutveckling" },
		{ "Enskede-Årsta-Vantörs stadsdelsnämnd",
			"enskede-arsta-vantors-stadsdelsnamnd" },
		{ "Skolfastigheter i Stockholm AB (SISAB)",
			"skolfastigheter-i-stockholm-sisab" },
		{ "Caféet Linné", "cafeet-linne" },
		{ "ABBA", "abba" },
		{ "AB", "" },
		{ "--", "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(city_code_of(arena, cases[i].name), cases[i].code);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_city_parse__reads_the_rows),
		cmocka_unit_test(test_city_parse__takes_an_empty_city),
		cmocka_unit_test(test_city_parse__names_the_first_fault),
		cmocka_unit_test(test_city_board_on__follows_successors),
		cmocka_unit_test(test_city_unit_find_said__takes_code_and_name),
		cmocka_unit_test(test_city_text_fold__leaves_words_in_lower_case),
		cmocka_unit_test(test_city_code_of__makes_the_codes_of_boards),
	};

	return cmocka_run_group_tests_name("city", tests, NULL, NULL);
}
