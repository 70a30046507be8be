/*
 * deadline - by when a case is to be acknowledged and answered, each with its line of
 * reasoning. Pure: a snapshot of the city in, two days out.
 *
 * The two clocks are apart. For each, the policy row that is valid on the day of
 * receipt and says the most about the case wins: category before board before type;
 * among equals the one that came into force last. A row that a routing rule names wins
 * over all of them, for what it says anything about. The days are working days
 * (working_day.h) after the day of receipt, and the last day is included: an answer on
 * it is in time.
 */
#ifndef SYNPUNKT_SERVER_DEADLINE_H
#define SYNPUNKT_SERVER_DEADLINE_H

#include <stdint.h>

struct arena;
struct city;
struct city_category;

/* Promised where the city has no row at all: what the first migration puts in. */
#define DEADLINE_ACKNOWLEDGE_DAYS 2
#define DEADLINE_ANSWER_DAYS 10

struct deadline_query {
	const char *board;    /* code; NULL: not known */
	const char *category; /* code or NULL */
	const char *type;     /* code or NULL */
	int32_t received_on;  /* local day */
	int64_t policy;       /* the number of the row that a rule chose; 0: none */
};

struct deadline {
	int acknowledge_days, answer_days; /* working days */
	int32_t acknowledge_by, answer_by; /* local days, the last included */
	/* "10 arbetsdagar från 2026-12-22 enligt kategorin Gatubelysning; tiden står
	 * still medan vi väntar på den som skrev" */
	const char *acknowledge_because, *answer_because;
};

/* Only the numbers of days: what is promised before anything is received. */
void deadline_days(const struct city *city, const struct deadline_query *query,
	int *ret_acknowledge, int *ret_answer);

/* The same for a category as such, at the board that owns it; which board that is where
 * each district has its own is not known before there is a place. */
void deadline_category_days(const struct city *city,
	const struct city_category *category, int32_t day, int *ret_acknowledge,
	int *ret_answer);

void deadline_decide(const struct city *city, const struct deadline_query *query,
	struct arena *arena, struct deadline *ret);

#endif
