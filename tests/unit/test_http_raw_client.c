#include "tests/unit/test_http_raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

long raw_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int raw_connect(struct raw_server *s)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_return_code(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), errno);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

void raw_send_n(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* closed on us: what comes back is what counts */
		p += sent;
		n -= (size_t)sent;
	}
}

void raw_send(int fd, const char *text)
{
	raw_send_n(fd, text, strlen(text));
}

static bool read_head(int fd, struct raw_answer *ret)
{
	size_t n = 0;

	while (n < sizeof(ret->head) - 1) {
		if (recv(fd, ret->head + n, 1, 0) != 1)
			return false;
		ret->head[++n] = '\0';
		if (n >= 4 && memcmp(ret->head + n - 4, "\r\n\r\n", 4) == 0)
			return true;
	}
	return false;
}

static void read_body(int fd, struct raw_answer *ret, size_t most)
{
	ret->body = malloc(most + 1);
	while (ret->size < most) {
		ssize_t n = recv(fd, ret->body + ret->size, most - ret->size, 0);

		if (n <= 0)
			break;
		ret->size += (size_t)n;
	}
	ret->body[ret->size] = '\0';
}

void raw_read(int fd, struct raw_answer *ret)
{
	const char *length;

	*ret = (struct raw_answer){ 0 };
	if (!read_head(fd, ret))
		return;
	assert_memory_equal(ret->head, "HTTP/1.1 ", 9);
	ret->status = (int)strtol(ret->head + 9, NULL, 10);
	length = strcasestr(ret->head, "\r\nContent-Length: ");
	if (ret->status == 100 || ret->status == 204 || ret->status == 304)
		return;
	read_body(fd, ret, length ? strtoul(length + 18, NULL, 10) : 64 * MIB);
}

void raw_answer_clear(struct raw_answer *answer)
{
	free(answer->body);
	*answer = (struct raw_answer){ 0 };
}

bool raw_is_closed(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, 0);

	return n == 0 || (n < 0 && errno != EAGAIN);
}

int raw_ask(struct raw_server *s, const char *text, bool *ret_closed)
{
	int fd = raw_connect(s), status;
	struct raw_answer answer;

	raw_send(fd, text);
	raw_read(fd, &answer);
	status = answer.status;
	if (ret_closed) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		/* A kept connection says nothing for a while. */
		*ret_closed = poll(&p, 1, 150) == 1 && raw_is_closed(fd);
	}
	raw_answer_clear(&answer);
	close(fd);
	return status;
}
