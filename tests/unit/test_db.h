/* test_db - what the database tests share: a loop with a time limit, a log of
 * answers, and a blocking connection for preparing the ground. */
#ifndef SYNPUNKT_TESTS_UNIT_TEST_DB_H
#define SYNPUNKT_TESTS_UNIT_TEST_DB_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "lib/db.h"
#include "lib/error.h"

#define TRY_MS 60000

struct try_db {
	struct event_base *base;
	struct db_pool *pool;
	unsigned answers, failures;
	bool inside;       /* db_run() is running */
	bool expired;      /* try_loop() has waited long enough */
	struct error last; /* of the last failure */
	char text[64];     /* first value of the last answer */
};

static inline const char *try_conninfo(void)
{
	const char *conninfo = getenv("SYNPUNKT_TEST_DATABASE");

	if (!conninfo)
		fail_msg("run this by tests/with_postgres.sh");
	return conninfo;
}

/* Blocking; ret (if not NULL) takes the first value. */
static inline void try_exec(const char *sql, char *ret, size_t size)
{
	PGconn *pg = PQconnectdb(try_conninfo());
	PGresult *result = PQexec(pg, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK &&
		PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pg));
	if (ret)
		snprintf(ret, size, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(pg);
}

static inline void try_server(const char *what)
{
	const char *script = getenv("SYNPUNKT_TEST_SERVER");
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(script, script, what, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline void try_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct try_db *t = arg;

	assert_false(t->inside);
	assert_true(!rows == !!err);
	t->answers++;
	if (err) {
		t->failures++;
		t->last = *err;
	} else if (db_rows_count(rows) > 0) {
		snprintf(t->text, sizeof(t->text), "%s",
			db_rows_is_null(rows, 0, 0) ? "NULL"
						    : db_rows_text(rows, 0, 0));
	}
}

static inline struct db_call *try_run(
	struct try_db *t, const struct db_query *query, const char *const *params)
{
	struct db_call *call;

	t->inside = true;
	call = db_run(t->pool, query, params, try_done, t);
	t->inside = false;
	return call;
}

static inline void try_on_limit(evutil_socket_t fd, short what, void *arg)
{
	struct try_db *t = arg;

	t->expired = true;
	event_base_loopbreak(t->base);
}

/* Turns the loop until *what is want, for at most so long. */
static inline void try_loop(
	struct try_db *t, const unsigned *what, unsigned want, unsigned ms)
{
	struct timeval limit = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	struct event *timer = evtimer_new(t->base, try_on_limit, t);

	t->expired = false;
	event_add(timer, &limit);
	while (*what < want && !t->expired)
		event_base_loop(t->base, EVLOOP_ONCE);
	event_free(timer);
}

/* Until there are so many answers since the last try_wait(). */
static inline void try_wait(struct try_db *t, unsigned want)
{
	try_loop(t, &t->answers, want, TRY_MS);
	assert_int_equal(t->answers, want);
	t->answers = 0;
}

/* The loop goes on for so long whatever happens. */
static inline void try_pause(struct try_db *t, unsigned ms)
{
	try_loop(t, &t->answers, ~0u, ms);
}

static inline void try_new(struct try_db *t, struct db_config config)
{
	struct error err = { 0 };

	memset(t, 0, sizeof(*t));
	t->base = event_base_new();
	if (!config.conninfo)
		config.conninfo = try_conninfo();
	t->pool = db_pool_new(t->base, &config, &err);
	assert_string_equal(err.text, "");
	assert_non_null(t->pool);
}

static inline void try_free(struct try_db *t)
{
	db_pool_free(t->pool);
	event_base_free(t->base);
}

#define TRY_PARAMS(...)                                                                \
	(const char *const[])                                                          \
	{                                                                              \
		__VA_ARGS__                                                            \
	}

#endif
