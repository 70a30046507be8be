#include "server/intake_store.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_array.h"
#include "server/day.h"
#include "server/intake_case.h"
#include "server/stamp.h"
#include "server/submission.h"

static const struct db_query prepare_query = {
	.name = "intake_prepare",
	.sql = "SELECT p.serial, p.district, p.fingerprint, p.case_id, p.year, p.answer,"
	       " CASE WHEN $4::boolean THEN synpunkt.areas_at(($1::float8[])[p.i],"
	       " ($2::float8[])[p.i], synpunkt.today()) END"
	       " FROM synpunkt_intake.prepare($1::float8[], $2::float8[], $3::bytea[])"
	       " WITH ORDINALITY AS p (serial, district, fingerprint, case_id, year,"
	       " answer, i)"
	       " ORDER BY p.i",
	.n_params = 4,
};

/* $1 is the city's version; the others stand in the order of enum submit_column. */
static const struct db_query submit_query = {
	.name = "intake_submit",
	.sql = "SELECT s FROM synpunkt_intake.submit($1::bigint, $2::bigint[],"
	       " $3::timestamptz[], $4::date[], $5::text[], $6::text[], $7::text[],"
	       " $8::text[], $9::text[], $10::text[], $11::smallint[], $12::text[],"
	       " $13::text[], $14::boolean[], $15::boolean[], $16::float8[],"
	       " $17::float8[], $18::date[], $19::text[], $20::date[], $21::text[],"
	       " $22::text[], $23::text[], $24::bytea[], $25::text[], $26::text[],"
	       " $27::text[], $28::bytea[], $29::jsonb[], $30::bytea[],"
	       " $31::bytea[], $32::text[], $33::timestamptz[], $34::text[],"
	       " $35::jsonb[]) s",
	.n_params = INTAKE_STORE_PARAMS,
};

/* The array parameters of submit, $2 and on, one element a case. */
enum submit_column {
	SUBMIT_SERIAL,
	SUBMIT_AT,
	SUBMIT_DAY,
	SUBMIT_TYPE,
	SUBMIT_CATEGORY,
	SUBMIT_BOARD,
	SUBMIT_UNIT,
	SUBMIT_DISTRICT,
	SUBMIT_CHANNEL,
	SUBMIT_SENSITIVITY,
	SUBMIT_LANGUAGE,
	SUBMIT_BEHALF,
	SUBMIT_CHILD,
	SUBMIT_WANTS,
	SUBMIT_LAT,
	SUBMIT_LON,
	SUBMIT_ACKNOWLEDGE_BY,
	SUBMIT_ACKNOWLEDGE_BECAUSE,
	SUBMIT_ANSWER_BY,
	SUBMIT_ANSWER_BECAUSE,
	SUBMIT_RULE,
	SUBMIT_BECAUSE,
	SUBMIT_FOLLOW_HASH,
	SUBMIT_TEXT,
	SUBMIT_CONTACT,
	SUBMIT_PLACE,
	SUBMIT_SEALED_CODE,
	SUBMIT_ATTACHMENTS,
	SUBMIT_KEY_HASH,
	SUBMIT_FINGERPRINT,
	SUBMIT_ANSWER,
	SUBMIT_RECEIVED_AT,
	SUBMIT_SESSION,
	SUBMIT_EXTRA,
	SUBMIT_COLUMNS,
};
_Static_assert(
	1 + SUBMIT_COLUMNS == INTAKE_STORE_PARAMS, "the version, then the columns");

static const char *text_of_day(struct arena *arena, int32_t day)
{
	char text[DAY_TEXT];

	return arena_dup(arena, day_format(day, text));
}

/* With microseconds: the event's hash is over them. */
static const char *text_of_instant(struct arena *arena, int64_t at)
{
	char stamp[STAMP_SIZE];

	stamp_print(at, stamp);
	return arena_printf(arena, "%.19s.%06dZ", stamp, (int)(at % 1000000));
}

/* 17 digits read back as the same double. */
static const char *text_of_degrees(struct arena *arena, double degrees)
{
	return arena_printf(arena, "%.17g", degrees);
}

static void row_fill(struct arena *arena, const struct intake_case *c,
	const char *row[static SUBMIT_COLUMNS])
{
	const struct submission *s = c->submission;
	bool keyed = c->key_hash[0] != '\0', placed = s->place.has_point;

	row[SUBMIT_SERIAL] = arena_printf(arena, "%lld", (long long)c->number.serial);
	row[SUBMIT_AT] = text_of_instant(arena, c->registered_at);
	row[SUBMIT_DAY] = text_of_day(arena, c->received_on);
	row[SUBMIT_TYPE] = s->type;
	row[SUBMIT_CATEGORY] = c->route.category;
	row[SUBMIT_BOARD] = c->route.board;
	row[SUBMIT_UNIT] = c->route.unit;
	row[SUBMIT_DISTRICT] = c->route.district;
	row[SUBMIT_CHANNEL] = s->channel;
	row[SUBMIT_SENSITIVITY] = arena_printf(arena, "%d", c->sensitivity);
	row[SUBMIT_LANGUAGE] = s->language;
	row[SUBMIT_BEHALF] = s->on_behalf_of;
	row[SUBMIT_CHILD] = s->from_child ? "t" : "f";
	row[SUBMIT_WANTS] = s->wants_reply ? "t" : "f";
	row[SUBMIT_LAT] = placed ? text_of_degrees(arena, s->place.lat) : NULL;
	row[SUBMIT_LON] = placed ? text_of_degrees(arena, s->place.lon) : NULL;
	row[SUBMIT_ACKNOWLEDGE_BY] = text_of_day(arena, c->deadline.acknowledge_by);
	row[SUBMIT_ACKNOWLEDGE_BECAUSE] = c->deadline.acknowledge_because;
	row[SUBMIT_ANSWER_BY] = text_of_day(arena, c->deadline.answer_by);
	row[SUBMIT_ANSWER_BECAUSE] = c->deadline.answer_because;
	row[SUBMIT_RULE] = c->route.rule;
	row[SUBMIT_BECAUSE] = c->route.because;
	row[SUBMIT_FOLLOW_HASH] = c->follow_hash;
	row[SUBMIT_TEXT] = s->text;
	row[SUBMIT_CONTACT] = c->contact;
	row[SUBMIT_PLACE] = c->place;
	row[SUBMIT_SEALED_CODE] = c->mail_receipt ? c->sealed_code : NULL;
	row[SUBMIT_ATTACHMENTS] = c->attachments;
	row[SUBMIT_KEY_HASH] = keyed ? c->key_hash : NULL;
	row[SUBMIT_FINGERPRINT] = keyed ? c->fingerprint : NULL;
	row[SUBMIT_ANSWER] = keyed ? c->answer : NULL;
	row[SUBMIT_RECEIVED_AT] = text_of_instant(arena, c->received_at);
	row[SUBMIT_SESSION] = s->taken ? s->taken->session : NULL;
	row[SUBMIT_EXTRA] = c->extra;
}

struct db_call *intake_store_prepare(struct db_pool *pool, struct arena *arena,
	const struct intake_store_batch *batch, db_done_fn *done, void *arg)
{
	struct db_array *lats = db_array_new(arena), *lons = db_array_new(arena);
	struct db_array *keys = db_array_new(arena);

	for (size_t i = 0; i < batch->n; i++) {
		const struct intake_case *c = batch->cases[i];
		const struct submission_place *place = &c->submission->place;

		if (place->has_point) {
			db_array_double(lats, place->lat);
			db_array_double(lons, place->lon);
		} else {
			db_array_null(lats);
			db_array_null(lons);
		}
		db_array_text(keys, c->key_hash[0] ? c->key_hash : NULL);
	}
	return db_run(pool, &prepare_query,
		(const char *[]){ db_array_literal(lats), db_array_literal(lons),
			db_array_literal(keys), batch->asks_areas ? "t" : "f" },
		done, arg);
}

void intake_store_params(struct arena *arena, const struct intake_store_batch *batch,
	const char *ret[static INTAKE_STORE_PARAMS])
{
	struct db_array *columns[SUBMIT_COLUMNS];
	const char *row[SUBMIT_COLUMNS];

	for (size_t column = 0; column < SUBMIT_COLUMNS; column++)
		columns[column] = db_array_new(arena);
	for (size_t i = 0; i < batch->n; i++) {
		row_fill(arena, batch->cases[i], row);
		for (size_t column = 0; column < SUBMIT_COLUMNS; column++)
			db_array_text(columns[column], row[column]);
	}
	ret[0] = arena_printf(arena, "%lld", (long long)batch->city_version);
	for (size_t column = 0; column < SUBMIT_COLUMNS; column++)
		ret[1 + column] = db_array_literal(columns[column]);
}

struct db_call *intake_store_submit(struct db_pool *pool, struct arena *arena,
	const struct intake_store_batch *batch, db_done_fn *done, void *arg)
{
	const char *params[INTAKE_STORE_PARAMS];

	intake_store_params(arena, batch, params);
	return db_run(pool, &submit_query, params, done, arg);
}
