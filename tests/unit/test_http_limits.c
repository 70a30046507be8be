/* What keeps strangers from costing much: deadlines and ceilings. */
#include "tests/unit/test_http_raw.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
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

/* ---- deadlines ---- */

/* Sends one byte of text every `every_ms`, until it is answered or closed. */
static int drip(int fd, const char *text, int every_ms)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	struct raw_answer answer;
	int status;

	while (poll(&readable, 1, every_ms) == 0) {
		if (*text)
			raw_send_n(fd, text++, 1);
	}
	raw_read(fd, &answer);
	status = answer.status;
	raw_answer_clear(&answer);
	return status;
}

static void expect_drip(const char *start_with, const char *text, long most_ms)
{
	long before = raw_now_ms(), took;
	int fd = raw_connect(&server);

	raw_send(fd, start_with);
	assert_int_equal(drip(fd, text, 20), 408);
	took = raw_now_ms() - before;
	print_message("%ld ms\n", took);
	assert_in_range(took, 390, most_ms);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void test_http_limits__cut_who_drips(void **state)
{
	static char long_text[1000];

	memset(long_text, 'a', sizeof(long_text) - 1);
	start(NULL);
	expect_drip("GET /", long_text, 800);
	expect_drip("GET /plain" H "X: ", long_text, 800);
	expect_drip("POST /size" H "Content-Length: 1000\r\n\r\n", long_text, 800);
	expect_drip("POST /size" H "Transfer-Encoding: chunked\r\n\r\n999\r\n",
		long_text, 800);
	expect_drip("POST /size" H "Content-Length: 1000\r\n\r\n", "", 800);
	raw_stop(&server);
}

static void set_low_rate(struct http_config *config)
{
	config->least_rate = 1000;
}

/* Longer than the body's deadline in all, and always above the least rate. */
static void test_http_limits__let_steady_senders_finish(void **state)
{
	struct raw_answer answer;
	char block[150];
	int fd;

	start(set_low_rate);
	memset(block, 'a', sizeof(block));
	fd = raw_connect(&server);
	raw_send(fd, "POST /size" H "Content-Length: 3000\r\n\r\n");
	for (int i = 0; i < 20; i++) {
		raw_send_n(fd, block, sizeof(block));
		usleep(50000);
	}
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 200);
	raw_answer_clear(&answer);
	close(fd);
	raw_stop(&server);
}

static void test_http_limits__close_silent_connections(void **state)
{
	struct raw_answer answer;
	long before = raw_now_ms();
	int fd;

	start(NULL);
	fd = raw_connect(&server);
	assert_true(raw_is_closed(fd)); /* no answer to nothing */
	assert_in_range(raw_now_ms() - before, 350, 800);
	close(fd);

	fd = raw_connect(&server);
	raw_send(fd, "GET /plain" H "\r\n");
	raw_read(fd, &answer);
	raw_answer_clear(&answer);
	before = raw_now_ms();
	assert_true(raw_is_closed(fd));
	assert_in_range(raw_now_ms() - before, 550, 1000);
	close(fd);
	raw_stop(&server);
}

static void test_http_limits__cut_who_never_reads(void **state)
{
	int fds[6];

	start(NULL);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		int small = 4096;

		fds[i] = raw_connect(&server);
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	}
	raw_send(fds[0], "GET /big" H "\r\n");
	raw_send(fds[1], "GET /big" H "\r\n");
	raw_send(fds[2], "GET /stream/flood" H "\r\n");
	raw_send(fds[3], "GET /stream/rude" H "\r\n");
	for (int i = 0; i < 3000; i++) {
		raw_send(fds[4], "GET /nothing" H "\r\n");
		raw_send(fds[5], "GET /big" H "\r\n");
	}
	assert_true(connections_become(0));
	assert_true(raw_becomes(&server.gone, 2));
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	raw_stop(&server);
}

static void test_http_limits__stream_waits_for_the_reader(void **state)
{
	struct raw_answer answer;
	int fd;

	start(NULL);
	fd = raw_connect(&server);
	raw_send(fd, "GET /stream/flood" H "Connection: close\r\n\r\n");
	usleep(100000);
	raw_read(fd, &answer);
	assert_true(answer.size > 1000 * 16384);
	assert_string_equal(answer.body + answer.size - 5, "0\r\n\r\n");
	assert_true(server.stream_waits > 0);
	raw_answer_clear(&answer);
	close(fd);
	assert_int_equal(server.gone, 0);
	raw_stop(&server);
}

/* The end is said from the drained callback, with some of the answer still here. */
static void test_http_limits__stream_ends_when_all_is_read(void **state)
{
	struct raw_answer answer;
	int fd, small = 65536;

	start(NULL);
	fd = raw_connect(&server);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	raw_send(fd, "GET /stream/tail" H "Connection: close\r\n\r\n");
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body + answer.size - 5, "0\r\n\r\n");
	raw_answer_clear(&answer);
	close(fd);
	raw_stop(&server);
}

/* ---- clients that leave ---- */

static void test_http_limits__tell_handlers_who_left(void **state)
{
	struct linger reset = { .l_onoff = 1 };
	int fd;

	start(NULL);
	fd = raw_connect(&server);
	raw_send(fd, "GET /never" H "\r\n");
	usleep(30000);
	close(fd);
	assert_true(raw_becomes(&server.gone, 1));
	assert_int_equal(server.last_status, 499);

	fd = raw_connect(&server);
	raw_send(fd, "GET /stream/open" H "\r\n");
	usleep(30000);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	assert_true(raw_becomes(&server.gone, 2));

	/* A handler that did not ask answers into the void. */
	fd = raw_connect(&server);
	raw_send(fd, "POST /later/300" H "Content-Length: 1\r\n\r\na");
	usleep(30000);
	close(fd);
	assert_true(connections_become(0));
	assert_true(raw_becomes(&server.answered_late, 1));
	/* And one whose access check is still out. */
	fd = raw_connect(&server);
	raw_send(fd, "GET /later-denied" H "\r\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	assert_true(connections_become(0));
	usleep(60000);
	raw_stop(&server);
}

/* ---- ceilings ---- */

static void set_four_connections(struct http_config *config)
{
	config->max_connections = 4;
	config->headers_ms = 60000;
	config->idle_ms = 60000;
}

static long loop_cpu_ms(void)
{
	struct timespec used;
	clockid_t clock;

	pthread_getcpuclockid(server.thread, &clock);
	clock_gettime(clock, &used);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void test_http_limits__listener_rests_at_the_ceiling(void **state)
{
	struct raw_answer answer;
	struct http_stats stats;
	struct pollfd readable = { .events = POLLIN };
	int fds[6];
	long before;

	start(set_four_connections);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = raw_connect(&server);
		raw_send(fds[i], "GET /plain" H "\r\n");
	}
	for (size_t i = 0; i < 4; i++) {
		raw_read(fds[i], &answer);
		assert_int_equal(answer.status, 200);
		raw_answer_clear(&answer);
	}
	raw_stats(&server, &stats);
	assert_true(stats.resting);
	assert_int_equal(stats.connections, 4);
	before = loop_cpu_ms();
	readable.fd = fds[4];
	assert_int_equal(poll(&readable, 1, 300), 0);
	assert_true(loop_cpu_ms() - before < 100);
	close(fds[0]);
	close(fds[1]);
	for (size_t i = 4; i < 6; i++) {
		raw_read(fds[i], &answer);
		assert_int_equal(answer.status, 200);
		raw_answer_clear(&answer);
	}
	for (size_t i = 2; i < 6; i++)
		close(fds[i]);
	raw_stop(&server);
}

static void test_http_limits__listener_rests_without_descriptors(void **state)
{
	struct rlimit before, none;
	struct raw_answer answer;
	struct http_stats stats;
	int fd, kept;

	start(NULL);
	kept = raw_connect(&server);
	assert_true(connections_become(1));
	getrlimit(RLIMIT_NOFILE, &before);
	fd = dup(kept);
	close(fd);
	/* The client's socket is the last that fits. */
	none = (struct rlimit){ (rlim_t)fd + 1, before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	fd = raw_connect(&server);
	raw_send(fd, "GET /plain" H "\r\n");
	usleep(50000);
	raw_stats(&server, &stats);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_true(stats.resting);
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 200);
	raw_answer_clear(&answer);
	close(fd);
	close(kept);
	raw_stop(&server);
}

static void test_http_limits__turn_away_one_address_too_often(void **state)
{
	struct raw_answer answer;
	int fds[2], fd;

	start(NULL);
	server.admit_limit = 2;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = raw_connect(&server);
		raw_send(fds[i], "GET /plain" H "\r\n");
		raw_read(fds[i], &answer);
		assert_int_equal(answer.status, 200);
		raw_answer_clear(&answer);
	}
	/* More of them than can wait for their parting. */
	for (int i = 0; i < 100; i++) {
		fd = raw_connect(&server);
		raw_send(fd, "GET /plain" H "\r\n");
		raw_read(fd, &answer);
		assert_int_equal(answer.status, 429);
		assert_non_null(strstr(answer.head, "\r\nRetry-After: 60\r\n"));
		assert_non_null(strstr(answer.head, "\r\nX-Correlation-ID: "));
		raw_answer_clear(&answer);
		assert_true(raw_is_closed(fd));
		close(fd);
	}
	close(fds[0]);
	close(fds[1]);
	assert_true(raw_becomes(&server.admitted, 0));
	assert_int_equal(raw_ask(&server, "GET /plain" H "\r\n", NULL), 200);
	raw_stop(&server);
}

static const char *const trusted[] = { "127.0.0.0/8", NULL };

static void set_trust(struct http_config *config)
{
	config->trusted_proxies = trusted;
}

static void about(const char *headers, char ret[100])
{
	struct raw_answer answer;
	char text[300];
	int fd = raw_connect(&server);

	snprintf(text, sizeof(text), "GET /about" H "%s\r\n", headers);
	raw_send(fd, text);
	raw_read(fd, &answer);
	snprintf(ret, 100, "%s", answer.body);
	raw_answer_clear(&answer);
	close(fd);
}

static void test_http_limits__believe_a_trusted_proxy(void **state)
{
	char one[100], same[100], two[100], proxy[100];

	start(set_trust);
	/* The proxy itself is not counted against the ceiling of one address. */
	server.admit_limit = 1;
	server.admitted = 1;
	about("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n", one);
	about("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.1\r\n"
	      "X-Forwarded-Proto: http, https\r\n",
		same);
	about("X-Forwarded-For: 192.0.2.2\r\nX-Forwarded-Proto: https, http\r\n", two);
	about("", proxy);
	assert_string_equal(one, same);
	assert_int_equal(memcmp(one, "secure ", 7), 0);
	assert_int_equal(memcmp(two, "open ", 5), 0);
	assert_string_not_equal(one + 7, two + 5);
	assert_string_not_equal(proxy + 5, two + 5);
	raw_stop(&server);
}

/* ---- the end ---- */

static _Atomic int drained; /* style: global */

static void on_drained(void *arg)
{
	drained++;
}

static void drain(struct raw_server *s)
{
	http_server_drain(s->http, on_drained, NULL);
}

static void test_http_limits__drain_finishes_what_is_in_work(void **state)
{
	struct raw_answer answer;
	int idle, work, stream;

	start(NULL);
	drained = 0;
	idle = raw_connect(&server);
	work = raw_connect(&server);
	stream = raw_connect(&server);
	raw_send(idle, "GET /plain" H "\r\n");
	raw_read(idle, &answer);
	raw_answer_clear(&answer);
	raw_send(work, "GET /later/150" H "\r\n");
	raw_send(stream, "GET /stream/open" H "\r\n");
	usleep(50000);
	raw_on_loop(&server, drain);
	assert_true(raw_is_closed(idle));
	assert_int_equal(drained, 0);
	raw_read(work, &answer);
	assert_string_equal(answer.body, "150");
	assert_non_null(strstr(answer.head, "\r\nConnection: close\r\n"));
	raw_answer_clear(&answer);
	assert_true(raw_is_closed(work));
	close(work);
	assert_true(raw_becomes(&drained, 1));
	assert_int_equal(server.gone, 1);
	close(idle);
	close(stream);
	raw_stop(&server);
}

static void test_http_limits__free_cuts_what_is_left(void **state)
{
	int fds[4];

	start(NULL);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = raw_connect(&server);
	raw_send(fds[0], "GET /never" H "\r\n");
	raw_send(fds[1], "GET /stream/open" H "\r\n");
	raw_send(fds[2], "POST /size" H "Content-Length: 1000000\r\n\r\n");
	for (int i = 0; i < 10000; i++)
		raw_send(fds[2], "0123456789");
	raw_send(fds[3], "GET /pl");
	usleep(50000);
	raw_stop(&server);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_limits__cut_who_drips),
		cmocka_unit_test(test_http_limits__let_steady_senders_finish),
		cmocka_unit_test(test_http_limits__close_silent_connections),
		cmocka_unit_test(test_http_limits__cut_who_never_reads),
		cmocka_unit_test(test_http_limits__stream_waits_for_the_reader),
		cmocka_unit_test(test_http_limits__stream_ends_when_all_is_read),
		cmocka_unit_test(test_http_limits__tell_handlers_who_left),
		cmocka_unit_test(test_http_limits__listener_rests_at_the_ceiling),
		cmocka_unit_test(test_http_limits__listener_rests_without_descriptors),
		cmocka_unit_test(test_http_limits__turn_away_one_address_too_often),
		cmocka_unit_test(test_http_limits__believe_a_trusted_proxy),
		cmocka_unit_test(test_http_limits__drain_finishes_what_is_in_work),
		cmocka_unit_test(test_http_limits__free_cuts_what_is_left),
	};

	return cmocka_run_group_tests_name("http_limits", tests, NULL, NULL);
}
