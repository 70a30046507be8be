/*
 * Rows become cases: what is known by its number is left alone, and the rest goes
 * through the decisions and the function of intake, a part of the file at a time in one
 * transaction.
 */
#include "server/ctl_tyck_till.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/secret.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/intake_case.h"
#include "server/stamp.h"

#define PART 500

static const char source[] = "tyck-till";

static const char known_sql[] = "SELECT k.place, k.number, k.fingerprint, k.disposed "
				"FROM synpunkt_import.known($1::text, $2::text[]) k";

static const char prepare_sql[] = "SELECT p.serial, p.district, p.lat, p.lon, "
				  "synpunkt.areas_at(p.lat, p.lon, synpunkt.today()) "
				  "FROM synpunkt_import.prepare($1::jsonb) p";

static const char put_sql[] =
	"SELECT synpunkt_import.put($1::text, $2::jsonb, $3::bigint)";

/* Rows of a part that are to be cases. */
struct part {
	struct ctl_tyck_till *in;
	struct arena *arena; /* the part's own */
	struct tyck_till_row *rows[PART];
	size_t n;
	/* Nobody is told a code: what it is made with is forgotten. */
	unsigned char secret[FOLLOW_SECRET_SIZE];
};

static void note_known(struct part *part, const PGresult *known, int i)
{
	struct ctl_tyck_till *in = part->in;
	size_t at = (size_t)strtoul(PQgetvalue(known, i, 0), NULL, 10) - 1;
	struct tyck_till_row *row = part->rows[at];
	bool disposed = PQgetvalue(known, i, 3)[0] == 't',
	     same = PQgetisnull(known, i, 2) ||
		    !strcmp(PQgetvalue(known, i, 2), row->fingerprint);

	part->rows[at] = NULL;
	if (same && !disposed)
		in->known++;
	else
		json_array_append_new(in->changed,
			json_pack("{s:i, s:s, s:s, s:b}", "line", (int)row->line,
				"number", row->number, "case", PQgetvalue(known, i, 1),
				"disposed", disposed));
}

/* Leaves those in the part that are not known. */
static int part_sift(struct part *part, struct error *err)
{
	struct db_array *numbers = db_array_new(part->arena);
	size_t left = 0;
	PGresult *known;

	for (size_t i = 0; i < part->n; i++)
		db_array_text(numbers, part->rows[i]->number);
	known = ctl_db_query(part->in->ctl, known_sql, 2,
		(const char *const[]){ source, db_array_literal(numbers) }, err);
	if (!known)
		return -1;
	for (int i = 0; i < PQntuples(known); i++)
		note_known(part, known, i);
	PQclear(known);
	for (size_t i = 0; i < part->n; i++) {
		if (part->rows[i])
			part->rows[left++] = part->rows[i];
	}
	part->n = left;
	return 0;
}

static json_t *places_json(const struct part *part)
{
	json_t *places = json_array();

	for (size_t i = 0; i < part->n; i++) {
		const struct tyck_till_row *row = part->rows[i];

		json_array_append_new(places,
			row->epsg ? json_pack("{s:i, s:f, s:f}", "epsg", row->epsg,
					    "east", row->east, "north", row->north)
				  : json_object());
	}
	return places;
}

static void put_day(json_t *json, const char *name, int32_t day)
{
	char text[DAY_TEXT];

	if (day != DAY_NONE)
		json_object_set_new(json, name, json_string(day_format(day, text)));
}

/* What synpunkt_import.put() reads. */
static json_t *row_json(const struct tyck_till_row *row, const struct intake_case *c)
{
	const struct submission *s = &row->submission;
	json_t *json = json_pack(
		"{s:I, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s, s:i, s:s, "
		"s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:I}",
		"serial", (json_int_t)c->number.serial, "number", row->number, "type",
		s->type, "category", c->route.category, "board", c->route.board, "unit",
		c->route.unit, "district", c->route.district, "channel", s->channel,
		"sensitivity", c->sensitivity, "language", s->language, "wants",
		s->wants_reply, "acknowledge_because", c->deadline.acknowledge_because,
		"answer_because", c->deadline.answer_because, "rule", c->route.rule,
		"because", c->route.because, "follow_hash", c->follow_hash, "text",
		s->text, "contact", c->contact, "place", c->place, "received_at",
		(json_int_t)(c->received_at / 1000000));

	json_t *extra;

	put_day(json, "day", c->received_on);
	put_day(json, "acknowledge_by", c->deadline.acknowledge_by);
	put_day(json, "answer_by", c->deadline.answer_by);
	put_day(json, "acknowledgedOn", row->acknowledged_on);
	put_day(json, "answeredOn", row->answered_on);
	put_day(json, "closedOn", row->closed_on);
	json_object_set_new(json, "fingerprint", json_string(row->fingerprint));
	/* Whoever is given what comes in today was not given this. */
	extra = json_loads(c->extra, 0, NULL);
	json_object_del(extra, "handler");
	json_object_set_new(json, "extra", extra);
	if (row->answer)
		json_object_set_new(json, "answer", json_string(row->answer));
	if (row->reason)
		json_object_set_new(json, "reason", json_string(row->reason));
	if (s->place.has_point) {
		json_object_set_new(json, "lat", json_real(s->place.lat));
		json_object_set_new(json, "lon", json_real(s->place.lon));
	}
	return json;
}

static json_t *row_decide(
	struct part *part, struct tyck_till_row *row, const PGresult *prepared, int i)
{
	struct intake_case c;

	if (!PQgetisnull(prepared, i, 2)) {
		row->submission.place.has_point = true;
		row->submission.place.lat = strtod(PQgetvalue(prepared, i, 2), NULL);
		row->submission.place.lon = strtod(PQgetvalue(prepared, i, 3), NULL);
	}
	intake_case_receive(&c, &row->submission, stamp_now());
	c.number.serial = strtoll(PQgetvalue(prepared, i, 0), NULL, 10);
	c.district = PQgetisnull(prepared, i, 1) ? NULL : PQgetvalue(prepared, i, 1);
	c.areas = PQgetisnull(prepared, i, 4) ? NULL : PQgetvalue(prepared, i, 4);
	intake_case_decide(&c, part->in->city, part->secret, part->arena);
	return row_json(row, &c);
}

static int part_put(struct part *part, json_t *rows, struct error *err)
{
	struct ctl *ctl = part->in->ctl;
	char *json = json_dumps(rows, JSON_COMPACT);
	const char *version =
		arena_printf(part->arena, "%lld", (long long)part->in->city->version);
	int rc = ctl_db_run(
		ctl, put_sql, 3, (const char *const[]){ source, json, version }, err);

	mem_free(json);
	part->in->added += rc == 0 ? (long)part->n : 0;
	return rc;
}

static int part_store(struct part *part, struct error *err)
{
	json_t *places, *rows;
	char *json;
	PGresult *prepared;
	int rc;

	if (part_sift(part, err) < 0)
		return -1;
	if (part->n == 0)
		return 0;
	places = places_json(part);
	json = json_dumps(places, JSON_COMPACT);
	json_decref(places);
	prepared = ctl_db_query(
		part->in->ctl, prepare_sql, 1, (const char *const[]){ json }, err);
	mem_free(json);
	if (!prepared)
		return -1;
	rows = json_array();
	for (size_t i = 0; i < part->n; i++)
		json_array_append_new(
			rows, row_decide(part, part->rows[i], prepared, (int)i));
	PQclear(prepared);
	rc = part_put(part, rows, err);
	json_decref(rows);
	return rc;
}

static int parts_store(struct ctl_tyck_till *in, struct error *err)
{
	struct part part = { .in = in };
	int rc = 0;

	secret_random(part.secret, sizeof(part.secret));
	for (size_t at = 0; at < in->n && rc == 0; at += PART) {
		part.arena = arena_new();
		part.n = in->n - at < PART ? in->n - at : PART;
		for (size_t i = 0; i < part.n; i++)
			part.rows[i] = &in->rows[at + i];
		rc = part_store(&part, err);
		arena_free(part.arena);
	}
	return rc;
}

int ctl_tyck_till_store(struct ctl_tyck_till *in, struct error *err)
{
	if (ctl_db_script(in->ctl, "BEGIN", err) < 0 || parts_store(in, err) < 0)
		return -1;
	return ctl_db_script(in->ctl, in->dry_run ? "ROLLBACK" : "COMMIT", err);
}
