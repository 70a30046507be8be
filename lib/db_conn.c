#include "lib/db.h"

#include <assert.h>
#include <event2/event.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/db_private.h"
#include "lib/log.h"
#include "lib/secret.h"

#define DB_CONNECT_MS 5000
#define DB_BACKOFF_MS 100
#define DB_BACKOFF_MAX_MS 5000

static void conn_on_io(evutil_socket_t fd, short what, void *arg);

static void conn_timer(struct db_conn *conn, int64_t ms)
{
	struct timeval tv = { 0 };

	if (ms > 0) {
		tv.tv_sec = ms / 1000;
		tv.tv_usec = ms % 1000 * 1000;
	}
	event_add(conn->timer, &tv);
}

/* Waits for the given readiness from now on; 0: for none. */
static void conn_watch(struct db_conn *conn, short interest)
{
	if (conn->interest == interest)
		return;
	event_del(conn->io);
	conn->interest = interest;
	if (interest == 0)
		return;
	event_assign(conn->io, conn->pool->base, PQsocket(conn->pg),
		(short)(interest | EV_PERSIST), conn_on_io, conn);
	event_add(conn->io, NULL);
}

/* The server cancels a statement at timeout_ms itself. One that is silent for a
 * quarter longer is gone, or was stopped. */
static int64_t conn_patience(const struct db_conn *conn)
{
	int64_t ms = conn->pool->config.timeout_ms;

	return ms + (ms / 4 > 250 ? ms / 4 : 250);
}

static void conn_watch_first(struct db_conn *conn)
{
	if (conn->n_sent > 0 && !event_pending(conn->timer, EV_TIMEOUT, NULL))
		conn_timer(conn, conn->since_ms + conn_patience(conn) - db_now_ms());
}

/* What libpq and the server say beside results is not for standard error. */
static void conn_on_notice(void *arg, const PGresult *result)
{
	const struct db_conn *conn = arg;

	log_event(LOG_LEVEL_DEBUG, "db_notice", LOG_S("pool", conn->pool->config.name),
		LOG_S("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)));
}

/*
 * Waits longer each time, and not for exactly as long as the other connections,
 * which all lost the server at the same moment.
 */
static void conn_retry_later(struct db_conn *conn)
{
	int64_t ms = DB_BACKOFF_MS;
	uint16_t dice;

	for (unsigned i = 0; i < conn->attempts && ms < DB_BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > DB_BACKOFF_MAX_MS)
		ms = DB_BACKOFF_MAX_MS;
	conn->attempts++;
	secret_random(&dice, sizeof(dice));
	conn_timer(conn, ms / 2 + ms * dice / UINT16_MAX / 2);
}

static void conn_log_loss(const struct db_conn *conn, const char *reason)
{
	scoped_free char *line = mem_dup(reason);

	/* The first attempts and then ever fewer: it may take hours. */
	if (conn->attempts & (conn->attempts - 1))
		return;
	line[strcspn(line, "\n")] = '\0';
	log_event(conn->retiring ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
		conn->state == DB_CONN_UP ? "db_connection_lost" : "db_connect_failed",
		LOG_S("pool", conn->pool->config.name), LOG_S("reason", line),
		LOG_I("attempts", conn->attempts), LOG_I("calls", conn->n_sent));
}

/* Lets go of the PGconn; reason may be its own message. Calls sent fail later: the
 * caller may be in the middle of anything. */
static void conn_break(struct db_conn *conn, const char *reason)
{
	struct db_call *call;

	conn_log_loss(conn, reason);
	if (conn->state == DB_CONN_UP)
		conn->pool->stats.connections--;
	conn_watch(conn, 0);
	conn->state = DB_CONN_DOWN;
	PQclear(steal(conn->result));
	PQfinish(steal(conn->pg));
	for (call = TAILQ_FIRST(&conn->sent); call; call = TAILQ_FIRST(&conn->sent)) {
		TAILQ_REMOVE(&conn->sent, call, link);
		db_call_fail_later(call, DB_SQLSTATE_LOST);
	}
	conn->n_sent = 0;
	conn->retiring = false;
	memset(conn->prepared, 0, sizeof(conn->prepared));
	event_del(conn->timer);
	conn_retry_later(conn);
}

/* In pipeline mode libpq flushes at each Sync; what the socket did not take waits
 * for it to become writable. */
static void conn_flush(struct db_conn *conn)
{
	int left = PQflush(conn->pg);

	if (left < 0)
		conn_break(conn, PQerrorMessage(conn->pg));
	else
		conn_watch(conn, left ? EV_READ | EV_WRITE : EV_READ);
}

static bool conn_is_prepared(const struct db_conn *conn, unsigned statement)
{
	return conn->prepared[statement / 64] >> statement % 64 & 1;
}

static void conn_mark_prepared(struct db_conn *conn, unsigned statement, bool is)
{
	uint64_t bit = (uint64_t)1 << statement % 64;

	if (is)
		conn->prepared[statement / 64] |= bit;
	else
		conn->prepared[statement / 64] &= ~bit;
}

#define DB_PARAMS_MAX 64

/* Lengths and formats are only looked at where a parameter is binary. */
struct db_formats {
	int lengths[DB_PARAMS_MAX], binary[DB_PARAMS_MAX];
};

static void formats_fill(struct db_call *call, struct db_formats *ret)
{
	int at = call->bytes.param - 1;

	assert(at < call->query->n_params && call->query->n_params <= DB_PARAMS_MAX);
	assert(call->bytes.size <= INT_MAX);
	memset(ret, 0, sizeof(*ret));
	ret->lengths[at] = (int)call->bytes.size;
	ret->binary[at] = 1;
	call->params[at] = call->bytes.bytes;
}

/* Parse if need be, Bind and Execute, Sync. 0: libpq has no connection any more. */
static int conn_put(struct db_conn *conn, struct db_call *call)
{
	const struct db_query *query = call->query;
	const int *lengths = NULL, *binary = NULL;
	struct db_formats formats;
	char name[64];

	if (call->bytes.param > 0) {
		formats_fill(call, &formats);
		lengths = formats.lengths;
		binary = formats.binary;
	}
	if (call->bytes.size >= DB_BYTES_MANY)
		conn->retiring = true;
	if (call->statement == DB_STATEMENT_NONE)
		return PQsendQueryParams(conn->pg, query->sql, query->n_params, NULL,
			       call->params, lengths, binary, 0) &&
		       PQpipelineSync(conn->pg);
	/* Two statements of one name must not meet on the server. */
	snprintf(name, sizeof(name), "s%u_%s", call->statement, query->name);
	if (!conn_is_prepared(conn, call->statement)) {
		call->preparing = true;
		conn_mark_prepared(conn, call->statement, true);
		if (!PQsendPrepare(conn->pg, name, query->sql, query->n_params, NULL))
			return 0;
	}
	return PQsendQueryPrepared(conn->pg, name, query->n_params, call->params,
		       lengths, binary, 0) &&
	       PQpipelineSync(conn->pg);
}

bool db_conn_has_room(const struct db_conn *conn)
{
	return conn->state == DB_CONN_UP && !conn->retiring &&
	       conn->n_sent < conn->pool->config.pipeline_depth;
}

void db_conn_send(struct db_conn *conn, struct db_call *call)
{
	call->state = DB_CALL_SENT;
	TAILQ_INSERT_TAIL(&conn->sent, call, link);
	if (conn->n_sent++ == 0)
		conn->since_ms = db_now_ms();
	if (!conn_put(conn, call)) {
		conn_break(conn, PQerrorMessage(conn->pg));
		return;
	}
	conn_flush(conn);
	if (conn->state == DB_CONN_UP)
		conn_watch_first(conn);
}

/* The call's statement was not prepared after all; or what is prepared here no
 * longer fits the server, and a new connection begins with none. */
static void conn_mend(
	struct db_conn *conn, const struct db_call *call, const struct error *err)
{
	static const char *const retiring[] = { "0A000", "26000", "42P05", "25006" };

	if (call->preparing)
		conn_mark_prepared(conn, call->statement, false);
	for (size_t i = 0; i < ARRAY_LEN(retiring); i++) {
		if (strcmp(err->sqlstate, retiring[i]) == 0)
			conn->retiring = true;
	}
}

static bool result_is_fine(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	       status == PGRES_EMPTY_QUERY;
}

/* The first call's Sync has come: its transaction is over. */
static void conn_finish_first(struct db_conn *conn)
{
	struct db_call *call = TAILQ_FIRST(&conn->sent);
	struct db_pool *pool = conn->pool;
	PGresult *result = steal(conn->result);
	struct db_rows rows = { .result = result };
	struct error err = { 0 };

	TAILQ_REMOVE(&conn->sent, call, link);
	conn->n_sent--;
	conn->since_ms = db_now_ms();
	if (!result_is_fine(result)) {
		db_error_read(result, &err);
		db_error_log(pool, call->query, &err, result);
		if (strcmp(err.sqlstate, "57014") == 0)
			pool->stats.timeouts++;
		conn_mend(conn, call, &err);
	}
	/* First the next to the server, then ours: both work at once. */
	db_pool_pump(pool);
	db_call_finish(call, &rows, err.code != ERR_NONE ? &err : NULL);
	PQclear(result);
}

/*
 * One thing that PQgetResult() gave. For each call come: the answer to its Parse,
 * if there was one, and NULL; its own answer and NULL; the Sync. After an error
 * what follows until the Sync was skipped, so the error is what counts. A failed
 * commit comes as one more error between the answer and the Sync.
 */
static void conn_take(struct db_conn *conn, PGresult *result)
{
	switch (PQresultStatus(result)) {
	case PGRES_PIPELINE_SYNC:
		PQclear(result);
		conn_finish_first(conn);
		return;
	case PGRES_COPY_IN:
	case PGRES_COPY_OUT:
	case PGRES_COPY_BOTH:
		PQclear(result);
		conn_break(conn, "a statement is COPY, which is not for here");
		return;
	default:
		break;
	}
	if (conn->result && PQresultStatus(conn->result) == PGRES_FATAL_ERROR) {
		PQclear(result);
		return;
	}
	PQclear(conn->result);
	conn->result = result;
}

static void pool_hear(struct db_pool *pool, const PGnotify *notify)
{
	pool->calling++;
	for (struct db_channel *c = pool->channels; c; c = c->next) {
		if (strcmp(c->name, notify->relname) == 0)
			c->heard(notify->extra, c->arg);
	}
	pool->calling--;
}

static void conn_hear(struct db_conn *conn)
{
	PGnotify *notify = PQnotifies(conn->pg);

	while (notify) {
		pool_hear(conn->pool, notify);
		PQfreemem(notify);
		/* What heard() did may have cost the connection. */
		notify = conn->state == DB_CONN_UP ? PQnotifies(conn->pg) : NULL;
	}
}

/* NULL: the answer to a Parse or to the call itself is whole. */
static void conn_take_end(struct db_conn *conn)
{
	if (PQstatus(conn->pg) != CONNECTION_OK)
		conn_break(conn, PQerrorMessage(conn->pg));
	else if (result_is_fine(conn->result))
		TAILQ_FIRST(&conn->sent)->preparing = false;
}

/* PQgetResult() blocks unless PQisBusy() has said no. */
static void conn_take_all(struct db_conn *conn)
{
	while (conn->state == DB_CONN_UP && conn->n_sent > 0 && !PQisBusy(conn->pg)) {
		PGresult *result = PQgetResult(conn->pg);

		if (result)
			conn_take(conn, result);
		else
			conn_take_end(conn);
	}
}

/* Writing reads too: libpq empties the socket when it cannot write on. So there may
 * be input although the socket was only said to be writable. */
static void conn_on_ready(struct db_conn *conn)
{
	if (!PQconsumeInput(conn->pg)) {
		/* The server's last words may be among what came before the end. */
		conn_take_all(conn);
		if (conn->state == DB_CONN_UP)
			conn_break(conn, PQerrorMessage(conn->pg));
		return;
	}
	conn_take_all(conn);
	if (conn->state == DB_CONN_UP)
		conn_hear(conn);
	if (conn->state == DB_CONN_UP && conn->retiring && conn->n_sent == 0)
		conn_break(conn, "it is out of date, or too large");
	if (conn->state == DB_CONN_UP)
		conn_flush(conn);
}

static void conn_up(struct db_conn *conn)
{
	struct db_pool *pool = conn->pool;

	event_del(conn->timer);
	if (PQsetnonblocking(conn->pg, 1) != 0 || !PQenterPipelineMode(conn->pg)) {
		conn_break(conn, PQerrorMessage(conn->pg));
		return;
	}
	conn->state = DB_CONN_UP;
	conn->attempts = 0;
	pool->stats.connections++;
	pool->stats.reconnects += conn->was_up;
	conn->was_up = true;
	log_event(LOG_LEVEL_INFO, "db_connected", LOG_S("pool", pool->config.name));
	conn_watch(conn, EV_READ);
	for (struct db_channel *c = pool->channels;
		c && conn == &pool->conns[0] && conn->state == DB_CONN_UP; c = c->next)
		db_conn_listen(conn, c);
	db_pool_pump(pool);
}

/* libpq may change the socket between two steps, so nothing waits on it meanwhile. */
static void conn_poll(struct db_conn *conn)
{
	conn_watch(conn, 0);
	switch (PQconnectPoll(conn->pg)) {
	case PGRES_POLLING_OK:
		conn_up(conn);
		return;
	case PGRES_POLLING_READING:
		conn_watch(conn, EV_READ);
		return;
	case PGRES_POLLING_WRITING:
		conn_watch(conn, EV_WRITE);
		return;
	default:
		conn_break(conn, PQerrorMessage(conn->pg));
	}
}

static void conn_connect(struct db_conn *conn)
{
	struct db_pool *pool = conn->pool;

	conn->pg = PQconnectStartParams(pool->keywords, pool->values, 0);
	if (!conn->pg)
		abort(); /* only memory can be short */
	conn->state = DB_CONN_CONNECTING;
	if (PQstatus(conn->pg) == CONNECTION_BAD) {
		conn_break(conn, PQerrorMessage(conn->pg));
		return;
	}
	PQsetNoticeReceiver(conn->pg, conn_on_notice, conn);
	conn_timer(conn, DB_CONNECT_MS);
	conn_watch(conn, EV_WRITE); /* as its manual says to begin */
}

static void conn_on_io(evutil_socket_t fd, short what, void *arg)
{
	struct db_conn *conn = arg;

	if (conn->state == DB_CONN_CONNECTING)
		conn_poll(conn);
	else
		conn_on_ready(conn);
}

static void conn_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct db_conn *conn = arg;

	switch (conn->state) {
	case DB_CONN_DOWN:
		conn_connect(conn);
		return;
	case DB_CONN_CONNECTING:
		conn_break(conn, "no connection in time");
		return;
	case DB_CONN_UP:
		break;
	}
	if (conn->n_sent > 0 && db_now_ms() - conn->since_ms >= conn_patience(conn)) {
		conn->pool->stats.timeouts++;
		conn_break(conn, "no answer in time");
		return;
	}
	conn_watch_first(conn);
}

void db_conn_open(struct db_conn *conn)
{
	struct event_base *base = conn->pool->base;

	TAILQ_INIT(&conn->sent);
	conn->io = event_new(base, -1, 0, conn_on_io, conn);
	conn->timer = evtimer_new(base, conn_on_timer, conn);
	if (!conn->io || !conn->timer)
		abort();
	conn_connect(conn);
}

void db_conn_close(struct db_conn *conn)
{
	event_free(conn->io);
	event_free(conn->timer);
	PQclear(conn->result);
	PQfinish(conn->pg);
}
