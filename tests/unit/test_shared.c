#include "tests/unit/test.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/count.h"
#include "lib/metrics.h"
#include "lib/quota.h"
#include "lib/secret.h"

#define PROCESSES 4

enum {
	REQUESTS_OK,
	REQUESTS_BAD,
	OPEN,
	SECONDS
};

static const struct metrics_row rows[] = {
	[REQUESTS_OK] = { .name = "try_requests_total",
		.kind = METRICS_COUNTER,
		.help = "Requests answered.",
		.labels = "status=\"2xx\"" },
	[REQUESTS_BAD] = { .name = "try_requests_total",
		.kind = METRICS_COUNTER,
		.help = "Requests answered.",
		.labels = "status=\"5xx\"" },
	[OPEN] = { .name = "try_open", .kind = METRICS_GAUGE, .help = "Open now." },
	[SECONDS] = { .name = "try_seconds",
		.kind = METRICS_HISTOGRAM,
		.help = "Time taken.",
		.scale = 1e-6,
		.bounds = { 1000, 250000 } },
	{ 0 },
};

/* Runs work in so many children and waits for them. */
static void in_children(void (*work)(unsigned slot, void *arg), void *arg)
{
	for (unsigned slot = 0; slot < PROCESSES; slot++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			work(slot, arg);
			_exit(0);
		}
	}
	for (unsigned slot = 0; slot < PROCESSES; slot++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

static void measure(unsigned slot, void *arg)
{
	struct metrics *metrics = arg;

	metrics_use_slot(metrics, slot);
	for (int i = 0; i < 10000; i++)
		metrics_add(metrics, REQUESTS_OK, 1);
	metrics_set(metrics, OPEN, 5);
	metrics_observe(metrics, SECONDS, 1000);
	metrics_observe(metrics, SECONDS, 1001);
	metrics_observe(metrics, SECONDS, 3000000);
}

static void test_metrics__adds_processes_up_and_prints(void **state)
{
	struct metrics *metrics = metrics_new(rows, PROCESSES, NULL);
	struct evbuffer *out = evbuffer_new();

	in_children(measure, metrics);
	assert_int_equal(metrics_sum(metrics, REQUESTS_OK), 10000 * PROCESSES);
	assert_int_equal(metrics_sum(metrics, SECONDS), 3 * PROCESSES);
	metrics_reset_slot(metrics, 1);
	metrics_print(metrics, out);
	evbuffer_add(out, "", 1);
	assert_string_equal((char *)evbuffer_pullup(out, -1),
		"# HELP try_requests_total Requests answered.\n"
		"# TYPE try_requests_total counter\n"
		"try_requests_total{status=\"2xx\"} 40000\n"
		"try_requests_total{status=\"5xx\"} 0\n"
		"# HELP try_open Open now.\n"
		"# TYPE try_open gauge\n"
		"try_open 15\n"
		"# HELP try_seconds Time taken.\n"
		"# TYPE try_seconds histogram\n"
		"try_seconds_bucket{le=\"0.001\"} 4\n"
		"try_seconds_bucket{le=\"0.25\"} 8\n"
		"try_seconds_bucket{le=\"+Inf\"} 12\n"
		"try_seconds_sum 12.008004\n"
		"try_seconds_count 12\n");
	evbuffer_free(out);
	metrics_free(metrics);
	metrics_free(NULL);
}

static void test_quota__is_exact_within_a_window(void **state)
{
	struct quota *quota = quota_new(1000, NULL);
	struct quota_ask ask = {
		.key = 77, .limit = 300, .window_s = 3600, .now_s = 5000
	};
	unsigned retry = 0;

	for (int i = 0; i < 300; i++) {
		ask.now_s += 10;
		assert_true(quota_take_at(quota, &ask, &retry));
	}
	assert_false(quota_take_at(quota, &ask, &retry));
	/* The window began at 5010, now is 8000. */
	assert_int_equal(retry, 5010 + 3600 + 1 - 8000);
	ask.now_s += retry - 1;
	assert_false(quota_take_at(quota, &ask, NULL));
	ask.now_s++;
	assert_true(quota_take_at(quota, &ask, NULL));
	assert_false(quota_take_at(quota, &ask, &retry));
	ask.now_s += retry;
	assert_true(quota_take_at(quota, &ask, NULL));
	/* Half a window later half of what was there has faded. */
	ask.now_s = 5010 + 3600 + 1800;
	for (int i = 0; i < 148; i++)
		assert_true(quota_take_at(quota, &ask, NULL));
	assert_false(quota_take_at(quota, &ask, NULL));
	/* Two windows later nothing is left. */
	ask.now_s = 5010 + 3 * 3600;
	ask.now_s += 3600;
	for (int i = 0; i < 300; i++)
		assert_true(quota_take_at(quota, &ask, NULL));
	quota_free(quota);
}

static void test_quota__retry_after_is_the_first_second_that_works(void **state)
{
	struct quota *quota = quota_new(1000, NULL);
	struct quota_ask ask = { .key = 5, .limit = 7, .window_s = 60, .now_s = 100 };
	unsigned retry;

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		if (!quota_take_at(quota, &ask, &retry)) {
			assert_in_range(retry, 1, 120);
			ask.now_s += retry - 1;
			assert_false(quota_take_at(quota, &ask, NULL));
			ask.now_s++;
			assert_true(quota_take_at(quota, &ask, NULL));
		}
		ask.now_s += (unsigned)random() % 9;
	}
	quota_free(quota);
}

static void test_quota__zero_is_off_and_any_key_works(void **state)
{
	struct quota *quota = quota_new(1, NULL);
	unsigned retry;

	for (int i = 0; i < 100; i++)
		assert_true(quota_take(quota, 9, 0, 60, &retry));
	for (uint64_t key = 0; key < 3; key++)
		assert_true(quota_take(quota, key, 1, 60, &retry));
	assert_false(quota_take(quota, 1, 1, 60, &retry));
	assert_in_range(retry, 1, 61);
	quota_free(quota);
	quota_free(NULL);
}

struct flood {
	struct quota *quota;
	struct metrics *taken;
};

static void flood_one_key(unsigned slot, void *arg)
{
	struct flood *flood = arg;
	struct quota_ask ask = {
		.key = 42, .limit = 60000, .window_s = 60, .now_s = 1000
	};

	metrics_use_slot(flood->taken, slot);
	for (int i = 0; i < 20000; i++) {
		if (quota_take_at(flood->quota, &ask, NULL))
			metrics_add(flood->taken, REQUESTS_OK, 1);
	}
}

static void test_quota__processes_together_take_no_more_than_the_limit(void **state)
{
	struct flood flood = {
		.quota = quota_new(100, NULL),
		.taken = metrics_new(rows, PROCESSES, NULL),
	};

	in_children(flood_one_key, &flood);
	assert_int_equal(metrics_sum(flood.taken, REQUESTS_OK), 60000);
	quota_free(flood.quota);
	metrics_free(flood.taken);
}

static void flood_many_keys(unsigned slot, void *arg)
{
	struct flood *flood = arg;

	metrics_use_slot(flood->taken, slot);
	for (uint64_t i = 0; i < 200000; i++) {
		struct quota_ask ask = {
			.key = (slot * 200000 + i) * 0x9e3779b97f4a7c15u + 2,
			.limit = 1,
			.window_s = 60,
			.now_s = (uint32_t)(1000 + i / 1000)
		};

		if (quota_take_at(flood->quota, &ask, NULL))
			metrics_add(flood->taken, REQUESTS_OK, 1);
	}
}

static void test_quota__a_full_table_refuses_nobody(void **state)
{
	struct flood flood = {
		.quota = quota_new(1000, NULL),
		.taken = metrics_new(rows, PROCESSES, NULL),
	};

	in_children(flood_many_keys, &flood);
	assert_int_equal(metrics_sum(flood.taken, REQUESTS_OK), 200000 * PROCESSES);
	quota_free(flood.quota);
	metrics_free(flood.taken);
}

static void test_count__holds_and_gives_back(void **state)
{
	struct count *count = count_new(100, 2, NULL);
	int tickets[3];

	for (int i = 0; i < 3; i++) {
		tickets[i] = count_enter(count, 9, 3);
		assert_true(tickets[i] > 0);
	}
	assert_int_equal(count_enter(count, 9, 3), COUNT_FULL);
	count_use_slot(count, 1);
	assert_int_equal(count_enter(count, 9, 3), COUNT_FULL);
	assert_true(count_enter(count, 10, 3) > 0);
	assert_int_equal(count_enter(count, 9, 0), COUNT_UNCOUNTED);
	count_use_slot(count, 0);
	count_leave(count, tickets[1]);
	count_leave(count, COUNT_UNCOUNTED);
	assert_true(count_enter(count, 9, 3) > 0);
	count_use_slot(count, 1);
	count_reset_slot(count, 0);
	for (int i = 0; i < 3; i++)
		assert_true(count_enter(count, 9, 3) > 0);
	assert_int_equal(count_enter(count, 9, 3), COUNT_FULL);
	count_free(count);
	count_free(NULL);
}

static void test_count__a_full_table_lets_people_in(void **state)
{
	struct count *count = count_new(16, 1, NULL);

	for (uint64_t key = 1; key <= 16; key++)
		assert_true(count_enter(count, key, 1) > 0);
	assert_int_equal(count_enter(count, 17, 1), COUNT_UNCOUNTED);
	assert_int_equal(count_enter(count, 16, 1), COUNT_FULL);
	count_reset_slot(count, 0);
	assert_true(count_enter(count, 17, 1) > 0);
	count_free(count);
}

static void crowd(unsigned slot, void *arg)
{
	struct count *count = arg;
	int held[50] = { 0 };

	count_use_slot(count, slot);
	srandom(slot);
	for (int i = 0; i < 100000; i++) {
		int n = (int)(random() % 50);

		if (held[n] > 0)
			count_leave(count, held[n]);
		held[n] = count_enter(count, (uint64_t)random() % 40 + 1, 20);
	}
	for (int n = 0; n < 50; n++)
		count_leave(count, held[n]);
}

static void test_count__comes_out_even_under_a_crowd(void **state)
{
	struct count *count = count_new(24, PROCESSES, NULL);

	in_children(crowd, count);
	for (uint64_t key = 1; key <= 40; key++) {
		int tickets[20];

		for (int i = 0; i < 20; i++) {
			tickets[i] = count_enter(count, key, 20);
			assert_true(tickets[i] > 0);
		}
		assert_int_equal(count_enter(count, key, 20), COUNT_FULL);
		for (int i = 0; i < 20; i++)
			count_leave(count, tickets[i]);
	}
	count_free(count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metrics__adds_processes_up_and_prints),
		cmocka_unit_test(test_quota__is_exact_within_a_window),
		cmocka_unit_test(
			test_quota__retry_after_is_the_first_second_that_works),
		cmocka_unit_test(test_quota__zero_is_off_and_any_key_works),
		cmocka_unit_test(
			test_quota__processes_together_take_no_more_than_the_limit),
		cmocka_unit_test(test_quota__a_full_table_refuses_nobody),
		cmocka_unit_test(test_count__holds_and_gives_back),
		cmocka_unit_test(test_count__a_full_table_lets_people_in),
		cmocka_unit_test(test_count__comes_out_even_under_a_crowd),
	};

	return cmocka_run_group_tests_name("shared", tests, NULL, NULL);
}
