#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/lmtp_private.h"

/* Accepted before conversations get their turn. */
#define ACCEPT_BATCH 32
/* Out of descriptors: others may give some back without our knowing. */
#define REST_MS 1000

uint64_t lmtp_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void lmtp_config_init(struct lmtp_config *config)
{
	*config = (struct lmtp_config){
		.max_connections = 100,
		.max_recipients = 100, /* RFC 5321 section 4.5.3.1.8 */
		.max_message = 50 * MIB,
		.max_memory = 256 * MIB,
		.idle_ms = 300 * 1000, /* RFC 5321 section 4.5.3.2.7 */
		.data_ms = 60 * 1000,
		.data_total_ms = 600 * 1000,
		.least_rate = 4096,
		.drain_ms = 5 * 1000,
	};
}

/* ---- accepting ---- */

static void server_turn_away(struct lmtp_server *s, int fd)
{
	static const char text[] =
		"421 4.3.2 too many conversations, try again later\r\n";

	s->stats.refused++;
	/* A client that will not take this much has to do without; ignoring. */
	if (send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
		shutdown(fd, SHUT_WR);
	close(fd);
}

static void server_rest(struct lmtp_server *s)
{
	s->rest_until = lmtp_now_ms() + REST_MS;
	for (struct lmtp_listener *l = s->listeners; l; l = l->next)
		event_del(l->readable);
}

static void server_wake_listeners(struct lmtp_server *s)
{
	s->rest_until = 0;
	for (struct lmtp_listener *l = s->listeners; l; l = l->next)
		event_add(l->readable, NULL);
}

/* False: no more for now. */
static bool server_accept(struct lmtp_server *s, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		s->stats.accepted++;
		if (s->stats.connections >= s->config.max_connections)
			server_turn_away(s, fd);
		else
			lmtp_talk_new(s, fd);
		return true;
	}
	/* A client that left before it was greeted says nothing about the next. */
	if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO)
		return true;
	if (errno != EAGAIN)
		server_rest(s);
	return false;
}

static void server_on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct lmtp_listener *listener = arg;

	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (!server_accept(listener->server, fd))
			return;
	}
}

int lmtp_server_listen(struct lmtp_server *s, int fd, struct error *err)
{
	struct lmtp_listener *listener;

	if (evutil_make_socket_nonblocking(fd) < 0)
		return error_set(err, ERR_INTERNAL, "the listener is no socket");
	listener = mem_new(sizeof(*listener));
	listener->server = s;
	listener->fd = fd;
	listener->readable = event_new(
		s->base, fd, EV_READ | EV_PERSIST, server_on_acceptable, listener);
	if (!listener->readable)
		abort();
	listener->next = s->listeners;
	s->listeners = listener;
	event_add(listener->readable, NULL);
	return 0;
}

static void server_close_listeners(struct lmtp_server *s)
{
	struct lmtp_listener *listener;

	while (s->listeners) {
		listener = s->listeners;
		s->listeners = listener->next;
		event_free(listener->readable);
		close(listener->fd);
		mem_free(listener);
	}
}

/* ---- the tick and the turn ---- */

/* One look over all conversations every so often: a deadline then costs a store when it
 * is set and nothing when it is not reached. */
static void server_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct lmtp_server *s = arg;
	uint64_t now = lmtp_now_ms();
	struct lmtp_talk *talk;

	TAILQ_FOREACH(talk, &s->talks, all)
	{
		if (talk->due && talk->due <= now && !talk->dead)
			lmtp_talk_overdue(talk, now);
	}
	if (s->rest_until && s->rest_until <= now)
		server_wake_listeners(s);
}

static void server_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct lmtp_server *s = arg;
	struct lmtp_talk *talk = TAILQ_FIRST(&s->ready);

	for (; talk; talk = TAILQ_FIRST(&s->ready)) {
		TAILQ_REMOVE(&s->ready, talk, ready);
		talk->is_ready = false;
		if (talk->dead)
			lmtp_talk_free(talk);
		else
			lmtp_talk_turn(talk);
	}
	if (s->draining && s->drained && TAILQ_EMPTY(&s->talks))
		steal(s->drained)(s->drained_arg);
}

/* An eighth of the shortest deadline, so that none is missed by much. */
static struct timeval server_tick_time(const struct lmtp_config *config)
{
	unsigned all[] = { config->idle_ms, config->data_ms, config->data_total_ms,
		config->drain_ms, LMTP_PARTING_MS };
	unsigned ms = 4000;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i] < ms)
			ms = all[i];
	}
	ms = ms / 8 < 5 ? 5 : ms / 8;
	return (struct timeval){ .tv_usec = ms * 1000 };
}

/* ---- beginning and end ---- */

struct lmtp_server *lmtp_server_new(
	struct event_base *base, const struct lmtp_config *config, void *app)
{
	struct lmtp_server *s = mem_new(sizeof(*s));
	struct timeval every = server_tick_time(config);

	s->base = base;
	s->config = *config;
	s->name = mem_dup(config->name);
	s->config.name = s->name;
	s->app = app;
	TAILQ_INIT(&s->talks);
	TAILQ_INIT(&s->ready);
	signal(SIGPIPE, SIG_IGN);
	s->tick = event_new(base, -1, EV_PERSIST, server_on_tick, s);
	s->turn = event_new(base, -1, 0, server_on_turn, s);
	if (!s->tick || !s->turn || event_add(s->tick, &every) < 0)
		abort();
	return s;
}

void lmtp_server_drain(struct lmtp_server *s, void (*done)(void *arg), void *arg)
{
	struct lmtp_talk *talk;

	s->draining = true;
	s->drained = done;
	s->drained_arg = arg;
	server_close_listeners(s);
	TAILQ_FOREACH(talk, &s->talks, all)
	{
		if (!talk->dead)
			lmtp_talk_drain(talk);
	}
	event_active(s->turn, EV_TIMEOUT, 0);
}

void lmtp_server_free(struct lmtp_server *s)
{
	struct lmtp_talk *talk;

	if (!s)
		return;
	server_close_listeners(s);
	for (talk = TAILQ_FIRST(&s->talks); talk; talk = TAILQ_FIRST(&s->talks))
		lmtp_talk_free(talk);
	event_free(s->tick);
	event_free(s->turn);
	mem_free(s->name);
	mem_free(s);
}

void lmtp_server_stats(const struct lmtp_server *s, struct lmtp_stats *ret)
{
	*ret = s->stats;
}
