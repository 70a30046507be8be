#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/route_rule.h"
#include "server/rule_check.h"
#include "server/rule_set.h"
#include "tests/unit/city_sample.h"

#define DAY_2026 20454 /* 2026-01-01 */

static struct arena *arena;
static struct city *city;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);
	return city ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	city_unref(city);
	arena_free(arena);
	return 0;
}

static struct rule_report checked(const char *json)
{
	struct rule_set set;
	struct rule_report report;
	struct error err = { 0 };

	if (rule_set_parse(json, strlen(json), arena, &set, &err) < 0)
		fail_msg("%s", err.text);
	rule_check(city, &set, &(struct rule_known){ .day = DAY_2026 }, arena, &report);
	return report;
}

static const struct rule_finding *found(
	const struct rule_report *report, const char *code, const char *rule)
{
	for (const struct rule_finding *f = report->first; f; f = f->next) {
		if (!strcmp(f->code, code) &&
			(!rule || (f->rule && !strcmp(f->rule, rule))))
			return f;
	}
	return NULL;
}

#define RULE(more) "[{\"code\":\"r\",\"because\":\"x\"," more "}]"

static void test_rule_check__names_what_the_city_does_not_have(void **state)
{
	static const struct {
		const char *json, *code;
		bool is_error;
	} cases[] = {
		{ RULE("\"outcome\":\"dispatch\",\"categories\":[\"x\"]"),
			"unknown-category", true },
		{ RULE("\"outcome\":\"dispatch\",\"setsCategory\":\"x\""),
			"unknown-category", true },
		{ RULE("\"outcome\":\"dispatch\",\"categories\":[\"gammal\"]"),
			"ended-category", false },
		{ RULE("\"outcome\":\"dispatch\",\"districts\":[\"x\"]"),
			"unknown-district", true },
		{ RULE("\"outcome\":\"dispatch\",\"units\":[\"x\"]"), "unknown-unit",
			true },
		{ RULE("\"outcome\":\"dispatch\",\"units\":[\"forskolan-stangd\"]"),
			"ended-unit", false },
		{ RULE("\"outcome\":\"x\""), "unknown-board", true },
		{ RULE("\"outcome\":\"ring-a\""), "ended-board", true },
		{ RULE("\"outcome\":\"trafikkontoret\""), "administration", true },
		{ RULE("\"outcome\":\"trafiknamnden\",\"unit\":\"forskolan-ekorren\""),
			"unit-elsewhere", true },
		{ RULE("\"outcome\":\"trafiknamnden\",\"unit\":\"forskolan-stangd\""),
			"unknown-unit", true },
		{ RULE("\"outcome\":\"farsta-stadsdelsnamnd\",\"handler\":\"anna\""),
			"unknown-handler", true },
		{ RULE("\"outcome\":\"dispatch\",\"deadlinePolicy\":4"),
			"unknown-policy", true },
		{ RULE("\"outcome\":\"dispatch\",\"validTo\":\"2020-01-01\""), "past",
			false },
		{ RULE("\"outcome\":\"trafiknamnden\",\"handler\":\"anna\","
		       "\"deadlinePolicy\":5"),
			NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_report report;

		report = checked(cases[i].json);
		if (!cases[i].code) {
			assert_int_equal(report.n_errors, 0);
			continue;
		}
		print_message("%s\n", cases[i].json);
		assert_non_null(found(&report, cases[i].code, "r"));
		assert_int_equal(found(&report, cases[i].code, "r")->is_error,
			cases[i].is_error);
	}
}

#define TWO(first, second)                                                             \
	"[{\"code\":\"a\",\"because\":\"x\"," first "},{\"code\":\"b\",\"because\":"   \
	"\"x\"," second "}]"
#define PLAIN "\"outcome\":\"trafiknamnden\""

static void test_rule_check__finds_what_is_never_reached(void **state)
{
	static const struct {
		const char *json;
		bool unreachable;
	} cases[] = {
		{ TWO(PLAIN, PLAIN), true },
		{ TWO(PLAIN, PLAIN ",\"words\":[\"hål\"]"), true },
		{ TWO(PLAIN ",\"words\":[\"hål\"]", PLAIN), false },
		{ TWO(PLAIN ",\"words\":[\"hål\"]", PLAIN ",\"words\":[\"hålet\"]"),
			true },
		{ TWO(PLAIN ",\"words\":[\"hålet\"]", PLAIN ",\"words\":[\"hål\"]"),
			false },
		{ TWO(PLAIN ",\"words\":[\"hål\"],\"stems\":true",
			  PLAIN ",\"words\":[\"hålet\"]"),
			false },
		{ TWO(PLAIN ",\"categories\":[\"park\",\"vagskador\"]",
			  PLAIN ",\"categories\":[\"park\"]"),
			true },
		{ TWO(PLAIN ",\"categories\":[\"park\"]",
			  PLAIN ",\"categories\":[\"park\",\"vagskador\"]"),
			false },
		{ TWO(PLAIN ",\"season\":{\"from\":\"11-01\",\"to\":\"03-31\"}",
			  PLAIN ",\"season\":{\"from\":\"12-01\",\"to\":\"01-31\"}"),
			true },
		{ TWO(PLAIN ",\"season\":{\"from\":\"11-01\",\"to\":\"03-31\"}",
			  PLAIN ",\"season\":{\"from\":\"10-01\",\"to\":\"01-31\"}"),
			false },
		{ TWO(PLAIN ",\"validTo\":\"2026-06-30\"", PLAIN), false },
		{ TWO(PLAIN ",\"sensitivityAtLeast\":2",
			  PLAIN ",\"sensitivityAtLeast\":3"),
			true },
		/* These let through what their board is not found of. */
		{ TWO("\"outcome\":\"category-owner\"", PLAIN), false },
		{ TWO("\"outcome\":\"category-owner\"",
			  PLAIN ",\"categories\":[\"gatubelysning\"]"),
			true },
		{ TWO("\"outcome\":\"category-owner\"",
			  PLAIN ",\"categories\":[\"park\"]"),
			false },
		{ TWO("\"outcome\":\"district-board\"", PLAIN), false },
		{ TWO("\"outcome\":\"unit-board\"",
			  PLAIN ",\"units\":[\"forskolan-ekorren\"]"),
			true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_report report = checked(cases[i].json);
		const struct rule_finding *f = found(&report, "unreachable", "b");

		print_message("%s\n", cases[i].json);
		assert_int_equal(f != NULL, cases[i].unreachable);
		if (f)
			assert_string_equal(f->other, "a");
	}
}

static void test_rule_check__lists_gaps_and_overlaps(void **state)
{
	struct rule_report report = checked(
		"[{\"code\":\"farsta\",\"districts\":[\"farsta\"],\"categories\":"
		"[\"gatubelysning\"],\"outcome\":\"district-board\",\"because\":\"x\"},"
		"{\"code\":\"agare\",\"outcome\":\"category-owner\",\"because\":\"x\"}]");
	const struct rule_finding *overlap = found(&report, "overlap", "farsta");
	bool unknown_place = false, uncategorised = false;

	(void)state;
	assert_non_null(overlap);
	assert_string_equal(overlap->other, "agare");
	assert_string_equal(overlap->category, "gatubelysning");
	assert_string_equal(overlap->district, "farsta");
	for (const struct rule_finding *f = report.first; f; f = f->next) {
		if (strcmp(f->code, "gap") != 0)
			continue;
		unknown_place =
			unknown_place || (!strcmp(f->category, "park") && !f->district);
		uncategorised = uncategorised || !strcmp(f->category, "none");
	}
	assert_true(unknown_place);
	assert_true(uncategorised);
	/* Farsta and not known: the other district has ended. */
	assert_int_equal(report.n_cells, 2);
	assert_string_equal(report.rows[0].cells[0].rule, "farsta");
	assert_string_equal(report.rows[0].cells[1].board, "trafiknamnden");
}

static void test_rule_set_parse__says_where_it_is_no_rule(void **state)
{
	static const struct {
		const char *json, *said;
	} cases[] = {
		{ "{}", "rules: " },
		{ "[1]", "rules[0]: " },
		{ "[{}]", "rules[0].code: " },
		{ RULE("\"outcome\":\"x y\""), "rules[0].outcome: must be a code" },
		{ RULE(PLAIN ",\"category\":\"park\""),
			"rules[0].category: is no member of a rule" },
		{ RULE(PLAIN ",\"categories\":\"park\""), "rules[0].categories: " },
		{ RULE(PLAIN ",\"categories\":[]"), "rules[0].categories: must have" },
		{ RULE(PLAIN ",\"categories\":[1]"), "rules[0].categories[0]: " },
		{ RULE(PLAIN ",\"words\":[\"hål\",\"!\"]"),
			"rules[0].words[1]: must have a letter" },
		{ RULE(PLAIN ",\"channels\":[\"fax\"]"), "rules[0].channels[0]: " },
		{ RULE(PLAIN ",\"areas\":[\"a\"]"), "rules[0].areas[0]: must be" },
		{ RULE(PLAIN ",\"season\":{\"from\":\"02-30\",\"to\":\"03-01\"}"),
			"rules[0].season: must be" },
		{ RULE(PLAIN ",\"sensitivity\":5"), "rules[0].sensitivity: must be 1" },
		{ RULE(PLAIN ",\"priority\":\"low\""), "rules[0].priority: must be" },
		{ RULE(PLAIN ",\"needsHuman\":1"), "rules[0].needsHuman: " },
		{ RULE(PLAIN
			  ",\"validFrom\":\"2026-02-01\",\"validTo\":\"2026-01-01\""),
			"rules[0].validTo: must not" },
		{ TWO(PLAIN, PLAIN ",\"code\":\"a\""), "line 1" },
		{ "[{\"code\":\"a\",\"because\":\"x\"," PLAIN "},{\"code\":\"a\","
		  "\"because\":\"x\"," PLAIN "}]",
			"rules[1].code: is there already" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_set set = { 0 };
		struct error err = { 0 };

		print_message("%s\n", cases[i].json);
		assert_int_equal(rule_set_parse(cases[i].json, strlen(cases[i].json),
					 arena, &set, &err),
			-1);
		print_message("  %s\n", err.text);
		assert_int_equal(
			strncmp(err.text, cases[i].said, strlen(cases[i].said)), 0);
		assert_null(set.rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_rule_check__names_what_the_city_does_not_have, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_rule_check__finds_what_is_never_reached, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_rule_check__lists_gaps_and_overlaps, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_rule_set_parse__says_where_it_is_no_rule, setup, teardown),
	};

	return cmocka_run_group_tests_name("rule_check", tests, NULL, NULL);
}
