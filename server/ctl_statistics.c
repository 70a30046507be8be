/*
 * synpunktctl statistics - a month in figures, of a board or of the city. --straight
 * counts every event anew instead of reading the cells; --check does both and fails
 * when they differ.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/statistics_http.h"

struct statistics_input {
	const char *board, *month;
	bool straight, check;
	char day[STATISTICS_MONTH];
};

static json_t *month_read(struct ctl *ctl, const struct statistics_input *in,
	bool straight, struct error *err)
{
	PGresult *result = ctl_db_query(ctl,
		"SELECT synpunkt_statistics.month_of($1::text, $2::date, $3::boolean),"
		" synpunkt_audit.note_export('operator', nullif($1::text, ''),"
		" 'statistics',"
		" jsonb_build_object('month', to_char($2::date, 'YYYY-MM')), 1)",
		3,
		(const char *const[]){ in->board ? in->board : "", in->day,
			straight ? "true" : "false" },
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
	json_t *month = month_read(ctl, in, in->straight, &err), *other = NULL;
	int rc = CTL_DONE;

	if (month && in->check)
		other = month_read(ctl, in, !in->straight, &err);
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
		{ 0 },
	};
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, NULL, 0);

	if (rc != 0)
		return rc;
	if (!in.month || statistics_month_parse(in.month, in.day) < 0)
		return ctl_misuse(ctl, "--month needs a month as YYYY-MM");
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	if (board_check(ctl, &in, &err) < 0)
		return err.code == ERR_INVALID ? ctl_misuse(ctl, "%s", err.text)
					       : ctl_fail(ctl, "%s", err.text);
	return month_show(ctl, &in);
}
