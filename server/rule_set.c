#include "server/rule_set.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/text_list.h"
#include "lib/text_stems.h"
#include "lib/utf8.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/day.h"

#define CODE_MAX 100 /* bytes; no code of the city is longer */

/* One rule under way. */
struct reader {
	struct arena *arena;
	struct faults *faults;
	const json_t *json;
	size_t i; /* of the rule */
	struct rule *rule;
};

static const char *member_name(const struct reader *r, const char *member)
{
	return arena_printf(r->faults->arena, "rules[%zu].%s", r->i, member);
}

static const char *item_name(const struct reader *r, const char *member, size_t item)
{
	return arena_printf(r->faults->arena, "rules[%zu].%s[%zu]", r->i, member, item);
}

static bool is_code(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return text[0] && text[0] != '-' && strspn(text, letters) == strlen(text) &&
	       text[strlen(text) - 1] != '-' && !strstr(text, "--");
}

/* What a text must be. */
enum text_kind {
	TEXT_CODE,
	TEXT_TYPE,
	TEXT_CHANNEL,
	TEXT_PRIORITY,
	TEXT_ADDRESS,
	TEXT_LANGUAGE,
	TEXT_WORDS,
	TEXT_USERNAME,
	TEXT_BECAUSE,
};

static bool is_language(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	return strspn(text, letters) == strlen(text) && strlen(text) >= 2 &&
	       strlen(text) <= 3;
}

static bool is_short(const char *text, size_t max)
{
	return utf8_count(text, strlen(text)) <= max;
}

/* NULL: it is one; else the fault, a generic key or words. */
static const char *text_fault(
	const struct reader *r, enum text_kind kind, const char *text)
{
	static const char *const priorities[] = { "high", NULL };

	if (utf8_is_blank(text, strlen(text)))
		return "fault.blank";
	switch (kind) {
	case TEXT_CODE:
		return is_code(text) && strlen(text) <= CODE_MAX ? NULL
								 : "must be a code";
	case TEXT_TYPE:
		return text_list_has(case_types, text) ? NULL : "fault.unknown-code";
	case TEXT_CHANNEL:
		return text_list_has(case_channels, text) ? NULL : "fault.unknown-code";
	case TEXT_PRIORITY:
		return text_list_has(priorities, text) ? NULL : "must be \"high\"";
	case TEXT_ADDRESS:
		return strchr(text, '@') && is_short(text, 254) ? NULL
								: "fault.not-email";
	case TEXT_LANGUAGE:
		return is_language(text) ? NULL : "fault.not-language";
	case TEXT_WORDS:
		if (!is_short(text, RULE_WORD_MAX))
			return "must have at most 100 characters";
		return city_text_fold(r->arena, text)[1]
			       ? NULL
			       : "must have a letter or a digit";
	case TEXT_USERNAME:
		return is_short(text, CODE_MAX) ? NULL : "is no username";
	case TEXT_BECAUSE:
		return is_short(text, RULE_BECAUSE_MAX)
			       ? NULL
			       : "must have at most 500 characters";
	}
	return NULL;
}

/* The arena's copy; NULL after a fault. */
static const char *text_read(
	struct reader *r, const json_t *value, enum text_kind kind, const char *name)
{
	const char *text = json_string_value(value), *fault = "fault.not-text";

	if (text && strlen(text) != json_string_length(value))
		fault = "fault.null-character";
	else if (text)
		fault = text_fault(r, kind, text);
	if (!fault)
		return arena_dup(r->arena, text);
	if (!strncmp(fault, "fault.", strlen("fault.")))
		faults_add_key(r->faults, name, fault, NULL);
	else
		faults_add(r->faults, name, "%s", fault);
	return NULL;
}

/* ---- lists ---- */

static const struct list_member {
	const char *name;
	enum text_kind kind;
	size_t offset;
} lists[] = {
	{ "categories", TEXT_CODE, offsetof(struct rule, categories) },
	{ "types", TEXT_TYPE, offsetof(struct rule, types) },
	{ "districts", TEXT_CODE, offsetof(struct rule, districts) },
	{ "units", TEXT_CODE, offsetof(struct rule, units) },
	{ "channels", TEXT_CHANNEL, offsetof(struct rule, channels) },
	{ "mailboxes", TEXT_ADDRESS, offsetof(struct rule, mailboxes) },
	{ "languages", TEXT_LANGUAGE, offsetof(struct rule, languages) },
	{ "words", TEXT_WORDS, offsetof(struct rule, words) },
};

/* The list of a member with room for its end; NULL: it is not given, or faulty. An
 * empty list would match nothing, and says less than no list. */
static const char **list_new(struct reader *r, const char *member, const json_t **ret)
{
	const json_t *list = json_object_get(r->json, member);

	*ret = list;
	if (!list || json_is_null(list))
		return NULL;
	if (!json_is_array(list))
		faults_add_key(
			r->faults, member_name(r, member), "fault.not-list", NULL);
	else if (json_array_size(list) == 0)
		faults_add(r->faults, member_name(r, member),
			"must have an item, or be left out");
	else if (json_array_size(list) > RULE_LIST_MAX)
		faults_add(r->faults, member_name(r, member),
			"must have at most %d items", RULE_LIST_MAX);
	else
		return arena_array(r->arena, json_array_size(list) + 1, sizeof(char *));
	return NULL;
}

static const char *lowered(struct arena *arena, const char *text)
{
	char *copy = arena_dup(arena, text);

	for (char *c = copy; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

static void list_read(struct reader *r, const struct list_member *m)
{
	const json_t *list, *item;
	const char **texts = list_new(r, m->name, &list);
	size_t i, n = 0;

	if (!texts)
		return;
	json_array_foreach(list, i, item)
	{
		const char *text =
			text_read(r, item, m->kind, item_name(r, m->name, i));

		if (text && m->kind == TEXT_ADDRESS)
			text = lowered(r->arena, text);
		if (text)
			texts[n++] = text;
	}
	memcpy((char *)r->rule + m->offset, &texts, sizeof(texts));
}

static void areas_read(struct reader *r)
{
	const json_t *list, *item;
	const char **areas = list_new(r, "areas", &list);
	size_t i, n = 0;

	if (!areas)
		return;
	json_array_foreach(list, i, item)
	{
		const char *kind = json_string_value(json_object_get(item, "kind"));
		const char *code = json_string_value(json_object_get(item, "code"));

		if (kind && code && is_code(kind) && is_code(code))
			areas[n++] = arena_printf(r->arena, "%s/%s", kind, code);
		else
			faults_add(r->faults, item_name(r, "areas", i),
				"must be {\"kind\": CODE, \"code\": CODE}");
	}
	r->rule->areas = areas;
}

/* Folded, and open at the end: " potthål" is in " potthålet ". Stems are closed. */
static void words_fold(struct reader *r, bool stems)
{
	const char **words = (const char **)(uintptr_t)r->rule->words;
	const char **stemmed;
	size_t n = 0;

	while (words && words[n])
		n++;
	stemmed = stems && words ? arena_array(r->arena, n + 1, sizeof(char *)) : NULL;
	for (size_t i = 0; i < n; i++) {
		char *folded = city_text_fold(r->arena, words[i]);

		if (stemmed)
			stemmed[i] = text_stems(r->arena, folded);
		folded[strlen(folded) - 1] = '\0';
		words[i] = folded;
	}
	r->rule->stems = stemmed;
}

/* ---- single members ---- */

static const struct text_member {
	const char *name;
	enum text_kind kind;
	bool is_required;
	size_t offset;
} texts[] = {
	{ "code", TEXT_CODE, true, offsetof(struct rule, code) },
	{ "setsCategory", TEXT_CODE, false, offsetof(struct rule, sets_category) },
	{ "outcome", TEXT_CODE, true, offsetof(struct rule, outcome) },
	{ "unit", TEXT_CODE, false, offsetof(struct rule, unit) },
	{ "handler", TEXT_USERNAME, false, offsetof(struct rule, handler) },
	{ "because", TEXT_BECAUSE, true, offsetof(struct rule, because) },
};

static void member_read(struct reader *r, const struct text_member *m)
{
	const json_t *value = json_object_get(r->json, m->name);
	const char *text = NULL;

	if (value && !json_is_null(value))
		text = text_read(r, value, m->kind, member_name(r, m->name));
	else if (m->is_required)
		faults_add_key(
			r->faults, member_name(r, m->name), "fault.required", NULL);
	memcpy((char *)r->rule + m->offset, &text, sizeof(text));
}

static bool flag_read(struct reader *r, const char *member)
{
	const json_t *value = json_object_get(r->json, member);

	if (value && !json_is_null(value) && !json_is_boolean(value))
		faults_add_key(
			r->faults, member_name(r, member), "fault.not-boolean", NULL);
	return json_is_true(value);
}

static int64_t number_read(struct reader *r, const char *member, int64_t max)
{
	const json_t *value = json_object_get(r->json, member);

	if (!value || json_is_null(value))
		return 0;
	if (json_is_integer(value) && json_integer_value(value) >= 1 &&
		json_integer_value(value) <= max)
		return json_integer_value(value);
	faults_add(r->faults, member_name(r, member),
		max == INT64_MAX ? "must be a number" : "must be 1 to %d", (int)max);
	return 0;
}

static int32_t day_read(struct reader *r, const char *member)
{
	const json_t *value = json_object_get(r->json, member);
	const char *text = json_string_value(value);
	int32_t day = DAY_NONE;

	if (value && !json_is_null(value) && (!text || day_parse(text, &day, NULL) < 0))
		faults_add(r->faults, member_name(r, member), "must be a date");
	return day;
}

/* "11-01" as 1101; 0 is none. The day is one of a leap year. */
static int month_day(const char *text)
{
	char whole[DAY_TEXT];
	struct day_civil civil;
	int32_t day;

	if (!text || strlen(text) != strlen("MM-DD"))
		return 0;
	snprintf(whole, sizeof(whole), "2024-%s", text);
	if (day_parse(whole, &day, NULL) < 0)
		return 0;
	civil = day_to_civil(day);
	return civil.month * 100 + civil.day;
}

static void season_read(struct reader *r)
{
	const json_t *season = json_object_get(r->json, "season");
	struct rule *rule = r->rule;

	if (!season || json_is_null(season))
		return;
	rule->season_from =
		month_day(json_string_value(json_object_get(season, "from")));
	rule->season_to = month_day(json_string_value(json_object_get(season, "to")));
	if (rule->season_from == 0 || rule->season_to == 0)
		faults_add(r->faults, member_name(r, "season"),
			"must be {\"from\": \"MM-DD\", \"to\": \"MM-DD\"}");
}

/* A condition that is misspelled would let a rule match more than was meant. */
static void unknown_judge(struct reader *r)
{
	static const char *const others[] = { "areas", "sensitivityAtLeast", "stems",
		"season", "validFrom", "validTo", "priority", "sensitivity",
		"deadlinePolicy", "needsHuman", NULL };
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)r->json, name, value)
	{
		bool known = text_list_has(others, name);

		for (size_t i = 0; i < ARRAY_LEN(lists); i++)
			known = known || !strcmp(name, lists[i].name);
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			known = known || !strcmp(name, texts[i].name);
		if (!known && utf8_count(name, strlen(name)) <= CODE_MAX)
			faults_add(r->faults, member_name(r, name),
				"is no member of a rule");
		else if (!known)
			faults_add(r->faults, member_name(r, "…"),
				"is no member of a rule");
	}
}

static void rule_read(struct reader *r)
{
	struct rule *rule = r->rule;
	const json_t *priority = json_object_get(r->json, "priority");

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		list_read(r, &lists[i]);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		member_read(r, &texts[i]);
	areas_read(r);
	words_fold(r, flag_read(r, "stems"));
	season_read(r);
	rule->sensitivity_at_least = (int)number_read(r, "sensitivityAtLeast", 4);
	rule->sensitivity = (int)number_read(r, "sensitivity", 4);
	rule->deadline_policy = number_read(r, "deadlinePolicy", INT64_MAX);
	rule->needs_human = flag_read(r, "needsHuman");
	rule->valid.from = day_read(r, "validFrom");
	rule->valid.to = day_read(r, "validTo");
	if (rule->valid.from != DAY_NONE && rule->valid.to != DAY_NONE &&
		rule->valid.to < rule->valid.from)
		faults_add(r->faults, member_name(r, "validTo"),
			"must not be before validFrom");
	if (priority && !json_is_null(priority))
		rule->is_urgent = text_read(r, priority, TEXT_PRIORITY,
					  member_name(r, "priority")) != NULL;
	unknown_judge(r);
}

static bool is_code_of(const struct rule *rules, size_t n, const char *code)
{
	for (size_t i = 0; code && i < n; i++) {
		if (rules[i].code && !strcmp(rules[i].code, code))
			return true;
	}
	return false;
}

static void codes_judge(const struct rule *rules, size_t n, struct faults *faults)
{
	for (size_t i = 1; i < n; i++) {
		if (is_code_of(rules, i, rules[i].code))
			faults_add(faults,
				arena_printf(faults->arena, "rules[%zu].code", i),
				"is there already");
	}
}

bool rule_is_season(const struct rule *rule, int day)
{
	if (rule->season_from == 0)
		return true;
	if (rule->season_from <= rule->season_to)
		return rule->season_from <= day && day <= rule->season_to;
	return rule->season_from <= day || day <= rule->season_to;
}

const struct rule *rule_find(const struct rule_set *set, const char *code)
{
	for (size_t i = 0; i < set->n; i++) {
		if (!strcmp(set->rules[i].code, code))
			return &set->rules[i];
	}
	return NULL;
}

bool rule_would_set(const struct rule_set *set, const char *code, const char *category)
{
	const struct rule *rule = set && code ? rule_find(set, code) : NULL;

	return rule && rule->sets_category && !strcmp(rule->sets_category, category) &&
	       (!rule->categories || text_list_has(rule->categories, RULE_NO_CATEGORY));
}

int32_t rule_day(const json_t *whole, const char *name)
{
	const char *text = json_string_value(json_object_get(whole, name));
	int32_t day;

	return text && day_parse(text, &day, NULL) == 0 ? day : DAY_NONE;
}

int rule_set_read(const json_t *json, struct arena *arena, struct faults *faults,
	struct rule_set *ret)
{
	size_t n = json_array_size(json), before = faults->n;
	struct rule *rules;

	if (!json_is_array(json))
		faults_add_key(faults, "rules", "fault.not-list", NULL);
	else if (n > RULES_MAX)
		faults_add(faults, "rules", "must be at most %d", RULES_MAX);
	if (faults->n > before)
		return -1;
	rules = arena_array(arena, n, sizeof(*rules));
	for (size_t i = 0; i < n; i++) {
		struct reader r = { arena, faults, json_array_get(json, i), i,
			&rules[i] };

		if (json_is_object(r.json))
			rule_read(&r);
		else
			faults_add_key(faults,
				arena_printf(faults->arena, "rules[%zu]", i),
				"fault.not-object", NULL);
	}
	codes_judge(rules, n, faults);
	if (faults->n > before)
		return -1;
	*ret = (struct rule_set){ rules, n, false };
	for (size_t i = 0; i < n; i++)
		ret->asks_areas = ret->asks_areas || rules[i].areas;
	return 0;
}

int rule_set_parse(const char *json, size_t n, struct arena *arena,
	struct rule_set *ret, struct error *err)
{
	json_error_t why;
	struct faults faults;
	json_t *root;
	int rc;

	if (n > 2 * RULE_SET_BYTES_MAX)
		return error_set(err, ERR_TOO_LARGE, "the rules are too large");
	root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		return error_set(err, ERR_INVALID, "line %d: %s", why.line, why.text);
	faults_init(&faults, arena);
	rc = rule_set_read(root, arena, &faults, ret);
	json_decref(root);
	if (rc < 0)
		return error_set(err, ERR_INVALID, "%s: %s", faults.first->name,
			faults.first->reason);
	return 0;
}
