/*
 * synpunktctl rules rehearse - what the rules of a file would have done to past cases,
 * beside those in force. The server does the same for the desk (job_rehearse.h).
 *
 * The next rows are asked for while the last ones are decided.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_rules.h"
#include "server/day.h"
#include "server/rehearse.h"

#define SAMPLES_SHOWN 5

struct rehearsing {
	struct ctl *ctl;
	const char *since, *until, *on; /* days */
	const char *first_id;           /* of the period */
	int64_t cases, left_out;
	struct rehearse rehearse;
};

static int input_judge(struct rehearsing *r, struct error *err)
{
	int32_t today = day_of_instant(time(NULL)), since, until, on;
	char text[DAY_TEXT];

	if (!r->since)
		return error_set(err, ERR_INVALID, "since when? --since DATE");
	if (!r->until)
		r->until = arena_dup(r->ctl->arena, day_format(today, text));
	if (!r->on)
		r->on = arena_dup(r->ctl->arena, day_format(today, text));
	if (day_parse(r->since, &since, err) < 0 ||
		day_parse(r->until, &until, err) < 0 || day_parse(r->on, &on, err) < 0)
		return -1;
	if (until < since)
		return error_set(err, ERR_INVALID, "--until is before --since");
	if (on < today)
		return error_set(err, ERR_INVALID,
			"--on is over: which rules were in force then is not asked");
	return 0;
}

static int period_measure(struct rehearsing *r, struct error *err)
{
	PGresult *rows = ctl_db_query(r->ctl,
		"SELECT m.cases, m.left_out, m.first_id,"
		" synpunkt_suggest.set_from($3::date)"
		" FROM synpunkt_rehearse.measure($1::date, $2::date) m",
		3, (const char *const[]){ r->since, r->until, r->on }, err);

	if (!rows)
		return -1;
	r->cases = strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
	r->left_out = strtoll(PQgetvalue(rows, 0, 1), NULL, 10);
	r->first_id = arena_dup(r->ctl->arena, PQgetvalue(rows, 0, 2));
	r->rehearse.set_from = (int)strtol(PQgetvalue(rows, 0, 3), NULL, 10);
	PQclear(rows);
	if (r->cases > REHEARSE_CASES_MAX)
		return error_set(err, ERR_TOO_LARGE,
			"%lld cases came then, more than %d: take a shorter time",
			(long long)r->cases, REHEARSE_CASES_MAX);
	return 0;
}

/* ---- rows ---- */

static int rows_send(struct rehearsing *r, const char *below, struct error *err)
{
	const char *const params[] = { r->since, r->until, r->on, r->first_id, below,
		arena_printf(r->ctl->arena, "%d", REHEARSE_CHUNK),
		rehearse_asks_areas(&r->rehearse) ? "true" : "false" };

	if (!PQsendQueryParams(r->ctl->db,
		    "SELECT p.* FROM synpunkt_rehearse.past($1::date, $2::date,"
		    " $3::date, $4::bigint, $5::bigint, $6::integer, $7::boolean) p",
		    ARRAY_LEN(params), NULL, params, NULL, NULL, 0))
		return error_set(err, ERR_UNAVAILABLE, "the database is gone");
	return 0;
}

static PGresult *rows_take(struct rehearsing *r, struct error *err)
{
	PGresult *rows = PQgetResult(r->ctl->db), *end;

	for (end = PQgetResult(r->ctl->db); end; end = PQgetResult(r->ctl->db))
		PQclear(end);
	if (PQresultStatus(rows) == PGRES_TUPLES_OK)
		return rows;
	error_set(err, ERR_INTERNAL, "database: %s", PQresultErrorMessage(rows));
	PQclear(rows);
	return NULL;
}

static void rows_decide(struct rehearsing *r, const PGresult *rows)
{
	const char *row[REHEARSE_COLUMNS];

	for (int i = 0; i < PQntuples(rows); i++) {
		for (int column = 0; column < REHEARSE_COLUMNS; column++)
			row[column] = PQgetisnull(rows, i, column)
					      ? NULL
					      : PQgetvalue(rows, i, column);
		rehearse_case(&r->rehearse, row);
	}
}

static int rows_run(struct rehearsing *r, struct error *err)
{
	bool more = true;

	if (rows_send(r, "9223372036854775807", err) < 0)
		return -1;
	while (more) {
		PGresult *rows = rows_take(r, err);
		int n = rows ? PQntuples(rows) : 0, rc = 0;

		if (!rows)
			return -1;
		more = n == REHEARSE_CHUNK;
		if (more)
			rc = rows_send(r, PQgetvalue(rows, n - 1, REHEARSE_ID), err);
		rows_decide(r, rows);
		PQclear(rows);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* ---- told ---- */

static json_t *samples_json(const struct rehearse_move *move)
{
	json_t *list = json_array();

	for (size_t i = 0; i < move->n_samples && i < SAMPLES_SHOWN; i++) {
		const struct rehearse_sample *sample = &move->samples[i];
		json_t *number =
			json_sprintf("%d-%lld", sample->year, (long long)sample->id);

		json_array_append_new(
			list, json_pack("{s:o, s:s?, s:s, s:s}", "number", number,
				      "category", sample->category, "rule",
				      sample->rule, "ruleBefore", sample->rule_before));
	}
	return list;
}

static json_t *whole_json(struct rehearsing *r, int64_t milliseconds)
{
	json_t *whole = rehearse_result(&r->rehearse), *move;
	size_t i;

	json_array_foreach(json_object_get(whole, "moves"), i, move)
	{
		json_object_set_new(
			move, "samples", samples_json(&r->rehearse.sum.moves[i]));
	}
	json_object_set_new(whole, "since", json_string(r->since));
	json_object_set_new(whole, "until", json_string(r->until));
	json_object_set_new(whole, "day", json_string(r->on));
	json_object_set_new(whole, "leftOut", json_integer(r->left_out));
	json_object_set_new(whole, "milliseconds", json_integer(milliseconds));
	return whole;
}

static void samples_print(const struct rehearse_move *move)
{
	for (size_t i = 0; i < move->n_samples && i < SAMPLES_SHOWN; i++)
		printf("            %d-%lld  %s -> %s\n", move->samples[i].year,
			(long long)move->samples[i].id, move->samples[i].rule_before,
			move->samples[i].rule);
}

static void result_print(const struct rehearsing *r)
{
	const struct rehearse_sum *sum = &r->rehearse.sum;

	printf("%lld cases from %s to %s, as if they came on %s; %lld left out, "
	       "protected or disposed of\n",
		(long long)sum->cases, r->since, r->until, r->on,
		(long long)r->left_out);
	printf("%lld would go to another board, %lld to the same otherwise; %lld by a "
	       "rule that can't be carried out\n",
		(long long)sum->elsewhere, (long long)sum->otherwise,
		(long long)sum->failed);
	for (size_t i = 0; i < sum->n_moves; i++) {
		printf("%8lld  %s -> %s\n", (long long)sum->moves[i].n,
			sum->boards[sum->moves[i].from].board,
			sum->boards[sum->moves[i].to].board);
		samples_print(&sum->moves[i]);
	}
	printf("     now      then\n");
	for (size_t i = 0; i < sum->n_boards; i++)
		printf("%8lld  %8lld  %s\n", (long long)sum->boards[i].now,
			(long long)sum->boards[i].then, sum->boards[i].board);
}

static int64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int file_read(struct rehearsing *r, const char *path, struct error *err)
{
	json_t *rules = ctl_rules_read(r->ctl, r->rehearse.city, path, err);
	char *text = rules ? json_dumps(rules, JSON_COMPACT) : NULL;
	int rc = text ? rehearse_rules(&r->rehearse, text, strlen(text), err) : -1;

	mem_free(text);
	json_decref(rules);
	return rc;
}

int ctl_rules_rehearse(struct ctl *ctl, char **argv)
{
	int64_t begun = milliseconds_now();
	struct rehearsing r = { .ctl = ctl };
	const struct ctl_option options[] = {
		{ "--since", &r.since, NULL },
		{ "--until", &r.until, NULL },
		{ "--on", &r.on, NULL },
		{ 0 },
	};
	struct error err = { 0 };
	const char *path;
	struct city *city;
	int32_t day;
	int rc = ctl_arguments(ctl, argv, options, &path, 1);

	if (rc != 0)
		return rc;
	if (input_judge(&r, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	city = ctl_city_load(ctl, &err);
	if (!city)
		return ctl_fail(ctl, "%s", err.text);
	day_parse(r.on, &day, NULL);
	rehearse_init(&r.rehearse, city, day, ctl->arena);
	if (file_read(&r, path, &err) < 0 || period_measure(&r, &err) < 0 ||
		rows_run(&r, &err) < 0)
		rc = ctl_fail(ctl, "%s", err.text);
	else if (ctl->json)
		ctl_print_json(whole_json(&r, milliseconds_now() - begun));
	else {
		rehearse_sum_sort(&r.rehearse.sum);
		result_print(&r);
	}
	city_unref(city);
	return rc;
}
