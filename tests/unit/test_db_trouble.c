/* What happens to calls when the server is slow, silent, gone or back. */
#include "tests/unit/test.h"

#include <signal.h>
#include <unistd.h>

#include "tests/unit/test_db.h"

#include "lib/log.h"

static const struct db_query echo = { "echo", "SELECT $1::text", 1 };
static const struct db_query nap = { "nap",
	"SELECT pg_catalog.pg_sleep($1::double precision)", 1 };
static const struct db_query own_pid = { "own_pid",
	"SELECT pg_catalog.pg_backend_pid()", 0 };
static const struct db_query notify = { "notify",
	"SELECT pg_catalog.pg_notify('news', $1::text)", 1 };
/* Slow enough that a connection's share is under way for longer than a kill takes. */
static const struct db_query insert = { "insert",
	"INSERT INTO test.taken (id) SELECT $1::integer FROM pg_catalog.pg_sleep(0.02)"
	" ON CONFLICT DO NOTHING",
	1 };

static int set_up(void **state)
{
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	try_exec("CREATE SCHEMA test; CREATE TABLE test.taken (id integer PRIMARY KEY)",
		NULL, 0);
	return 0;
}

static void test_db__the_server_cancels_what_takes_too_long(void **state)
{
	struct db_stats stats;
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1, .timeout_ms = 300 });
	try_run(&t, &nap, TRY_PARAMS("20"));
	try_run(&t, &echo, TRY_PARAMS("next"));
	try_wait(&t, 2);
	assert_int_equal(t.failures, 1);
	assert_int_equal(t.last.code, ERR_UNAVAILABLE);
	assert_string_equal(t.last.sqlstate, "57014");
	assert_string_equal(t.text, "next");
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.timeouts, 1);
	assert_int_equal(stats.reconnects, 0);
	try_free(&t);
}

static void test_db__a_silent_server_loses_the_connection(void **state)
{
	struct db_stats stats;
	struct try_db t;
	pid_t pid;

	try_new(&t, (struct db_config){ .size = 1, .timeout_ms = 300 });
	try_run(&t, &own_pid, NULL);
	try_wait(&t, 1);
	pid = (pid_t)strtol(t.text, NULL, 10);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	for (int i = 0; i < 3; i++)
		try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 3);
	assert_int_equal(t.failures, 3);
	assert_int_equal(t.last.code, ERR_UNAVAILABLE);
	assert_string_equal(t.last.sqlstate, DB_SQLSTATE_LOST);
	try_run(&t, &echo, TRY_PARAMS("back"));
	try_wait(&t, 1);
	assert_string_equal(t.text, "back");
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.timeouts, 1);
	assert_int_equal(stats.reconnects, 1);
	kill(pid, SIGCONT);
	try_free(&t);
}

static void test_db__a_call_waits_only_so_long_for_a_connection(void **state)
{
	struct try_db t;
	struct db_stats stats;

	try_new(&t,
		(struct db_config){ .conninfo = "host=/nonexistent", .wait_ms = 200 });
	for (int i = 0; i < 3; i++)
		try_run(&t, &echo, TRY_PARAMS("x"));
	assert_false(db_pool_ready(t.pool));
	try_wait(&t, 3);
	assert_int_equal(t.failures, 3);
	assert_string_equal(t.last.sqlstate, DB_SQLSTATE_UNSENT);
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.timeouts, 3);
	assert_int_equal(stats.queued, 0);
	try_free(&t);
}

static void test_db__the_queue_has_a_ceiling(void **state)
{
	struct try_db t;
	struct db_stats stats;

	try_new(&t,
		(struct db_config){ .size = 1, .max_queue = 5, .pipeline_depth = 1 });
	try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 1);
	for (int i = 0; i < 20; i++)
		try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 20);
	/* One sent, five waiting. */
	assert_int_equal(t.failures, 14);
	assert_int_equal(t.last.code, ERR_UNAVAILABLE);
	assert_string_equal(t.last.sqlstate, DB_SQLSTATE_UNSENT);
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.refused, 14);
	try_free(&t);
}

static void insist_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct try_db *t = arg;

	if (err)
		db_run(t->pool, &echo, TRY_PARAMS("x"), insist_done, arg);
	else
		try_done(rows, err, arg);
}

/* Who asks again at once when refused must not starve the connections. */
static void test_db__a_stubborn_caller_gets_through(void **state)
{
	struct try_db t;

	try_new(&t,
		(struct db_config){ .size = 1, .max_queue = 2, .pipeline_depth = 1 });
	for (int i = 0; i < 50; i++)
		db_run(t.pool, &echo, TRY_PARAMS("x"), insist_done, &t);
	try_wait(&t, 50);
	try_free(&t);
}

static void test_db__a_cancelled_call_is_never_answered(void **state)
{
	struct db_call *calls[40];
	struct try_db t;

	try_new(&t,
		(struct db_config){ .size = 1, .max_queue = 20, .pipeline_depth = 4 });
	try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 1);
	/* Some sent, some waiting, some refused: every second of each goes. */
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		calls[i] = try_run(&t, &echo, TRY_PARAMS("x"));
	for (size_t i = 0; i < ARRAY_LEN(calls); i += 2)
		db_cancel(calls[i]);
	db_cancel(NULL);
	try_wait(&t, 20);
	assert_int_equal(t.failures, 8);
	try_pause(&t, 100);
	assert_int_equal(t.answers, 0);
	try_free(&t);
}

/* Each answer is noted by the call's number. */
struct try_fate {
	struct try_db *t;
	unsigned char answered[400], stored[400];
	unsigned n, lost;
	struct event *crash;
};

/* The answer with which the server is killed: some are known, many are under way. */
#define KILLED_AT 60

struct try_one {
	struct try_fate *fate;
	unsigned id;
};

static void fate_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct try_one *one = arg;
	struct try_fate *fate = one->fate;

	fate->answered[one->id]++;
	if (++fate->n == KILLED_AT)
		event_active(fate->crash, EV_TIMEOUT, 0);
	if (err) {
		assert_int_equal(err->code, ERR_UNAVAILABLE);
		fate->lost++;
	} else {
		fate->stored[one->id] = 1;
	}
	try_done(rows, err, fate->t);
}

static void on_crash(evutil_socket_t fd, short what, void *arg)
{
	try_server("kill");
	try_server("start");
}

static void fate_check(const struct try_fate *fate)
{
	PGconn *pg = PQconnectdb(try_conninfo());
	PGresult *result = PQexec(pg, "SELECT id FROM test.taken");
	unsigned char there[400] = { 0 };

	for (int i = 0; i < PQntuples(result); i++)
		there[strtoul(PQgetvalue(result, i, 0), NULL, 10)] = 1;
	for (size_t i = 0; i < ARRAY_LEN(there); i++) {
		assert_int_equal(fate->answered[i], 1);
		/* What was said to be stored is; what was not said may be. */
		if (fate->stored[i])
			assert_int_equal(there[i], 1);
	}
	PQclear(result);
	PQfinish(pg);
}

/* fsync is off in this cluster, but the kernel lives: nothing committed is lost. */
static void test_db__a_killed_server_answers_every_call_once(void **state)
{
	static struct try_one ones[400];
	static struct try_fate fate;
	struct try_db t;

	fate.t = &t;
	try_new(&t,
		(struct db_config){ .size = 3, .max_queue = 5000, .wait_ms = 20000 });
	fate.crash = evtimer_new(t.base, on_crash, NULL);
	for (unsigned i = 0; i < ARRAY_LEN(ones); i++) {
		char text[16];

		ones[i] = (struct try_one){ &fate, i };
		snprintf(text, sizeof(text), "%u", i);
		db_run(t.pool, &insert, TRY_PARAMS(text), fate_done, &ones[i]);
	}
	try_wait(&t, ARRAY_LEN(ones));
	/* At most what was under way on three connections. */
	print_message("%u calls lost\n", fate.lost);
	assert_in_range(fate.lost, 1, 48);
	fate_check(&fate);
	event_free(fate.crash);
	try_free(&t);
}

struct try_news {
	struct try_db *t;
	unsigned gaps, n;
	char text[64];
};

static void news_heard(const char *payload, void *arg)
{
	struct try_news *news = arg;

	if (payload) {
		news->n++;
		snprintf(news->text, sizeof(news->text), "%s", payload);
	} else {
		news->gaps++;
	}
}

static void news_wait(struct try_news *news, const unsigned *what, unsigned want)
{
	try_loop(news->t, what, want, TRY_MS);
	assert_int_equal(*what, want);
}

static void test_db__hears_news_and_says_when_some_were_missed(void **state)
{
	struct try_db t;
	struct try_news news = { .t = &t }, late = { .t = &t };

	try_new(&t, (struct db_config){ .size = 2 });
	db_pool_listen(t.pool, "news", news_heard, &news);
	news_wait(&news, &news.gaps, 1);
	try_run(&t, &notify, TRY_PARAMS("Åsö"));
	news_wait(&news, &news.n, 1);
	assert_string_equal(news.text, "Åsö");
	try_exec("SELECT pg_catalog.pg_notify('other', 'x')", NULL, 0);
	try_exec("SELECT pg_catalog.pg_notify('news', '')", NULL, 0);
	news_wait(&news, &news.n, 2);
	assert_string_equal(news.text, "");

	db_pool_listen(t.pool, "news", news_heard, &late);
	news_wait(&late, &late.gaps, 1);
	try_exec("SELECT pg_catalog.pg_terminate_backend(pid) FROM "
		 "pg_catalog.pg_stat_activity WHERE query LIKE 'LISTEN%' OR "
		 "query LIKE '%pg_notify(''news'', $1%'",
		NULL, 0);
	news_wait(&news, &news.gaps, 2);
	news_wait(&late, &late.gaps, 2);
	try_exec("SELECT pg_catalog.pg_notify('news', 'again')", NULL, 0);
	news_wait(&news, &news.n, 3);
	news_wait(&late, &late.n, 1);
	assert_string_equal(late.text, "again");
	try_free(&t);
}

static void test_db__comes_back_after_a_stop_while_idle(void **state)
{
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 2, .wait_ms = 20000 });
	try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 1);
	try_server("stop");
	try_pause(&t, 300);
	assert_false(db_pool_ready(t.pool));
	assert_int_equal(db_pool_idle(t.pool), 0);
	try_run(&t, &echo, TRY_PARAMS("back"));
	try_server("start");
	try_wait(&t, 1);
	assert_int_equal(t.failures, 0);
	assert_true(db_pool_ready(t.pool));
	try_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_db__the_server_cancels_what_takes_too_long),
		cmocka_unit_test(test_db__a_silent_server_loses_the_connection),
		cmocka_unit_test(test_db__a_call_waits_only_so_long_for_a_connection),
		cmocka_unit_test(test_db__the_queue_has_a_ceiling),
		cmocka_unit_test(test_db__a_stubborn_caller_gets_through),
		cmocka_unit_test(test_db__a_cancelled_call_is_never_answered),
		cmocka_unit_test(test_db__a_killed_server_answers_every_call_once),
		cmocka_unit_test(test_db__hears_news_and_says_when_some_were_missed),
		cmocka_unit_test(test_db__comes_back_after_a_stop_while_idle),
	};

	return cmocka_run_group_tests_name("db_trouble", tests, set_up, NULL);
}
