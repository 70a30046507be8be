/*
 * rule_check - what is wrong or worth a look in a version of the rules, before it is in
 * force. Pure.
 *
 * Errors keep it from being activated: names that the city does not have, outcomes that
 * cannot be carried out. Warnings are for reading: a rule that an earlier one never
 * lets be reached; for each category and district what takes a plain complaint there,
 * which of them nothing takes, and where a later rule would send it elsewhere.
 */
#ifndef SYNPUNKT_SERVER_RULE_CHECK_H
#define SYNPUNKT_SERVER_RULE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct arena;
struct city;
struct rule_set;

#define RULE_FINDINGS_MAX 500 /* that are told; all are counted */

struct rule_finding {
	bool is_error;
	const char *code;     /* "unknown-category" */
	const char *rule;     /* codes, or NULL */
	const char *other;    /* the rule that it has to do with */
	const char *category; /* of an overlap or a gap; "none": none chosen */
	const char *district;
	const char *text; /* in Swedish */
	struct rule_finding *next;
};

/* What takes a plain complaint, sent by web without words that a rule looks for. */
struct rule_cell {
	const char *district; /* code; NULL: not known */
	const char *rule;     /* a rule's code, ROUTE_NO_RULE or ROUTE_FAILED */
	const char *board;
};

struct rule_row {
	const char *category, *name; /* category "none": none chosen */
	const struct rule_cell *cells;
};

struct rule_report {
	struct rule_finding *first, *last;
	size_t n, n_errors; /* found; of which RULE_FINDINGS_MAX are kept */
	const struct rule_row *rows;
	size_t n_rows, n_cells; /* each row has n_cells cells, the last: not known */
};

/* By what is judged. Beside the day, by whose boards, categories and units, what a
 * city's snapshot does not hold: who could be a handler, as city->handlers, and which
 * areas there are, as "kind/code". What is NULL is not looked at; of handlers the
 * city's are. */
struct rule_known {
	int32_t day;
	const struct city_handler *handlers;
	size_t n_handlers;
	const char *const *areas,
		*const *mailboxes; /* NULL-terminated; NULL: not looked at */
};

/* What synpunkt_desk.rules_known() said of rules; all but the day. */
void rule_known_read(const char *text, struct arena *arena, struct rule_known *ret);

/* Everything is the arena's. */
void rule_check(const struct city *city, const struct rule_set *rules,
	const struct rule_known *known, struct arena *arena, struct rule_report *ret);

json_t *rule_findings_json(const struct rule_report *report);
json_t *rule_table_json(const struct rule_report *report);

#endif
