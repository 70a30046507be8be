/*
 * rule_look - what there is to say of a version of the rules (rule_check.h), looked at
 * beside the loop: each category with each district, by each rule.
 */
#ifndef SYNPUNKT_SERVER_RULE_LOOK_H
#define SYNPUNKT_SERVER_RULE_LOOK_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct error;
struct rule_look;
struct worker;

/* Both NULL: the rules cannot be read. They belong to the call. */
struct rule_looked {
	json_t *findings, *table;
	size_t n_errors;
};

typedef void rule_looked_fn(const struct rule_looked *looked, void *arg);

/* rules: a version as JSON; known: what synpunkt_desk.rules_known() said of it. Both
 * are copied. */
struct rule_looked_at {
	const char *rules, *known;
	int32_t day; /* by whose boards, categories and units */
};

/* done runs later on the loop, once. NULL: too much waits already, or the city is not
 * there yet. */
struct rule_look *rule_look_new(struct worker *worker, const struct rule_looked_at *at,
	rule_looked_fn *done, void *arg, struct error *err);

/* done will not run. NULL is fine. */
void rule_look_forget(struct rule_look *look);

#endif
