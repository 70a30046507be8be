/*
 * db_private - for the db_*.c files only.
 *
 * db.c         the pool: its queue, its calls, who is told what when
 * db_conn.c    one connection: connecting, the pipeline, time limits, losing it
 * db_error.c   SQLSTATE to error, and what of it is logged
 * db_setup.c   conninfo and the settings every connection has
 * db_rows.c    reading results
 */
#ifndef SYNPUNKT_LIB_DB_PRIVATE_H
#define SYNPUNKT_LIB_DB_PRIVATE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lib/db.h"
#include "lib/error.h"

struct arena;
struct event;

/* Statements that a pool prepares, a power of two; what comes when it is three
 * quarters full is sent whole each time. */
#define DB_STATEMENTS 512
#define DB_STATEMENT_NONE DB_STATEMENTS

struct db_rows {
	const PGresult *result;
};

enum db_call_state {
	DB_CALL_QUEUED, /* in pool->queue, not sent */
	DB_CALL_SENT,   /* in conn->sent, the answer will come in that order */
	DB_CALL_FAILED, /* in pool->failed, done() comes in a later loop turn */
};

struct db_call {
	TAILQ_ENTRY(db_call) link;
	struct db_pool *pool;
	enum db_call_state state;
	const struct db_query *query;
	unsigned statement; /* place in pool->statements, or DB_STATEMENT_NONE */
	db_done_fn *done;   /* NULL: cancelled */
	void *arg;
	bool preparing;        /* the answer to a Parse comes before its own */
	int64_t since_ms;      /* QUEUED: when it joined the queue */
	uint64_t turn;         /* FAILED: in which turn of pool->turn */
	const char *sqlstate;  /* FAILED: DB_SQLSTATE_… */
	struct db_bytes bytes; /* param 0: none */
	const char *params[];
};

TAILQ_HEAD(db_calls, db_call);

enum db_conn_state {
	DB_CONN_DOWN,       /* no PGconn; the timer will connect */
	DB_CONN_CONNECTING, /* PQconnectPoll() under way; the timer gives up */
	DB_CONN_UP,         /* pipeline mode; the timer watches the first call sent */
};

struct db_conn {
	struct db_pool *pool;
	enum db_conn_state state;
	PGconn *pg;
	struct event *io, *timer;
	short interest; /* what io waits for: EV_READ, EV_WRITE */
	struct db_calls sent;
	unsigned n_sent;
	int64_t since_ms; /* the first call's turn began: sent, or the last one done */
	PGresult *result; /* of the first call, until its Sync */
	bool retiring;    /* no more calls; goes when those sent are answered */
	bool was_up;
	unsigned attempts; /* since it was last up */
	uint64_t prepared[DB_STATEMENTS / 64];
};

struct db_channel {
	struct db_channel *next;
	struct db_pool *pool;
	struct db_query listen;
	char sql[96];
	const char *name; /* within sql */
	db_heard_fn *heard;
	void *arg;
};

struct db_pool {
	struct event_base *base;
	struct arena *arena; /* config and conninfo */
	struct db_config config;
	const char **keywords, **values; /* for PQconnectStartParams() */
	const struct db_query *statements[DB_STATEMENTS];
	unsigned n_statements;

	struct db_calls queue, failed;
	struct event *waiting; /* while queue has a call: who has waited too long? */
	struct event *telling; /* while failed has a call */
	uint64_t turn;
	unsigned n_queued;
	unsigned calling; /* callbacks running now */

	struct db_channel *channels; /* heard on the first connection */
	struct db_stats stats;
	struct db_conn conns[];
};

/* db.c */
int64_t db_now_ms(void);
/* Answers a call that is in no list any more, and frees it. err NULL: rows. */
void db_call_finish(
	struct db_call *call, const struct db_rows *rows, const struct error *err);
void db_call_fail_later(struct db_call *call, const char *sqlstate);
/* Sends what waits to the connections that have room. */
void db_pool_pump(struct db_pool *pool);

/* db_conn.c */
void db_conn_open(struct db_conn *conn);
void db_conn_close(struct db_conn *conn); /* the pool ends; nobody is told */
bool db_conn_has_room(const struct db_conn *conn);
/* The call is in no list; it becomes this connection's, or fails later. */
void db_conn_send(struct db_conn *conn, struct db_call *call);
void db_conn_listen(struct db_conn *conn, struct db_channel *channel);

/* db_error.c */
enum err_code db_error_code(const char *sqlstate);
void db_error_fill(struct error *err, const char *sqlstate);
void db_error_read(const PGresult *result, struct error *ret);
void db_error_log(const struct db_pool *pool, const struct db_query *query,
	const struct error *err, const PGresult *result);

/* db_setup.c: fills arena, config, keywords and values. */
int db_setup(struct db_pool *pool, const struct db_config *config, struct error *err);

#endif
