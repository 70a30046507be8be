#include "lib/db.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_private.h"
#include "lib/log.h"

int64_t db_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void timer_start(struct event *timer, int64_t ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_add(timer, &tv);
}

/* The place for a statement in the pool's table, found by its address. */
static unsigned statement_find(struct db_pool *pool, const struct db_query *query)
{
	unsigned i = (unsigned)((uintptr_t)query / sizeof(void *) * 2654435761u);

	for (i %= DB_STATEMENTS; pool->statements[i]; i = (i + 1) % DB_STATEMENTS) {
		if (pool->statements[i] == query)
			return i;
	}
	if (pool->n_statements >= DB_STATEMENTS / 4 * 3)
		return DB_STATEMENT_NONE;
	pool->n_statements++;
	pool->statements[i] = query;
	return i;
}

/* One block: the call, its pointers and their texts. */
static struct db_call *call_new(
	struct db_pool *pool, const struct db_query *query, const char *const *params)
{
	size_t n = (size_t)query->n_params;
	size_t size = sizeof(struct db_call) + n * sizeof(char *);
	struct db_call *call;
	char *text;

	for (size_t i = 0; i < n; i++)
		size += params[i] ? strlen(params[i]) + 1 : 0;
	call = mem_new(size);
	call->pool = pool;
	call->query = query;
	call->statement = statement_find(pool, query);
	text = (char *)&call->params[n];
	for (size_t i = 0; i < n; i++) {
		if (!params[i])
			continue;
		call->params[i] = text;
		text = stpcpy(text, params[i]) + 1;
	}
	return call;
}

void db_call_finish(
	struct db_call *call, const struct db_rows *rows, const struct error *err)
{
	struct db_pool *pool = call->pool;
	db_done_fn *done = call->done;
	void *arg = call->arg;

	pool->stats.queries++;
	if (err)
		pool->stats.failures++;
	mem_free(call);
	if (!done)
		return;
	pool->calling++;
	done(err ? NULL : rows, err, arg);
	pool->calling--;
}

void db_call_fail_later(struct db_call *call, const char *sqlstate)
{
	struct db_pool *pool = call->pool;

	call->state = DB_CALL_FAILED;
	call->sqlstate = sqlstate;
	call->turn = pool->turn;
	TAILQ_INSERT_TAIL(&pool->failed, call, link);
	timer_start(pool->telling, 0);
}

/* Only those of earlier turns: one that fails again at once must not keep the loop
 * from its other work. One line for all: with the server away they are many. */
static void pool_on_telling(evutil_socket_t fd, short what, void *arg)
{
	struct db_pool *pool = arg;
	struct db_call *call;
	unsigned lost = 0, unsent = 0;

	pool->turn++;
	for (call = TAILQ_FIRST(&pool->failed); call && call->turn < pool->turn;
		call = TAILQ_FIRST(&pool->failed)) {
		struct error err = { 0 };

		TAILQ_REMOVE(&pool->failed, call, link);
		if (strcmp(call->sqlstate, DB_SQLSTATE_LOST) == 0)
			lost++;
		else
			unsent++;
		db_error_fill(&err, call->sqlstate);
		db_call_finish(call, NULL, &err);
	}
	if (lost + unsent > 0)
		log_event(LOG_LEVEL_WARNING, "db_calls_failed",
			LOG_S("pool", pool->config.name), LOG_I("lost", lost),
			LOG_I("unsent", unsent));
}

static void queue_remove(struct db_pool *pool, struct db_call *call)
{
	TAILQ_REMOVE(&pool->queue, call, link);
	pool->n_queued--;
}

static void pool_watch_queue(struct db_pool *pool)
{
	struct db_call *call = TAILQ_FIRST(&pool->queue);
	int64_t left;

	if (!call || event_pending(pool->waiting, EV_TIMEOUT, NULL))
		return;
	left = call->since_ms + pool->config.wait_ms - db_now_ms();
	timer_start(pool->waiting, left > 0 ? left : 0);
}

static void pool_on_waiting(evutil_socket_t fd, short what, void *arg)
{
	struct db_pool *pool = arg;
	int64_t limit = db_now_ms() - pool->config.wait_ms;
	struct db_call *call;

	for (call = TAILQ_FIRST(&pool->queue); call && call->since_ms <= limit;
		call = TAILQ_FIRST(&pool->queue)) {
		queue_remove(pool, call);
		pool->stats.timeouts++;
		db_call_fail_later(call, DB_SQLSTATE_UNSENT);
	}
	pool_watch_queue(pool);
}

/* The one with the least to do. */
static struct db_conn *pool_pick(struct db_pool *pool)
{
	struct db_conn *best = NULL;

	for (unsigned i = 0; i < pool->config.size; i++) {
		struct db_conn *conn = &pool->conns[i];

		if (db_conn_has_room(conn) && (!best || conn->n_sent < best->n_sent))
			best = conn;
	}
	return best;
}

void db_pool_pump(struct db_pool *pool)
{
	struct db_call *call;
	struct db_conn *conn;

	for (call = TAILQ_FIRST(&pool->queue); call; call = TAILQ_FIRST(&pool->queue)) {
		conn = pool_pick(pool);
		if (!conn)
			break;
		queue_remove(pool, call);
		db_conn_send(conn, call);
	}
}

struct db_call *db_run(struct db_pool *pool, const struct db_query *query,
	const char *const *params, db_done_fn *done, void *arg)
{
	return db_run_bytes(pool, &(struct db_task){ query, params, { 0 }, done, arg });
}

struct db_call *db_run_bytes(struct db_pool *pool, const struct db_task *task)
{
	struct db_call *call = call_new(pool, task->query, task->params);

	call->bytes = task->bytes;
	call->done = task->done;
	call->arg = task->arg;
	if (pool->n_queued >= pool->config.max_queue) {
		pool->stats.refused++;
		db_call_fail_later(call, DB_SQLSTATE_UNSENT);
		return call;
	}
	call->state = DB_CALL_QUEUED;
	call->since_ms = db_now_ms();
	TAILQ_INSERT_TAIL(&pool->queue, call, link);
	pool->n_queued++;
	db_pool_pump(pool);
	pool_watch_queue(pool);
	return call;
}

void db_cancel(struct db_call *call)
{
	if (!call)
		return;
	switch (call->state) {
	case DB_CALL_SENT: /* its answer still comes, in its order */
		call->done = NULL;
		return;
	case DB_CALL_QUEUED:
		queue_remove(call->pool, call);
		break;
	case DB_CALL_FAILED:
		TAILQ_REMOVE(&call->pool->failed, call, link);
		break;
	}
	mem_free(call);
}

struct db_pool *db_pool_new(
	struct event_base *base, const struct db_config *config, struct error *err)
{
	struct db_pool *pool;
	unsigned size;
	struct db_pool probe = { 0 };

	if (db_setup(&probe, config, err) < 0)
		return NULL;
	size = probe.config.size;
	pool = mem_new(sizeof(*pool) + size * sizeof(pool->conns[0]));
	*pool = probe;
	pool->base = base;
	TAILQ_INIT(&pool->queue);
	TAILQ_INIT(&pool->failed);
	pool->waiting = evtimer_new(base, pool_on_waiting, pool);
	pool->telling = evtimer_new(base, pool_on_telling, pool);
	if (!pool->waiting || !pool->telling)
		abort();
	for (unsigned i = 0; i < size; i++) {
		pool->conns[i].pool = pool;
		db_conn_open(&pool->conns[i]);
	}
	return pool;
}

static void calls_free(struct db_calls *calls)
{
	struct db_call *call;

	for (call = TAILQ_FIRST(calls); call; call = TAILQ_FIRST(calls)) {
		TAILQ_REMOVE(calls, call, link);
		mem_free(call);
	}
}

void db_pool_free(struct db_pool *pool)
{
	struct db_channel *channel;

	if (!pool)
		return;
	assert(!pool->calling);
	for (unsigned i = 0; i < pool->config.size; i++) {
		calls_free(&pool->conns[i].sent);
		db_conn_close(&pool->conns[i]);
	}
	calls_free(&pool->queue);
	calls_free(&pool->failed);
	while (pool->channels) {
		channel = pool->channels;
		pool->channels = channel->next;
		mem_free(channel);
	}
	event_free(pool->waiting);
	event_free(pool->telling);
	arena_free(pool->arena);
	mem_free(pool);
}

bool db_pool_ready(const struct db_pool *pool)
{
	return pool->stats.connections > 0;
}

unsigned db_pool_idle(const struct db_pool *pool)
{
	unsigned n = 0;

	for (unsigned i = 0; i < pool->config.size; i++)
		n += db_conn_has_room(&pool->conns[i]) && pool->conns[i].n_sent == 0;
	return n;
}

void db_pool_stats(const struct db_pool *pool, struct db_stats *ret)
{
	*ret = pool->stats;
	ret->queued = pool->n_queued;
	for (unsigned i = 0; i < pool->config.size; i++)
		ret->in_flight += pool->conns[i].n_sent;
}

static void channel_listened(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct db_channel *channel = arg;

	/* On an error the connection goes, or the log says why it cannot listen. */
	if (!err)
		channel->heard(NULL, channel->arg);
}

/* LISTEN takes no parameter; the name is a constant of ours and is checked. */
void db_pool_listen(
	struct db_pool *pool, const char *name, db_heard_fn *heard, void *arg)
{
	static const char begin[] = "LISTEN ";
	struct db_channel *channel = mem_new(sizeof(*channel));
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	assert(n > 0 && n < 64 && name[n] == '\0');
	snprintf(channel->sql, sizeof(channel->sql), "%s%s", begin, name);
	channel->name = channel->sql + strlen(begin);
	channel->listen.name = "listen";
	channel->listen.sql = channel->sql;
	channel->pool = pool;
	channel->heard = heard;
	channel->arg = arg;
	channel->next = pool->channels;
	pool->channels = channel;
	if (pool->conns[0].state == DB_CONN_UP)
		db_conn_listen(&pool->conns[0], channel);
}

/* In db.c, since it makes a call that skips the queue. */
void db_conn_listen(struct db_conn *conn, struct db_channel *channel)
{
	struct db_call *call = call_new(conn->pool, &channel->listen, NULL);

	call->done = channel_listened;
	call->arg = channel;
	db_conn_send(conn, call);
}
