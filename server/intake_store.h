/*
 * intake_store - the two statements of a batch and what goes in and out of them.
 */
#ifndef SYNPUNKT_SERVER_INTAKE_STORE_H
#define SYNPUNKT_SERVER_INTAKE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/db.h"

struct arena;
struct intake_case;

/* The city's rows changed after the batch was routed: route it again. */
#define INTAKE_SQLSTATE_STALE "SY001"

/* One row of prepare's answer for each case, in order: serial, district, fingerprint,
 * case_id, year, answer, areas. */
enum intake_prepare_column {
	PREPARE_SERIAL,
	PREPARE_DISTRICT,
	PREPARE_FINGERPRINT, /* NULL: the key is new, or there is none */
	PREPARE_CASE_ID,
	PREPARE_YEAR,
	PREPARE_ANSWER,
	PREPARE_AREAS, /* NULL also when they were not asked for */
};

struct intake_store_batch {
	struct intake_case *const *cases;
	size_t n;
	int64_t city_version; /* that the cases were routed by; for submit */
	bool asks_areas;      /* a rule asks for them; for prepare */
};

struct db_call *intake_store_prepare(struct db_pool *pool, struct arena *arena,
	const struct intake_store_batch *batch, db_done_fn *done, void *arg);

/* What submit() takes, in its order: the city's version and an array for each column.
 */
#define INTAKE_STORE_PARAMS 35
void intake_store_params(struct arena *arena, const struct intake_store_batch *batch,
	const char *ret[static INTAKE_STORE_PARAMS]);

/* Rows: the serials stored. */
struct db_call *intake_store_submit(struct db_pool *pool, struct arena *arena,
	const struct intake_store_batch *batch, db_done_fn *done, void *arg);

#endif
