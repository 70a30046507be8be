/* rule_check_private - between the files of rule_check; nobody else includes it. */
#ifndef SYNPUNKT_SERVER_RULE_CHECK_PRIVATE_H
#define SYNPUNKT_SERVER_RULE_CHECK_PRIVATE_H

#include "server/rule_check.h"
#include "server/rule_set.h"

struct rule_check {
	const struct city *city;
	const struct rule_set *rules;
	const struct rule_known *known;
	int32_t day;
	struct arena *arena;
	struct rule_report *report;
};

/* Adds a copy with the text; more than RULE_FINDINGS_MAX are counted only. */
void rule_check_add(const struct rule_check *c, const struct rule_finding *finding,
	const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Rules that an earlier one lets nothing through to. */
void rule_check_cover(const struct rule_check *c);
/* The table, its gaps and its overlaps. */
void rule_check_table(const struct rule_check *c);

#endif
