/*
 * A run:
 *
 *   the lock          one run at a time; it ends with the connection
 *   the plan          shown and asked about, unless --yes was given
 *   rule by rule      batch after batch, each one transaction of the database; a run
 *                     that was broken off goes on where it was
 *   the files         of attachments that no case refers to any more
 *   the certificates  a row and a file for each rule that took something
 *
 * Killed anywhere, and run again, it ends the same.
 */
#include "server/ctl_disposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl.h"
#include "server/options.h"

#define BATCH "200"
#define TRIES 5 /* of a batch that another transaction was in the way of */

int disposal_folders(struct disposal *run, struct error *err)
{
	struct arena *arena = run->ctl->arena;
	struct options options = { 0 };
	struct settings *settings = settings_load(&options_table, NULL,
		(const char *const *)(uintptr_t)environ, &options, err);

	if (!settings)
		return -1;
	run->store = arena_printf(arena, "%s/attachments", options.state);
	run->certificates =
		options.certificates
			? arena_dup(arena, options.certificates)
			: arena_printf(arena, "%s/certificates", options.state);
	settings_free(settings);
	return 0;
}

/* ---- the plan ---- */

static const char *cell(const PGresult *rows, int i, int column)
{
	return PQgetisnull(rows, i, column) ? NULL : PQgetvalue(rows, i, column);
}

static json_int_t number(const PGresult *rows, int i, int column)
{
	return strtoll(PQgetvalue(rows, i, column), NULL, 10);
}

static json_t *plan_row(const PGresult *rows, int i)
{
	const char *about = cell(rows, i, 1);

	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:I, s:s?, s:I, s:I, s:o, "
			 "s:b}",
		"rule", cell(rows, i, 0), "about", about, "type", cell(rows, i, 2),
		"board", cell(rows, i, 3), "category", cell(rows, i, 4), "outcome",
		cell(rows, i, 5), "months", number(rows, i, 6), "decision",
		cell(rows, i, 7), strcmp(about, "mail") ? "cases" : "mails",
		number(rows, i, 8), "held", number(rows, i, 9), "samples",
		json_loads(PQgetvalue(rows, i, 10), 0, NULL), "begun",
		PQgetvalue(rows, i, 11)[0] == 't');
}

json_t *disposal_plan(struct disposal *run, const char *as_of, struct error *err)
{
	PGresult *rows = ctl_db_query(run->ctl,
		"SELECT p.rule, p.about, p.type, p.board, p.category, p.outcome, "
		"p.months, p.decision, p.n, p.held, p.samples, p.begun "
		"FROM synpunkt_dispose.plan(coalesce($1::date, "
		"(now() AT TIME ZONE 'Europe/Stockholm')::date)) p",
		1, (const char *const[]){ as_of }, err);
	json_t *list = rows ? json_array() : NULL;

	for (int i = 0; rows && i < PQntuples(rows); i++)
		json_array_append_new(list, plan_row(rows, i));
	PQclear(rows);
	return list;
}

static const char *text_of(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static long long number_of(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static bool is_about_mail(const json_t *row)
{
	return !strcmp(text_of(row, "about"), "mail");
}

/* Of a row of the plan, or of the counts of a run. */
static void amount_print(const json_t *object)
{
	if (json_object_get(object, "mails"))
		printf("%lld mails without a case", number_of(object, "mails"));
	else
		printf("%lld cases", number_of(object, "cases"));
}

void disposal_plan_print(const json_t *plan)
{
	const json_t *row, *sample;
	size_t i, s;

	if (json_array_size(plan) == 0)
		printf("there is no rule: nothing goes\n");
	json_array_foreach(plan, i, row)
	{
		printf("%s: ", text_of(row, "rule"));
		amount_print(row);
		printf(" after %lld months", number_of(row, "months"));
		if (number_of(row, "held") > 0)
			printf(", %lld more are on hold", number_of(row, "held"));
		if (text_of(row, "decision"))
			printf(", by decision %s", text_of(row, "decision"));
		else
			printf(", but there is no decision: nothing goes");
		printf(json_is_true(json_object_get(row, "begun"))
				? "; a run was broken off\n"
				: "\n");
		json_array_foreach(json_object_get(row, "samples"), s, sample)
			printf("  %s\n", json_string_value(sample));
	}
}

/* ---- the run ---- */

/* True: it has a decision and something to do. */
static bool rule_goes(const struct disposal *run, const json_t *row)
{
	if (!text_of(row, "decision") ||
		(run->rule && strcmp(run->rule, text_of(row, "rule")) != 0))
		return false;
	return number_of(row, "cases") > 0 || number_of(row, "mails") > 0 ||
	       json_is_true(json_object_get(row, "begun"));
}

/* The one value of the one row; NULL with err clear: no row. In the arena. */
static const char *value_of(struct ctl *ctl, const char *sql, int n_params,
	const char *const *params, struct error *err)
{
	PGresult *rows = ctl_db_query(ctl, sql, n_params, params, err);
	const char *value = NULL;

	if (rows && PQntuples(rows) > 0)
		value = arena_dup(ctl->arena, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return value;
}

static const char take_cases[] =
	"SELECT t FROM synpunkt_dispose.take($1::bigint, $2::bigint, $3::integer) t";
static const char take_mails[] =
	"SELECT t FROM synpunkt_dispose.take_mail($1::bigint, $2::bigint, "
	"$3::integer) t";

/* One batch. Somebody who held its cases the other way round is given way to. */
static const char *batch_take(struct ctl *ctl, const char *sql, const char *id,
	const char *after, struct error *err)
{
	const char *last = NULL;

	for (int i = 0; i < TRIES; i++) {
		*err = (struct error){ 0 };
		last = value_of(
			ctl, sql, 3, (const char *const[]){ id, after, BATCH }, err);
		if (last || err->code != ERR_UNAVAILABLE)
			break;
	}
	return last;
}

static int rule_run(struct disposal *run, const json_t *row, struct error *err)
{
	struct ctl *ctl = run->ctl;
	const char *sql = is_about_mail(row) ? take_mails : take_cases;
	const char *after = "0";
	const char *id = value_of(ctl,
		"SELECT b FROM synpunkt_dispose.begin($1::text, $2::text) b", 2,
		(const char *const[]){ text_of(row, "rule"), run->by }, err);

	while (id && after)
		after = batch_take(ctl, sql, id, after, err);
	return err->code == ERR_NONE ? 0 : -1;
}

static int rules_run(struct disposal *run, const json_t *plan, struct error *err)
{
	const json_t *row;
	size_t i;

	json_array_foreach(plan, i, row)
	{
		if (rule_goes(run, row) && rule_run(run, row, err) < 0)
			return -1;
	}
	if (disposal_files(run, err) < 0)
		return -1;
	return ctl_db_run(run->ctl,
		"SELECT synpunkt_dispose.finish($1::text, $2::text)", 2,
		(const char *const[]){ run->by, run->rule }, err);
}

static bool is_agreed(const struct disposal *run, const json_t *plan)
{
	char answer[16] = "";

	if (run->yes)
		return true;
	if (run->ctl->json)
		return false;
	disposal_plan_print(plan);
	printf("What goes cannot be had back. Write yes to go on: ");
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && !strcmp(answer, "yes\n");
}

static int run_report(struct disposal *run, json_t *list)
{
	const json_t *row;
	size_t i;

	if (run->ctl->json) {
		ctl_print_json(json_pack("{s:o}", "disposals", list));
		return CTL_DONE;
	}
	if (json_array_size(list) == 0)
		printf("nothing was to go\n");
	json_array_foreach(list, i, row)
	{
		printf("%s: ", text_of(row, "rule"));
		amount_print(json_object_get(row, "counts"));
		printf(", by decision %s; certificate %s\n", text_of(row, "decision"),
			text_of(row, "certificate"));
	}
	json_decref(list);
	return CTL_DONE;
}

/* Told before anything is done: a rule's name that is none would look like a run that
 * found nothing. */
static int plan_check(const struct disposal *run, const json_t *plan, struct error *err)
{
	const json_t *row;
	size_t i;

	json_array_foreach(plan, i, row)
	{
		if (!run->rule || strcmp(run->rule, text_of(row, "rule")) != 0)
			continue;
		if (text_of(row, "decision"))
			return 0;
		return error_set(err, ERR_INVALID,
			"the rule \"%s\" has no decision: nothing may go", run->rule);
	}
	return run->rule ? error_set(err, ERR_NOT_FOUND, "no rule is called \"%s\"",
				   run->rule)
			 : 0;
}

static int run_locked(struct disposal *run, struct error *err)
{
	json_t *plan = disposal_plan(run, /* as_of= */ NULL, err);
	json_t *list = json_array();
	bool agreed = false;
	int rc = plan ? plan_check(run, plan, err) : -1;

	if (rc == 0)
		agreed = is_agreed(run, plan);
	if (rc == 0 && agreed &&
		(rules_run(run, plan, err) < 0 || disposal_certify(run, list, err) < 0))
		rc = -1;
	json_decref(plan);
	if (rc == 0 && agreed)
		return run_report(run, list);
	json_decref(list);
	return rc == 0 ? ctl_fail(run->ctl, "not agreed to: nothing was done")
		       : ctl_fail(run->ctl, "%s", err->text);
}

int disposal_run(struct disposal *run)
{
	struct error err = { 0 };
	const char *locked;

	if (!run->by)
		return ctl_misuse(
			run->ctl, "--by is needed: the certificate names who did it");
	if (disposal_folders(run, &err) < 0 || ctl_db_open(run->ctl, &err) < 0)
		return ctl_fail(run->ctl, "%s", err.text);
	locked = value_of(
		run->ctl, "SELECT pg_try_advisory_lock(1937337970)", 0, NULL, &err);
	if (!locked)
		return ctl_fail(run->ctl, "%s", err.text);
	if (locked[0] != 't')
		return ctl_fail(run->ctl, "another disposal is under way");
	return run_locked(run, &err);
}
