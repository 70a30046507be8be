#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/day.h"
#include "server/route_rule.h"
#include "tests/unit/city_sample.h"

#define DAY_2026 20454 /* 2026-01-01 */
#define DAY_2022 18993

static void test_route_decide__takes_the_first_rule_that_matches(void **state)
{
	static const struct {
		struct route_query query;
		const char *board, *category, *rule, *because;
	} cases[] = {
		{ { .category = "gatubelysning", .date = DAY_2026 }, "trafiknamnden",
			"gatubelysning", "agare",
			"Kategorin Gatubelysning hör till Trafiknämnden." },
		{ { .category = "park", .district = "farsta", .date = DAY_2026 },
			"farsta-stadsdelsnamnd", "park", "agare",
			"Kategorin Park hör till Farsta stadsdelsnämnd." },
		{ { .category = "park", .district = "norrmalm", .date = DAY_2026 },
			"norra-innerstadens-stadsdelsnamnd", "park", "agare",
			"Kategorin Park hör till Norra innerstadens stadsdelsnämnd." },
		{ { .category = "park", .district = "norrmalm", .date = DAY_2022 },
			"norrmalms-stadsdelsnamnd", "park", "agare",
			"Kategorin Park hör till Norrmalms stadsdelsnämnd." },
		{ { .category = "park",
			  .district = "farsta",
			  .text = "Ett GATUTRÄDS gren",
			  .date = DAY_2026 },
			"trafiknamnden", "park", "tradvard",
			"Träd vid gata (gatuträds) sköts av Trafiknämnden." },
		{ { .category = "park",
			  .district = "farsta",
			  .text = "ett träd,\npå gatan",
			  .date = DAY_2026 },
			"trafiknamnden", "park", "tradvard",
			"Träd vid gata (träd på gatan) sköts av Trafiknämnden." },
		{ { .category = "park",
			  .district = "farsta",
			  .text = "ogatuträd",
			  .date = DAY_2026 },
			"farsta-stadsdelsnamnd", "park", "agare",
			"Kategorin Park hör till Farsta stadsdelsnämnd." },
		/* The owner needs the district; a later rule takes the case. */
		{ { .category = "park", .date = DAY_2026 }, "dispatch", "park",
			"okand-plats", "Vi vet inte var i … … det är {." },
		{ { .category = "park", .district = "manen", .date = DAY_2026 },
			"dispatch", "park", "okand-plats",
			"Vi vet inte var i manen … det är {." },
		{ { .category = "gatubelysning",
			  .unit = "förskolan ekorren",
			  .date = DAY_2026 },
			"farsta-stadsdelsnamnd", "gatubelysning", "enhet",
			"Förskolan Ekorren hör till Farsta stadsdelsnämnd." },
		{ { .category = "gatubelysning",
			  .unit = "nånstans",
			  .channel = "app",
			  .type = "fault-report",
			  .district = "farsta",
			  .date = DAY_2026 },
			"farsta-stadsdelsnamnd", "gatubelysning", "app-fel",
			"App i Farsta." },
		{ { .category = "gatubelysning",
			  .channel = "web",
			  .type = "fault-report",
			  .district = "farsta",
			  .date = DAY_2026 },
			"trafiknamnden", "gatubelysning", "agare",
			"Kategorin Gatubelysning hör till Trafiknämnden." },
		/* No category: the rule that knows the word's beginning sets one, and
		 * the reason says it as it was written. */
		{ { .text = "Potthålet är kvar", .date = DAY_2026 }, "trafiknamnden",
			"vagskador", "hal", "potthålet" },
		{ { .text = "Potthåluuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu",
			  .date = DAY_2026 },
			"trafiknamnden", "vagskador", "hal", "potthål" },
		{ { .category = "gammal", .district = "farsta", .date = DAY_2026 },
			"farsta-stadsdelsnamnd", "park", "agare",
			"Kategorin Park hör till Farsta stadsdelsnämnd." },
		{ { .text = "Hej", .date = DAY_2026 }, "dispatch", NULL, "none", NULL },
		{ { .date = DAY_2026 }, "dispatch", NULL, "none", NULL },
		/* Whose board has ended: no later rule is tried. */
		{ { .category = "utan-agare", .date = DAY_2026 }, "dispatch",
			"utan-agare", "failed",
			"Regeln agare gick inte att följa: nämnden finns inte den dagen. "
			"Därför läser en person ärendet och skickar det till rätt "
			"nämnd." },
		{ { .category = "finns-inte", .date = DAY_2026 }, "dispatch",
			"finns-inte", "none", NULL },
	};
	struct arena *arena = arena_new();
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);

	(void)state;
	assert_non_null(city);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route_outcome out;

		route_decide_now(city, &cases[i].query, arena, &out);
		print_message("case %zu: %s\n", i, out.because);
		assert_string_equal(out.board, cases[i].board);
		assert_string_equal(out.rule, cases[i].rule);
		if (cases[i].category)
			assert_string_equal(out.category, cases[i].category);
		else
			assert_null(out.category);
		if (cases[i].because)
			assert_string_equal(out.because, cases[i].because);
	}
	city_unref(city);
	arena_free(arena);
}

static void test_route_decide__knows_the_unit_and_its_district(void **state)
{
	struct arena *arena = arena_new();
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);
	struct route_outcome out;

	(void)state;
	route_decide_now(city,
		&(struct route_query){ .unit = "Förskolan Ekorren", .date = DAY_2026 },
		arena, &out);
	assert_string_equal(out.unit, "forskolan-ekorren");
	assert_string_equal(out.district, "farsta");
	city_unref(city);
	arena_free(arena);
}

static void test_route_decide__sends_all_of_an_empty_city_to_dispatch(void **state)
{
	struct arena *arena = arena_new();
	struct city *city = city_parse("{\"version\":1}", 13, NULL);
	struct route_outcome out;

	(void)state;
	route_decide_now(city,
		&(struct route_query){
			.category = "park", .text = "x", .date = DAY_2026 },
		arena, &out);
	assert_string_equal(out.board, "dispatch");
	assert_string_equal(out.rule, ROUTE_NO_RULE);
	city_unref(city);
	arena_free(arena);
}

static void test_route_explain__tells_every_rule_looked_at(void **state)
{
	static const enum route_why whys[] = {
		ROUTE_WHY_NOT_IN_FORCE,
		ROUTE_WHY_SEASON,
		ROUTE_WHY_WORDS,
		ROUTE_WHY_NO_UNIT,
		ROUTE_WHY_TYPE,
		ROUTE_WHY_NO_DISTRICT,
		ROUTE_WHY_CATEGORY_CHOSEN,
		ROUTE_WHY_MATCHED,
	};
	struct arena *arena = arena_new();
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);
	struct route_trace trace;

	(void)state;
	route_explain(city, &city_rules_on(city, DAY_2026)->set,
		&(struct route_query){ .category = "park",
			.type = "complaint",
			.date = DAY_2026,
			.season_on = DAY_2026 + 200 },
		arena, &trace);
	assert_int_equal(trace.n, ARRAY_LEN(whys));
	for (size_t i = 0; i < trace.n; i++) {
		assert_int_equal(trace.steps[i].why, whys[i]);
		assert_non_null(route_why_code(trace.steps[i].why));
		assert_non_null(route_why_text(trace.steps[i].why));
	}
	city_unref(city);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_route_decide__takes_the_first_rule_that_matches),
		cmocka_unit_test(test_route_decide__knows_the_unit_and_its_district),
		cmocka_unit_test(
			test_route_decide__sends_all_of_an_empty_city_to_dispatch),
		cmocka_unit_test(test_route_explain__tells_every_rule_looked_at),
	};

	return cmocka_run_group_tests_name("route_rule", tests, NULL, NULL);
}
