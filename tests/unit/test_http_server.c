/* What a client sees on the wire: answers, refusals, order, headers. */
#include "tests/unit/test_http_raw.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define H " HTTP/1.1\r\nHost: a\r\n"

static struct raw_server server; /* style: global */

static int setup(void **state)
{
	struct http_config config;

	raw_config(&server, &config);
	raw_start(&server, &config);
	return 0;
}

static int teardown(void **state)
{
	raw_stop(&server);
	return 0;
}

/* Asks on a connection of its own; the answer is the caller's to clear. */
static struct raw_answer ask(const char *text)
{
	struct raw_answer answer;
	int fd = raw_connect(&server);

	raw_send(fd, text);
	raw_read(fd, &answer);
	close(fd);
	return answer;
}

static void expect(const char *text, int status, const char *in_head, const char *body)
{
	struct raw_answer answer = ask(text);

	if (answer.status != status)
		print_message("%s -> %s\n", text, answer.head);
	assert_int_equal(answer.status, status);
	if (in_head && !strstr(answer.head, in_head))
		fail_msg("no \"%s\" in: %s", in_head, answer.head);
	if (body)
		assert_string_equal(answer.body, body);
	raw_answer_clear(&answer);
}

static void test_http_server__answers(void **state)
{
	expect("GET /plain" H "\r\n", 200, "\r\nContent-Length: 5\r\n", "hello");
	expect("GET /plain" H "\r\n", 200,
		"\r\nContent-Type: text/plain; charset=utf-8", NULL);
	expect("GET /about/%C3%A5%2Fb?q=%C3%B6+1" H "Cookie: a=1; b=2; b=3\r\n\r\n",
		200, NULL, NULL);
	expect("GET /nothing" H "\r\n", 404, "application/problem+json", NULL);
	expect("GET /nothing" H "Accept: text/html,*/*\r\n\r\n", 404, "text/html",
		"<p>page 404");
	expect("DELETE /plain" H "\r\n", 405, "\r\nAllow: GET, HEAD, OPTIONS\r\n",
		NULL);
	expect("OPTIONS /plain" H "\r\n", 204, "\r\nAllow: GET, HEAD, OPTIONS\r\n",
		NULL);
	expect("OPTIONS *" H "\r\n", 204, "\r\nAllow: GET, HEAD, POST", NULL);
	expect("BREW /plain" H "\r\n", 501, "\r\nConnection: close\r\n", NULL);
	expect("GET /plain" H "Expect: tea\r\n\r\n", 417, NULL, NULL);
	expect("GET /redirect" H "\r\n", 303, "\r\nLocation: /plain\r\n", "");
	expect("GET /redirect" H "\r\n", 303,
		"\r\nCache-Control: max-age=2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n",
		NULL);
	expect("GET /redirect?to=/a%0d%0aX:%20y" H "\r\n", 500, NULL, NULL);
	expect("GET /page/4" H "\r\n", 404, "text/html", "<p>page 404");
	expect("GET /plain HTTP/1.0\r\nHost: a\r\n\r\n", 200, "Connection: close",
		"hello");
	expect("GET /plain HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 200,
		"Connection: keep-alive", "hello");
}

static void test_http_server__tells_handlers_what_came(void **state)
{
	struct raw_answer answer = ask(
		"GET /about/%C3%A5%2Fb?q=%C3%B6+1" H "Cookie: a=1; b=2; b=3\r\n\r\n");

	assert_non_null(strstr(answer.body, " \xc3\xb6 1 2 /about/\xc3\xa5/b"));
	assert_int_equal(memcmp(answer.body, "open ", 5), 0);
	raw_answer_clear(&answer);
	/* Nobody is trusted here. */
	answer = ask("GET /about" H "X-Forwarded-Proto: https\r\n\r\n");
	assert_int_equal(memcmp(answer.body, "open ", 5), 0);
	raw_answer_clear(&answer);
}

/* contract of refusals: 400 and close, and no handler has run. */
static void test_http_server__refuses_and_closes(void **state)
{
	static const char *const bad[] = {
		"POST /size" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
		"POST /size" H
		"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST /size" H "Transfer-Encoding: gzip\r\n\r\n",
		"POST /size HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET /plain HTTP/1.1\r\n\r\n",
		"GET /plain" H "Host: a\r\n\r\n",
		"GET /plain HTTP/1.1\nHost: a\n\n",
		"GET /plain HTTP/1.1\rHost: a\r\r",
		"GET /plain" H " folded\r\n\r\n",
		"GET /plain" H "X: \x01\r\n\r\n",
		"GET /plain" H "X : y\r\n\r\n",
		"GET /plain" H ": y\r\n\r\n",
		"GET /%ff" H "\r\n",
		"GET /%00" H "\r\n",
		"GET /plain HTTP/1.2\r\nHost: a\r\n\r\n",
		"GET /plain HTTP/2.0\r\nHost: a\r\n\r\n",
		"GET /plain\r\n",
		"POST /size" H
		"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n",
		"POST /size" H
		"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
		"POST /size" H "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
		"POST /size" H "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		bool closed;

		print_message("%s\n", bad[i]);
		assert_int_equal(raw_ask(&server, bad[i], &closed), 400);
		assert_true(closed);
	}
}

static void test_http_server__limits_the_head(void **state)
{
	char text[50000];

	snprintf(text, sizeof(text), "GET /%09000d" H "\r\n", 0);
	assert_int_equal(raw_ask(&server, text, NULL), 414);
	snprintf(text, sizeof(text), "GET /plain" H "X: %040000d\r\n\r\n", 0);
	assert_int_equal(raw_ask(&server, text, NULL), 431);
	snprintf(text, sizeof(text), "GET /plain" H);
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "X: %d\r\n",
			i);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "\r\n");
	assert_int_equal(raw_ask(&server, text, NULL), 431);
}

static void test_http_server__answers_head_without_a_body(void **state)
{
	struct raw_answer answer;
	int fd = raw_connect(&server);
	char bytes[4096];
	ssize_t n;

	raw_send(fd, "HEAD /plain" H "Connection: close\r\n\r\n");
	n = recv(fd, bytes, sizeof(bytes) - 1, MSG_WAITALL);
	assert_true(n > 0);
	bytes[n] = '\0';
	assert_non_null(strstr(bytes, "\r\nContent-Length: 5\r\n"));
	assert_string_equal(bytes + n - 4, "\r\n\r\n");
	close(fd);
	answer = ask("HEAD /small" H "\r\n");
	assert_int_equal(answer.status, 405);
	raw_answer_clear(&answer);
}

static void test_http_server__keeps_the_connection(void **state)
{
	int fd = raw_connect(&server);
	struct raw_answer answer;

	for (int i = 0; i < 5; i++) {
		raw_send(fd, "POST /size" H "Content-Length: 3\r\n\r\nabc");
		raw_read(fd, &answer);
		assert_string_equal(answer.body, "3 memory");
		raw_answer_clear(&answer);
	}
	raw_send(fd, "\r\nGET /plain" H "Connection: close\r\n\r\n");
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "\r\nConnection: close\r\n"));
	raw_answer_clear(&answer);
	assert_true(raw_is_closed(fd));
	close(fd);
}

/* In order although the first takes longest, and the third is already there. */
static void test_http_server__answers_pipelined_requests_in_order(void **state)
{
	static const char *const bodies[] = { "90", "30", "3 memory", "1", "hello" };
	int fd = raw_connect(&server);
	struct raw_answer answer;

	raw_send(fd, "GET /later/90" H "\r\nGET /later/30" H "\r\n"
		     "POST /size" H "Content-Length: 3\r\n\r\nabc"
		     "GET /later/1" H "\r\nGET /plain" H "\r\n");
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		raw_read(fd, &answer);
		assert_string_equal(answer.body, bodies[i]);
		raw_answer_clear(&answer);
	}
	close(fd);
}

static void test_http_server__has_one_request_in_work_at_a_time(void **state)
{
	int fd = raw_connect(&server);
	struct http_stats stats;

	for (int i = 0; i < 10; i++)
		raw_send(fd, "GET /never" H "\r\n");
	usleep(50000);
	raw_stats(&server, &stats);
	assert_int_equal(stats.in_work, 1);
	close(fd);
}

/* Sends without end while a request is in work: the kernel has to hold it. */
static void test_http_server__reads_nothing_ahead(void **state)
{
	static char flood[1 << 20];
	int fd = raw_connect(&server);
	struct timeval soon = { .tv_usec = 200000 };
	size_t sent = 0;
	ssize_t n;

	memset(flood, 'a', sizeof(flood));
	raw_send(fd, "GET /never" H "\r\n");
	usleep(20000);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
	do {
		n = send(fd, flood, sizeof(flood), MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
	} while (n > 0 && sent < 64 * MIB);
	assert_true(sent < 32 * MIB);
	close(fd);
}

static void test_http_server__answers_a_half_closed_client(void **state)
{
	int fd = raw_connect(&server);
	struct raw_answer answer;

	raw_send(fd, "GET /later/20" H "\r\nGET /plain" H "\r\n");
	shutdown(fd, SHUT_WR);
	raw_read(fd, &answer);
	assert_string_equal(answer.body, "20");
	raw_answer_clear(&answer);
	raw_read(fd, &answer);
	assert_string_equal(answer.body, "hello");
	raw_answer_clear(&answer);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void test_http_server__answers_expect(void **state)
{
	int fd = raw_connect(&server);
	struct raw_answer answer;

	raw_send(
		fd, "POST /size" H "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 100);
	raw_send(fd, "abc");
	raw_read(fd, &answer);
	assert_string_equal(answer.body, "3 memory");
	raw_answer_clear(&answer);
	/* Not asked for what would be refused. */
	raw_send(fd,
		"POST /small" H "Expect: 100-continue\r\nContent-Length: 11\r\n\r\n");
	raw_read(fd, &answer);
	assert_int_equal(answer.status, 413);
	raw_answer_clear(&answer);
	close(fd);
}

static void test_http_server__checks_bodies(void **state)
{
	expect("POST /small" H "Content-Length: 10\r\n\r\n0123456789", 200, NULL,
		"10 memory");
	expect("POST /small" H "Content-Length: 11\r\n\r\n", 413, "close", NULL);
	expect("POST /small" H "Content-Length: 99999999999999999999\r\n\r\n", 413,
		NULL, NULL);
	expect("POST /small" H "Transfer-Encoding: chunked\r\n\r\n"
	       "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n",
		200, NULL, "10 memory");
	expect("POST /small" H "Transfer-Encoding: chunked\r\n\r\n"
	       "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n",
		413, NULL, NULL);
	expect("GET /plain" H "Content-Length: 1\r\n\r\na", 413, "close", NULL);
	expect("POST /json" H "Content-Length: 2\r\n\r\n{}", 415, NULL, NULL);
	expect("POST /json" H "Content-Type: text/json\r\nContent-Length: 2\r\n\r\n{}",
		415, NULL, NULL);
	expect("POST /json" H "Content-Type: application/jsonx\r\n"
	       "Content-Length: 2\r\n\r\n{}",
		415, NULL, NULL);
	expect("POST /json" H "Content-Type: Application/JSON;charset=utf-8\r\n"
	       "Content-Length: 2\r\n\r\n{}",
		200, NULL, "2 memory");
	expect("POST /json" H "\r\n", 415, NULL, NULL);
}

static void test_http_server__checks_access_before_the_body(void **state)
{
	expect("POST /denied" H "Content-Length: 50\r\n\r\n", 401,
		"\r\nWWW-Authenticate: Bearer\r\n", NULL);
	expect("POST /later-granted" H "Content-Length: 3\r\n\r\nabc", 200, NULL,
		"3 memory");
	expect("GET /later-denied" H "\r\n", 403, NULL, NULL);
}

static void expect_problem(const char *text, int status, const char *detail)
{
	struct raw_answer answer = ask(text);
	json_t *problem = json_loads(answer.body, 0, NULL);
	const char *said;

	assert_int_equal(answer.status, status);
	assert_non_null(
		strstr(answer.head, "\r\nContent-Type: application/problem+json"));
	assert_string_equal(
		json_string_value(json_object_get(problem, "type")), "about:blank");
	assert_non_null(json_string_value(json_object_get(problem, "title")));
	assert_int_equal(
		json_integer_value(json_object_get(problem, "status")), status);
	said = json_string_value(json_object_get(problem, "detail"));
	if (detail)
		assert_string_equal(said, detail);
	else
		assert_null(said);
	assert_non_null(strstr(answer.head,
		json_string_value(json_object_get(problem, "correlationId"))));
	json_decref(problem);
	raw_answer_clear(&answer);
}

static void test_http_server__says_what_is_wrong(void **state)
{
	expect_problem("GET /errors/1" H "\r\n", 400, "secret detail");
	expect_problem("GET /errors/1?field=a.b" H "\r\n", 422, "secret detail");
	expect_problem("GET /errors/2" H "\r\n", 401, "secret detail");
	expect_problem("GET /errors/3" H "\r\n", 403, "secret detail");
	expect_problem("GET /errors/4" H "\r\n", 404, "secret detail");
	expect_problem("GET /errors/5" H "\r\n", 409, "secret detail");
	expect_problem("GET /errors/6" H "\r\n", 413, "secret detail");
	expect_problem("GET /errors/7" H "\r\n", 415, "secret detail");
	expect_problem("GET /errors/8" H "\r\n", 429, "secret detail");
	expect_problem("GET /errors/9" H "\r\n", 503, "secret detail");
	expect_problem("GET /errors/10" H "\r\n", 500, NULL);
	expect("GET /errors/8" H "\r\n", 429, "\r\nRetry-After: 60\r\n", NULL);
	expect("GET /errors/9" H "\r\n", 503, "\r\nRetry-After: 5\r\n", NULL);
}

static void test_http_server__tells_all_faults(void **state)
{
	struct raw_answer answer = ask("GET /faults" H "\r\n");
	json_t *problem = json_loads(answer.body, 0, NULL), *params;

	assert_int_equal(answer.status, 422);
	params = json_object_get(problem, "invalidParams");
	assert_int_equal(json_array_size(params), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(params, 0), "name")),
		"place.lat");
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(params, 1), "reason")),
		"must not be blank");
	json_decref(problem);
	raw_answer_clear(&answer);
}

static void test_http_server__sends_security_headers(void **state)
{
	static const char *const asks[] = { "GET /plain" H "\r\n",
		"GET /nothing" H "\r\n", "GET / HTTP/9\r\n\r\n" };
	static const char *const wanted[] = {
		"\r\nContent-Security-Policy: default-src 'none'; ",
		"frame-ancestors 'none'",
		"\r\nReferrer-Policy: no-referrer\r\n",
		"\r\nX-Content-Type-Options: nosniff\r\n",
		"\r\nX-Frame-Options: DENY\r\n",
		"\r\nCross-Origin-Opener-Policy: same-origin\r\n",
		"\r\nPermissions-Policy: ",
		"\r\nCache-Control: no-store\r\n",
		"\r\nX-Correlation-ID: ",
		"\r\nDate: ",
	};

	for (size_t i = 0; i < ARRAY_LEN(asks) * ARRAY_LEN(wanted); i++) {
		struct raw_answer answer = ask(asks[i / ARRAY_LEN(wanted)]);

		assert_non_null(strstr(answer.head, wanted[i % ARRAY_LEN(wanted)]));
		assert_null(strstr(answer.head, "Strict-Transport-Security"));
		raw_answer_clear(&answer);
	}
}

static void test_http_server__answers_304(void **state)
{
	struct raw_answer answer = ask("GET /etag" H "\r\n");
	char text[300];
	const char *etag = strstr(answer.head, "\r\nETag: ") + 8;

	assert_int_equal(answer.status, 200);
	assert_null(strstr(answer.head, "no-store"));
	snprintf(text, sizeof(text),
		"GET /etag" H "If-None-Match: \"x\", W/%.34s\r\n\r\n", etag);
	expect(text, 304, "\r\nETag: ", NULL);
	expect("GET /etag" H "If-None-Match: *\r\n\r\n", 304, NULL, NULL);
	expect("GET /etag" H "If-None-Match: \"x\"\r\n\r\n", 200, NULL, "abc");
	raw_answer_clear(&answer);
}

/* The line of the last answer: it is written after the answer was sent. */
static const char *last_log(void)
{
	struct http_stats stats;

	raw_stats(&server, &stats);
	return server.last_log;
}

#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

static void test_http_server__gives_back_correlation_ids(void **state)
{
	struct raw_answer answer;

	expect("GET /plain" H "X-Correlation-ID: abc-1\r\n\r\n", 200,
		"\r\nX-Correlation-ID: abc-1\r\n", NULL);
	assert_non_null(strstr(last_log(), "GET /plain 200 abc-1"));
	expect("GET /plain" H "traceparent: " TRACE "\r\n\r\n", 200,
		"\r\nX-Correlation-ID: 4bf92f3577b34da6a3ce929d0e0e4736\r\n"
		"traceparent: " TRACE "\r\n",
		NULL);
	expect("GET /plain" H "x-correlation-id: a\r\ntraceparent: " TRACE "\r\n\r\n",
		200, "\r\nX-Correlation-ID: a\r\ntraceparent: " TRACE "\r\n", NULL);
	expect("GET /plain" H "X-Correlation-ID: abc-1\r\nbad\r\n\r\n", 400,
		"\r\nX-Correlation-ID: abc-1\r\n", NULL);
	expect("GET /nothing" H "X-Correlation-ID: abc-1\r\n\r\n", 404,
		"\r\nX-Correlation-ID: abc-1\r\n", NULL);
	answer = ask("GET /plain" H "X-Correlation-ID: a b\r\ntraceparent: x\r\n\r\n");
	assert_null(strstr(answer.head, "a b"));
	assert_null(strstr(answer.head, "traceparent"));
	assert_non_null(strstr(answer.head, "\r\nX-Correlation-ID: "));
	raw_answer_clear(&answer);
}

static void test_http_server__logs_no_path(void **state)
{
	expect("GET /about/secret?q=secret" H "\r\n", 200, NULL, NULL);
	assert_int_equal(memcmp(last_log(), "GET /about/{x} 200 ", 19), 0);
	expect("GET /secret" H "\r\n", 404, NULL, NULL);
	assert_int_equal(memcmp(last_log(), "GET - 404 ", 10), 0);
	expect("BREW /secret" H "\r\n", 501, NULL, NULL);
	assert_int_equal(memcmp(last_log(), "- - 501 ", 8), 0);
}

static void test_http_server__streams(void **state)
{
	struct raw_answer answer = ask("GET /stream" H "Connection: close\r\n\r\n");

	assert_non_null(strstr(answer.head, "\r\nTransfer-Encoding: chunked\r\n"));
	assert_string_equal(
		answer.body, "9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n");
	raw_answer_clear(&answer);
	expect("GET /stream HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 200,
		"Connection: close", "data: 1\n\ndata: 2\n\n");
	expect("HEAD /stream" H "Connection: close\r\n\r\n", 200, "chunked", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_server__answers),
		cmocka_unit_test(test_http_server__tells_handlers_what_came),
		cmocka_unit_test(test_http_server__refuses_and_closes),
		cmocka_unit_test(test_http_server__limits_the_head),
		cmocka_unit_test(test_http_server__answers_head_without_a_body),
		cmocka_unit_test(test_http_server__keeps_the_connection),
		cmocka_unit_test(test_http_server__answers_pipelined_requests_in_order),
		cmocka_unit_test(test_http_server__has_one_request_in_work_at_a_time),
		cmocka_unit_test(test_http_server__reads_nothing_ahead),
		cmocka_unit_test(test_http_server__answers_a_half_closed_client),
		cmocka_unit_test(test_http_server__answers_expect),
		cmocka_unit_test(test_http_server__checks_bodies),
		cmocka_unit_test(test_http_server__checks_access_before_the_body),
		cmocka_unit_test(test_http_server__says_what_is_wrong),
		cmocka_unit_test(test_http_server__tells_all_faults),
		cmocka_unit_test(test_http_server__sends_security_headers),
		cmocka_unit_test(test_http_server__answers_304),
		cmocka_unit_test(test_http_server__gives_back_correlation_ids),
		cmocka_unit_test(test_http_server__logs_no_path),
		cmocka_unit_test(test_http_server__streams),
	};

	return cmocka_run_group_tests_name("http_server", tests, setup, teardown);
}
