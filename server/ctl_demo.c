/*
 * synpunktctl demo-cases FILE --count N - made-up cases for a demonstration, spread
 * over the months that have been. They go in by the same functions as any other:
 * districts, routing and deadlines are decided as on their day. With --staff FILE they
 * are handled too (ctl_demo_life.c). The same seed makes the same cases.
 */
#include "server/ctl_demo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_tsv.h"
#include "server/day.h"
#include "server/deadline.h"
#include "server/route_rule.h"

#define COUNT_MAX 20000
#define MONTHS_MAX 120
#define PICKS_MAX 1000
#define DAYS_A_MONTH 30.44
#define FAVOURED 35 /* per cent near units of the districts that have accounts */
#define FRESH 22    /* per cent came in the last FRESH_DAYS */
#define FRESH_DAYS 21
#define HOUR 3600
/* Until a person has looked, a case without category is treated as personal. */

static const char *const parts[] = { "case", "place", "ending", "name",
	"acknowledgement", "note", "move", NULL };
static const char *const types[] = { "complaint", "suggestion", "praise", "question",
	"fault-report", NULL };

static const char *const reasons[] = { "remedied", "explained", "no-action", NULL };

static const struct ctl_tsv_column columns[] = {
	{ "part", CTL_TSV_CHOICE, true, parts },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "type", CTL_TSV_CHOICE, false, types },
	{ "season", CTL_TSV_TEXT, false, NULL },
	{ "unit_kind", CTL_TSV_CODE, false, NULL },
	{ "language", CTL_TSV_CODE, false, NULL },
	{ "text", CTL_TSV_TEXT, true, NULL },
	{ "answer", CTL_TSV_TEXT, false, NULL },
	{ "reason", CTL_TSV_CHOICE, false, reasons },
	{ "question", CTL_TSV_TEXT, false, NULL },
	{ "message", CTL_TSV_TEXT, false, NULL },
	{ 0 },
};

/* splitmix64: good enough to make up with, and the same everywhere. */
uint64_t demo_random(struct demo *demo, uint64_t below)
{
	uint64_t z = demo->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

static double demo_fraction(struct demo *demo)
{
	return (double)demo_random(demo, 1000000) / 1000000;
}

const char *demo_text(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

/* One of a part's texts. */
const char *demo_pick(struct demo *demo, enum demo_part part)
{
	size_t n = json_array_size(demo->texts[part]);

	if (n == 0)
		return "";
	return demo_text(
		json_array_get(demo->texts[part], demo_random(demo, n)), "text");
}

/* "12-3": December to March. */
static bool in_season(const char *season, int month)
{
	char *end;
	long from, to;

	if (!season)
		return true;
	from = strtol(season, &end, 10);
	to = *end == '-' ? strtol(end + 1, NULL, 10) : from;
	return from <= to ? month >= from && month <= to : month >= from || month <= to;
}

/* A text for the month; any at all if chance finds none. */
static const json_t *case_pick(struct demo *demo, int month)
{
	const json_t *texts = demo->texts[DEMO_CASE], *row = NULL;

	for (int i = 0; i < PICKS_MAX; i++) {
		row = json_array_get(texts, demo_random(demo, json_array_size(texts)));
		if (in_season(demo_text(row, "season"), month))
			break;
	}
	return row;
}

/* Who signs in as a district's staff should find something to do. */
static bool unit_is_favoured(const struct demo *demo, const struct city_unit *unit)
{
	const struct city_board *board = city_board_find(demo->city, unit->board);

	return board && board->kind == CITY_DISTRICT_BOARD &&
	       demo_staff_find(demo, board->code, NULL);
}

static const struct city_unit *unit_pick(struct demo *demo, const char *kind)
{
	size_t n = demo->city->n_units, start = n ? demo_random(demo, n) : 0;
	bool favour = demo_random(demo, 100) < FAVOURED;
	const struct city_unit *any = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct city_unit *unit = &demo->city->units[(start + i) % n];

		if (kind && strcmp(unit->kind, kind) != 0)
			continue;
		if (!favour || unit_is_favoured(demo, unit))
			return unit;
		any = any ? any : unit;
	}
	return any;
}

static char *replace(
	struct arena *arena, const char *text, const char *mark, const char *by)
{
	const char *at = strstr(text, mark);

	if (!at)
		return arena_dup(arena, text);
	return arena_printf(
		arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(mark));
}

static char *text_make(
	struct demo *demo, const json_t *row, const struct city_unit *unit)
{
	struct arena *arena = demo->ctl->arena;
	char *text = replace(
		arena, demo_text(row, "text"), "{plats}", demo_pick(demo, DEMO_PLACE));

	text = replace(arena, text, "{enhet}", unit ? unit->name : "enheten");
	if (demo_text(row, "language") || demo_random(demo, 3) == 0)
		return text;
	return arena_printf(arena, "%s %s", text, demo_pick(demo, DEMO_ENDING));
}

/* Names are made up and example.org belongs to nobody (RFC 2606). */
static const char *contact_make(struct demo *demo)
{
	const char *name = demo_pick(demo, DEMO_NAME);
	json_t *contact = json_pack("{s:s, s:s, s:n}", "name", name, "email",
		arena_printf(demo->ctl->arena, "%s@example.org",
			city_code_of(demo->ctl->arena, name)),
		"phone");
	char *json = json_dumps(contact, JSON_COMPACT);
	const char *kept = arena_dup(demo->ctl->arena, json);

	mem_free(json);
	json_decref(contact);
	return kept;
}

static const char *channel_pick(struct demo *demo)
{
	static const struct {
		const char *code;
		unsigned share; /* of a hundred */
	} channels[] = {
		{ "web", 52 },
		{ "app", 22 },
		{ "mail", 10 },
		{ "phone", 10 },
		{ "letter", 3 },
		{ "visit", 3 },
	};
	uint64_t at = demo_random(demo, 100);
	size_t i = 0;

	while (i < ARRAY_LEN(channels) - 1 && at >= channels[i].share)
		at -= channels[i++].share;
	return channels[i].code;
}

/* A place in the city: near some unit, where people are. */
static void place_make(struct demo *demo, json_t *one, const struct city_unit *unit)
{
	const struct city_unit *near = unit ? unit : unit_pick(demo, NULL);

	if (unit)
		json_object_set_new(one, "unit", json_string(unit->code));
	if (!near || !near->has_point || demo_random(demo, 10) == 0)
		return;
	json_object_set_new(
		one, "lat", json_real(near->lat + demo_fraction(demo) * 0.02 - 0.01));
	json_object_set_new(
		one, "lon", json_real(near->lon + demo_fraction(demo) * 0.04 - 0.02));
}

/* What will be said about it. */
static void life_take(
	struct demo *demo, json_t *one, const json_t *row, const struct city_unit *unit)
{
	static const char *const said[] = { "answer", "reason", "question", "message" };

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		const char *text = demo_text(row, said[i]);

		if (text)
			json_object_set_new(one, said[i],
				json_string(replace(demo->ctl->arena, text, "{enhet}",
					unit ? unit->name : "enheten")));
	}
}

/* Times are given, in order, so that the serials rise with them. */
static json_t *case_make(struct demo *demo, int64_t at)
{
	int32_t day = day_of_instant(at);
	const json_t *row = case_pick(demo, day_to_civil(day).month);
	const char *kind = demo_text(row, "unit_kind");
	const struct city_unit *unit = kind ? unit_pick(demo, kind) : NULL;
	const char *contact = demo_random(demo, 100) < 62 ? contact_make(demo) : NULL;
	const char *language = demo_text(row, "language");
	char text[DAY_TEXT];
	json_t *one = json_pack("{s:I, s:s, s:s, s:s?, s:s, s:s, s:s, s:s?, s:b}", "at",
		(json_int_t)at, "day", day_format(day, text), "type",
		demo_text(row, "type"), "category", demo_text(row, "category"), "text",
		text_make(demo, row, unit), "channel", channel_pick(demo), "language",
		language ? language : "sv", "contact", contact, "wants",
		contact != NULL);

	place_make(demo, one, unit);
	life_take(demo, one, row, unit);
	return one;
}

/* Some months have more than others: few remember the far ones. People write from
 * morning to late evening, most around three. */
static int64_t instant_make(struct demo *demo)
{
	double u = demo_fraction(demo),
	       span = (double)demo->months * DAYS_A_MONTH * 86400 * u * u;
	int64_t at;

	if (demo_random(demo, 100) < FRESH)
		span = fmin(FRESH_DAYS, (double)demo->months * DAYS_A_MONTH) * 86400 *
		       u;
	at = day_start(day_of_instant(demo->now - (int64_t)span)) + 7 * HOUR +
	     (int64_t)((demo_fraction(demo) + demo_fraction(demo)) * 8 * HOUR);
	/* This morning's came before now. */
	return at < demo->now - 60 ? at : demo->now - 60 - (int64_t)(u * 8 * HOUR);
}

static int instant_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void cases_make(struct demo *demo)
{
	int64_t *ats = arena_array(demo->ctl->arena, (size_t)demo->count, sizeof(*ats));

	for (long i = 0; i < demo->count; i++)
		ats[i] = instant_make(demo);
	qsort(ats, (size_t)demo->count, sizeof(*ats), instant_compare);
	for (long i = 0; i < demo->count; i++)
		json_array_append_new(demo->cases, case_make(demo, ats[i]));
}

static const char prepare_sql[] =
	"SELECT p.serial, p.district "
	"FROM (SELECT array_agg(r.lat ORDER BY r.i) AS lats, "
	"array_agg(r.lon ORDER BY r.i) AS lons, array_agg(NULL::bytea) AS keys "
	"FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (lat float8, lon float8)) "
	"WITH ORDINALITY AS r (lat, lon, i)) a, "
	"synpunkt_intake.prepare(a.lats, a.lons, a.keys) AS p";

/* The hashes belong to no code: nobody follows a made-up case. */
static const char submit_sql[] =
	"SELECT count(*) FROM (SELECT synpunkt_intake.submit($2::bigint, "
	"array_agg(r.serial), array_agg(to_timestamp(r.at)), array_agg(r.day), "
	"array_agg(r.type), array_agg(r.category), array_agg(r.board), "
	"array_agg(r.unit), array_agg(r.district), array_agg(r.channel), "
	"array_agg(r.sensitivity), array_agg(r.language), array_agg(NULL::text), "
	"array_agg(false), array_agg(r.wants), array_agg(r.lat), array_agg(r.lon), "
	"array_agg(r.acknowledge_by), array_agg(r.acknowledge_because), "
	"array_agg(r.answer_by), array_agg(r.answer_because), array_agg(r.rule), "
	"array_agg(r.because), "
	"array_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))), "
	"array_agg(r.text), array_agg(r.contact), array_agg(NULL::text), "
	"array_agg(NULL::bytea), array_agg(NULL::jsonb), array_agg(NULL::bytea), "
	"array_agg(NULL::bytea), array_agg(NULL::text), "
	"array_agg(to_timestamp(r.at)), array_agg(NULL::text)) "
	"FROM jsonb_to_recordset($1::jsonb) AS r (serial bigint, at bigint, day date, "
	"type text, category text, board text, unit text, district text, channel text, "
	"sensitivity smallint, language text, wants boolean, lat float8, lon float8, "
	"acknowledge_by date, acknowledge_because text, answer_by date, "
	"answer_because text, rule text, because text, text text, contact text)) s";

static void case_decide(struct demo *demo, json_t *one)
{
	struct arena *arena = demo->ctl->arena;
	struct route_query query = {
		.category = demo_text(one, "category"),
		.type = demo_text(one, "type"),
		.district = demo_text(one, "district"),
		.unit = demo_text(one, "unit"),
		.channel = demo_text(one, "channel"),
		.text = demo_text(one, "text"),
		.date = day_of_instant(json_integer_value(json_object_get(one, "at"))),
	};
	struct route_outcome route;
	struct deadline deadline;
	char acknowledge[DAY_TEXT], answer[DAY_TEXT];

	route_decide_now(demo->city, &query, arena, &route);
	deadline_decide(demo->city,
		&(struct deadline_query){
			route.board, route.category, query.type, query.date },
		arena, &deadline);
	json_object_set_new(
		one, "acknowledge_day", json_integer(deadline.acknowledge_by));
	json_object_set_new(one, "answer_day", json_integer(deadline.answer_by));
	json_object_update_new(one,
		json_pack("{s:s, s:s?, s:s?, s:s?, s:s, s:s, s:i, s:s, s:s, s:s, s:s}",
			"board", route.board, "unit", route.unit, "district",
			route.district, "category", route.category, "rule", route.rule,
			"because", route.because, "sensitivity", route.sensitivity,
			"acknowledge_by",
			day_format(deadline.acknowledge_by, acknowledge),
			"acknowledge_because", deadline.acknowledge_because,
			"answer_by", day_format(deadline.answer_by, answer),
			"answer_because", deadline.answer_because));
}

static int cases_prepare(struct demo *demo, struct error *err)
{
	char *json = json_dumps(demo->cases, JSON_COMPACT);
	PGresult *result = ctl_db_query(
		demo->ctl, prepare_sql, 1, (const char *const[]){ json }, err);

	mem_free(json);
	if (!result)
		return -1;
	for (int i = 0; i < PQntuples(result); i++) {
		json_t *one = json_array_get(demo->cases, (size_t)i);

		json_object_set_new(one, "serial",
			json_integer(strtoll(PQgetvalue(result, i, 0), NULL, 10)));
		if (!PQgetisnull(result, i, 1))
			json_object_set_new(
				one, "district", json_string(PQgetvalue(result, i, 1)));
		case_decide(demo, one);
	}
	PQclear(result);
	return 0;
}

static int cases_submit(struct demo *demo, struct error *err)
{
	const char *version =
		arena_printf(demo->ctl->arena, "%lld", (long long)demo->city->version);
	char *json = json_dumps(demo->cases, JSON_COMPACT);
	PGresult *result = ctl_db_query(
		demo->ctl, submit_sql, 2, (const char *const[]){ json, version }, err);

	mem_free(json);
	if (!result)
		return -1;
	PQclear(result);
	return 0;
}

static size_t part_of(const json_t *row)
{
	size_t part = 0;

	while (strcmp(parts[part], demo_text(row, "part")) != 0)
		part++;
	return part;
}

static int texts_read(struct demo *demo, const char *path, struct error *err)
{
	size_t size, i;
	char *text = ctl_file_read(demo->ctl, path, &size, err);
	json_t *rows, *row;

	rows = text ? ctl_tsv_read(demo->ctl->arena, text, columns, err) : NULL;
	if (!rows)
		return -1;
	json_array_foreach(rows, i, row)
	{
		json_array_append(demo->texts[part_of(row)], row);
	}
	json_decref(rows);
	if (json_array_size(demo->texts[DEMO_CASE]) == 0)
		return error_set(err, ERR_INVALID, "the file has no text of a case");
	return 0;
}

/* A case that is there may be a resident's, and a second heap of made-up ones is not
 * wanted either. */
static int demo_store(struct demo *demo, struct error *err)
{
	struct ctl *ctl = demo->ctl;
	PGresult *result;
	bool some;

	if (ctl_db_open(ctl, err) < 0)
		return -1;
	result = ctl_db_query(
		ctl, "SELECT EXISTS (SELECT FROM synpunkt.case)", 0, NULL, err);
	if (!result)
		return -1;
	some = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (some) {
		demo->count = 0;
		return 0;
	}
	demo->city = ctl_city_load(ctl, err);
	if (!demo->city)
		return -1;
	cases_make(demo);
	if (ctl_db_script(ctl, "BEGIN", err) < 0 || cases_prepare(demo, err) < 0 ||
		cases_submit(demo, err) < 0 ||
		(json_array_size(demo->staff) > 0 && demo_live(demo, err) < 0))
		return -1;
	return ctl_db_script(ctl, "COMMIT", err);
}

static int numbers_read(struct demo *demo, const char *count, const char *months,
	const char *seed, struct error *err)
{
	long number = 1;

	if (!count)
		return error_set(err, ERR_INVALID, "--count must be given");
	if (ctl_int_parse(count, 1, COUNT_MAX, &demo->count, err) < 0 ||
		(months &&
			ctl_int_parse(months, 1, MONTHS_MAX, &demo->months, err) < 0) ||
		(seed && ctl_int_parse(seed, 0, INT32_MAX, &number, err) < 0))
		return -1;
	demo->state = (uint64_t)number;
	return 0;
}

static int demo_run(struct demo *demo, const char *path, const char *staff)
{
	struct ctl *ctl = demo->ctl;
	struct error err = { 0 };

	if (texts_read(demo, path, &err) < 0)
		return ctl_fail(ctl, "%s: %s", path, err.text);
	if (staff && demo_staff_read(demo, staff, &err) < 0)
		return ctl_fail(ctl, "%s: %s", staff, err.text);
	if (demo_store(demo, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:i}", "cases", (int)demo->count));
	else if (demo->count > 0)
		printf("cases: %ld, made up\n", demo->count);
	else
		puts("cases: there are some already");
	return CTL_DONE;
}

int ctl_demo_cases(struct ctl *ctl, char **argv)
{
	struct demo demo = { .ctl = ctl, .months = 26, .now = time(NULL) };
	const char *count = NULL, *months = NULL, *seed = NULL, *staff = NULL, *path;
	const struct ctl_option options[] = {
		{ "--count", &count, NULL },
		{ "--months", &months, NULL },
		{ "--seed", &seed, NULL },
		{ "--staff", &staff, NULL },
		{ 0 },
	};
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, &path, 1);

	if (rc != 0)
		return rc;
	if (numbers_read(&demo, count, months, seed, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	demo.cases = json_array();
	demo.staff = json_array();
	for (size_t i = 0; i < ARRAY_LEN(demo.texts); i++)
		demo.texts[i] = json_array();
	rc = demo_run(&demo, path, staff);
	for (size_t i = 0; i < ARRAY_LEN(demo.texts); i++)
		json_decref(demo.texts[i]);
	json_decref(demo.staff);
	json_decref(demo.cases);
	city_unref(demo.city);
	return rc;
}
