/*
 * synpunktctl disposal - what a decision of the archive authority says shall go.
 *
 *   plan      what would go today, or on another day
 *   run       takes it (ctl_disposal_run.c) and writes the certificates
 *   hold, release, holds   what must not go meanwhile
 *
 * Numbers of cases are printed, never anything personal.
 */
#include "server/ctl_disposal.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/follow_code.h"

static int day_check(const char *name, const char *day, struct error *err)
{
	int32_t number;

	if (day && day_parse(day, &number, NULL) < 0)
		return error_set(
			err, ERR_INVALID, "%s: expected a date YYYY-MM-DD", name);
	return 0;
}

static int plan(struct disposal *run)
{
	struct error err = { 0 };
	json_t *rows;

	if (day_check("--as-of", run->as_of, &err) < 0)
		return ctl_misuse(run->ctl, "%s", err.text);
	if (ctl_db_open(run->ctl, &err) < 0)
		return ctl_fail(run->ctl, "%s", err.text);
	rows = disposal_plan(run, run->as_of, &err);
	if (!rows)
		return ctl_fail(run->ctl, "%s", err.text);
	if (run->ctl->json) {
		ctl_print_json(json_pack("{s:o}", "rules", rows));
		return CTL_DONE;
	}
	disposal_plan_print(rows);
	json_decref(rows);
	return CTL_DONE;
}

/* ---- holds ---- */

static const char *const hold_sql =
	"SELECT synpunkt_dispose.hold($1::smallint, $2::bigint, $3::text, $4::text, "
	"$5::text, $6::date)";
static const char *const release_sql =
	"SELECT synpunkt_dispose.release($1::smallint, $2::bigint, $3::text, $4::text)";

/* What the database answered, in words; NULL: it is done. */
static const char *hold_fault(const char *outcome, bool releases)
{
	if (!strcmp(outcome, "missing"))
		return releases ? "there is no hold on that" : "there is no such case";
	if (!strcmp(outcome, "board"))
		return "there is no such board";
	if (!strcmp(outcome, "disposed"))
		return "the case has been disposed of already";
	return NULL;
}

static int hold_done(struct disposal *run, const char *outcome, bool releases)
{
	const char *fault = hold_fault(outcome, releases);
	const char *what = run->case_number ? run->case_number : run->board;

	if (fault)
		return ctl_fail(run->ctl, "%s: %s", what, fault);
	if (run->ctl->json)
		ctl_print_json(json_pack(
			"{s:s, s:b}", releases ? "released" : "held", what, "ok", 1));
	else
		printf("%s: %s\n", what,
			releases ? "may be disposed of" : "is kept from disposal");
	return CTL_DONE;
}

static int hold_put(struct disposal *run, bool releases)
{
	struct arena *arena = run->ctl->arena;
	struct case_number number;
	const char *params[6] = { NULL, NULL, run->board,
		releases ? run->by : run->reason, run->by, run->until };
	struct error err = { 0 };
	PGresult *rows;
	int rc;

	if (run->case_number) {
		if (case_number_parse(run->case_number, &number) < 0)
			return ctl_misuse(run->ctl, "\"%s\" is no case's number",
				run->case_number);
		params[0] = arena_printf(arena, "%d", number.year);
		params[1] = arena_printf(arena, "%lld", (long long)number.serial);
	}
	if (ctl_db_open(run->ctl, &err) < 0)
		return ctl_fail(run->ctl, "%s", err.text);
	rows = ctl_db_query(run->ctl, releases ? release_sql : hold_sql,
		releases ? 4 : 6, params, &err);
	if (!rows)
		return ctl_fail(run->ctl, "%s", err.text);
	rc = hold_done(run, PQgetvalue(rows, 0, 0), releases);
	PQclear(rows);
	return rc;
}

static int hold(struct disposal *run)
{
	struct error err = { 0 };

	if (!run->case_number == !run->board || !run->reason || !run->by)
		return ctl_misuse(
			run->ctl, "give --reason, --by and one of --case and --board");
	if (day_check("--until", run->until, &err) < 0)
		return ctl_misuse(run->ctl, "%s", err.text);
	return hold_put(run, false);
}

static int release(struct disposal *run)
{
	if (!run->case_number == !run->board || !run->by)
		return ctl_misuse(run->ctl, "give --by and one of --case and --board");
	return hold_put(run, true);
}

static json_t *hold_json(const PGresult *rows, int i)
{
	const char *value[6];

	for (int c = 0; c < 6; c++)
		value[c] = PQgetisnull(rows, i, c) ? NULL : PQgetvalue(rows, i, c);
	return json_pack("{s:s?, s:s?, s:s, s:s, s:s, s:s?}", "case", value[0], "board",
		value[1], "reason", value[2], "by", value[3], "from", value[4], "until",
		value[5]);
}

static int holds(struct disposal *run)
{
	struct error err = { 0 };
	PGresult *rows = NULL;
	json_t *list = json_array();

	if (ctl_db_open(run->ctl, &err) == 0)
		rows = ctl_db_query(run->ctl,
			"SELECT h.number, h.board, h.reason, h.set_by, h.from_on, h.to_on "
			"FROM synpunkt_dispose.holds() h",
			0, NULL, &err);
	for (int i = 0; rows && i < PQntuples(rows); i++) {
		json_array_append_new(list, hold_json(rows, i));
		if (!run->ctl->json)
			printf("%s\t%s\t%s\t%s\n",
				PQgetvalue(rows, i, PQgetisnull(rows, i, 0)),
				PQgetvalue(rows, i, 4), PQgetvalue(rows, i, 3),
				PQgetvalue(rows, i, 2));
	}
	if (rows && run->ctl->json)
		ctl_print_json(json_pack("{s:O}", "holds", list));
	PQclear(rows);
	json_decref(list);
	return rows ? CTL_DONE : ctl_fail(run->ctl, "%s", err.text);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int (*run)(struct disposal *run);
} verbs[] = {
	{ "plan", plan },
	{ "run", disposal_run },
	{ "hold", hold },
	{ "release", release },
	{ "holds", holds },
};

int ctl_disposal(struct ctl *ctl, char **argv)
{
	struct disposal run = { .ctl = ctl };
	const struct ctl_option options[] = { { "--by", &run.by, NULL },
		{ "--rule", &run.rule, NULL }, { "--as-of", &run.as_of, NULL },
		{ "--case", &run.case_number, NULL }, { "--board", &run.board, NULL },
		{ "--reason", &run.reason, NULL }, { "--until", &run.until, NULL },
		{ "--yes", NULL, &run.yes }, { 0 } };
	const char *words[1];
	int rc = ctl_arguments(ctl, argv, options, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!strcmp(verbs[i].name, words[0]))
			return verbs[i].run(&run);
	}
	return ctl_misuse(
		ctl, "plan, run, hold, release or holds, not \"%s\"", words[0]);
}
