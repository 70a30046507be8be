/*
 * A call's way:
 *
 *   clamav_scan        connects, and sends the command when it can
 *   call_on_drained    the next chunk, length before it; after the last one length 0
 *   call_on_event      there is nobody, or it broke off
 *   call_on_readable   the answer, up to a NUL
 *   call_on_late       too slow
 */
#include "lib/clamav.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "lib/address.h"
#include "lib/base.h"
#include "lib/error.h"

#define CHUNK_MAX (64 * KIB)
#define ANSWER_MAX 1024
#define CONNECT_MS 5000 /* it is on this machine or near */

struct clamav_call {
	LIST_ENTRY(clamav_call) link;
	struct clamav *clamav;
	struct bufferevent *bev;
	struct event *late;
	struct clamav_bytes bytes; /* those that are still to be sent */
	bool is_connected, is_sent;
	clamav_done_fn *done;
	void *arg;
};

LIST_HEAD(clamav_calls, clamav_call);

struct clamav {
	struct event_base *base;
	struct address address;
	unsigned timeout_ms;
	struct clamav_calls calls;
};

struct clamav *clamav_new(const struct clamav_config *config, struct error *err)
{
	struct address address;
	struct clamav *clamav;

	if (address_parse(config->address, &address, err) < 0)
		return NULL;
	clamav = mem_new(sizeof(*clamav));
	clamav->base = config->base;
	clamav->address = address;
	clamav->timeout_ms = config->timeout_ms;
	LIST_INIT(&clamav->calls);
	return clamav;
}

void clamav_cancel(struct clamav_call *call)
{
	if (!call)
		return;
	LIST_REMOVE(call, link);
	bufferevent_free(call->bev);
	event_free(call->late);
	mem_free(call);
}

void clamav_free(struct clamav *clamav)
{
	if (!clamav)
		return;
	while (!LIST_EMPTY(&clamav->calls))
		clamav_cancel(LIST_FIRST(&clamav->calls));
	mem_free(clamav);
}

/* ---- the answer ---- */

static const char answer_begins[] = "stream: ";
static const char found_ends[] = " FOUND";

static void copy_name(const char *name, size_t n, struct clamav_result *ret)
{
	size_t i;

	n = n < CLAMAV_NAME_SIZE - 1 ? n : CLAMAV_NAME_SIZE - 1;
	for (i = 0; i < n; i++)
		ret->name[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
	ret->name[n] = '\0';
}

void clamav_read_answer(const char *text, struct clamav_result *ret)
{
	size_t n = strlen(text);
	const size_t begins = sizeof(answer_begins) - 1, ends = sizeof(found_ends) - 1;

	*ret = (struct clamav_result){ .verdict = CLAMAV_FAILED };
	if (!strcmp(text, "stream: OK")) {
		ret->verdict = CLAMAV_CLEAN;
	} else if (!strcmp(text, "INSTREAM size limit exceeded. ERROR")) {
		ret->verdict = CLAMAV_TOO_LARGE;
	} else if (n > begins + ends && !strncmp(text, answer_begins, begins) &&
		   !strcmp(text + n - ends, found_ends)) {
		ret->verdict = CLAMAV_FOUND;
		copy_name(text + begins, n - begins - ends, ret);
	}
}

/* ---- ends ---- */

static void call_finish(struct clamav_call *call, const struct clamav_result *result)
{
	clamav_done_fn *done = call->done;
	void *arg = call->arg;

	clamav_cancel(call);
	done(result, arg);
}

static void call_fail(struct clamav_call *call, enum clamav_verdict verdict)
{
	call_finish(call, &(struct clamav_result){ .verdict = verdict });
}

/* text is n bytes and a NUL after them. Of a stream that it has not got whole it can
 * only say that it is too large. */
static void call_judge(struct clamav_call *call, const char *text, size_t n)
{
	struct clamav_result result;

	clamav_read_answer(text, &result);
	if (n == 0 || strlen(text) != n - 1 ||
		(!call->is_sent && result.verdict != CLAMAV_TOO_LARGE))
		result = (struct clamav_result){ .verdict = CLAMAV_FAILED };
	call_finish(call, &result);
}

static void call_on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	char text[ANSWER_MAX + 1];
	size_t n = evbuffer_get_length(in);

	if (n > ANSWER_MAX) {
		call_fail(arg, CLAMAV_FAILED);
		return;
	}
	evbuffer_copyout(in, text, n);
	text[n] = '\0';
	if (strlen(text) < n)
		call_judge(arg, text, n);
}

/* It may have said why before it hung up; what broke may be our writing alone, and the
 * answer still unread. */
static void call_broke(struct clamav_call *call)
{
	struct evbuffer *in = bufferevent_get_input(call->bev);
	char text[ANSWER_MAX + 1];
	size_t n = evbuffer_get_length(in);
	ssize_t more;

	n = n < ANSWER_MAX ? n : ANSWER_MAX;
	evbuffer_copyout(in, text, n);
	more = recv(
		bufferevent_getfd(call->bev), text + n, ANSWER_MAX - n, MSG_DONTWAIT);
	n += more > 0 ? (size_t)more : 0;
	text[n] = '\0';
	call_judge(call, text, n);
}

/* ---- sending ---- */

static void call_limit(struct clamav_call *call, unsigned ms)
{
	struct timeval limit = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_add(call->late, &limit);
}

static void call_on_drained(struct bufferevent *bev, void *arg)
{
	struct clamav_call *call = arg;
	size_t n = call->bytes.n < CHUNK_MAX ? (size_t)call->bytes.n : CHUNK_MAX;
	uint32_t length = htonl((uint32_t)n);
	scoped_free char *chunk = NULL;

	if (call->is_sent)
		return;
	if (!call->is_connected) {
		call->is_connected = true; /* the command has gone */
		call_limit(call, call->clamav->timeout_ms);
	}
	chunk = mem_new(CHUNK_MAX);
	if (n > 0 && pread(call->bytes.fd, chunk, n, call->bytes.at) != (ssize_t)n) {
		call_fail(call, CLAMAV_FAILED);
		return;
	}
	call->bytes.at += (off_t)n;
	call->bytes.n -= n;
	call->is_sent = n == 0; /* a chunk of nothing ends it */
	bufferevent_write(bev, &length, sizeof(length));
	bufferevent_write(bev, chunk, n);
}

static void call_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct clamav_call *call = arg;

	if (call->is_connected)
		call_broke(call);
	else
		call_fail(call, CLAMAV_AWAY);
}

static void call_on_late(evutil_socket_t fd, short what, void *arg)
{
	struct clamav_call *call = arg;

	call_fail(call, call->is_connected ? CLAMAV_FAILED : CLAMAV_AWAY);
}

/* Connecting or connected; -1: there is nobody. */
static int clamav_connect(const struct clamav *clamav)
{
	const struct sockaddr *to = (const struct sockaddr *)&clamav->address.sockaddr;
	scoped_fd int fd =
		socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0 ||
		(connect(fd, to, clamav->address.size) < 0 && errno != EINPROGRESS))
		return -1;
	ret = fd;
	fd = -1;
	return ret;
}

struct clamav_call *clamav_scan(struct clamav *clamav, const struct clamav_bytes *bytes,
	clamav_done_fn *done, void *arg)
{
	static const char command[] = "zINSTREAM"; /* with its NUL */
	struct clamav_call *call = mem_new(sizeof(*call));
	int fd = clamav_connect(clamav);
	unsigned connect_ms =
		clamav->timeout_ms < CONNECT_MS ? clamav->timeout_ms : CONNECT_MS;

	call->clamav = clamav;
	call->bytes = *bytes;
	call->done = done;
	call->arg = arg;
	call->late = evtimer_new(clamav->base, call_on_late, call);
	call->bev = bufferevent_socket_new(
		clamav->base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	LIST_INSERT_HEAD(&clamav->calls, call, link);
	call_limit(call, fd < 0 ? 0 : connect_ms); /* 0: not inside this call */
	if (fd < 0)
		return call;
	bufferevent_setcb(
		call->bev, call_on_readable, call_on_drained, call_on_event, call);
	bufferevent_enable(call->bev, EV_READ | EV_WRITE);
	bufferevent_write(call->bev, command, sizeof(command));
	return call;
}
