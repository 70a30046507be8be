/*
 * route_rule - which board gets a case, and why. Pure: a snapshot of the city and a
 * version of its rules in, an outcome and its reason in words out. The same in, the
 * same out, in any thread; nothing in the city or the rules changes.
 *
 * The rules are tried in order and the first that matches decides. A rule matches when
 * each of its conditions does and what its outcome is found by is known (the category,
 * the district, the unit). A board that has ended stands for its successor. What no
 * rule takes goes to the city's dispatch, and so does what a child has written,
 * whatever it says: a person reads it first.
 *
 * A rule that matches and cannot be carried out has failed: its board, unit, handler or
 * policy is no more. The case goes to the dispatch, a person must look, and the reason
 * says which rule and why. No later rule is tried, for the city meant this one.
 *
 * Words match at the beginning of a word, without regard to case: "potthål" matches
 * "Potthålet". By stems whole words are compared, in any of their forms. Several words
 * of a rule are alternatives. Nothing in a text is followed; it is looked for words.
 *
 * What is addressed to a board (a mail to its own address, a deviation of its unit) is
 * that board's, whatever the rules say, unless a rule that names the address does. What
 * the rule that matched says of sensitivity, priority and a person stands all the same.
 */
#ifndef SYNPUNKT_SERVER_ROUTE_RULE_H
#define SYNPUNKT_SERVER_ROUTE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct city;
struct rule_set;

/* A text made fit for comparing, when the first rule asks for it. Whoever tries several
 * rule sets on one text gives the same to each; the arena's is what is in it. */
struct route_words {
	const char *folded, *stems; /* NULL: not made yet */
};

struct route_query {
	const char *category; /* code; NULL: "I do not know" */
	const char *type;     /* code */
	const char *district; /* code; NULL: not known */
	const char *unit;    /* code or name, or whatever the resident wrote; or NULL */
	const char *channel; /* code */
	const char *text;    /* or NULL */
	bool from_child;     /* written with the child's form */
	int32_t date;        /* whose boards, categories and rules count */
	int32_t season_on;   /* the day of receipt, for the season; 0: date */

	const char *const *areas; /* "kind/code" of each it lies in, or NULL */
	const char *language;     /* BCP 47, or NULL */
	const char *mailbox;      /* the address that it came to, or NULL */
	const char *addressed; /* code of the board that it is addressed to, or NULL */
	bool is_taken;         /* by a colleague: addressed is a deviation's board */
	struct route_words *words; /* or NULL: made for this call */
	bool without_because; /* because is left NULL, which spares an allocation */
};

/* The areas of a query, of what synpunkt.areas_at() gave: "kind/code kind/code", or
 * NULL.
 */
const char *const *route_areas_read(const char *text, struct arena *arena);

/* Strings live as long as the city, the rules, the query or the arena. */
struct route_outcome {
	const char *board;     /* code; never NULL */
	const char *unit;      /* code of a known unit, or NULL */
	const char *said_unit; /* the same, when it was named and not the rule's */
	const char *district;  /* as asked, or the known unit's; or NULL */
	const char *category;  /* as asked, or set by the rule; or NULL */
	const char *rule;      /* code of the rule, or one of those below */
	const char
		*failed; /* with ROUTE_FAILED: the rule's code, or NULL: all of them */
	const char *because; /* one sentence in Swedish for the resident */

	const char *handler; /* username: has a role at the board on the day; or NULL */
	bool is_urgent;
	bool needs_human;
	int sensitivity;         /* 1 to 4: of category, child and rule the highest */
	int said_sensitivity;    /* the rule's; 0: it says nothing of it */
	int64_t deadline_policy; /* the policy's number; 0: the ordinary ones */
};

/* An outcome that a rule finds the board of by itself, and no board's code. */
bool route_outcome_is_found(const char *outcome);
extern const char *const route_outcomes[]; /* the same, NULL-terminated */

#define ROUTE_NO_RULE "none"
#define ROUTE_CHILD "child" /* no rule was tried */
#define ROUTE_FAILED "failed"
#define ROUTE_MAILBOX "mailbox" /* it was addressed to the board */
#define ROUTE_DEVIATION "deviation"

/* rules NULL: no rule at all. Whoever routes what comes in gives those of
 * city_rules_on(). */
void route_decide(const struct city *city, const struct rule_set *rules,
	const struct route_query *query, struct arena *arena,
	struct route_outcome *ret);

/* By the rules of the query's date; unreadable ones have failed. */
void route_decide_now(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret);

/* Why a rule did not take a case; or, from ROUTE_WHY_BOARD_GONE, failed at it. */
enum route_why {
	ROUTE_WHY_MATCHED,
	ROUTE_WHY_NOT_IN_FORCE,
	ROUTE_WHY_SEASON,
	ROUTE_WHY_CATEGORY_CHOSEN,
	ROUTE_WHY_CATEGORY,
	ROUTE_WHY_SENSITIVITY,
	ROUTE_WHY_TYPE,
	ROUTE_WHY_DISTRICT,
	ROUTE_WHY_AREA,
	ROUTE_WHY_UNIT,
	ROUTE_WHY_CHANNEL,
	ROUTE_WHY_MAILBOX,
	ROUTE_WHY_LANGUAGE,
	ROUTE_WHY_WORDS,
	ROUTE_WHY_NO_CATEGORY,
	ROUTE_WHY_NO_DISTRICT,
	ROUTE_WHY_NO_DISTRICT_BOARD,
	ROUTE_WHY_NO_UNIT,
	ROUTE_WHY_BOARD_GONE,
	ROUTE_WHY_ADMINISTRATION,
	ROUTE_WHY_UNIT_GONE,
	ROUTE_WHY_UNIT_ELSEWHERE,
	ROUTE_WHY_HANDLER_GONE,
	ROUTE_WHY_POLICY_GONE,
	ROUTE_WHYS,
};

/* "other-category" for programs, "ärendet har en annan kategori" for readers. */
const char *route_why_code(enum route_why why);
const char *route_why_text(enum route_why why);
bool route_why_is_failure(enum route_why why);

/* One rule that was looked at, in order; the last may have matched, or failed. */
struct route_step {
	const char *rule;
	enum route_why why;
};

struct route_trace {
	struct route_outcome outcome;
	const struct route_step *steps;
	size_t n;
};

/* The same as route_decide(), telling how. */
void route_explain(const struct city *city, const struct rule_set *rules,
	const struct route_query *query, struct arena *arena, struct route_trace *ret);

#endif
