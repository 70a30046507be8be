#include "server/deadline.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"
#include "server/day.h"
#include "server/working_day.h"

/* How much a row says about the case, or -1 if it is about another. */
static int policy_weight(const struct city_policy *p, const struct deadline_query *q)
{
	const struct {
		const char *wanted, *is;
		int weight;
	} conditions[] = {
		{ p->category, q->category, 4 },
		{ p->board, q->board, 2 },
		{ p->type, q->type, 1 },
	};
	int sum = 0;

	if (!city_valid_on(&p->valid, q->received_on))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		if (!conditions[i].wanted)
			continue;
		if (!conditions[i].is ||
			strcmp(conditions[i].wanted, conditions[i].is) != 0)
			return -1;
		sum += conditions[i].weight;
	}
	return sum;
}

static int acknowledge_days(const struct city_policy *p)
{
	return p->acknowledge_days;
}

static int answer_days(const struct city_policy *p)
{
	return p->answer_days;
}

/* The row for one clock; NULL if the city has none. Rows come with the latest to come
 * into force first, so the first of equals wins. */
static const struct city_policy *policy_find(const struct city *city,
	const struct deadline_query *query, int (*days)(const struct city_policy *))
{
	const struct city_policy *best = NULL;
	int best_weight = -1;

	if (query->policy != 0)
		best = city_policy_find(city, query->policy);
	if (best && days(best) >= 0)
		return best;
	best = NULL;

	for (size_t i = 0; i < city->n_policies; i++) {
		const struct city_policy *p = &city->policies[i];
		int weight = days(p) < 0 ? -1 : policy_weight(p, query);

		if (weight > best_weight) {
			best = p;
			best_weight = weight;
		}
	}
	return best;
}

static const struct {
	const char *code, *name;
} types[] = {
	{ "complaint", "klagomål" },
	{ "suggestion", "förslag" },
	{ "praise", "beröm" },
	{ "question", "frågor" },
	{ "fault-report", "felanmälningar" },
	{ "deviation", "avvikelser" },
	{ "citizen-proposal", "medborgarförslag" },
};

static const char *type_name(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].code, code) == 0)
			return types[i].name;
	}
	return code;
}

/* "kategorin Gatubelysning, Trafiknämnden, felanmälningar (skollagen 4 kap. 8 §)" */
static const char *policy_ground(
	const struct city *city, const struct city_policy *p, struct arena *arena)
{
	const char *text = "";

	if (!p || (!p->category && !p->board && !p->type))
		text = "stadens grundregel";
	if (p && p->category)
		text = arena_printf(
			arena, "kategorin %s", city_category_name(city, p->category));
	if (p && p->board)
		text = arena_printf(arena, "%s%s%s", text, text[0] ? ", " : "",
			city_board_name(city, p->board));
	if (p && p->type)
		text = arena_printf(arena, "%s%s%s", text,
			text[0] ? ", " : "regeln för ", type_name(p->type));
	if (p && p->because)
		text = arena_printf(arena, "%s (%s)", text, p->because);
	return text;
}

/* "; tiden står still medan vi väntar på den som klagar": where the clock of the answer
 * stops is a setting, and is shown with what it was set by. */
static const char *policy_stops(const struct city_policy *p)
{
	bool complainant = !p || p->stops_for_complainant;
	bool other = p && p->stops_for_other;

	if (complainant && other)
		return "; tiden står still medan vi väntar på den som skrev eller på "
		       "någon annan";
	if (complainant)
		return "; tiden står still medan vi väntar på den som skrev";
	if (other)
		return "; tiden står still medan vi väntar på någon annan";
	return "; tiden går också medan vi väntar";
}

struct clock {
	int days;
	int32_t by;
	const char *because;
};

static struct clock clock_set(const struct city *city,
	const struct deadline_query *query, struct arena *arena,
	const struct city_policy *policy, int days)
{
	struct clock clock = { .days = days, .by = query->received_on };
	char from[DAY_TEXT];

	/* Outside the years that the calendar knows no promise can be reckoned; the day
	 * itself is the one that promises nothing too late. */
	(void)working_day_add(
		query->received_on, days, &city->exceptions, &clock.by, NULL);
	clock.because = arena_printf(arena, "%d %s från %s enligt %s", days,
		days == 1 ? "arbetsdag" : "arbetsdagar",
		day_format(query->received_on, from),
		policy_ground(city, policy, arena));
	return clock;
}

void deadline_days(const struct city *city, const struct deadline_query *query,
	int *ret_acknowledge, int *ret_answer)
{
	const struct city_policy *acknowledge =
		policy_find(city, query, acknowledge_days);
	const struct city_policy *answer = policy_find(city, query, answer_days);

	*ret_acknowledge =
		acknowledge ? acknowledge->acknowledge_days : DEADLINE_ACKNOWLEDGE_DAYS;
	*ret_answer = answer ? answer->answer_days : DEADLINE_ANSWER_DAYS;
}

void deadline_category_days(const struct city *city,
	const struct city_category *category, int32_t day, int *ret_acknowledge,
	int *ret_answer)
{
	bool by_district = strcmp(category->owner, CITY_OWNER_DISTRICT) == 0;
	const struct deadline_query query = {
		.board = by_district ? NULL : category->owner,
		.category = category->code,
		.received_on = day,
	};

	deadline_days(city, &query, ret_acknowledge, ret_answer);
}

void deadline_decide(const struct city *city, const struct deadline_query *query,
	struct arena *arena, struct deadline *ret)
{
	struct clock acknowledge, answer;
	int acknowledge_in, answer_in;

	deadline_days(city, query, &acknowledge_in, &answer_in);
	acknowledge = clock_set(city, query, arena,
		policy_find(city, query, acknowledge_days), acknowledge_in);
	answer = clock_set(
		city, query, arena, policy_find(city, query, answer_days), answer_in);
	answer.because = arena_printf(arena, "%s%s", answer.because,
		policy_stops(policy_find(city, query, answer_days)));
	*ret = (struct deadline){
		.acknowledge_days = acknowledge_in,
		.acknowledge_by = acknowledge.by,
		.acknowledge_because = acknowledge.because,
		.answer_days = answer_in,
		.answer_by = answer.by,
		.answer_because = answer.because,
	};
}
