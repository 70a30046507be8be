/*
 * statistics_store - the figures' statements. All run as synpunkt_report, which reads
 * sums and no case, and name the session: whose figures there are to see is decided by
 * the policies on the sums.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_STORE_H
#define SYNPUNKT_SERVER_STATISTICS_STORE_H

#include <stdbool.h>

#include "lib/db.h"

struct session;

#define STATISTICS_CITY "" /* in place of a board's code */

enum statistics_month_column {
	STATISTICS_OUTCOME, /* "done", or "forbidden" and nothing more */
	STATISTICS_WHOLE,   /* the API's object */
	STATISTICS_FIRST,   /* the first and the last month with a figure, or NULL */
	STATISTICS_LAST,
};

struct statistics_wanted {
	const struct session *session;
	const char *board; /* a code, or STATISTICS_CITY */
	const char *month; /* its first day */
	const char *year;  /* of what goes by years */
};

/* One row. */
struct db_call *statistics_store_month(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg);

/* (outcome, items): {items}, citizens' proposals of a year, as JSON. One row. */
struct db_call *statistics_store_proposals(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg);

enum pack_column {
	PACK_OUTCOME, /* "done", or "forbidden" and nothing more */
	PACK_WHOLE,   /* the body that pack_new() reads */
	PACK_FIRST,   /* the first and the last month with a figure, or NULL */
	PACK_LAST,
	PACK_MAY_CORRECT,
	PACK_SUBSCRIBED, /* NULL: there is no address to write to */
};

/* One row. */
struct db_call *statistics_store_pack(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg);

/* One row: the same columns; PACK_WHOLE is what pack_mapped_make() reads. */
struct db_call *statistics_store_mapped(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg);

/* One row, as a month's; STATISTICS_WHOLE is what compare_make() reads. No board is
 * asked for. */
struct db_call *statistics_store_comparison(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg);

/* One row: "done", "forbidden", "not-frozen" or "unchanged". */
struct db_call *statistics_store_correct(struct db_pool *pool,
	const struct statistics_wanted *wanted, const char *reason, db_done_fn *done,
	void *arg);

/* One row: "done", "forbidden" or "no-address". month is not asked for. */
struct db_call *statistics_store_subscribe(struct db_pool *pool,
	const struct statistics_wanted *wanted, bool on, db_done_fn *done, void *arg);

/* board, first month, last month: of each board that has figures for the session. */
struct db_call *statistics_store_months(struct db_pool *pool,
	const struct session *session, db_done_fn *done, void *arg);

#endif
