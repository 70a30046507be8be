/*
 * route_rule - which board gets a case, and why. Pure: a snapshot of the city in, an
 * outcome and its reason in words out.
 *
 * The city's rules are tried in order and the first that matches decides. A rule
 * matches when each of its conditions does (category, type, district, unit, channel,
 * words) and its outcome finds a board that exists on the day; a board that has ended
 * stands for its successor. What no rule takes goes to the city's dispatch, and so does
 * what a child has written, whatever it says: a person reads it first.
 *
 * Words match at the beginning of a word, without regard to case: "potthål" matches
 * "Potthålet". Several words of a rule are alternatives.
 */
#ifndef SYNPUNKT_SERVER_ROUTE_RULE_H
#define SYNPUNKT_SERVER_ROUTE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct city;

struct route_query {
	const char *category; /* code; NULL: "I do not know" */
	const char *type;     /* code */
	const char *district; /* code; NULL: not known */
	const char *unit;    /* code or name, or whatever the resident wrote; or NULL */
	const char *channel; /* code */
	const char *text;    /* or NULL */
	bool from_child;     /* written with the child's form */
	int32_t date;        /* local day of receipt */
};

/* Strings live as long as the city, the query or the arena. */
struct route_outcome {
	const char *board;    /* code; never NULL */
	const char *unit;     /* code of a known unit, or NULL */
	const char *district; /* as asked, or the known unit's; or NULL */
	const char *category; /* as asked, or set by the rule; or NULL */
	const char *rule;     /* code of the rule; "none" when none matched */
	const char *because;  /* one sentence in Swedish for the resident */
};

/* An outcome that a rule finds the board of by itself, and no board's code. */
bool route_outcome_is_found(const char *outcome);

#define ROUTE_NO_RULE "none"
#define ROUTE_CHILD "child" /* no rule was tried */

void route_decide(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret);

/* One rule that was looked at, in order; why_not is NULL for the one that matched. */
struct route_step {
	const char *rule;
	const char *why_not;
};

struct route_trace {
	const struct route_step *steps;
	size_t n;
};

/* The same, telling how. ret_trace may be NULL. */
void route_explain(const struct city *city, const struct route_query *query,
	struct arena *arena, struct route_outcome *ret, struct route_trace *ret_trace);

#endif
