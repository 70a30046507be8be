#include "lib/http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/http_private.h"
#include "lib/secret.h"
#include "lib/tls.h"

/* Accepted before other connections get their turn. */
#define ACCEPT_BATCH 32
/* Out of descriptors: others may give some back without our knowing. */
#define REST_MS 1000
#define PARTING_MS 1000

uint64_t http_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void http_config_init(struct http_config *config)
{
	*config = (struct http_config){
		.max_connections = 4096,
		.headers_ms = 10 * 1000,
		.body_ms = 60 * 1000,
		.idle_ms = 75 * 1000,
		.send_ms = 60 * 1000,
		.linger_ms = 2 * 1000,
		.gone_ms = 2 * 1000,
		.least_rate = 4096,
		.retry_after_s = 5,
		.spool_bytes_max = (uint64_t)4 * 1024 * MIB,
	};
	secret_random(config->secret, sizeof(config->secret));
}

/* ---- refusing at the door ---- */

static void parting_end(struct http_parting *parting)
{
	if (parting->fd >= 0)
		close(parting->fd);
	parting->fd = -1;
}

/* A descriptor in a ring and nothing else: whoever is over the ceiling must not
 * cost what a connection costs. The oldest makes room. */
static void parting_add(struct http_server *s, int fd)
{
	struct http_parting *parting = &s->partings[s->next_parting];

	parting_end(parting);
	parting->fd = fd;
	parting->due = http_now_ms() + PARTING_MS;
	s->next_parting = (s->next_parting + 1) % HTTP_PARTING_MAX;
}

static void server_turn_away(struct http_server *s, int fd)
{
	static const char body[] =
		"{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
		"\"detail\":\"too many connections from this address\"}";
	char id[HTTP_CORRELATION_MAX + 1];

	s->stats.refused++;
	/* A handshake would cost more than it says. */
	if (s->tls) {
		close(fd);
		return;
	}
	http_correlation_make(s, id);
	http_head_start(s, 429, false, 0);
	http_text_add_string(&s->text,
		"Content-Type: application/problem+json\r\nRetry-After: 60\r\n"
		"Connection: close\r\nX-Correlation-ID: ");
	http_text_add_string(&s->text, id);
	http_text_add_string(&s->text, "\r\nContent-Length: ");
	http_text_add_number(&s->text, sizeof(body) - 1);
	http_text_add_string(&s->text, "\r\n\r\n");
	http_text_add_string(&s->text, body);
	/* A client that will not take this much has to do without; ignoring. */
	if (send(fd, s->text.bytes, s->text.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		close(fd);
		return;
	}
	shutdown(fd, SHUT_WR);
	parting_add(s, fd);
}

/* ---- accepting ---- */

static void server_rest(struct http_server *s, unsigned ms)
{
	s->stats.resting = true;
	s->rest_until = ms ? http_now_ms() + ms : 0;
	for (struct http_listener *l = s->listeners; l; l = l->next)
		event_del(l->readable);
}

static void server_wake_listeners(struct http_server *s)
{
	if (!s->stats.resting || s->stats.connections >= s->config.max_connections)
		return;
	s->stats.resting = false;
	s->rest_until = 0;
	for (struct http_listener *l = s->listeners; l; l = l->next)
		event_add(l->readable, NULL);
}

static void server_take(struct http_server *s, int fd, const struct sockaddr *sa)
{
	const struct http_hooks *hooks = &s->config.hooks;
	struct http_address from;
	int ticket = HTTP_UNCOUNTED;

	http_address_of(sa, &from);
	if (hooks->admit && !http_peers_trust(s->peers, &from)) {
		ticket = hooks->admit(http_peers_key(s->peers, &from), s->app);
		if (ticket < 0) {
			server_turn_away(s, fd);
			return;
		}
	}
	s->stats.accepted++;
	http_conn_new(s, fd, &from, ticket);
}

/* False: no more for now. */
static bool server_accept(struct http_server *s, int listener)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);
	int fd;

	if (s->stats.connections >= s->config.max_connections) {
		server_rest(s, 0);
		return false;
	}
	sa.ss_family = AF_UNSPEC;
	fd = accept4(
		listener, (struct sockaddr *)&sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		server_take(s, fd, (struct sockaddr *)&sa);
		return true;
	}
	/* A client that left before it was greeted says nothing about the next. */
	if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO)
		return true;
	if (errno != EAGAIN)
		server_rest(s, REST_MS);
	return false;
}

static void server_on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct http_listener *listener = arg;

	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (!server_accept(listener->server, fd))
			return;
	}
}

int http_server_listen(struct http_server *s, int fd, struct error *err)
{
	struct http_listener *listener;
	int on = 1;

	if (evutil_make_socket_nonblocking(fd) < 0)
		return error_set(err, ERR_INTERNAL, "the listener is no socket");
	/* Inherited by what it accepts; without it TLS answers take 40 ms. A unix
	 * socket has no such option; ignoring. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	listener = mem_new(sizeof(*listener));
	listener->server = s;
	listener->fd = fd;
	listener->readable = event_new(
		s->base, fd, EV_READ | EV_PERSIST, server_on_acceptable, listener);
	if (!listener->readable)
		abort();
	listener->next = s->listeners;
	s->listeners = listener;
	if (!s->stats.resting)
		event_add(listener->readable, NULL);
	return 0;
}

static void server_close_listeners(struct http_server *s)
{
	struct http_listener *listener;

	while (s->listeners) {
		listener = s->listeners;
		s->listeners = listener->next;
		event_free(listener->readable);
		close(listener->fd);
		mem_free(listener);
	}
}

/* ---- the tick and the turn ---- */

/* One look over all connections every so often: a deadline then costs a store when
 * it is set and nothing when it is not reached. */
static void server_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;
	uint64_t now = http_now_ms();
	struct http_conn *conn;

	TAILQ_FOREACH(conn, &s->conns, all)
	{
		if (conn->due && conn->due <= now && !conn->dead)
			http_conn_overdue(conn, now);
	}
	for (size_t i = 0; i < HTTP_PARTING_MAX; i++) {
		if (s->partings[i].due <= now)
			parting_end(&s->partings[i]);
	}
	http_body_retry(s);
	if (s->rest_until && s->rest_until <= now)
		server_wake_listeners(s);
}

static void server_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;
	struct http_conn *conn = TAILQ_FIRST(&s->ready);

	for (; conn; conn = TAILQ_FIRST(&s->ready)) {
		TAILQ_REMOVE(&s->ready, conn, ready);
		conn->is_ready = false;
		if (conn->dead)
			http_conn_free(conn);
		else
			http_conn_turn(conn);
	}
	server_wake_listeners(s);
	if (s->draining && s->drained && TAILQ_EMPTY(&s->conns))
		steal(s->drained)(s->drained_arg);
}

/* An eighth of the shortest deadline, so that none is missed by much. */
static struct timeval server_tick_time(const struct http_config *config)
{
	unsigned all[] = { config->headers_ms, config->body_ms, config->idle_ms,
		config->send_ms, config->linger_ms, config->gone_ms };
	unsigned ms = 4000;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i] < ms)
			ms = all[i];
	}
	ms = ms / 8 < 5 ? 5 : ms / 8;
	return (struct timeval){ .tv_usec = ms * 1000 };
}

/* ---- beginning and end ---- */

static int server_prepare(struct http_server *s, const struct http_config *config,
	const struct http_route *const *tables, struct error *err)
{
	s->routes = http_routes_new(tables, err);
	if (!s->routes)
		return -1;
	s->peers = http_peers_new(config->trusted_proxies, config->secret, err);
	if (!s->peers)
		return -1;
	if (config->spool_dir) {
		if (access(config->spool_dir, W_OK | X_OK) < 0)
			return error_set(
				err, ERR_INVALID, "the spool directory is not ours");
		s->spool_dir = mem_dup(config->spool_dir);
	}
	if (!config->tls_cert_file != !config->tls_key_file)
		return error_set(
			err, ERR_INVALID, "TLS needs a certificate and its key");
	if (config->tls_cert_file) {
		s->tls = tls_new(config->tls_cert_file, config->tls_key_file,
			config->secret, err);
		if (!s->tls)
			return -1;
	}
	return 0;
}

static void server_forget_strings(struct http_config *config)
{
	config->spool_dir = NULL;
	config->trusted_proxies = NULL;
	config->tls_cert_file = config->tls_key_file = NULL;
}

/* style: parameters, what it is given has one owner each */
struct http_server *http_server_new(struct event_base *base, struct work_pool *work,
	const struct http_config *config, const struct http_route *const *tables,
	void *app, struct error *err)
{
	struct http_server *s = mem_new(sizeof(*s));
	struct timeval every = server_tick_time(config);

	s->base = base;
	s->work = work;
	s->config = *config;
	s->app = app;
	server_forget_strings(&s->config);
	TAILQ_INIT(&s->conns);
	TAILQ_INIT(&s->ready);
	TAILQ_INIT(&s->spools);
	LIST_INIT(&s->requests);
	for (size_t i = 0; i < HTTP_PARTING_MAX; i++)
		s->partings[i].fd = -1;
	secret_random(&s->id_salt, sizeof(s->id_salt));
	signal(SIGPIPE, SIG_IGN);
	if (server_prepare(s, config, tables, err) < 0) {
		http_server_free(s);
		return NULL;
	}
	s->tick = event_new(base, -1, EV_PERSIST, server_on_tick, s);
	s->turn = event_new(base, -1, 0, server_on_turn, s);
	if (!s->tick || !s->turn || event_add(s->tick, &every) < 0)
		abort();
	return s;
}

int http_server_reload_tls(struct http_server *s, struct error *err)
{
	return s->tls ? tls_reload(s->tls, err) : 0;
}

void http_server_drain(struct http_server *s, void (*done)(void *arg), void *arg)
{
	struct http_conn *conn;

	s->draining = true;
	s->drained = done;
	s->drained_arg = arg;
	server_close_listeners(s);
	TAILQ_FOREACH(conn, &s->conns, all)
	{
		if (conn->phase == HTTP_PHASE_STREAM)
			conn->cut = true;
		if (conn->phase == HTTP_PHASE_STREAM || conn->phase == HTTP_PHASE_IDLE)
			http_conn_wake(conn);
	}
	event_active(s->turn, EV_TIMEOUT, 0);
}

void http_server_free(struct http_server *s)
{
	struct http_conn *conn;
	struct http_request *req;

	if (!s)
		return;
	server_close_listeners(s);
	for (conn = TAILQ_FIRST(&s->conns); conn; conn = TAILQ_FIRST(&s->conns))
		http_conn_free(conn);
	for (req = LIST_FIRST(&s->requests); req; req = LIST_FIRST(&s->requests))
		http_request_free(req);
	for (size_t i = 0; i < HTTP_PARTING_MAX; i++)
		parting_end(&s->partings[i]);
	if (s->tick)
		event_free(s->tick);
	if (s->turn)
		event_free(s->turn);
	mem_free(s->spool_dir);
	tls_free(s->tls);
	http_peers_free(s->peers);
	http_routes_free(s->routes);
	mem_free(s->text.bytes);
	secret_wipe(s->config.secret, sizeof(s->config.secret));
	mem_free(s);
}

void http_server_stats(const struct http_server *s, struct http_stats *ret)
{
	*ret = s->stats;
}
