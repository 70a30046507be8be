/*
 * rule_set - the city's routing rules, one version of them, as they are evaluated.
 *
 * A version is a JSON array of rules in the order in which they are tried. It is read
 * from the snapshot of the city, from a file, and from what somebody saves at the desk;
 * the same reader judges all of them. What a rule names (boards, categories, units) is
 * not looked up here: rule_check.h does that, and route_rule.h meets what is gone.
 *
 * Immutable once read, and safe to read from many threads.
 */
#ifndef SYNPUNKT_SERVER_RULE_SET_H
#define SYNPUNKT_SERVER_RULE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "server/city_valid.h"

struct arena;
struct error;
struct faults;

#define RULES_MAX 500                          /* of a version */
#define RULE_LIST_MAX 50                       /* items of a list of a rule */
#define RULE_WORD_MAX 100                      /* code points of a word or phrase */
#define RULE_BECAUSE_MAX 500                   /* code points */
#define RULE_SET_BYTES_MAX ((size_t)256 << 10) /* of a version, as JSON */

/* In a rule's categories: "I do not know". */
#define RULE_NO_CATEGORY "none"

/* Lists are NULL-terminated; NULL itself matches anything. */
struct rule {
	const char *code;
	const char *const *categories, *const *types, *const *districts;
	const char *const *areas; /* "kind/code" */
	const char *const *units, *const *channels, *const *mailboxes,
							    *const *languages;
	int sensitivity_at_least;   /* of the category; 0: any */
	const char *const *words;   /* folded, without the last space */
	const char *const *stems;   /* of the same words, where stems are compared */
	int season_from, season_to; /* month * 100 + day; 0: the whole year */
	struct city_valid valid;

	const char *sets_category; /* where none was chosen; or NULL */
	const char *outcome;
	const char *unit, *handler; /* code and username, or NULL */
	bool is_urgent;             /* priority "high" */
	int sensitivity;            /* at least this; 0: not said */
	int64_t deadline_policy;    /* the policy's number; 0: not said */
	bool needs_human;
	const char *because;
};

struct rule_set {
	const struct rule *rules;
	size_t n;
	bool asks_areas; /* a rule of it does */
};

/* Is the day, month * 100 + day, in the rule's time of year? From November to March is
 * the end of one year and the beginning of another. */
bool rule_is_season(const struct rule *rule, int day);

/* The rule of that code; NULL: there is none. */
const struct rule *rule_find(const struct rule_set *set, const char *code);

/* Might the rule of that code, which took a case, have set its category? For cases
 * whose events do not tell what was chosen. set may be NULL. */
bool rule_would_set(const struct rule_set *set, const char *code, const char *category);

/* A day of a JSON object, "YYYY-MM-DD"; DAY_NONE: there is none. */
int32_t rule_day(const json_t *whole, const char *name);

/* All faults at once, by member ("rules[3].categories[0]"). The rules are the arena's.
 * 0, or -1 with at least one fault and ret as it was. */
int rule_set_read(const json_t *rules, struct arena *arena, struct faults *faults,
	struct rule_set *ret);

/* Of a text; the first fault is the error (ERR_INVALID). One that the database has
 * written is up to twice as long as what was saved, for it puts spaces in. */
int rule_set_parse(const char *json, size_t n, struct arena *arena,
	struct rule_set *ret, struct error *err);

#endif
