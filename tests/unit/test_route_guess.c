/* A subject that is set by itself: where, and what the rules have said stands. */
#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/route_guess.h"
#include "server/rule_set.h"
#include "tests/unit/city_sample.h"

#define DAY_2026 20454 /* 2026-01-01 */

#define OWNER                                                                          \
	"{\"code\":\"agare\",\"outcome\":\"category-owner\",\"because\":\"Ägaren.\"}"
#define LAMP(more)                                                                     \
	"[{\"code\":\"lampa\",\"words\":[\"lampa\"],\"because\":\"Lampan.\"," more     \
	"}," OWNER "]"
#define DISPATCH "\"outcome\":\"dispatch\""

static const struct guessing {
	const char *rules;
	struct route_query query;
	const char *guessed;
	/* What comes of it; board NULL: it does not apply. */
	const char *board, *rule;
	int sensitivity;
	bool is_urgent;
} guessings[] = {
	{ "[" OWNER "]", { 0 }, "gatubelysning", "trafiknamnden", "agare", 1, false },
	{ "[" OWNER "]", { .district = "farsta" }, "gammal", "farsta-stadsdelsnamnd",
		"agare", 1, false },
	{ "[" OWNER "]", { 0 }, NULL, NULL, NULL, 0, false },
	{ "[" OWNER "]", { 0 }, "finns-inte", NULL, NULL, 0, false },
	{ "[" OWNER "]", { .category = "park" }, "gatubelysning", NULL, NULL, 0,
		false },
	{ "[" OWNER "]", { .from_child = true }, "gatubelysning", NULL, NULL, 0,
		false },
	/* No district, so that no rule takes it; and one that cannot be carried out. */
	{ "[" OWNER "]", { 0 }, "park", "dispatch", "none", 1, false },
	{ "[" OWNER "]", { 0 }, "utan-agare", NULL, NULL, 0, false },
	/* Addressed: where it is the same board's. */
	{ "[" OWNER "]", { .addressed = "trafiknamnden" }, "gatubelysning",
		"trafiknamnden", "mailbox", 1, false },
	{ "[" OWNER "]", { .addressed = "farsta-stadsdelsnamnd" }, "gatubelysning",
		NULL, NULL, 0, false },
	/* What the rule that took it has said. */
	{ LAMP(DISPATCH ",\"priority\":\"high\""), { .text = "lampa" }, "gatubelysning",
		"dispatch", "lampa", 1, true },
	{ LAMP("\"categories\":[\"none\"]," DISPATCH ",\"priority\":\"high\""),
		{ .text = "lampa" }, "gatubelysning", "trafiknamnden", "agare", 1,
		true },
	{ LAMP("\"categories\":[\"none\"]," DISPATCH ",\"sensitivity\":2"),
		{ .text = "lampa" }, "gatubelysning", "trafiknamnden", "agare", 2,
		false },
	{ LAMP("\"categories\":[\"none\"],\"outcome\":\"trafiknamnden\","
	       "\"sensitivity\":3"),
		{ .text = "lampa" }, "gatubelysning", "trafiknamnden", "lampa", 3,
		false },
	{ LAMP("\"outcome\":\"trafiknamnden\",\"handler\":\"anna\""),
		{ .text = "lampa" }, "gatubelysning", NULL, NULL, 0, false },
	{ LAMP("\"categories\":[\"none\"]," DISPATCH ",\"needsHuman\":true"),
		{ .text = "lampa" }, "gatubelysning", NULL, NULL, 0, false },
	{ LAMP("\"categories\":[\"gatubelysning\"]," DISPATCH ",\"needsHuman\":true"),
		{ .text = "lampa" }, "gatubelysning", NULL, NULL, 0, false },
	{ LAMP("\"categories\":[\"none\"],\"outcome\":\"ring-a\""), { .text = "lampa" },
		"gatubelysning", NULL, NULL, 0, false },
};

static void guess_try(const struct city *city, const struct guessing *g)
{
	struct arena *arena = arena_new();
	struct route_query query = g->query;
	struct route_outcome before, out;
	struct rule_set set;
	struct error err = { 0 };

	if (rule_set_parse(g->rules, strlen(g->rules), arena, &set, &err) < 0)
		fail_msg("%s", err.text);
	query.date = DAY_2026;
	route_decide(city, &set, &query, arena, &before);
	out = before;
	assert_int_equal(
		route_guess(city, &(struct route_guessing){ &set, &query, g->guessed },
			arena, &out),
		!!g->board);
	if (g->board) {
		assert_string_equal(out.board, g->board);
		assert_string_equal(out.rule, g->rule);
		assert_int_equal(out.sensitivity, g->sensitivity);
		assert_int_equal(out.is_urgent, g->is_urgent);
		assert_non_null(strstr(out.because, "satt automatiskt"));
	} else {
		assert_memory_equal(&out, &before, sizeof(out));
	}
	arena_free(arena);
}

static void test_route_guess__applies_where_the_rules_left_the_subject_open(
	void **state)
{
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(guessings); i++) {
		print_message("case %zu: %s\n", i, guessings[i].rules);
		guess_try(city, &guessings[i]);
	}
	city_unref(city);
}

static void test_route_guess__gives_no_reason_to_who_wants_none(void **state)
{
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);
	struct arena *arena = arena_new();
	const struct route_query query = {
		.addressed = "trafiknamnden",
		.date = DAY_2026,
		.without_because = true,
	};
	const struct rule_set *rules = &city->rules[0].set;
	struct route_outcome out;

	(void)state;
	route_decide(city, rules, &query, arena, &out);
	assert_true(route_guess(city,
		&(struct route_guessing){ rules, &query, "gatubelysning" }, arena,
		&out));
	assert_null(out.because);
	assert_string_equal(out.category, "gatubelysning");
	arena_free(arena);
	city_unref(city);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_route_guess__applies_where_the_rules_left_the_subject_open),
		cmocka_unit_test(test_route_guess__gives_no_reason_to_who_wants_none),
	};

	return cmocka_run_group_tests_name("route_guess", tests, NULL, NULL);
}
