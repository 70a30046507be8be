#include "server/route_rule.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_list.h"
#include "lib/text_stems.h"
#include "server/city.h"
#include "server/day.h"

/* Of a case whose category nobody knows yet: ordinary personal data. */
#define SENSITIVITY_UNKNOWN 2
/* What a child has written is closed to all but a few, whatever it is about. */
#define SENSITIVITY_CHILD 4

/* One decision under way. */
struct route {
	const struct city *city;
	const struct route_query *query;
	struct arena *arena;
	const struct city_category *category; /* chosen, and valid on the day */
	const struct city_unit *unit;         /* known, or NULL */
	const char *district;
	int season; /* month * 100 + day */
	struct route_words *words;

	/* Of the rule that is being tried. */
	const struct city_category *rule_category; /* chosen, or set by the rule */
	const struct city_unit *rule_unit;         /* known, or given by the rule */
	const char *word;                          /* that matched, or NULL */
};

/* ---- conditions ---- */

static bool is_in(const char *code, const char *const *wanted)
{
	return !wanted || text_list_has(wanted, code);
}

static bool any_is_in(const char *const *codes, const char *const *wanted)
{
	if (!wanted)
		return true;
	for (; codes && *codes; codes++) {
		if (is_in(*codes, wanted))
			return true;
	}
	return false;
}

/* "en" is the language of "en" and of "en-GB". */
static bool is_language(const char *language, const char *const *wanted)
{
	if (!wanted)
		return true;
	for (; language && *wanted; wanted++) {
		size_t n = strlen(*wanted);

		if (!strncmp(language, *wanted, n) &&
			(language[n] == '\0' || language[n] == '-'))
			return true;
	}
	return false;
}

static enum route_why match_category(const struct route *r, const struct rule *rule)
{
	if (!r->category) {
		if (!is_in(RULE_NO_CATEGORY, rule->categories))
			return ROUTE_WHY_CATEGORY;
	} else if (!is_in(r->category->code, rule->categories)) {
		bool for_none = !strcmp(rule->categories[0], RULE_NO_CATEGORY) &&
				!rule->categories[1];

		return for_none ? ROUTE_WHY_CATEGORY_CHOSEN : ROUTE_WHY_CATEGORY;
	}
	if (rule->sensitivity_at_least > (r->category ? r->category->sensitivity : 0))
		return ROUTE_WHY_SENSITIVITY;
	return ROUTE_WHY_MATCHED;
}

static const char *folded_text(struct route *r)
{
	if (!r->words->folded)
		r->words->folded =
			r->query->text ? city_text_fold(r->arena, r->query->text) : " ";
	return r->words->folded;
}

static const char *stemmed_text(struct route *r)
{
	if (!r->words->stems)
		r->words->stems = text_stems(r->arena, folded_text(r));
	return r->words->stems;
}

#define SAID_MAX 40 /* bytes: what is longer is no word to say back */

/* What was written, to the end of its last word: a rule's word may be a beginning. */
static const char *word_said(struct route *r, const char *at, const char *word)
{
	size_t n = strlen(word);

	n += strcspn(at + n, " ");
	return n <= SAID_MAX ? arena_dup_n(r->arena, at, n) : word;
}

static enum route_why match_words(struct route *r, const struct rule *rule)
{
	const char *const *wanted = rule->stems ? rule->stems : rule->words;
	const char *text, *at;

	if (!rule->words)
		return ROUTE_WHY_MATCHED;
	text = rule->stems ? stemmed_text(r) : folded_text(r);
	for (size_t i = 0; wanted[i]; i++) {
		at = strstr(text, wanted[i]);
		if (!at)
			continue;
		r->word = rule->words[i] + 1;
		if (!rule->stems)
			r->word = word_said(r, at + 1, r->word);
		return ROUTE_WHY_MATCHED;
	}
	return ROUTE_WHY_WORDS;
}

static enum route_why match_rule(struct route *r, const struct rule *rule)
{
	const struct route_query *q = r->query;
	enum route_why why;

	if (!city_valid_on(&rule->valid, q->date))
		return ROUTE_WHY_NOT_IN_FORCE;
	if (!rule_is_season(rule, r->season))
		return ROUTE_WHY_SEASON;
	why = match_category(r, rule);
	if (why != ROUTE_WHY_MATCHED)
		return why;
	if (!is_in(q->type, rule->types))
		return ROUTE_WHY_TYPE;
	if (!is_in(r->district, rule->districts))
		return ROUTE_WHY_DISTRICT;
	if (!any_is_in(q->areas, rule->areas))
		return ROUTE_WHY_AREA;
	if (!is_in(r->unit ? r->unit->code : NULL, rule->units))
		return ROUTE_WHY_UNIT;
	if (!is_in(q->channel, rule->channels))
		return ROUTE_WHY_CHANNEL;
	if (!is_in(q->mailbox, rule->mailboxes))
		return ROUTE_WHY_MAILBOX;
	if (!is_language(q->language, rule->languages))
		return ROUTE_WHY_LANGUAGE;
	return match_words(r, rule); /* last: the only one that costs */
}

/* ---- outcomes ---- */

static enum route_why named_board(
	const struct route *r, const char *code, const struct city_board **ret)
{
	*ret = city_board_on(r->city, code, r->query->date);
	if (*ret && (*ret)->kind == CITY_ADMINISTRATION)
		return ROUTE_WHY_ADMINISTRATION;
	return *ret ? ROUTE_WHY_MATCHED : ROUTE_WHY_BOARD_GONE;
}

static bool has_had_board(const struct city *city, const char *district)
{
	for (size_t i = 0; i < city->n_boards; i++) {
		if (city->boards[i].district &&
			!strcmp(city->boards[i].district, district))
			return true;
	}
	return false;
}

static enum route_why district_board(
	const struct route *r, const struct city_board **ret)
{
	if (!r->district)
		return ROUTE_WHY_NO_DISTRICT;
	*ret = city_district_board_on(r->city, r->district, r->query->date);
	if (*ret)
		return ROUTE_WHY_MATCHED;
	return has_had_board(r->city, r->district) ? ROUTE_WHY_BOARD_GONE
						   : ROUTE_WHY_NO_DISTRICT_BOARD;
}

static enum route_why category_owner(
	const struct route *r, const struct city_board **ret)
{
	if (!r->rule_category)
		return ROUTE_WHY_NO_CATEGORY;
	if (strcmp(r->rule_category->owner, CITY_OWNER_DISTRICT) == 0)
		return district_board(r, ret);
	return named_board(r, r->rule_category->owner, ret);
}

static enum route_why unit_board(const struct route *r, const struct city_board **ret)
{
	if (!r->rule_unit)
		return ROUTE_WHY_NO_UNIT;
	return named_board(r, r->rule_unit->board, ret);
}

static const struct {
	const char *outcome;
	enum route_why (*find)(const struct route *r, const struct city_board **ret);
} finders[] = {
	{ "category-owner", category_owner },
	{ "district-board", district_board },
	{ "unit-board", unit_board },
};

const char *const route_outcomes[] = { "category-owner", "district-board", "unit-board",
	NULL };

bool route_outcome_is_found(const char *outcome)
{
	return text_list_has(route_outcomes, outcome);
}

/* The unit that the rule gives, or that was named. */
static enum route_why outcome_unit(struct route *r, const struct rule *rule)
{
	r->rule_unit = r->unit;
	if (!rule->unit)
		return ROUTE_WHY_MATCHED;
	r->rule_unit = city_unit_find(r->city, rule->unit);
	if (!r->rule_unit || !city_valid_on(&r->rule_unit->valid, r->query->date))
		return ROUTE_WHY_UNIT_GONE;
	return ROUTE_WHY_MATCHED;
}

static enum route_why outcome_board(
	const struct route *r, const struct rule *rule, const struct city_board **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(finders); i++) {
		if (strcmp(finders[i].outcome, rule->outcome) == 0)
			return finders[i].find(r, ret);
	}
	return named_board(r, rule->outcome, ret);
}

/* What a board is given along must be its own. */
static enum route_why outcome_fits(
	const struct route *r, const struct rule *rule, const struct city_board *board)
{
	const struct city_policy *policy;
	const struct city_board *own = NULL;

	if (rule->unit)
		own = city_board_on(r->city, r->rule_unit->board, r->query->date);
	if (rule->unit && own != board)
		return ROUTE_WHY_UNIT_ELSEWHERE;
	if (rule->handler &&
		!city_handles_on(r->city, rule->handler, board->code,
			r->rule_unit ? r->rule_unit->code : NULL, r->query->date))
		return ROUTE_WHY_HANDLER_GONE;
	if (rule->deadline_policy != 0) {
		policy = city_policy_find(r->city, rule->deadline_policy);
		if (!policy || !city_valid_on(&policy->valid, r->query->date))
			return ROUTE_WHY_POLICY_GONE;
	}
	return ROUTE_WHY_MATCHED;
}

/* ---- the reason ---- */

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
		{ "unit", r->rule_unit ? r->rule_unit->name : NULL },
		{ "word", r->word },
	};

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (strlen(values[i].name) == n &&
			strncmp(values[i].name, name, n) == 0)
			return values[i].value;
	}
	return NULL;
}

static const char *because_fill(
	const struct route *r, const struct rule *rule, const struct city_board *board)
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

/* ---- the decision ---- */

static void outcome_fill(const struct route *r, struct route_outcome *ret)
{
	*ret = (struct route_outcome){
		.board = CITY_DISPATCH,
		.unit = r->unit ? r->unit->code : NULL,
		.said_unit = r->unit ? r->unit->code : NULL,
		.district = r->district,
		.category = r->category ? r->category->code : r->query->category,
		.rule = ROUTE_NO_RULE,
		.because =
			"Ingen av stadens regler säger vem som ansvarar. Därför läser "
			"en person ärendet och skickar det till rätt nämnd.",
	};
}

static void outcome_marks(const struct rule *rule, struct route_outcome *ret)
{
	ret->is_urgent = rule->is_urgent;
	ret->needs_human = rule->needs_human;
	ret->sensitivity = rule->sensitivity;
	ret->said_sensitivity = rule->sensitivity;
}

static void outcome_failed(struct route_outcome *ret, const struct route *r,
	const char *rule, const char *text)
{
	ret->rule = ROUTE_FAILED;
	ret->failed = rule;
	ret->needs_human = true;
	if (rule && !r->query->without_because)
		text = arena_printf(r->arena,
			"Regeln %s gick inte att följa: %s. Därför läser en person "
			"ärendet och skickar det till rätt nämnd.",
			rule, text);
	ret->because = r->query->without_because ? NULL : text;
}

/* Whether the rule takes the case; or fails at it, and then no other is tried. */
static enum route_why route_try(
	struct route *r, const struct rule *rule, struct route_outcome *ret)
{
	const struct city_board *board = NULL;
	enum route_why why;

	r->word = NULL;
	r->rule_category = r->category;
	why = match_rule(r, rule);
	if (why != ROUTE_WHY_MATCHED)
		return why;
	if (!r->category && rule->sets_category)
		r->rule_category =
			city_category_on(r->city, rule->sets_category, r->query->date);
	why = outcome_unit(r, rule);
	if (why == ROUTE_WHY_MATCHED)
		why = outcome_board(r, rule, &board);
	if (why == ROUTE_WHY_MATCHED)
		why = outcome_fits(r, rule, board);
	if (route_why_is_failure(why)) {
		outcome_marks(rule, ret);
		outcome_failed(ret, r, rule->code, route_why_text(why));
	}
	if (why != ROUTE_WHY_MATCHED)
		return why;
	outcome_marks(rule, ret);
	ret->board = board->code;
	ret->unit = r->rule_unit ? r->rule_unit->code : NULL;
	if (r->rule_category)
		ret->category = r->rule_category->code;
	ret->rule = rule->code;
	ret->handler = rule->handler;
	ret->deadline_policy = rule->deadline_policy;
	ret->because = r->query->without_because ? NULL : because_fill(r, rule, board);
	return why;
}

/* Who wrote to a board's own address wrote to that authority: it has received it. A
 * deviation is its own. What the rules say of words and unit stands when it is of the
 * same board, or when the rule is about that very address. */
static void decide_addressed(
	const struct route *r, const struct rule *matched, struct route_outcome *ret)
{
	const struct route_query *q = r->query;
	const struct city_board *board =
		q->addressed ? city_board_on(r->city, q->addressed, q->date) : NULL;

	if (!board || !strcmp(board->code, ret->board) ||
		(matched && matched->mailboxes))
		return;
	ret->board = board->code;
	ret->unit = r->unit ? r->unit->code : NULL;
	ret->category = q->category;
	ret->rule = q->is_taken ? ROUTE_DEVIATION : ROUTE_MAILBOX;
	ret->failed = NULL;
	ret->handler = NULL;
	ret->deadline_policy = 0;
	ret->because = NULL;
	if (!q->without_because)
		ret->because = arena_printf(r->arena,
			q->is_taken ? "Verksamheten hör till %s."
				    : "Mejlet kom till %s.",
			board->name);
}

/* Upwards only. */
static void decide_sensitivity(const struct route *r, struct route_outcome *ret)
{
	const struct city_category *category =
		city_category_find(r->city, ret->category);
	int least = category ? category->sensitivity : SENSITIVITY_UNKNOWN;

	if (r->query->from_child)
		least = SENSITIVITY_CHILD;
	if (ret->sensitivity < least)
		ret->sensitivity = least;
}

static int season_of(const struct route_query *query)
{
	struct day_civil civil =
		day_to_civil(query->season_on != 0 ? query->season_on : query->date);

	return civil.month * 100 + civil.day;
}

/* The rules, one by one; how many were looked at, and the one that matched or NULL. */
static size_t decide_by_rules(struct route *r, const struct rule_set *rules,
	struct route_step *steps, struct route_outcome *ret,
	const struct rule **ret_rule)
{
	enum route_why why = ROUTE_WHY_WORDS;
	size_t n = 0;

	*ret_rule = NULL;
	while (n < rules->n && why != ROUTE_WHY_MATCHED && !route_why_is_failure(why)) {
		const struct rule *rule = &rules->rules[n];

		why = route_try(r, rule, ret);
		if (steps)
			steps[n] = (struct route_step){ rule->code, why };
		if (why == ROUTE_WHY_MATCHED)
			*ret_rule = rule;
		n++;
	}
	return n;
}

static void route_begin(struct route *r, struct route_words *words)
{
	const struct route_query *query = r->query;

	r->category = city_category_on(r->city, query->category, query->date);
	r->unit = city_unit_find_said(r->city, query->unit, query->date);
	r->district = query->district;
	if (!r->district && r->unit)
		r->district = r->unit->district;
	r->season = season_of(query);
	r->words = query->words ? query->words : words;
}

/* steps has room for all rules, or is NULL. How many were looked at. */
static size_t route_run(struct route *r, const struct rule_set *rules,
	struct route_step *steps, struct route_outcome *ret)
{
	struct route_words words = { 0 };
	const struct rule *matched = NULL;
	size_t n = 0;

	route_begin(r, &words);
	outcome_fill(r, ret);
	if (r->query->from_child) {
		ret->rule = ROUTE_CHILD;
		ret->because =
			"Ett barn har skrivit. Därför läser en person det först.";
	} else if (rules) {
		n = decide_by_rules(r, rules, steps, ret, &matched);
	}
	decide_addressed(r, matched, ret);
	decide_sensitivity(r, ret);
	r->words = NULL;
	return n;
}

const char *const *route_areas_read(const char *text, struct arena *arena)
{
	const char **areas;
	char *rest;
	size_t n = 0;

	if (!text)
		return NULL;
	areas = arena_array(arena, strlen(text) / 2 + 2, sizeof(*areas));
	rest = arena_dup(arena, text);
	while (rest)
		areas[n++] = strsep(&rest, " ");
	return areas;
}

void route_explain(const struct city *city, const struct rule_set *rules,
	const struct route_query *query, struct arena *arena, struct route_trace *ret)
{
	struct route r = { .city = city, .query = query, .arena = arena };
	struct route_step *steps =
		arena_array(arena, rules ? rules->n : 0, sizeof(*steps));

	ret->n = route_run(&r, rules, steps, &ret->outcome);
	ret->steps = steps;
}

void route_decide(const struct city *city, const struct rule_set *rules,
	const struct route_query *query, struct arena *arena, struct route_outcome *ret)
{
	struct route r = { .city = city, .query = query, .arena = arena };

	route_run(&r, rules, NULL, ret);
}

void route_decide_now(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret)
{
	const struct city_rules *rules = city_rules_on(city, query->date);
	const struct route r = { .city = city, .query = query, .arena = arena };

	route_decide(city, rules ? &rules->set : NULL, query, arena, ret);
	if (rules && rules->is_unreadable && !strcmp(ret->rule, ROUTE_NO_RULE))
		outcome_failed(ret, &r, NULL,
			"Stadens regler gick inte att läsa. Därför läser en person "
			"ärendet och skickar det till rätt nämnd.");
}
