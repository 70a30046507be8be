#include "tests/unit/test.h"

#include "tests/unit/test_db.h"

#include "lib/log.h"
#include "lib/sha256.h"

static const struct db_query echo = { "echo", "SELECT $1::text", 1 };
static const struct db_query inverse = { "inverse", "SELECT 100 / $1::integer", 1 };
static const struct db_query insert = { "insert",
	"INSERT INTO test.thing (id) VALUES ($1::integer)", 1 };
static const struct db_query raising = { "raise", "SELECT test.raise($1::text)", 1 };

static int set_up(void **state)
{
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	try_exec(
		"CREATE SCHEMA test;"
		"CREATE TABLE test.thing (id integer CONSTRAINT thing_key PRIMARY KEY"
		" CONSTRAINT thing_small CHECK (id < 1000000));"
		"CREATE TABLE test.late (id integer, CONSTRAINT late_key UNIQUE (id)"
		" DEFERRABLE INITIALLY DEFERRED);"
		"CREATE TABLE test.wide (a text);"
		"INSERT INTO test.wide VALUES ('x');"
		"CREATE FUNCTION test.raise(code text) RETURNS void LANGUAGE plpgsql AS "
		"$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = code; END $$;",
		NULL, 0);
	return 0;
}

static void values_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	assert_null(err);
	assert_int_equal(db_rows_count(rows), 2);
	assert_string_equal(db_rows_text(rows, 0, 0), "Åsö \"x\"\n");
	assert_null(db_rows_text(rows, 0, 1));
	assert_true(db_rows_is_null(rows, 0, 1));
	assert_int_equal(db_rows_int64(rows, 0, 1), 0);
	assert_true(db_rows_int64(rows, 0, 2) == INT64_MIN);
	assert_float_equal(db_rows_double(rows, 0, 3), 59.3411, 0);
	assert_true(db_rows_bool(rows, 0, 4));
	assert_false(db_rows_bool(rows, 1, 4));
	try_done(rows, err, arg);
}

static void test_db__gives_values_back_as_they_went(void **state)
{
	static const struct db_query query = { "values",
		"SELECT $1::text, $2::text, $3::bigint, $4::double precision, b "
		"FROM pg_catalog.unnest(array[true, false]) AS b",
		4 };
	struct try_db t;

	try_new(&t, (struct db_config){ .name = "values" });
	db_run(t.pool, &query,
		TRY_PARAMS("Åsö \"x\"\n", NULL, "-9223372036854775808", "59.3411"),
		values_done, &t);
	try_wait(&t, 1);
	try_free(&t);
}

static void test_db__pins_the_settings_of_a_connection(void **state)
{
	static const struct db_query setting = { "setting",
		"SELECT pg_catalog.current_setting($1::text)", 1 };
	static const char *const cases[][2] = {
		{ "search_path", "pg_catalog" },
		{ "TimeZone", "UTC" },
		{ "client_encoding", "UTF8" },
		{ "application_name", "pinned" },
		{ "statement_timeout", "1234ms" },
		{ "idle_in_transaction_session_timeout", "1234ms" },
		{ "plan_cache_mode", "force_custom_plan" },
		{ "work_mem", "5MB" },
	};
	char conninfo[300];
	struct try_db t;

	snprintf(conninfo, sizeof(conninfo),
		"%s options='-c work_mem=5MB -c search_path=evil'", try_conninfo());
	try_new(&t, (struct db_config){ .name = "pinned",
			    .conninfo = conninfo,
			    .timeout_ms = 1234,
			    .options = "-c plan_cache_mode=force_custom_plan" });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		try_run(&t, &setting, TRY_PARAMS(cases[i][0]));
		try_wait(&t, 1);
		assert_string_equal(t.text, cases[i][1]);
	}
	try_free(&t);
}

/* Bytes of every value, a zero among them, and so many that the connection is made
 * anew. */
static void test_db__sends_bytes_as_they_are(void **state)
{
	static const struct db_query hash = { "bytes_hash",
		"SELECT left(encode(sha256($2::bytea), 'hex'), 60) || $1::text", 2 };
	static const size_t sizes[] = { 0, 1, 256, 70000, DB_BYTES_MANY + 1, 3 };
	unsigned char *bytes = mem_new(DB_BYTES_MANY + 1);
	char expected[SHA256_HEX_SIZE];
	struct try_db t;

	for (size_t i = 0; i <= DB_BYTES_MANY; i++)
		bytes[i] = (unsigned char)(i * 7);
	try_new(&t, (struct db_config){ .name = "bytes", .size = 1 });
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		db_run_bytes(t.pool, &(struct db_task){ .query = &hash,
					     .params = TRY_PARAMS("!", NULL),
					     .bytes = { 2, bytes, sizes[i] },
					     .done = try_done,
					     .arg = &t });
		try_wait(&t, 1);
		sha256_hex(bytes, sizes[i], expected);
		expected[60] = '!';
		expected[61] = '\0';
		assert_string_equal(t.text, expected);
	}
	try_free(&t);
	mem_free(bytes);
}

struct try_order {
	struct try_db *t;
	unsigned next;
};

static void order_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct try_order *order = arg;

	assert_null(err);
	assert_int_equal(db_rows_int64(rows, 0, 0), order->next);
	order->next++;
	try_done(rows, err, order->t);
}

static void test_db__answers_ten_thousand_calls_in_order(void **state)
{
	struct try_db t;
	struct try_order order = { .t = &t };
	struct db_stats stats;

	try_new(&t, (struct db_config){ .size = 1, .max_queue = 10000 });
	for (unsigned i = 0; i < 10000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", i);
		db_run(t.pool, &echo, TRY_PARAMS(text), order_done, &order);
	}
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.queued + stats.in_flight, 10000);
	try_wait(&t, 10000);
	assert_int_equal(order.next, 10000);
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.queries, 10000);
	assert_int_equal(stats.failures, 0);
	assert_int_equal(stats.queued + stats.in_flight, 0);
	assert_int_equal(db_pool_idle(t.pool), 1);
	try_free(&t);
}

static void test_db__an_error_leaves_its_neighbours_alone(void **state)
{
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1, .pipeline_depth = 50 });
	for (int i = 0; i < 300; i++)
		try_run(&t, &inverse, TRY_PARAMS(i % 10 == 5 ? "0" : "4"));
	try_wait(&t, 300);
	assert_int_equal(t.failures, 30);
	assert_int_equal(t.last.code, ERR_INVALID);
	assert_string_equal(t.last.sqlstate, "22012");
	try_free(&t);
}

/* The Parse went well, so the statement is there although its first use failed. */
static void test_db__a_first_use_that_fails_keeps_the_statement(void **state)
{
	struct try_db t;
	struct db_stats stats;

	try_new(&t, (struct db_config){ .size = 1 });
	for (int i = 0; i < 4; i++) {
		try_run(&t, &inverse, TRY_PARAMS(i < 2 ? "0" : "5"));
		try_wait(&t, 1);
	}
	assert_int_equal(t.failures, 2);
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.reconnects, 0);
	try_free(&t);
}

static void test_db__a_statement_that_cannot_be_prepared_fails_alone(void **state)
{
	static const struct db_query broken = { "broken",
		"SELECT x FROM test.nothing WHERE y = $1::text", 1 };
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1 });
	try_run(&t, &echo, TRY_PARAMS("before"));
	try_run(&t, &broken, TRY_PARAMS("a"));
	try_run(&t, &echo, TRY_PARAMS("after"));
	try_wait(&t, 3);
	assert_int_equal(t.failures, 1);
	assert_int_equal(t.last.code, ERR_INTERNAL);
	assert_string_equal(t.last.sqlstate, "42P01");
	assert_string_equal(t.text, "after");
	/* And so does one that was sent in the hope that it would be. */
	try_run(&t, &broken, TRY_PARAMS("a"));
	try_run(&t, &broken, TRY_PARAMS("a"));
	try_run(&t, &echo, TRY_PARAMS("again"));
	try_wait(&t, 3);
	assert_int_equal(t.failures, 3);
	assert_string_equal(t.text, "again");
	try_free(&t);
}

static void test_db__sqlstates_become_errors(void **state)
{
	static const struct {
		const char *sqlstate;
		enum err_code code;
	} cases[] = {
		{ "23505", ERR_CONFLICT },
		{ "23503", ERR_INVALID },
		{ "22P02", ERR_INVALID },
		{ "42501", ERR_FORBIDDEN },
		{ "P0002", ERR_NOT_FOUND },
		{ "40001", ERR_UNAVAILABLE },
		{ "40P01", ERR_UNAVAILABLE },
		{ "57014", ERR_UNAVAILABLE },
		{ "53300", ERR_UNAVAILABLE },
		{ "SY001", ERR_CONFLICT },
		{ "SY999", ERR_INTERNAL },
		{ "P0001", ERR_INTERNAL },
		{ "XX000", ERR_INTERNAL },
	};
	struct try_db t;

	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR + 1, "test");
	try_new(&t, (struct db_config){ .size = 1 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		try_run(&t, &raising, TRY_PARAMS(cases[i].sqlstate));
		try_wait(&t, 1);
		assert_string_equal(t.last.sqlstate, cases[i].sqlstate);
		assert_int_equal(t.last.code, cases[i].code);
	}
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	try_free(&t);
}

static void test_db__errors_name_the_constraint_but_show_no_value(void **state)
{
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1 });
	try_run(&t, &insert, TRY_PARAMS("1234567"));
	try_wait(&t, 1);
	assert_int_equal(t.last.code, ERR_INVALID);
	assert_string_equal(t.last.constraint, "thing_small");
	assert_null(strstr(t.last.text, "1234567"));
	try_run(&t, &insert, TRY_PARAMS("77"));
	try_run(&t, &insert, TRY_PARAMS("77"));
	try_wait(&t, 2);
	assert_int_equal(t.failures, 2);
	assert_int_equal(t.last.code, ERR_CONFLICT);
	assert_string_equal(t.last.constraint, "thing_key");
	try_free(&t);
}

/* The answer waits for the commit, which may still say no. */
static void test_db__a_failing_commit_is_a_failure(void **state)
{
	static const struct db_query late = { "late",
		"INSERT INTO test.late (id) VALUES ($1::integer) RETURNING id", 1 };
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1 });
	try_run(&t, &late, TRY_PARAMS("1"));
	try_run(&t, &late, TRY_PARAMS("1"));
	try_run(&t, &late, TRY_PARAMS("2"));
	try_wait(&t, 3);
	assert_int_equal(t.failures, 1);
	assert_string_equal(t.last.constraint, "late_key");
	assert_string_equal(t.text, "2");
	try_free(&t);
}

static void affected_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	assert_null(err);
	assert_int_equal(db_rows_affected(rows), 3);
	assert_int_equal(db_rows_count(rows), 0);
	try_done(rows, err, arg);
}

static void test_db__counts_the_rows_touched(void **state)
{
	static const struct db_query query = { "three",
		"INSERT INTO test.wide SELECT 'y' FROM pg_catalog.generate_series(1, 3)",
		0 };
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1 });
	db_run(t.pool, &query, NULL, affected_done, &t);
	try_wait(&t, 1);
	try_free(&t);
}

/* Both sides have more to write than the socket holds: neither may wait for the
 * other. */
static void test_db__large_values_go_both_ways_at_once(void **state)
{
	size_t n = 4 * MIB;
	char *text = mem_new(n + 1);
	struct try_db t;

	memset(text, 'x', n);
	try_new(&t, (struct db_config){ .size = 1, .timeout_ms = 30000 });
	for (int i = 0; i < 12; i++)
		try_run(&t, &echo, TRY_PARAMS(text));
	try_wait(&t, 12);
	assert_int_equal(t.failures, 0);
	try_free(&t);
	mem_free(text);
}

static void test_db__takes_a_changed_table(void **state)
{
	static const struct db_query wide = { "wide", "SELECT * FROM test.wide", 0 };
	struct db_stats stats;
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1 });
	try_run(&t, &wide, NULL);
	try_wait(&t, 1);
	try_exec("ALTER TABLE test.wide ADD COLUMN b text", NULL, 0);
	try_run(&t, &wide, NULL);
	try_wait(&t, 1);
	assert_int_equal(t.last.code, ERR_UNAVAILABLE);
	try_run(&t, &wide, NULL);
	try_wait(&t, 1);
	assert_int_equal(t.failures, 1);
	db_pool_stats(t.pool, &stats);
	assert_int_equal(stats.reconnects, 1);
	try_free(&t);
}

/* More statements than are prepared: the rest are sent whole. */
static void test_db__many_statements_work(void **state)
{
	static struct db_query queries[700];
	struct try_db t;

	try_new(&t, (struct db_config){ .max_queue = 10000 });
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
			queries[i] = echo;
			try_run(&t, &queries[i], TRY_PARAMS("x"));
		}
		try_wait(&t, ARRAY_LEN(queries));
	}
	assert_int_equal(t.failures, 0);
	try_free(&t);
}

static void test_db__refuses_a_host_that_needs_looking_up(void **state)
{
	static const struct {
		const char *conninfo;
		bool fine;
	} cases[] = {
		{ "host=localhost dbname=x", false },
		{ "host=/run/x,db.example", false },
		{ "postgresql://db.example/x", false }, { "service=x", false },
		{ "nonsense", false },
		{ "host=db.example hostaddr=127.0.0.1 port=1", true },
		{ "host=127.0.0.1 port=1", true }, { "host=::1 port=1", true },
		{ "host=/nonexistent,127.0.0.1 port=1", true },
		{ "postgresql:///x?host=/nonexistent", true },
		{ "dbname=x", true }, /* PGHOST is the socket folder */
	};
	struct event_base *base = event_base_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct db_config config = { .conninfo = cases[i].conninfo };
		struct error err = { 0 };
		struct db_pool *pool = db_pool_new(base, &config, &err);

		print_message("%s\n", cases[i].conninfo);
		assert_true(!!pool == cases[i].fine);
		assert_int_equal(err.code, pool ? ERR_NONE : ERR_INVALID);
		db_pool_free(pool);
	}
	event_base_free(base);
}

static void test_db__freeing_forgets_what_is_under_way(void **state)
{
	struct try_db t;

	try_new(&t, (struct db_config){ .size = 1, .pipeline_depth = 2 });
	for (int i = 0; i < 5; i++)
		try_run(&t, &echo, TRY_PARAMS("x"));
	try_wait(&t, 5);
	for (int i = 0; i < 5; i++)
		try_run(&t, &echo, TRY_PARAMS("x"));
	try_free(&t);
	assert_int_equal(t.answers, 0);
	db_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_db__gives_values_back_as_they_went),
		cmocka_unit_test(test_db__pins_the_settings_of_a_connection),
		cmocka_unit_test(test_db__sends_bytes_as_they_are),
		cmocka_unit_test(test_db__answers_ten_thousand_calls_in_order),
		cmocka_unit_test(test_db__an_error_leaves_its_neighbours_alone),
		cmocka_unit_test(test_db__a_first_use_that_fails_keeps_the_statement),
		cmocka_unit_test(
			test_db__a_statement_that_cannot_be_prepared_fails_alone),
		cmocka_unit_test(test_db__sqlstates_become_errors),
		cmocka_unit_test(test_db__errors_name_the_constraint_but_show_no_value),
		cmocka_unit_test(test_db__a_failing_commit_is_a_failure),
		cmocka_unit_test(test_db__counts_the_rows_touched),
		cmocka_unit_test(test_db__large_values_go_both_ways_at_once),
		cmocka_unit_test(test_db__takes_a_changed_table),
		cmocka_unit_test(test_db__many_statements_work),
		cmocka_unit_test(test_db__refuses_a_host_that_needs_looking_up),
		cmocka_unit_test(test_db__freeing_forgets_what_is_under_way),
	};

	return cmocka_run_group_tests_name("db", tests, set_up, NULL);
}
