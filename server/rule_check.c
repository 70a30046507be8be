#include "server/rule_check.h"

#include <stdarg.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_list.h"
#include "server/city.h"
#include "server/day.h"
#include "server/route_rule.h"
#include "server/rule_check_private.h"

void rule_check_add(const struct rule_check *c, const struct rule_finding *finding,
	const char *fmt, ...)
{
	struct rule_report *report = c->report;
	struct rule_finding *copy;
	va_list args;

	report->n++;
	report->n_errors += finding->is_error;
	/* An error is told whatever came before it: who reads must know why. */
	if (report->n > RULE_FINDINGS_MAX &&
		!(finding->is_error && report->n_errors == 1))
		return;
	copy = arena_alloc(c->arena, sizeof(*copy));
	*copy = *finding;
	copy->next = NULL;
	va_start(args, fmt);
	copy->text = arena_vprintf(c->arena, fmt, args);
	va_end(args);
	if (report->last)
		report->last->next = copy;
	else
		report->first = copy;
	report->last = copy;
}

/* The day from which the rule can matter: today, or when it begins. */
static int32_t day_of(const struct rule_check *c, const struct rule *rule)
{
	return rule->valid.from != DAY_NONE && rule->valid.from > c->day
		       ? rule->valid.from
		       : c->day;
}

static void error_named(const struct rule_check *c, const struct rule *rule,
	const char *code, const char *what, const char *name)
{
	rule_check_add(c,
		&(struct rule_finding){
			.is_error = true, .code = code, .rule = rule->code },
		"Regeln %s: %s %s finns inte.", rule->code, what, name);
}

static void warning_ended(const struct rule_check *c, const struct rule *rule,
	const char *code, const char *what, const char *name)
{
	rule_check_add(c, &(struct rule_finding){ .code = code, .rule = rule->code },
		"Regeln %s: %s %s gäller inte längre, så villkoret stämmer aldrig.",
		rule->code, what, name);
}

static void check_categories(const struct rule_check *c, const struct rule *rule)
{
	for (const char *const *code = rule->categories; code && *code; code++) {
		const struct city_category *category =
			city_category_find(c->city, *code);

		if (!strcmp(*code, RULE_NO_CATEGORY))
			continue;
		if (!category)
			error_named(c, rule, "unknown-category", "kategorin", *code);
		else if (category->valid.to != DAY_NONE && category->valid.to < c->day)
			warning_ended(c, rule, "ended-category", "kategorin", *code);
	}
	if (!rule->sets_category)
		return;
	if (!city_category_find(c->city, rule->sets_category))
		error_named(
			c, rule, "unknown-category", "kategorin", rule->sets_category);
	else if (!city_category_on(c->city, rule->sets_category, day_of(c, rule)))
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "ended-category",
				.rule = rule->code },
			"Regeln %s: kategorin %s gäller inte längre.", rule->code,
			rule->sets_category);
}

static void check_places(const struct rule_check *c, const struct rule *rule)
{
	const struct rule_known *known = c->known;

	for (const char *const *code = rule->districts; code && *code; code++) {
		const struct city_district *district =
			city_district_find(c->city, *code);

		if (!district)
			error_named(
				c, rule, "unknown-district", "stadsdelsområdet", *code);
		else if (!city_district_board_on(c->city, *code, day_of(c, rule)))
			rule_check_add(c,
				&(struct rule_finding){ .code = "ended-district",
					.rule = rule->code,
					.district = *code },
				"Regeln %s: stadsdelsområdet %s har ingen nämnd.",
				rule->code, district->name);
	}
	for (const char *const *code = rule->units; code && *code; code++) {
		const struct city_unit *unit = city_unit_find(c->city, *code);

		if (!unit)
			error_named(c, rule, "unknown-unit", "verksamheten", *code);
		else if (unit->valid.to != DAY_NONE && unit->valid.to < c->day)
			warning_ended(
				c, rule, "ended-unit", "verksamheten", unit->name);
	}
	for (const char *const *area = rule->areas; area && *area; area++) {
		if (known->areas && !text_list_has(known->areas, *area))
			error_named(c, rule, "unknown-area", "området", *area);
	}
	for (const char *const *box = rule->mailboxes; box && *box; box++) {
		if (known->mailboxes && !text_list_has(known->mailboxes, *box))
			error_named(c, rule, "unknown-mailbox", "mejladressen", *box);
	}
}

/* The board that the outcome names; NULL: it is found case by case, or is not there. */
static const struct city_board *check_outcome(
	const struct rule_check *c, const struct rule *rule)
{
	const struct city_board *board;

	if (route_outcome_is_found(rule->outcome))
		return NULL;
	if (!city_board_find(c->city, rule->outcome)) {
		error_named(c, rule, "unknown-board", "nämnden", rule->outcome);
		return NULL;
	}
	board = city_board_on(c->city, rule->outcome, day_of(c, rule));
	if (!board)
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "ended-board",
				.rule = rule->code },
			"Regeln %s: %s finns inte den dag då regeln gäller, och ingen "
			"annan nämnd har tagit över.",
			rule->code, city_board_name(c->city, rule->outcome));
	else if (board->kind == CITY_ADMINISTRATION)
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "administration",
				.rule = rule->code },
			"Regeln %s: %s är en förvaltning och tar inte emot ärenden.",
			rule->code, board->name);
	return board;
}

static void check_unit(const struct rule_check *c, const struct rule *rule,
	const struct city_board *board)
{
	const struct city_unit *unit = city_unit_find(c->city, rule->unit);
	int32_t day = day_of(c, rule);

	if (!rule->unit)
		return;
	if (!unit || !city_valid_on(&unit->valid, day))
		error_named(c, rule, "unknown-unit", "verksamheten", rule->unit);
	else if (board && city_board_on(c->city, unit->board, day) != board)
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "unit-elsewhere",
				.rule = rule->code },
			"Regeln %s: %s hör inte till %s.", rule->code, unit->name,
			board->name);
}

/* Who handles the cases of one unit is nobody's handler where the rule neither gives it
 * nor asks for it. */
static bool is_of_unit(const struct rule *rule, const char *unit)
{
	if (!unit)
		return true;
	return rule->unit ? !strcmp(rule->unit, unit)
			  : text_list_has(rule->units, unit);
}

static bool is_handler(const struct rule_check *c, const struct rule *rule,
	const struct city_board *board)
{
	const struct city_handler *rows = c->city->handlers;
	size_t n = c->city->n_handlers;
	int32_t day = day_of(c, rule);

	if (c->known->handlers) {
		rows = c->known->handlers;
		n = c->known->n_handlers;
	}
	for (size_t i = 0; i < n; i++) {
		if (city_handler_is(
			    &rows[i], rule->handler, board ? board->code : NULL, day) &&
			is_of_unit(rule, rows[i].unit))
			return true;
	}
	return false;
}

static void check_given(const struct rule_check *c, const struct rule *rule,
	const struct city_board *board)
{
	const struct city_policy *policy =
		city_policy_find(c->city, rule->deadline_policy);

	check_unit(c, rule, board);
	if (rule->handler && !is_handler(c, rule, board))
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "unknown-handler",
				.rule = rule->code },
			"Regeln %s: %s har ingen roll som handlägger ärenden%s%s.",
			rule->code, rule->handler, board ? " hos " : "",
			board ? board->name : "");
	if (rule->deadline_policy != 0 &&
		(!policy || !city_valid_on(&policy->valid, day_of(c, rule))))
		rule_check_add(c,
			&(struct rule_finding){ .is_error = true,
				.code = "unknown-policy",
				.rule = rule->code },
			"Regeln %s: tidsgränsen %lld finns inte.", rule->code,
			(long long)rule->deadline_policy);
	if (rule->sensitivity != 0 && rule->sensitivity <= rule->sensitivity_at_least)
		rule_check_add(c,
			&(struct rule_finding){
				.code = "sensitivity-as-it-is", .rule = rule->code },
			"Regeln %s höjer inte känsligheten: kategorierna har den "
			"redan.",
			rule->code);
}

/* {word} needs words, and what is misspelled is shown as "…". */
static void check_because(const struct rule_check *c, const struct rule *rule)
{
	static const char *const names[] = { "board", "category", "district", "unit",
		"word", NULL };
	const char *open = strchr(rule->because, '{'), *close;

	for (; open; open = strchr(close, '{')) {
		const char *name;

		close = strchr(open, '}');
		if (!close)
			return;
		name = arena_dup_n(c->arena, open + 1, (size_t)(close - open - 1));
		if (!text_list_has(names, name) ||
			(!strcmp(name, "word") && !rule->words))
			rule_check_add(c,
				&(struct rule_finding){
					.code = "empty-value", .rule = rule->code },
				"Regeln %s: {%s} i motiveringen blir tomt.", rule->code,
				name);
	}
}

static void check_rule(const struct rule_check *c, const struct rule *rule)
{
	const struct city_board *board;

	if (rule->valid.to != DAY_NONE && rule->valid.to < c->day) {
		rule_check_add(c,
			&(struct rule_finding){ .code = "past", .rule = rule->code },
			"Regeln %s gäller inte längre.", rule->code);
		return;
	}
	check_categories(c, rule);
	check_places(c, rule);
	board = check_outcome(c, rule);
	check_given(c, rule, board);
	check_because(c, rule);
}

void rule_check(const struct city *city, const struct rule_set *rules,
	const struct rule_known *known, struct arena *arena, struct rule_report *ret)
{
	const struct rule_check c = { city, rules, known, known->day, arena, ret };

	*ret = (struct rule_report){ 0 };
	for (size_t i = 0; i < rules->n; i++)
		check_rule(&c, &rules->rules[i]);
	rule_check_cover(&c);
	rule_check_table(&c);
}

static const char *const *texts_read(const json_t *list, struct arena *arena)
{
	const char **texts =
		arena_array(arena, json_array_size(list) + 1, sizeof(char *));
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) texts[i] =
		arena_dup(arena, json_string_value(item));
	return texts;
}

static const char *text_read(const json_t *row, const char *name, struct arena *arena)
{
	return arena_dup(arena, json_string_value(json_object_get(row, name)));
}

void rule_known_read(const char *text, struct arena *arena, struct rule_known *ret)
{
	json_t *whole = json_loads(text, 0, NULL);
	const json_t *list = json_object_get(whole, "handlers"), *row;
	struct city_handler *handlers =
		arena_array(arena, json_array_size(list) + 1, sizeof(*handlers));
	size_t i;

	json_array_foreach(list, i, row) handlers[i] = (struct city_handler){
		.username = text_read(row, "username", arena),
		.board = text_read(row, "board", arena),
		.unit = text_read(row, "unit", arena),
		.valid = { rule_day(row, "from"), rule_day(row, "to") },
	};
	ret->handlers = handlers;
	ret->n_handlers = json_array_size(list);
	ret->areas = texts_read(json_object_get(whole, "areas"), arena);
	ret->mailboxes = texts_read(json_object_get(whole, "mailboxes"), arena);
	json_decref(whole);
}

json_t *rule_findings_json(const struct rule_report *report)
{
	json_t *list = json_array();

	for (const struct rule_finding *f = report->first; f; f = f->next)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s}", "severity",
				f->is_error ? "error" : "warning", "code", f->code,
				"rule", f->rule, "other", f->other, "category",
				f->category, "district", f->district, "text", f->text));
	return list;
}
