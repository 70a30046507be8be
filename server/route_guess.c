#include "server/route_guess.h"

#include <string.h>

#include "lib/arena.h"
#include "server/city.h"

/* Of a subject that is set by itself, at most. */
#define SENSITIVITY_GUESSED 2
/* How that is told, to the resident and at the desk. */
#define GUESS_BECAUSE "Ämnet är satt automatiskt av texten"

/* The rules left the subject open, and asked for nobody. */
static bool is_open(const struct route_query *query, const struct route_outcome *out)
{
	return !query->from_child && !out->category && !out->needs_human &&
	       !out->failed && !out->handler;
}

static bool may_be_set(const struct city_category *category)
{
	return category && category->sensitivity <= SENSITIVITY_GUESSED &&
	       !category->needs_triage;
}

static bool fits(const struct route_query *query, const struct route_outcome *before,
	const struct route_outcome *then)
{
	bool is_nobodys = !query->addressed && !strcmp(before->board, CITY_DISPATCH);

	return !then->failed && !then->needs_human &&
	       (is_nobodys || !strcmp(before->board, then->board));
}

static int highest(int a, int b)
{
	return a > b ? a : b;
}

static void take(const struct route_query *query, const struct route_outcome *then,
	struct arena *arena, struct route_outcome *ret)
{
	const struct route_outcome before = *ret;

	if (strcmp(before.board, then->board) != 0)
		*ret = *then;
	ret->category = then->category;
	ret->is_urgent = before.is_urgent || then->is_urgent;
	ret->said_sensitivity =
		highest(before.said_sensitivity, then->said_sensitivity);
	/* Of nobody's subject it was that of not knowing. */
	ret->sensitivity = highest(before.said_sensitivity, then->sensitivity);
	if (!query->without_because)
		ret->because =
			arena_printf(arena, "%s " GUESS_BECAUSE ".", ret->because);
}

bool route_guess(const struct city *city, const struct route_guessing *guessing,
	struct arena *arena, struct route_outcome *ret)
{
	const struct route_query *query = guessing->query;
	const struct city_category *category =
		guessing->guessed && is_open(query, ret)
			? city_category_on(city, guessing->guessed, query->date)
			: NULL;
	struct route_query as_chosen = *query;
	struct route_outcome then;

	if (!may_be_set(category))
		return false;
	as_chosen.category = category->code;
	as_chosen.addressed = NULL;
	as_chosen.is_taken = false;
	route_decide(city, guessing->rules, &as_chosen, arena, &then);
	if (!then.category || strcmp(then.category, category->code) != 0 ||
		!fits(query, ret, &then))
		return false;
	take(query, &then, arena, ret);
	return true;
}
