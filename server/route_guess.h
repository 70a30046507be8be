/*
 * route_guess - a subject that is set by itself, where the text is clear and the city's
 * own rules found none. Pure, as route_rule.h, which decides what comes of it.
 */
#ifndef SYNPUNKT_SERVER_ROUTE_GUESS_H
#define SYNPUNKT_SERVER_ROUTE_GUESS_H

#include <stdbool.h>

#include "server/route_rule.h"

/* What is asked: rules are those of the query (NULL: none), guessed the subject that is
 * sure enough by the city's own word, or NULL. */
struct route_guessing {
	const struct rule_set *rules;
	const struct route_query *query;
	const char *guessed;
};

/* ret is what those rules made of the query. Routes it once more as if guessed had been
 * chosen. At the dispatch that finds the board; what lies with another already, or was
 * addressed, gets the subject where that is the same board's.
 *
 * Never a sensitive subject, nor one that a person is to look at; never what a child
 * wrote, what a rule asks a person for, failed at or gives to somebody by name. What
 * the rules said of urgency and sensitivity stands. False: it does not apply, and ret
 * is as it was. */
bool route_guess(const struct city *city, const struct route_guessing *guessing,
	struct arena *arena, struct route_outcome *ret);

#endif
