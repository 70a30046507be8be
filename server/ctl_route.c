/*
 * synpunktctl route - where a case would go, by the city's rules of now, and why. The
 * same functions decide as in the server.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/text_list.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/route_rule.h"

struct route_input {
	const char *lat, *lon, *date;
	bool explain;
	struct route_query query;
};

static int degrees_check(const char *text, double limit, struct error *err)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(fabs(value) <= limit))
		return error_set(err, ERR_INVALID, "\"%s\" is no position", text);
	return 0;
}

static int input_judge(struct route_input *in, struct error *err)
{
	if (!in->lat != !in->lon)
		return error_set(err, ERR_INVALID, "--lat and --lon go together");
	if (in->lat && (degrees_check(in->lat, 90, err) < 0 ||
			       degrees_check(in->lon, 180, err) < 0))
		return -1;
	if (!in->date) {
		in->query.date = day_of_instant(time(NULL));
		return 0;
	}
	return day_parse(in->date, &in->query.date, err);
}

/* A district given in words goes before the position. */
static int district_find(struct ctl *ctl, struct route_input *in, struct error *err)
{
	char day[DAY_TEXT];
	PGresult *result;

	if (!in->lat || in->query.district)
		return 0;
	result = ctl_db_query(ctl,
		"SELECT synpunkt.district_at($1::float8, $2::float8, $3::date)", 3,
		(const char *const[]){
			in->lat, in->lon, day_format(in->query.date, day) },
		err);
	if (!result)
		return -1;
	if (!PQgetisnull(result, 0, 0))
		in->query.district = arena_dup(ctl->arena, PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

/* The other areas that the position lies in, as rules ask for them. */
static int areas_find(struct ctl *ctl, struct route_input *in, struct error *err)
{
	char day[DAY_TEXT];
	PGresult *result;

	if (!in->lat)
		return 0;
	result = ctl_db_query(ctl,
		"SELECT synpunkt.areas_at($1::float8, $2::float8, $3::date)", 3,
		(const char *const[]){
			in->lat, in->lon, day_format(in->query.date, day) },
		err);
	if (!result)
		return -1;
	if (!PQgetisnull(result, 0, 0))
		in->query.areas =
			route_areas_read(PQgetvalue(result, 0, 0), ctl->arena);
	PQclear(result);
	return 0;
}

static int codes_check(
	const struct city *city, const struct route_query *query, struct error *err)
{
	if (!text_list_has(case_types, query->type))
		return error_set(err, ERR_INVALID, "unknown type \"%s\"", query->type);
	if (!text_list_has(case_channels, query->channel))
		return error_set(
			err, ERR_INVALID, "unknown channel \"%s\"", query->channel);
	if (query->category && !city_category_find(city, query->category))
		return error_set(
			err, ERR_INVALID, "unknown category \"%s\"", query->category);
	if (query->district && !city_district_find(city, query->district))
		return error_set(
			err, ERR_INVALID, "unknown district \"%s\"", query->district);
	return 0;
}

/* Why in a word for programs, and in words for people. */
static json_t *step_json(const struct route_step *step)
{
	bool matched = step->why == ROUTE_WHY_MATCHED;

	return json_pack("{s:s, s:b, s:s?, s:s?}", "rule", step->rule, "matched",
		matched, "why", matched ? NULL : route_why_code(step->why), "whyNot",
		matched ? NULL : route_why_text(step->why));
}

static json_t *steps_json(const struct route_trace *trace)
{
	json_t *list = json_array();

	for (size_t i = 0; i < trace->n; i++)
		json_array_append_new(list, step_json(&trace->steps[i]));
	return list;
}

/* What a rule says beside the board, where it does. */
static void marks_put(json_t *value, const struct route_outcome *out)
{
	json_object_set_new(value, "sensitivity", json_integer(out->sensitivity));
	if (out->failed)
		json_object_set_new(value, "failed", json_string(out->failed));
	if (out->handler)
		json_object_set_new(value, "handler", json_string(out->handler));
	if (out->is_urgent)
		json_object_set_new(value, "priority", json_string("high"));
	if (out->needs_human)
		json_object_set_new(value, "needsHuman", json_true());
	if (out->deadline_policy != 0)
		json_object_set_new(
			value, "deadlinePolicy", json_integer(out->deadline_policy));
}

/* One JSON value, also without --json: that is what the command is for. */
static void route_print(
	struct ctl *ctl, const struct city *city, const struct route_input *in)
{
	struct route_trace trace;
	struct route_outcome out;
	const struct city_rules *rules = city_rules_on(city, in->query.date);
	json_t *value;

	route_explain(city, rules ? &rules->set : NULL, &in->query, ctl->arena, &trace);
	out = trace.outcome;
	value = json_pack("{s:s, s:s?, s:s?, s:s?, s:s, s:s}", "board", out.board,
		"unit", out.unit, "district", out.district, "category", out.category,
		"rule", out.rule, "because", out.because);
	if (rules)
		json_object_set_new(value, "version", json_integer(rules->version));
	marks_put(value, &out);
	if (in->explain)
		json_object_set_new(value, "steps", steps_json(&trace));
	json_dumpf(value, stdout, ctl->json ? JSON_COMPACT : JSON_INDENT(2));
	putchar('\n');
	json_decref(value);
}

int ctl_route(struct ctl *ctl, char **argv)
{
	struct route_input in = {
		.query = { .type = "complaint", .channel = "web", .language = "sv" }
	};
	const struct ctl_option options[] = {
		{ "--category", &in.query.category, NULL },
		{ "--type", &in.query.type, NULL },
		{ "--district", &in.query.district, NULL },
		{ "--unit", &in.query.unit, NULL },
		{ "--text", &in.query.text, NULL },
		{ "--channel", &in.query.channel, NULL },
		{ "--mailbox", &in.query.mailbox, NULL },
		{ "--language", &in.query.language, NULL },
		{ "--lat", &in.lat, NULL },
		{ "--lon", &in.lon, NULL },
		{ "--date", &in.date, NULL },
		{ "--explain", NULL, &in.explain },
		{ 0 },
	};
	struct error err = { 0 };
	struct city *city;
	int rc = ctl_arguments(ctl, argv, options, NULL, 0);

	if (rc != 0)
		return rc;
	if (input_judge(&in, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	if (ctl_db_open(ctl, &err) < 0 || district_find(ctl, &in, &err) < 0 ||
		areas_find(ctl, &in, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	city = ctl_city_load(ctl, &err);
	if (!city)
		return ctl_fail(ctl, "%s", err.text);
	if (codes_check(city, &in.query, &err) < 0)
		rc = ctl_misuse(ctl, "%s", err.text);
	else
		route_print(ctl, city, &in);
	city_unref(city);
	return rc;
}
