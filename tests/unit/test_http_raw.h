/*
 * test_http_raw - a small server in a thread of its own, and raw bytes to it.
 *
 * The server's routes answer what the tests of test_http_*.c need to see.
 */
#ifndef SYNPUNKT_TESTS_UNIT_TEST_HTTP_RAW_H
#define SYNPUNKT_TESTS_UNIT_TEST_HTTP_RAW_H

#include "tests/unit/test.h"

#include <stdatomic.h>

#include "lib/http_server.h"

struct raw_server {
	struct event_base *base;
	struct work_pool *work;
	struct http_server *http;
	int port;
	int commands[2]; /* a pipe: what the loop's thread is to run */
	unsigned long thread;
	_Atomic int gone, answered_late, drained, stream_waits, logs, admitted;
	_Atomic int admit_limit; /* 0: none */
	_Atomic int last_status;
	char last_log[256];
	char spool_dir[64];
};

struct raw_answer {
	int status;
	char head[8192];
	char *body; /* to be freed by raw_answer_clear() */
	size_t size;
};

/* Short deadlines and a spool directory; the caller may change what it wants. */
void raw_config(struct raw_server *s, struct http_config *config);
void raw_start(struct raw_server *s, const struct http_config *config);
void raw_stop(struct raw_server *s);
/* Runs on the loop's thread, and returns when it has. */
void raw_on_loop(struct raw_server *s, void (*run)(struct raw_server *s));
void raw_stats(struct raw_server *s, struct http_stats *ret);
/* Waits up to two seconds for a counter to get there. */
bool raw_becomes(_Atomic int *counter, int value);

int raw_connect(struct raw_server *s);
void raw_send(int fd, const char *text);
void raw_send_n(int fd, const void *bytes, size_t n);
/* One answer; status 0 if the connection ends first. */
void raw_read(int fd, struct raw_answer *ret);
void raw_answer_clear(struct raw_answer *answer);
/* True: nothing more comes and the server has closed. */
bool raw_is_closed(int fd);
long raw_now_ms(void);
/* Sends on a connection of its own, reads one answer, gives its status, and in
 * closed whether the server closed after it. */
int raw_ask(struct raw_server *s, const char *text, bool *ret_closed);

#endif
