/*
 * load - keeps N connections busy with given requests and tells how fast answers came.
 *
 *   load [--tls] CONNECTIONS SECONDS HOST PORT REQUESTS
 *
 * REQUESTS is a file of whole HTTP/1.1 requests, each after a line with its length in
 * bytes; connections take them in turn, over and over. One request at a time on each
 * connection, kept alive, no pipelining. Prints one JSON object: answers within the
 * time, how many a second, percentiles of latency in milliseconds, and how many there
 * were of each status.
 *
 * One thread; the answer must have a Content-Length.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "lib/base.h"

#define LOAD_ANSWER_MAX (64 * KIB) /* headers and the start of a body */
#define LOAD_STATUS_MAX 600

struct request {
	const char *bytes;
	size_t size;
};

struct conn {
	int fd;
	SSL *ssl; /* NULL: plain */
	const struct request *request;
	size_t sent;
	uint64_t started; /* ns */
	char answer[LOAD_ANSWER_MAX];
	size_t have;  /* bytes of answer that are filled */
	size_t total; /* bytes of the whole answer; 0: not known yet */
	size_t seen;  /* bytes of the answer that came, kept or not */
	bool done;    /* nothing more to ask */
};

struct load {
	int epoll;
	struct request *requests;
	size_t n_requests, next;
	struct sockaddr_in to;
	SSL_CTX *tls;
	struct conn *conns;
	size_t n_conns, under_way;
	uint64_t end;   /* ns: no request starts later, no answer counts later */
	uint32_t *took; /* microseconds of each answer */
	size_t n_took, room;
	size_t statuses[LOAD_STATUS_MAX];
	size_t broken; /* connections that the other side ended */
};

__attribute__((noreturn)) static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static char *file_read(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	char *text;
	long size;

	if (!f || fseek(f, 0, SEEK_END) < 0)
		die(path);
	size = ftell(f);
	rewind(f);
	text = mem_new((size_t)size + 1);
	if (fread(text, 1, (size_t)size, f) != (size_t)size)
		die(path);
	fclose(f);
	*ret_size = (size_t)size;
	return text;
}

static void requests_read(struct load *load, const char *path)
{
	size_t size, length;
	char *at = file_read(path, &size), *end = at + size, *bytes;

	while (at < end) {
		length = strtoul(at, &bytes, 10);
		if (*bytes != '\n' || length == 0 || length > (size_t)(end - bytes - 1))
			die("not a file of requests");
		load->requests = mem_grow(load->requests,
			(load->n_requests + 1) * sizeof(*load->requests));
		load->requests[load->n_requests++] =
			(struct request){ .bytes = bytes + 1, .size = length };
		at = bytes + 1 + length;
	}
}

/* Bytes moved, 0: not now, -1: the connection is over. */
static ssize_t ssl_result(struct conn *c, int n)
{
	int why;

	if (n > 0)
		return n;
	why = SSL_get_error(c->ssl, n);
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static ssize_t plain_result(ssize_t n)
{
	if (n > 0)
		return n;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t conn_send(struct conn *c)
{
	const char *from = c->request->bytes + c->sent;
	size_t left = c->request->size - c->sent;

	if (c->ssl)
		return ssl_result(c, SSL_write(c->ssl, from, (int)left));
	return plain_result(send(c->fd, from, left, MSG_NOSIGNAL));
}

static ssize_t conn_receive(struct conn *c, char *to, size_t room)
{
	if (c->ssl)
		return ssl_result(c, SSL_read(c->ssl, to, (int)room));
	return plain_result(recv(c->fd, to, room, 0));
}

static void conn_watch(struct load *load, struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (epoll_ctl(load->epoll, EPOLL_CTL_MOD, c->fd, &ev) < 0)
		die("epoll_ctl");
}

static void conn_open(struct load *load, struct conn *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 ||
		connect(c->fd, (struct sockaddr *)&load->to, sizeof(load->to)) < 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->ssl = NULL;
	if (load->tls) {
		c->ssl = SSL_new(load->tls);
		SSL_set_fd(c->ssl, c->fd);
		if (SSL_connect(c->ssl) != 1)
			die("TLS handshake");
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0)
		die("epoll_ctl");
}

static void conn_close(struct conn *c)
{
	SSL_free(c->ssl);
	close(c->fd);
}

static void conn_write(struct load *load, struct conn *c)
{
	ssize_t n = 1;

	while (c->sent < c->request->size && n > 0) {
		n = conn_send(c);
		if (n > 0)
			c->sent += (size_t)n;
	}
	/* An end of the other side is seen when reading, with the answer before it. */
	conn_watch(load, c,
		c->sent < c->request->size && n == 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void conn_ask(struct load *load, struct conn *c)
{
	c->started = now_ns();
	if (c->started >= load->end) {
		c->done = true;
		load->under_way--;
		return;
	}
	c->request = &load->requests[load->next++ % load->n_requests];
	c->sent = c->have = c->total = c->seen = 0;
	conn_write(load, c);
}

/* The server may close after an answer, as after an error; that is not held against it.
 */
static void conn_again(struct load *load, struct conn *c)
{
	load->broken++;
	conn_close(c);
	conn_open(load, c);
	conn_ask(load, c);
}

/* Knows the answer's size once its headers are here. */
static void answer_measure(struct conn *c)
{
	char *body, *length;

	c->answer[c->have] = '\0';
	body = strstr(c->answer, "\r\n\r\n");
	if (!body)
		return;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (!length || length > body)
		die("an answer without Content-Length");
	c->total = (size_t)(body + 4 - c->answer) +
		   strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
}

static void answer_count(struct load *load, struct conn *c)
{
	uint64_t now = now_ns();
	unsigned long status = strtoul(c->answer + strlen("HTTP/1.1 "), NULL, 10);

	if (now > load->end)
		return;
	if (load->n_took == load->room) {
		load->room = load->room ? load->room * 2 : 65536;
		load->took = mem_grow(load->took, load->room * sizeof(*load->took));
	}
	load->took[load->n_took++] = (uint32_t)((now - c->started) / 1000);
	load->statuses[status < LOAD_STATUS_MAX ? status : 0]++;
}

static void conn_read(struct load *load, struct conn *c)
{
	char more[16384];
	ssize_t n;

	for (;;) {
		bool keep = c->total == 0;

		if (keep && c->have == sizeof(c->answer) - 1)
			die("headers too long");
		n = keep ? conn_receive(c, c->answer + c->have,
				   sizeof(c->answer) - 1 - c->have)
			 : conn_receive(c, more, sizeof(more));
		if (n <= 0)
			break;
		c->seen += (size_t)n;
		if (keep) {
			c->have += (size_t)n;
			answer_measure(c);
		}
		if (c->total && c->seen >= c->total) {
			answer_count(load, c);
			conn_ask(load, c);
			return;
		}
	}
	if (n < 0)
		conn_again(load, c);
}

static void conn_on_event(struct load *load, struct conn *c, uint32_t what)
{
	if (!c->done && what & EPOLLOUT)
		conn_write(load, c);
	if (!c->done && what & (EPOLLIN | EPOLLHUP | EPOLLERR))
		conn_read(load, c);
}

static void load_run(struct load *load)
{
	struct epoll_event events[256];
	uint64_t give_up = load->end + 5000000000;

	for (size_t i = 0; i < load->n_conns; i++)
		conn_ask(load, &load->conns[i]);
	while (load->under_way > 0 && now_ns() < give_up) {
		int n = epoll_wait(load->epoll, events, (int)ARRAY_LEN(events), 100);

		for (int i = 0; i < n; i++)
			conn_on_event(load, events[i].data.ptr, events[i].events);
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double percentile(const struct load *load, double share)
{
	size_t i = (size_t)(share * (double)load->n_took);

	if (load->n_took == 0)
		return 0;
	return load->took[i < load->n_took ? i : load->n_took - 1] / 1000.0;
}

static void load_print(struct load *load, double seconds)
{
	const char *comma = "";

	if (load->n_took)
		qsort(load->took, load->n_took, sizeof(*load->took), compare);
	printf("{\"answers\": %zu, \"perSecond\": %.1f, \"p50\": %.3f, \"p90\": %.3f, "
	       "\"p99\": %.3f, \"max\": %.3f, \"reopened\": %zu, \"statuses\": {",
		load->n_took, (double)load->n_took / seconds, percentile(load, 0.5),
		percentile(load, 0.9), percentile(load, 0.99), percentile(load, 1),
		load->broken);
	for (size_t i = 0; i < LOAD_STATUS_MAX; i++) {
		if (!load->statuses[i])
			continue;
		printf("%s\"%zu\": %zu", comma, i, load->statuses[i]);
		comma = ", ";
	}
	printf("}}\n");
}

static void load_open(struct load *load, const char *host, const char *port)
{
	load->to.sin_family = AF_INET;
	load->to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, host, &load->to.sin_addr) != 1)
		die("HOST must be an IPv4 address");
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	load->conns = mem_new(load->n_conns * sizeof(*load->conns));
	for (size_t i = 0; i < load->n_conns; i++)
		conn_open(load, &load->conns[i]);
	load->under_way = load->n_conns;
}

int main(int argc, char **argv)
{
	bool tls = argc > 1 && strcmp(argv[1], "--tls") == 0;
	struct load load = { 0 };
	double seconds;

	argv += tls;
	if (argc - tls != 6) {
		fprintf(stderr,
			"usage: load [--tls] CONNECTIONS SECONDS HOST PORT REQUESTS\n");
		return 2;
	}
	load.n_conns = strtoul(argv[1], NULL, 10);
	seconds = strtod(argv[2], NULL);
	if (tls) {
		load.tls = SSL_CTX_new(TLS_client_method());
		SSL_CTX_set_min_proto_version(load.tls, TLS1_3_VERSION);
		/* What is left of a write may be offered again from another place. */
		SSL_CTX_set_mode(load.tls, SSL_MODE_ENABLE_PARTIAL_WRITE |
						   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	}
	requests_read(&load, argv[5]);
	load_open(&load, argv[3], argv[4]);
	load.end = now_ns() + (uint64_t)(seconds * 1e9);
	load_run(&load);
	load_print(&load, seconds);
	return 0;
}
