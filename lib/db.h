/*
 * db - PostgreSQL from the event loop.
 *
 * A caller names a query, binds its parameters and gets one callback. It never
 * sees a PGconn. A pool keeps `size` connections, each in pipeline mode with up
 * to `pipeline_depth` calls under way; further calls wait in a queue. Every call
 * is a transaction of its own (a Sync follows it), so a failing one leaves its
 * neighbours alone, and done() comes only when the commit is acknowledged.
 * Statements are prepared on a connection when first used there.
 *
 * Nothing blocks: the server is named by socket folder or numeric address,
 * because libpq would look a name up on the spot.
 *
 * A pool belongs to one event_base and to the thread that runs it, and is made
 * after the fork.
 */
#ifndef SYNPUNKT_LIB_DB_H
#define SYNPUNKT_LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_call;
struct db_pool;
struct db_rows;
struct error;
struct event_base;

/* One per statement, static const, next to the code that reads its columns: the
 * pool remembers statements by address. */
struct db_query {
	const char *name; /* "case_insert": logs use it */
	const char *sql;  /* fixed text; values go in as $1..$n, every one cast */
	int n_params;
};

/* 0 stands for the default in brackets. The strings are copied. */
struct db_config {
	const char *conninfo;    /* of libpq; "host=/run/postgresql dbname=x user=y" */
	const char *name;        /* "read": in logs and as application_name */
	const char *options;     /* more server settings, "-c name=value"; or NULL */
	unsigned size;           /* connections [2] */
	unsigned max_queue;      /* calls that may wait for a connection [1000] */
	unsigned timeout_ms;     /* the server cancels a statement after this; if it is
				    silent for a quarter more the connection goes
				    [5000] */
	unsigned wait_ms;        /* longest wait in the queue [timeout_ms] */
	unsigned pipeline_depth; /* calls under way on one connection [16] */
};

/* NULL and err when conninfo cannot be used (not when the server is away: the
 * pool tries again for ever, with back-off). */
struct db_pool *db_pool_new(
	struct event_base *base, const struct db_config *config, struct error *err);

/* Calls not answered yet are forgotten, their done() will not run and their
 * handles are dead: cancel or finish them first. Not from inside a callback.
 * NULL is fine. */
void db_pool_free(struct db_pool *pool);

bool db_pool_ready(const struct db_pool *pool);    /* at least one connection is up */
unsigned db_pool_idle(const struct db_pool *pool); /* up with nothing under way */

struct db_stats {
	uint64_t queries;     /* calls answered, well or not */
	uint64_t failures;    /* those with an error */
	uint64_t timeouts;    /* failures: no answer, or no connection, in time */
	uint64_t refused;     /* failures: the queue was full */
	uint64_t reconnects;  /* connections made after the first of each */
	unsigned connections; /* up now */
	unsigned in_flight;   /* calls sent */
	unsigned queued;      /* calls waiting */
};
void db_pool_stats(const struct db_pool *pool, struct db_stats *ret);

/*
 * Called once for each db_run() that is not cancelled, on the loop, never before
 * db_run() has returned. On failure rows is NULL and err is set; both belong to
 * the pool and end with the call.
 *
 * err->code comes from the SQLSTATE (db_error.c); err->sqlstate and
 * err->constraint say more. ERR_UNAVAILABLE with DB_SQLSTATE_LOST: the connection
 * broke after the call was sent, so it may or may not have happened. With
 * DB_SQLSTATE_UNSENT: it never left, and can be tried again.
 */
typedef void db_done_fn(const struct db_rows *rows, const struct error *err, void *arg);

#define DB_SQLSTATE_LOST "08006"
#define DB_SQLSTATE_UNSENT "08001"

/* params has query->n_params strings (UTF-8 text form), NULL for SQL NULL; they
 * are copied. n_params 0: params may be NULL. The handle is good until done()
 * runs or db_cancel(). */
struct db_call *db_run(struct db_pool *pool, const struct db_query *query,
	const char *const *params, db_done_fn *done, void *arg);

/* One parameter in binary form, which is its bytes for bytea. */
struct db_bytes {
	int param; /* 1 for $1 */
	const void *bytes;
	size_t size;
};

struct db_task {
	const struct db_query *query;
	const char *const *params; /* the one of bytes is NULL here */
	struct db_bytes bytes;     /* not copied: until done() or db_cancel() */
	db_done_fn *done;
	void *arg;
};

/* db_run() for a large value. A connection that sent DB_BYTES_MANY or more is made anew
 * afterwards: libpq keeps the room. */
#define DB_BYTES_MANY ((size_t)4 << 20)
struct db_call *db_run_bytes(struct db_pool *pool, const struct db_task *task);

/* Forget a call: done will not run. Not sent yet: it never will be. Sent: what
 * the server does with it stays done. NULL is fine. */
void db_cancel(struct db_call *call);

/* The number of rows returned; of a statement without RETURNING, 0. */
int db_rows_count(const struct db_rows *rows);
/* Rows touched by INSERT, UPDATE, DELETE. */
int64_t db_rows_affected(const struct db_rows *rows);
/* NULL for SQL NULL. row and col must exist. Text ends with the call: copy it. */
const char *db_rows_text(const struct db_rows *rows, int row, int col);
bool db_rows_is_null(const struct db_rows *rows, int row, int col);
/* 0 or false for SQL NULL. The statement casts, so the column has the type. */
int64_t db_rows_int64(const struct db_rows *rows, int row, int col);
double db_rows_double(const struct db_rows *rows, int row, int col);
bool db_rows_bool(const struct db_rows *rows, int row, int col);

/*
 * heard(payload) for every NOTIFY on channel, which is [a-z0-9_]+ and ours. After
 * every time the listening connection came up, the first included, heard(NULL):
 * something may have been missed.
 */
typedef void db_heard_fn(const char *payload, void *arg);
void db_pool_listen(
	struct db_pool *pool, const char *channel, db_heard_fn *heard, void *arg);

#endif
