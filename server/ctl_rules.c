/*
 * synpunktctl rules check FILE - what is wrong or worth a look in rules, by the city as
 * it is; nothing is stored. The functions are those that judge what is saved at the
 * desk.
 */
#include "server/ctl_rules.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_import.h"
#include "server/ctl_tsv.h"
#include "server/day.h"
#include "server/route_rule.h"
#include "server/rule_check.h"
#include "server/rule_set.h"

/* ---- files ---- */

static const struct ctl_tsv_column columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "type", CTL_TSV_CHOICE, false, case_types },
	{ "district", CTL_TSV_CODE, false, NULL },
	{ "unit", CTL_TSV_CODE, false, NULL },
	{ "channel", CTL_TSV_CHOICE, false, case_channels },
	{ "words", CTL_TSV_LIST, false, NULL },
	{ "sets_category", CTL_TSV_CODE, false, NULL },
	{ "outcome", CTL_TSV_TEXT, true, NULL },
	{ "because", CTL_TSV_TEXT, true, NULL },
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ "valid_to", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

static const struct {
	const char *column, *member;
	bool is_list;
} members[] = {
	{ "code", "code", false },
	{ "category", "categories", true },
	{ "type", "types", true },
	{ "district", "districts", true },
	{ "unit", "units", true },
	{ "channel", "channels", true },
	{ "words", "words", false },
	{ "sets_category", "setsCategory", false },
	{ "outcome", "outcome", false },
	{ "because", "because", false },
	{ "valid_from", "validFrom", false },
	{ "valid_to", "validTo", false },
};

static json_t *rule_of_row(const json_t *row)
{
	json_t *rule = json_object();

	for (size_t m = 0; m < ARRAY_LEN(members); m++) {
		json_t *value = json_object_get(row, members[m].column);

		if (!value || (json_is_array(value) && !json_array_size(value)))
			continue;
		json_object_set_new(rule, members[m].member,
			members[m].is_list ? json_pack("[O]", value)
					   : json_incref(value));
	}
	return rule;
}

static json_t *rules_of_rows(const json_t *rows)
{
	json_t *rules = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row) json_array_append_new(rules, rule_of_row(row));
	return rules;
}

static json_t *plain_read(
	struct ctl *ctl, const struct city *city, const char *text, struct error *err)
{
	json_t *rows = ctl_tsv_read(ctl->arena, text, columns, err);
	json_t *row, *rules;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *outcome =
			json_string_value(json_object_get(row, "outcome"));
		const char *board = NULL;

		if (!route_outcome_is_found(outcome))
			board = ctl_import_board(ctl, city, outcome);
		if (board)
			json_object_set_new(row, "outcome", json_string(board));
	}
	rules = rows ? rules_of_rows(rows) : NULL;
	json_decref(rows);
	return rules;
}

json_t *ctl_rules_read(
	struct ctl *ctl, const struct city *city, const char *path, struct error *err)
{
	json_error_t why;
	size_t size;
	char *text = ctl_file_read(ctl, path, &size, err);
	json_t *rules;

	if (!text)
		return NULL;
	if (strlen(text) != size) {
		error_set(err, ERR_INVALID, "the file is not UTF-8 text");
		return NULL;
	}
	if (text[strspn(text, " \t\r\n")] != '[')
		return plain_read(ctl, city, text, err);
	if (size > RULE_SET_BYTES_MAX) {
		error_set(err, ERR_TOO_LARGE, "the rules are too large");
		return NULL;
	}
	rules = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	if (!rules)
		error_set(err, ERR_INVALID, "line %d: %s", why.line, why.text);
	return rules;
}

/* ---- judging ---- */

/* Of rules that are in no version yet. */
static int known_load(
	struct ctl *ctl, const json_t *rules, struct rule_known *ret, struct error *err)
{
	char *json = json_dumps(rules, JSON_COMPACT);
	PGresult *result =
		ctl_db_query(ctl, "SELECT synpunkt_desk.rules_known($1::jsonb)", 1,
			(const char *const[]){ json }, err);

	mem_free(json);
	if (!result)
		return -1;
	rule_known_read(PQgetvalue(result, 0, 0), ctl->arena, ret);
	PQclear(result);
	return 0;
}

/* -1 and the first fault when it is no valid JSON rule at all. */
static int rules_judge(struct ctl *ctl, const struct city *city, const json_t *json,
	struct rule_report *ret, struct error *err)
{
	struct rule_known known = { .day = day_of_instant(time(NULL)) };
	struct faults faults;
	struct rule_set set;

	faults_init(&faults, ctl->arena);
	if (rule_set_read(json, ctl->arena, &faults, &set) < 0)
		return error_set(err, ERR_INVALID, "%s: %s", faults.first->name,
			faults.first->reason);
	if (known_load(ctl, json, &known, err) < 0)
		return -1;
	rule_check(city, &set, &known, ctl->arena, ret);
	return 0;
}

static void report_print(struct ctl *ctl, const struct rule_report *report)
{
	if (ctl->json) {
		ctl_print_json(json_pack("{s:b, s:i, s:i, s:o, s:o}", "ok",
			report->n_errors == 0, "errors", (int)report->n_errors,
			"warnings", (int)(report->n - report->n_errors), "findings",
			rule_findings_json(report), "table", rule_table_json(report)));
		return;
	}
	for (const struct rule_finding *f = report->first; f; f = f->next)
		printf("%s\t%s\t%s\t%s\n", f->is_error ? "error" : "warning", f->code,
			f->rule ? f->rule : "-", f->text);
	printf("%zu errors, %zu warnings\n", report->n_errors,
		report->n - report->n_errors);
}

static int rules_check(struct ctl *ctl, char **argv)
{
	struct error err = { 0 };
	struct rule_report report;
	struct city *city;
	json_t *rules = NULL;
	const char *words[1];
	int rc = ctl_arguments(ctl, argv, NULL, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	city = ctl_city_load(ctl, &err);
	if (city)
		rules = ctl_rules_read(ctl, city, words[0], &err);
	if (!rules || rules_judge(ctl, city, rules, &report, &err) < 0) {
		rc = ctl_fail(ctl, "%s: %s", words[0], err.text);
	} else {
		report_print(ctl, &report);
		rc = report.n_errors > 0 ? CTL_FAILED : CTL_DONE;
	}
	json_decref(rules);
	city_unref(city);
	return rc;
}

int ctl_rules(struct ctl *ctl, char **argv)
{
	if (argv[0] && !strcmp(argv[0], "check"))
		return rules_check(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "rehearse"))
		return ctl_rules_rehearse(ctl, argv + 1);
	return ctl_misuse(ctl, "check or rehearse?");
}

/* ---- import ---- */

static int rules_put(struct ctl *ctl, const json_t *rules, struct error *err)
{
	char *json = json_dumps(rules, JSON_COMPACT);
	int rc = ctl_db_run(ctl,
		"SELECT r FROM synpunkt.rules_import($1::jsonb, $2::text) r", 2,
		(const char *const[]){ json, "" }, err);

	mem_free(json);
	return rc;
}

static const char *first_error(const struct rule_report *report)
{
	const struct rule_finding *f = report->first;

	while (f && !f->is_error)
		f = f->next;
	return f ? f->text : "";
}

static int import_file(
	struct ctl *ctl, const char *path, size_t *ret_n, struct error *err)
{
	struct rule_report report;
	struct city *city;
	json_t *rules = NULL;
	int rc = -1;

	if (ctl_db_open(ctl, err) < 0 || ctl_db_script(ctl, "BEGIN", err) < 0 ||
		ctl_db_script(ctl,
			"LOCK TABLE synpunkt.city_version IN SHARE ROW "
			"EXCLUSIVE MODE",
			err) < 0)
		return -1;
	city = ctl_city_load(ctl, err);
	if (city)
		rules = ctl_rules_read(ctl, city, path, err);
	if (rules && rules_judge(ctl, city, rules, &report, err) == 0) {
		if (report.n_errors > 0)
			error_set(err, ERR_INVALID, "%s", first_error(&report));
		else
			rc = rules_put(ctl, rules, err);
	}
	*ret_n = json_array_size(rules);
	json_decref(rules);
	city_unref(city);
	return rc < 0 ? -1 : ctl_db_script(ctl, "COMMIT", err);
}

int ctl_import_rules(struct ctl *ctl, char **argv)
{
	struct error err = { 0 };
	const char *words[1];
	size_t n;
	long changed;
	int rc = ctl_arguments(ctl, argv, NULL, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	if (import_file(ctl, words[0], &n, &err) < 0)
		return ctl_fail(ctl, "%s: %s", words[0], err.text);
	changed = ctl->touched;
	if (ctl->json)
		ctl_print_json(json_pack("{s:s, s:i, s:i}", "imported", "rules", "rows",
			(int)n, "changed", (int)changed));
	else
		printf("rules: %zu rows, %ld new or changed\n", n, changed);
	return CTL_DONE;
}
