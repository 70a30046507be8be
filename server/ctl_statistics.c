/*
 * synpunktctl statistics - a month in figures, of a board or of the city: as it was
 * frozen, or as the cells say. --straight counts every event anew instead of reading
 * them; --check does both and fails when they differ, also in what was frozen or not.
 * --freeze freezes a month that is over for every board, --correct puts what the cells
 * say now beside a frozen one, --verify holds the frozen months against their hashes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/statistics_http.h"

struct statistics_input {
	const char *board, *month, *correct;
	bool straight, check, freeze, verify;
	char day[STATISTICS_MONTH];
};

/* As the statement below is told. */
#define MONTH_SHOWN "shown"
#define MONTH_CELLS "cells"
#define MONTH_STRAIGHT "straight"

static json_t *month_read(struct ctl *ctl, const struct statistics_input *in,
	const char *source, struct error *err)
{
	PGresult *result = ctl_db_query(ctl,
		"SELECT CASE WHEN $3::text = 'shown'"
		" THEN synpunkt_statistics.month_shown_of($1::text, $2::date) ELSE"
		" synpunkt_statistics.month_of($1::text, $2::date, $3::text = 'straight') END,"
		" synpunkt_audit.note_export('operator', nullif($1::text, ''),"
		" 'statistics',"
		" jsonb_build_object('month', to_char($2::date, 'YYYY-MM')), 1)",
		3, (const char *const[]){ in->board ? in->board : "", in->day, source },
		err);
	json_t *month;

	if (!result)
		return NULL;
	month = json_loads(PQgetvalue(result, 0, 0), 0, NULL);
	PQclear(result);
	return month;
}

static json_int_t figure(const json_t *month, const char *name)
{
	return json_integer_value(json_object_get(month, name));
}

static void pair_print(const json_t *month, const char *name)
{
	const json_t *pair = json_object_get(month, name);

	printf("%-20s %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT "\n", name,
		figure(pair, "in"), figure(pair, "of"));
}

static void month_print(const json_t *month)
{
	static const char *const counts[] = { "received", "closed", "open", "overdue" };
	const json_t *handling = json_object_get(month, "handlingDays");

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		printf("%-20s %" JSON_INTEGER_FORMAT "\n", counts[i],
			figure(month, counts[i]));
	pair_print(month, "acknowledgedInTime");
	pair_print(month, "answeredInTime");
	printf("%-20s n %" JSON_INTEGER_FORMAT, "handlingDays", figure(handling, "n"));
	if (figure(handling, "n") > 0)
		printf(", median %" JSON_INTEGER_FORMAT ", p90 %" JSON_INTEGER_FORMAT,
			figure(handling, "median"), figure(handling, "p90"));
	putchar('\n');
}

static int month_show(struct ctl *ctl, const struct statistics_input *in)
{
	struct error err = { 0 };
	const char *source = in->straight ? MONTH_STRAIGHT : MONTH_CELLS;
	json_t *month = month_read(
		ctl, in, in->straight || in->check ? source : MONTH_SHOWN, &err);
	json_t *other = NULL;
	int rc = CTL_DONE;

	if (month && in->check)
		other = month_read(
			ctl, in, in->straight ? MONTH_CELLS : MONTH_STRAIGHT, &err);
	if (!month || (in->check && !other))
		rc = ctl_fail(ctl, "%s", err.text);
	else if (in->check && !json_equal(month, other))
		rc = ctl_fail(ctl, "the cells differ from the events");
	else if (ctl->json)
		ctl_print_json(json_incref(month));
	else
		month_print(month);
	json_decref(month);
	json_decref(other);
	return rc;
}

/* ---- what is frozen ---- */

/* Of a query with one row of one column; NULL and err when it failed. */
static char *one_value(struct ctl *ctl, const char *sql, int n,
	const char *const *values, struct error *err)
{
	PGresult *result = ctl_db_query(ctl, sql, n, values, err);
	char *value;

	if (!result)
		return NULL;
	value = mem_dup(PQgetisnull(result, 0, 0) ? "" : PQgetvalue(result, 0, 0));
	PQclear(result);
	return value;
}

static int month_freeze(struct ctl *ctl, const struct statistics_input *in)
{
	struct error err = { 0 };
	char *n = one_value(ctl, "SELECT synpunkt_statistics.freeze($1::date)", 1,
		(const char *const[]){ in->day }, &err);
	int rc = CTL_DONE;

	if (!n)
		return ctl_fail(ctl, "%s", err.text);
	if (!n[0])
		rc = ctl_fail(ctl, "%s is frozen on the third working day after it",
			in->month);
	else if (ctl->json)
		ctl_print_json(json_pack("{s:s, s:i}", "month", in->month, "frozen",
			(int)strtol(n, NULL, 10)));
	else
		printf("%s: frozen for %s\n", in->month, n);
	mem_free(n);
	return rc;
}

static int month_correct(struct ctl *ctl, const struct statistics_input *in)
{
	struct error err = { 0 };
	char *outcome = one_value(ctl,
		"SELECT synpunkt_statistics.correct($1::text, $2::date, $3::text)", 3,
		(const char *const[]){
			in->board ? in->board : "", in->day, in->correct },
		&err);
	int rc = CTL_DONE;

	if (!outcome)
		return ctl_fail(ctl, "%s", err.text);
	if (!strcmp(outcome, "not-frozen"))
		rc = ctl_fail(ctl, "%s is not frozen", in->month);
	else if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "outcome", outcome));
	else
		puts(outcome);
	mem_free(outcome);
	return rc;
}

static int frozen_verify(struct ctl *ctl)
{
	struct error err = { 0 };
	char *wrong = one_value(ctl,
		"SELECT string_agg(coalesce(nullif(v.board, ''), 'the city') || ' '"
		" || to_char(v.month, 'YYYY-MM'), ', ') FROM synpunkt_statistics.verify() v",
		0, NULL, &err);
	int rc = CTL_DONE;

	if (!wrong)
		return ctl_fail(ctl, "%s", err.text);
	if (wrong[0])
		rc = ctl_fail(ctl, "not as they were frozen: %s", wrong);
	else if (ctl->json)
		ctl_print_json(json_pack("{s:b}", "verified", true));
	else
		puts("what is frozen is as it was");
	mem_free(wrong);
	return rc;
}

static int board_check(
	struct ctl *ctl, const struct statistics_input *in, struct error *err)
{
	struct city *city = ctl_city_load(ctl, err);
	int rc = 0;

	if (!city)
		return -1;
	if (in->board && !city_board_find(city, in->board))
		rc = error_set(
			err, ERR_INVALID, "no board has the code \"%s\"", in->board);
	city_unref(city);
	return rc;
}

int ctl_statistics(struct ctl *ctl, char **argv)
{
	struct statistics_input in = { 0 };
	const struct ctl_option options[] = {
		{ "--board", &in.board, NULL },
		{ "--month", &in.month, NULL },
		{ "--straight", NULL, &in.straight },
		{ "--check", NULL, &in.check },
		{ "--freeze", NULL, &in.freeze },
		{ "--correct", &in.correct, NULL },
		{ "--verify", NULL, &in.verify },
		{ 0 },
	};
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, NULL, 0);

	if (rc != 0)
		return rc;
	if (!in.verify && (!in.month || statistics_month_parse(in.month, in.day) < 0))
		return ctl_misuse(ctl, "--month needs a month as YYYY-MM");
	if (in.correct && !in.correct[0])
		return ctl_misuse(ctl, "--correct needs a reason");
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	if (board_check(ctl, &in, &err) < 0)
		return err.code == ERR_INVALID ? ctl_misuse(ctl, "%s", err.text)
					       : ctl_fail(ctl, "%s", err.text);
	if (in.verify)
		return frozen_verify(ctl);
	if (in.freeze)
		return month_freeze(ctl, &in);
	if (in.correct)
		return month_correct(ctl, &in);
	return month_show(ctl, &in);
}
