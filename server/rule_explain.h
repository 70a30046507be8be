/*
 * rule_explain - /api/v1/desk/cases/{number}/routing: why a case went where it went.
 * The version that it was routed by is tried once more on what the first event tells,
 * and each rule that was looked at says why it did not take it.
 *
 * Nothing is told of what the reader may not read: without the text, the place and the
 * unit the steps end at the rule that is known to have taken it, and what hung on those
 * is said to be hidden.
 */
#ifndef SYNPUNKT_SERVER_RULE_EXPLAIN_H
#define SYNPUNKT_SERVER_RULE_EXPLAIN_H

#include <jansson.h>

#include "lib/http.h"

struct arena;
struct city;

extern const struct http_route rule_explain_routes[];

/* told: what synpunkt_desk.routed_by() gave. Never NULL. */
json_t *rule_explain(const struct city *city, const json_t *told, struct arena *arena);

#endif
