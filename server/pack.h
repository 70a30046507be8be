/*
 * pack - a month's figures of a board as they come from the database, exact: rows of
 * {month, part, item, column, n} of the month, of the same month last year and, for
 * some, of the months between. What a part is, migrations/0044_pack.sql says. Small
 * numbers get their marks by pack_mask(); nothing of a pack goes out without them.
 *
 * A pack belongs to one thread at a time: pack_mask() is for a work thread.
 */
#ifndef SYNPUNKT_SERVER_PACK_H
#define SYNPUNKT_SERVER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "server/suppress.h"

struct error;
struct pack;

struct pack_figure {
	int64_t n;
	enum suppress_mark mark;
	bool known; /* there is a row of it; what has none is 0 */
};

struct pack_key {
	const char *month, *part, *item, *col;
};

#define PACK_MONTH sizeof("YYYY-MM")

/* body is the database's object, kept by a reference. NULL with ERR_INTERNAL if it is
 * not one. pack_free(). */
struct pack *pack_new(json_t *body, struct error *err);
void pack_free(struct pack *pack); /* NULL is fine */

const json_t *pack_body(const struct pack *pack);
const char *pack_month(const struct pack *pack);     /* "2026-10" */
const char *pack_last_year(const struct pack *pack); /* NULL: no figures then */

/* The first month that it has a figure of: before it nothing is known. */
const char *pack_first_month(const struct pack *pack);

/* So many months later or earlier than the pack's. */
void pack_month_step(const struct pack *pack, int months, char ret[PACK_MONTH]);

struct pack_figure pack_get(const struct pack *pack, const char *month,
	const char *part, const char *item, const char *col);

/* The items of a part in the months of the pack, in no order that matters: an object
 * whose keys they are. NULL for a part without any. */
const json_t *pack_items(const struct pack *pack, const char *part);

/* ---- for pack_mask ---- */

void pack_put(struct pack *pack, const struct pack_key *key,
	const struct pack_figure *figure);

/* Marks small numbers and what would tell them, in all that a pack shows. Slow. */
int pack_mask(struct pack *pack, struct error *err);

#endif
