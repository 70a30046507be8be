#include "server/route_rule.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"

/* In a rule's category: matches "I do not know" only. */
#define RULE_NO_CATEGORY "none"

/* One decision under way. */
struct route {
	const struct city *city;
	const struct route_query *query;
	struct arena *arena;
	const struct city_category *category; /* chosen, and valid on the day */
	const struct city_unit *unit;         /* known, or NULL */
	const char *district;
	const char *folded; /* the text, made when the first words are asked for */

	/* Of the rule that is being tried. */
	const struct city_category *rule_category; /* chosen, or set by the rule */
	const char *word;                          /* that matched, or NULL */
};

/* Conditions and outcomes answer NULL for yes, else why not. */

static const char *match_code(const char *wanted, const char *is, const char *why_not)
{
	if (!wanted || (is && strcmp(wanted, is) == 0))
		return NULL;
	return why_not;
}

static const char *match_category(const struct route *r, const struct city_rule *rule)
{
	if (!rule->category)
		return NULL;
	if (strcmp(rule->category, RULE_NO_CATEGORY) == 0)
		return r->category ? "a category was chosen" : NULL;
	return match_code(rule->category, r->category ? r->category->code : NULL,
		"another category, or none");
}

static const char *match_words(struct route *r, const struct city_rule *rule)
{
	if (!rule->words[0])
		return NULL;
	if (!r->folded)
		r->folded =
			r->query->text ? city_text_fold(r->arena, r->query->text) : "";
	for (size_t i = 0; rule->words[i]; i++) {
		if (strstr(r->folded, rule->words[i])) {
			r->word = rule->words[i] + 1;
			return NULL;
		}
	}
	return "none of the words is in the text";
}

static const char *match_rule(struct route *r, const struct city_rule *rule)
{
	const struct route_query *q = r->query;
	const char *no = NULL;

	if (!city_valid_on(&rule->valid, q->date))
		no = "not in force on the day";
	if (!no)
		no = match_category(r, rule);
	if (!no)
		no = match_code(rule->type, q->type, "another type");
	if (!no)
		no = match_code(
			rule->district, r->district, "another district, or none");
	if (!no)
		no = match_code(rule->unit, r->unit ? r->unit->code : NULL,
			"another unit, or none");
	if (!no)
		no = match_code(rule->channel, q->channel, "another channel");
	if (!no)
		no = match_words(r, rule); /* last: the only one that costs */
	return no;
}

static const char *district_board(const struct route *r, const struct city_board **ret)
{
	if (!r->district)
		return "the district is not known";
	*ret = city_district_board_on(r->city, r->district, r->query->date);
	return *ret ? NULL : "the district has no board on the day";
}

static const char *named_board(
	const struct route *r, const char *code, const struct city_board **ret)
{
	*ret = city_board_on(r->city, code, r->query->date);
	if (*ret && (*ret)->kind == CITY_ADMINISTRATION)
		return "an administration takes no cases";
	return *ret ? NULL : "the board does not exist on the day";
}

static const char *category_owner(const struct route *r, const struct city_board **ret)
{
	if (!r->rule_category)
		return "no category was chosen";
	if (strcmp(r->rule_category->owner, CITY_OWNER_DISTRICT) == 0)
		return district_board(r, ret);
	return named_board(r, r->rule_category->owner, ret);
}

static const char *unit_board(const struct route *r, const struct city_board **ret)
{
	if (!r->unit)
		return "no known unit was named";
	return named_board(r, r->unit->board, ret);
}

static const struct {
	const char *outcome;
	const char *(*find)(const struct route *r, const struct city_board **ret);
} finders[] = {
	{ "category-owner", category_owner },
	{ "district-board", district_board },
	{ "unit-board", unit_board },
};

bool route_outcome_is_found(const char *outcome)
{
	for (size_t i = 0; i < ARRAY_LEN(finders); i++) {
		if (strcmp(finders[i].outcome, outcome) == 0)
			return true;
	}
	return false;
}

static const char *outcome_board(const struct route *r, const struct city_rule *rule,
	const struct city_board **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(finders); i++) {
		if (strcmp(finders[i].outcome, rule->outcome) == 0)
			return finders[i].find(r, ret);
	}
	return named_board(r, rule->outcome, ret);
}

/* What a rule's reason may name in braces; what is not known is left as it stands. */
static const char *placeholder(const struct route *r, const struct city_board *board,
	const char *name, size_t n)
{
	const struct city_district *district = city_district_find(r->city, r->district);
	const struct {
		const char *name, *value;
	} values[] = {
		{ "board", board->name },
		{ "category", r->rule_category ? r->rule_category->name : NULL },
		{ "district", district ? district->name : r->district },
		{ "unit", r->unit ? r->unit->name : NULL },
		{ "word", r->word },
	};

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (strlen(values[i].name) == n &&
			strncmp(values[i].name, name, n) == 0)
			return values[i].value;
	}
	return NULL;
}

static const char *because_fill(const struct route *r, const struct city_rule *rule,
	const struct city_board *board)
{
	const char *from = rule->because, *open, *close, *value;
	char *out = arena_dup(r->arena, "");

	for (open = strchr(from, '{'); open; open = strchr(from, '{')) {
		close = strchr(open, '}');
		if (!close)
			break;
		value = placeholder(r, board, open + 1, (size_t)(close - open - 1));
		out = arena_printf(r->arena, "%s%.*s%s", out, (int)(open - from), from,
			value ? value : "…");
		from = close + 1;
	}
	return arena_printf(r->arena, "%s%s", out, from);
}

static void outcome_fill(const struct route *r, struct route_outcome *ret)
{
	*ret = (struct route_outcome){
		.board = CITY_DISPATCH,
		.unit = r->unit ? r->unit->code : NULL,
		.district = r->district,
		.category = r->category ? r->category->code : r->query->category,
		.rule = ROUTE_NO_RULE,
		.because =
			"Ingen av stadens regler säger vem som ansvarar. Därför läser "
			"en person ärendet och skickar det till rätt nämnd.",
	};
}

/* NULL and the outcome if the rule decides, else why it does not. */
static const char *route_try(
	struct route *r, const struct city_rule *rule, struct route_outcome *ret)
{
	const struct city_board *board = NULL;
	const char *no;

	r->word = NULL;
	r->rule_category = r->category;
	no = match_rule(r, rule);
	if (no)
		return no;
	if (!r->category && rule->sets_category)
		r->rule_category =
			city_category_on(r->city, rule->sets_category, r->query->date);
	no = outcome_board(r, rule, &board);
	if (no)
		return no;
	ret->board = board->code;
	if (r->rule_category)
		ret->category = r->rule_category->code;
	ret->rule = rule->code;
	ret->because = because_fill(r, rule, board);
	return NULL;
}

void route_explain(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret, struct route_trace *ret_trace)
{
	struct route r = {
		.city = city,
		.query = query,
		.arena = arena,
		.category = city_category_on(city, query->category, query->date),
		.unit = city_unit_find_said(city, query->unit, query->date),
	};
	struct route_step *steps =
		ret_trace ? arena_array(arena, city->n_rules, sizeof(*steps)) : NULL;
	const char *no = "";
	size_t n = 0;

	r.district = query->district;
	if (!r.district && r.unit)
		r.district = r.unit->district;
	outcome_fill(&r, ret);
	if (query->from_child) {
		ret->rule = ROUTE_CHILD;
		ret->because =
			"Ett barn har skrivit. Därför läser en person det först.";
		no = NULL;
	}
	for (; n < city->n_rules && no; n++) {
		no = route_try(&r, &city->rules[n], ret);
		if (steps)
			steps[n] = (struct route_step){ city->rules[n].code, no };
	}
	if (ret_trace)
		*ret_trace = (struct route_trace){ steps, n };
}

void route_decide(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret)
{
	route_explain(city, query, arena, ret, NULL);
}
