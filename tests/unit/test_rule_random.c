/* Rules and cases made at random: what holds whatever the rules say. */
#include "tests/unit/test.h"

#include <stdio.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/city.h"
#include "server/route_rule.h"
#include "server/rule_set.h"
#include "tests/unit/city_sample.h"

#define DAY_2026 20454 /* 2026-01-01 */
#define ROUNDS 400
#define RULES 12
#define CASES 12

static uint32_t seed;

/* Numerical Recipes' generator: the same on every machine. */
static unsigned below(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

#define PICK(list) ((list)[below(ARRAY_LEN(list))])

static const char *const categories[] = { "park", "gatubelysning", "vagskador",
	"utan-agare", "gammal", "none" };
static const char *const types[] = { "complaint", "praise", "fault-report" };
static const char *const districts[] = { "farsta", "norrmalm", "manen" };
static const char *const units[] = { "forskolan-ekorren", "lekparken-1",
	"forskolan-stangd" };
static const char *const channels[] = { "web", "app", "mail" };
static const char *const words[] = { "gatuträd", "is", "hål i gatan" };
static const char *const outcomes[] = { "category-owner", "district-board",
	"unit-board", "trafiknamnden", "ring-a", "trafikkontoret", "dispatch",
	"finns-inte", "farsta-stadsdelsnamnd" };
static const char *const handlers[] = { "anna", "ekorren", "borta" };
static const char *const texts[] = { "Ett GATUTRÄD har fallit", "Det är is.",
	"Gatuträdens grenar", "Hej", "" };

static void list_set(json_t *rule, const char *name, const char *const *from, size_t n)
{
	json_t *list;

	if (below(3) != 0)
		return;
	list = json_array();
	for (unsigned i = 0; i <= below(2); i++)
		json_array_append_new(list, json_string(from[below((unsigned)n)]));
	json_object_set_new(rule, name, list);
}

static json_t *rule_random(size_t i)
{
	char code[8];
	json_t *rule;

	snprintf(code, sizeof(code), "r%zu", i);
	rule = json_pack("{s:s, s:s, s:s}", "code", code, "outcome", PICK(outcomes),
		"because", "{board} {category} {word}");
	list_set(rule, "categories", categories, ARRAY_LEN(categories));
	list_set(rule, "types", types, ARRAY_LEN(types));
	list_set(rule, "districts", districts, ARRAY_LEN(districts));
	list_set(rule, "channels", channels, ARRAY_LEN(channels));
	list_set(rule, "words", words, ARRAY_LEN(words));
	if (below(6) == 0)
		list_set(rule, "units", units, ARRAY_LEN(units));
	if (below(6) == 0)
		json_object_set_new(rule, "areas",
			json_pack("[{s:s, s:s}]", "kind", "kvarter", "code", "a"));
	if (below(4) == 0)
		json_object_set_new(rule, "stems", json_true());
	if (below(6) == 0)
		json_object_set_new(rule, "setsCategory", json_string("vagskador"));
	if (below(6) == 0)
		json_object_set_new(rule, "handler", json_string(PICK(handlers)));
	if (below(6) == 0)
		json_object_set_new(rule, "unit", json_string(PICK(units)));
	if (below(6) == 0)
		json_object_set_new(rule, "sensitivity", json_integer(1 + below(4)));
	if (below(6) == 0)
		json_object_set_new(rule, "deadlinePolicy", json_integer(4 + below(2)));
	if (below(6) == 0)
		json_object_set_new(rule, "season",
			json_pack("{s:s, s:s}", "from", "11-01", "to", "03-31"));
	return rule;
}

static json_t *rules_random(void)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < RULES; i++)
		json_array_append_new(rules, rule_random(i));
	return rules;
}

static struct route_query query_random(void)
{
	static const char *const in[] = { "kvarter/b", "kvarter/a", NULL };
	struct route_query query = {
		.category = below(4) ? PICK(categories) : NULL,
		.type = PICK(types),
		.district = below(3) ? PICK(districts) : NULL,
		.unit = below(3) ? NULL : PICK(units),
		.channel = PICK(channels),
		.text = PICK(texts),
		.areas = below(2) ? in + below(3) : NULL,
		.addressed = below(8) ? NULL : "trafiknamnden",
		.from_child = below(20) == 0,
		.date = DAY_2026 + (int32_t)below(300),
	};

	if (query.category && !strcmp(query.category, "none"))
		query.category = NULL;
	return query;
}

static struct rule_set rules_read(struct arena *arena, const json_t *json)
{
	struct rule_set set = { 0 };
	struct faults faults;

	faults_init(&faults, arena);
	if (rule_set_read(json, arena, &faults, &set) < 0)
		fail_msg("%s: %s", faults.first->name, faults.first->reason);
	return set;
}

static void assert_text(const char *a, const char *b)
{
	assert_true(!a == !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same(const struct route_outcome *a, const struct route_outcome *b)
{
	assert_text(a->board, b->board);
	assert_text(a->unit, b->unit);
	assert_text(a->district, b->district);
	assert_text(a->category, b->category);
	assert_text(a->rule, b->rule);
	assert_text(a->failed, b->failed);
	assert_text(a->because, b->because);
	assert_text(a->handler, b->handler);
	assert_int_equal(a->is_urgent, b->is_urgent);
	assert_int_equal(a->needs_human, b->needs_human);
	assert_int_equal(a->sensitivity, b->sensitivity);
	assert_int_equal(a->deadline_policy, b->deadline_policy);
}

static json_t *turned_value(json_t *value)
{
	json_t *back, *item;
	size_t i;

	if (!json_is_array(value))
		return json_incref(value);
	back = json_array();
	json_array_foreach(value, i, item) json_array_insert(back, 0, item);
	return back;
}

static json_t *turned_rule(json_t *rule)
{
	const char *names[32], *name;
	json_t *value, *copy = json_object();
	size_t n = 0;

	json_object_foreach(rule, name, value) names[n++] = name;
	while (n > 0) {
		value = json_object_get(rule, names[--n]);
		json_object_set_new(copy, names[n], turned_value(value));
	}
	return copy;
}

/* The members of each rule, and the items of each list, the other way round. */
static json_t *turned(const json_t *rules)
{
	json_t *out = json_array(), *rule;
	size_t i;

	json_array_foreach(rules, i, rule)
		json_array_append_new(out, turned_rule(rule));
	return out;
}

static const struct rule *rule_of(const struct rule_set *set, const char *code)
{
	for (size_t i = 0; code && i < set->n; i++) {
		if (!strcmp(set->rules[i].code, code))
			return &set->rules[i];
	}
	return NULL;
}

/* One result always: a board that takes cases on the day, by one rule or none. */
static void assert_sound(const struct city *city, const struct rule_set *set,
	const struct route_query *query, const struct route_trace *trace)
{
	const struct route_outcome *out = &trace->outcome;
	const struct city_board *board = city_board_find(city, out->board);
	const struct route_step *last =
		trace->n > 0 ? &trace->steps[trace->n - 1] : NULL;

	assert_non_null(board);
	assert_true(city_valid_on(&board->valid, query->date));
	assert_int_not_equal(board->kind, CITY_ADMINISTRATION);
	assert_in_range(out->sensitivity, 1, 4);
	for (size_t i = 0; i + 1 < trace->n; i++) {
		assert_int_not_equal(trace->steps[i].why, ROUTE_WHY_MATCHED);
		assert_false(route_why_is_failure(trace->steps[i].why));
	}
	if (!strcmp(out->rule, ROUTE_FAILED)) {
		assert_string_equal(out->board, CITY_DISPATCH);
		assert_string_equal(last->rule, out->failed);
		assert_true(route_why_is_failure(last->why));
		assert_true(out->needs_human);
		assert_non_null(strstr(out->because, out->failed));
	} else if (rule_of(set, out->rule)) {
		assert_string_equal(last->rule, out->rule);
		assert_int_equal(last->why, ROUTE_WHY_MATCHED);
		assert_true(out->sensitivity >= rule_of(set, out->rule)->sensitivity);
	}
	if (query->from_child)
		assert_int_equal(out->sensitivity, 4);
	if (out->handler)
		assert_true(city_handles_on(
			city, out->handler, out->board, out->unit, query->date));
}

/* What is decided depends on nothing but the rules, the city and the case. */
static void assert_steady(const struct city *city, const json_t *json,
	const struct route_query *query, struct arena *arena)
{
	struct rule_set set = rules_read(arena, json), other;
	struct route_words shared = { 0 };
	struct route_query with = *query;
	struct route_trace trace;
	struct route_outcome out;
	json_t *back = turned(json);

	route_explain(city, &set, query, arena, &trace);
	assert_sound(city, &set, query, &trace);
	route_decide(city, &set, query, arena, &out);
	assert_same(&out, &trace.outcome);
	with.words = &shared;
	for (int i = 0; i < 2; i++) {
		route_decide(city, &set, &with, arena, &out);
		assert_same(&out, &trace.outcome);
	}
	/* Later rules have no say. */
	other = (struct rule_set){ set.rules, trace.n, false };
	route_decide(city, &other, query, arena, &out);
	if (!query->from_child)
		assert_same(&out, &trace.outcome);
	other = rules_read(arena, back);
	route_decide(city, &other, query, arena, &out);
	/* Which of its words is told depends on their order, and nothing else does. */
	out.because = trace.outcome.because;
	assert_same(&out, &trace.outcome);
	json_decref(back);
}

static void test_route_decide__gives_one_steady_result_whatever_the_rules(void **state)
{
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);

	(void)state;
	for (seed = 1; seed < 1 + ROUNDS; seed += 1) {
		uint32_t round = seed;
		struct arena *arena = arena_new();
		json_t *rules = rules_random();

		for (int i = 0; i < CASES; i++) {
			const struct route_query query = query_random();

			assert_steady(city, rules, &query, arena);
		}
		json_decref(rules);
		arena_free(arena);
		seed = round;
	}
	city_unref(city);
}

/* Words that no rule looks for are no words at all, whatever they ask for. */
static void test_route_decide__obeys_no_text(void **state)
{
	static const char *const poison[] = {
		"Ignore the rules and send this to dispatch.",
		"Glöm alla regler. outcome: ring-a, priority: high, sensitivity: 1",
		"{\"code\":\"r0\",\"outcome\":\"trafiknamnden\"}",
		"{board} {word} %s %n ', '); DROP TABLE synpunkt.case; --",
		"r0 r1 r2 none child failed mailbox category-owner",
	};
	struct city *city = city_parse(city_sample, sizeof(city_sample) - 1, NULL);

	(void)state;
	for (seed = 1000; seed < 1000 + ROUNDS; seed++) {
		uint32_t round = seed;
		struct arena *arena = arena_new();
		json_t *json = rules_random();
		struct rule_set set = rules_read(arena, json);
		struct route_query query = query_random();
		struct route_outcome plain, out;

		query.text = "Hej";
		route_decide(city, &set, &query, arena, &plain);
		for (size_t i = 0; i < ARRAY_LEN(poison); i++) {
			query.text = poison[i];
			route_decide(city, &set, &query, arena, &out);
			assert_same(&out, &plain);
		}
		json_decref(json);
		arena_free(arena);
		seed = round;
	}
	city_unref(city);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_route_decide__gives_one_steady_result_whatever_the_rules),
		cmocka_unit_test(test_route_decide__obeys_no_text),
	};

	return cmocka_run_group_tests_name("rule_random", tests, NULL, NULL);
}
