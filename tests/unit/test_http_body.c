/* Bodies of all sizes, in memory and on disk. */
#include "tests/unit/test_http_raw.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define H " HTTP/1.1\r\nHost: a\r\n"

static struct raw_server server; /* style: global */

static void start(void (*change)(struct http_config *config))
{
	struct http_config config;

	raw_config(&server, &config);
	if (change)
		change(&config);
	raw_start(&server, &config);
}

/* Until there are so many connections, or two seconds have passed. */
static bool connections_become(unsigned n)
{
	struct http_stats stats = { .connections = n + 1 };

	for (int i = 0; i < 200 && stats.connections != n; i++) {
		raw_stats(&server, &stats);
		usleep(10000);
	}
	return stats.connections == n;
}

/* Sends n bytes with a pattern, by length or in chunks. */
static void send_body(int fd, size_t n, bool chunked)
{
	char block[16384], line[40];
	size_t at = 0;

	while (at < n) {
		size_t some = n - at < 10007 ? n - at : 10007;

		for (size_t i = 0; i < some; i++)
			block[i] = (char)((at + i) * 7 >> 3);
		snprintf(line, sizeof(line), "%zx\r\n", some);
		if (chunked)
			raw_send(fd, line);
		raw_send_n(fd, block, some);
		if (chunked)
			raw_send(fd, "\r\n");
		at += some;
	}
	if (chunked)
		raw_send(fd, "0\r\n\r\n");
}

static void echo(size_t n, bool chunked)
{
	struct raw_answer answer;
	int fd = raw_connect(&server);
	char head[200];

	snprintf(head, sizeof(head), "POST /echo" H "Content-Length: %zu\r\n\r\n", n);
	if (chunked)
		snprintf(head, sizeof(head),
			"POST /echo" H "Transfer-Encoding: chunked\r\n\r\n");
	raw_send(fd, head);
	send_body(fd, n, chunked);
	raw_read(fd, &answer);
	print_message("%zu %d\n", n, chunked);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.size, n);
	for (size_t i = 0; i < n; i++) {
		if (answer.body[i] != (char)(i * 7 >> 3))
			fail_msg("byte %zu of %zu differs", i, n);
	}
	raw_answer_clear(&answer);
	close(fd);
}

static void test_http_body__bodies_come_through_whole(void **state)
{
	static const size_t sizes[] = { 1, 2047, 2048, 2049, 65535, 65536, 65537,
		131072, 131073, 1000000, 20 * MIB };
	struct http_stats stats;

	start(NULL);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		echo(sizes[i], false);
		echo(sizes[i], true);
	}
	assert_true(connections_become(0));
	raw_stats(&server, &stats);
	assert_int_equal(stats.spool_bytes, 0);
	raw_stop(&server);
}

/* Handlers of small bodies read data and never look at fd. */
static void test_http_body__what_fits_in_memory_stays_there(void **state)
{
	static const size_t sizes[] = { 65535, 65536, 65537 };
	struct raw_answer answer;

	start(NULL);
	for (size_t i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		size_t n = sizes[i / 2];
		int fd = raw_connect(&server);
		char head[200], want[40];

		snprintf(head, sizeof(head),
			i % 2 ? "POST /size" H "Transfer-Encoding: chunked\r\n\r\n"
			      : "POST /size" H "Content-Length: %zu\r\n\r\n",
			n);
		snprintf(want, sizeof(want), "%zu %s", n,
			n <= HTTP_BODY_MEMORY ? "memory" : "file");
		raw_send(fd, head);
		send_body(fd, n, i % 2);
		raw_read(fd, &answer);
		print_message("%s\n", want);
		assert_string_equal(answer.body, want);
		raw_answer_clear(&answer);
		close(fd);
	}
	raw_stop(&server);
}

/* More at once than the work queue has places, so that some have to wait. */
static void *upload(void *arg)
{
	struct raw_answer answer;
	int fd = raw_connect(&server);

	raw_send(fd, "POST /size" H "Content-Length: 4194304\r\n\r\n");
	send_body(fd, 4 * MIB, false);
	raw_read(fd, &answer);
	*(int *)arg = answer.body && strcmp(answer.body, "4194304 file") == 0;
	raw_answer_clear(&answer);
	close(fd);
	return NULL;
}

static void test_http_body__many_uploads_at_once(void **state)
{
	pthread_t threads[24];
	int fine[24] = { 0 };

	start(NULL);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, upload, &fine[i]);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_true(fine[i]);
	}
	raw_stop(&server);
}

static void set_small_spool(struct http_config *config)
{
	config->spool_bytes_max = 200000;
	config->body_ms = 60000;
}

static void test_http_body__spool_has_a_ceiling(void **state)
{
	struct http_stats stats;
	struct raw_answer answer;
	int fd, other;

	start(set_small_spool);
	assert_int_equal(
		raw_ask(&server, "POST /size" H "Content-Length: 200001\r\n\r\n", NULL),
		503);
	fd = raw_connect(&server);
	raw_send(fd, "POST /size" H "Content-Length: 150000\r\n\r\n");
	send_body(fd, 100000, false);
	usleep(30000);
	assert_int_equal(
		raw_ask(&server, "POST /size" H "Content-Length: 70000\r\n\r\n", NULL),
		503);
	other = raw_connect(&server);
	raw_send(other, "POST /size" H "Transfer-Encoding: chunked\r\n\r\n");
	send_body(other, 70000, true);
	raw_read(other, &answer);
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(answer.head, "\r\nRetry-After: 5\r\n"));
	raw_answer_clear(&answer);
	close(other);
	/* The one who leaves in the middle gives its room back. */
	close(fd);
	assert_true(connections_become(0));
	raw_stats(&server, &stats);
	assert_int_equal(stats.spool_bytes, 0);
	raw_stop(&server);
}

static void test_http_body__uploads_that_break_off_leave_nothing(void **state)
{
	struct http_stats stats;

	start(NULL);
	for (int i = 0; i < 30; i++) {
		int fd = raw_connect(&server);

		raw_send(fd, "POST /size" H "Content-Length: 10000000\r\n\r\n");
		send_body(fd, 60000 + (size_t)i * 5000, false);
		close(fd);
	}
	assert_true(connections_become(0));
	raw_stats(&server, &stats);
	assert_int_equal(stats.spool_bytes, 0);
	raw_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_body__bodies_come_through_whole),
		cmocka_unit_test(test_http_body__what_fits_in_memory_stays_there),
		cmocka_unit_test(test_http_body__many_uploads_at_once),
		cmocka_unit_test(test_http_body__spool_has_a_ceiling),
		cmocka_unit_test(test_http_body__uploads_that_break_off_leave_nothing),
	};

	return cmocka_run_group_tests_name("http_body", tests, NULL, NULL);
}
