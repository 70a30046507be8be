/*
 * Rules that are never reached: whatever one would take, one earlier rule takes first.
 * Only one rule at a time is looked at, so what several take together is not found;
 * what is found is certain.
 */
#include <string.h>

#include "lib/base.h"
#include "lib/text_list.h"
#include "server/city.h"
#include "server/day.h"
#include "server/route_rule.h"
#include "server/rule_check_private.h"

/* Whatever is one of late is one of early. */
static bool list_covers(const char *const *early, const char *const *late)
{
	if (!early)
		return true;
	if (!late)
		return false;
	for (; *late; late++) {
		if (!text_list_has(early, *late))
			return false;
	}
	return true;
}

/* Whatever has one of the late words has one of the early: an early one is in it, from
 * the beginning of a word. Words and stems are not compared with each other. */
static bool words_cover(const struct rule *early, const struct rule *late)
{
	const char *const *ours = early->stems ? early->stems : early->words;
	const char *const *theirs = late->stems ? late->stems : late->words;

	if (!early->words)
		return true;
	if (!late->words || !early->stems != !late->stems)
		return false;
	for (; *theirs; theirs++) {
		size_t i = 0;

		while (ours[i] && !strstr(*theirs, ours[i]))
			i++;
		if (!ours[i])
			return false;
	}
	return true;
}

static bool season_covers(const struct rule *early, const struct rule *late)
{
	if (early->season_from == 0)
		return true;
	if (late->season_from == 0)
		return false;
	for (int i = 0; i < 12 * 31; i++) {
		int day = (i / 31 + 1) * 100 + i % 31 + 1;

		if (rule_is_season(late, day) && !rule_is_season(early, day))
			return false;
	}
	return true;
}

static bool validity_covers(
	const struct city_valid *early, const struct city_valid *late)
{
	bool from = early->from == DAY_NONE ||
		    (late->from != DAY_NONE && late->from >= early->from);
	bool to = early->to == DAY_NONE ||
		  (late->to != DAY_NONE && late->to <= early->to);

	return from && to;
}

static bool conditions_cover(const struct rule *early, const struct rule *late)
{
	return list_covers(early->categories, late->categories) &&
	       list_covers(early->types, late->types) &&
	       list_covers(early->districts, late->districts) &&
	       list_covers(early->areas, late->areas) &&
	       list_covers(early->units, late->units) &&
	       list_covers(early->channels, late->channels) &&
	       list_covers(early->mailboxes, late->mailboxes) &&
	       list_covers(early->languages, late->languages) &&
	       early->sensitivity_at_least <= late->sensitivity_at_least &&
	       validity_covers(&early->valid, &late->valid) &&
	       season_covers(early, late) && words_cover(early, late);
}

/* Of each category that late is for the owner is one board. */
static bool owners_are_boards(const struct rule_check *c, const struct rule *late)
{
	for (const char *const *code = late->categories; *code; code++) {
		const struct city_category *category =
			city_category_on(c->city, *code, c->day);

		if (!category || !strcmp(category->owner, CITY_OWNER_DISTRICT))
			return false;
	}
	return true;
}

/* What early's board is found by is known of everything that late would take. */
static bool is_certain(
	const struct rule_check *c, const struct rule *early, const struct rule *late)
{
	if (!route_outcome_is_found(early->outcome))
		return true;
	if (!strcmp(early->outcome, "unit-board"))
		return early->unit || late->units;
	/* A district without a board lets a case through. */
	if (!strcmp(early->outcome, "district-board"))
		return false;
	return late->categories && !text_list_has(late->categories, RULE_NO_CATEGORY) &&
	       owners_are_boards(c, late);
}

/* The first that is before it and takes all of it; NULL: it is reached. */
static const struct rule *covered_by(const struct rule_check *c, size_t late)
{
	const struct rule *rules = c->rules->rules;

	for (size_t early = 0; early < late; early++) {
		if (conditions_cover(&rules[early], &rules[late]) &&
			is_certain(c, &rules[early], &rules[late]))
			return &rules[early];
	}
	return NULL;
}

void rule_check_cover(const struct rule_check *c)
{
	for (size_t i = 1; i < c->rules->n; i++) {
		const struct rule *late = &c->rules->rules[i];
		const struct rule *early = covered_by(c, i);

		if (early)
			rule_check_add(c,
				&(struct rule_finding){ .code = "unreachable",
					.rule = late->code,
					.other = early->code },
				"Regeln %s används aldrig: %s kommer före och tar allt "
				"som den gäller.",
				late->code, early->code);
	}
}
