#include "lib/http_private.h"

#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/tls.h"

static struct evbuffer *conn_input(const struct http_conn *conn)
{
	return bufferevent_get_input(conn->bev);
}

size_t http_conn_unsent(const struct http_conn *conn)
{
	return evbuffer_get_length(bufferevent_get_output(conn->bev));
}

/* Bytes in this direction so far, for the least rate. */
static uint64_t conn_moved(const struct http_conn *conn)
{
	if (conn->phase == HTTP_PHASE_BODY)
		return conn->req->receive.total;
	return conn->queued - http_conn_unsent(conn);
}

static unsigned phase_ms(const struct http_conn *conn, enum http_phase phase)
{
	const struct http_config *config = &conn->server->config;

	switch (phase) {
	case HTTP_PHASE_IDLE:
		return config->idle_ms;
	case HTTP_PHASE_HEAD:
		return config->headers_ms;
	case HTTP_PHASE_BODY:
		return config->body_ms;
	case HTTP_PHASE_SEND:
		return config->send_ms;
	case HTTP_PHASE_LINGER:
		return config->linger_ms;
	default: /* our own turn: the client is not to blame */
		return 0;
	}
}

void http_conn_enter(struct http_conn *conn, enum http_phase phase)
{
	unsigned ms = phase_ms(conn, phase);
	/* The first head has its deadline from the accept. */
	bool keep = phase == HTTP_PHASE_HEAD && !conn->served;

	conn->phase = phase;
	if (keep)
		return;
	conn->due = ms ? http_now_ms() + ms : 0;
	if (phase == HTTP_PHASE_BODY || phase == HTTP_PHASE_SEND)
		conn->mark = conn_moved(conn);
}

void http_conn_wake(struct http_conn *conn)
{
	if (conn->is_ready)
		return;
	conn->is_ready = true;
	TAILQ_INSERT_TAIL(&conn->server->ready, conn, ready);
	event_active(conn->server->turn, EV_TIMEOUT, 0);
}

static void conn_read_on(struct http_conn *conn)
{
	if (!conn->eof && !(bufferevent_get_enabled(conn->bev) & EV_READ))
		bufferevent_enable(conn->bev, EV_READ);
}

static void conn_read_pause(struct http_conn *conn)
{
	if (bufferevent_get_enabled(conn->bev) & EV_READ)
		bufferevent_disable(conn->bev, EV_READ);
}

void http_conn_close(struct http_conn *conn)
{
	if (conn->dead)
		return;
	conn->dead = true;
	conn->due = 0;
	bufferevent_disable(conn->bev, EV_READ | EV_WRITE);
	if (conn->req)
		http_request_abandon(steal(conn->req));
	http_conn_wake(conn);
}

/* The kernel forgets what it still holds for a client that does not read. */
static void conn_reset(struct http_conn *conn)
{
	struct linger at_once = { .l_onoff = 1 };

	setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	http_conn_close(conn);
}

/* Everything is with the kernel. */
static void conn_sent(struct http_conn *conn)
{
	if (!conn->closing) {
		http_conn_enter(conn, HTTP_PHASE_IDLE);
		conn_read_on(conn);
		return;
	}
	if (conn->ssl) {
		SSL_shutdown(conn->ssl);
		ERR_clear_error();
	}
	/* Closing with bytes unread would reset the connection, and the reset can
	 * overtake the answer (RFC 9112 section 9.6). */
	if (conn->eof ||
		(!conn->linger && evbuffer_get_length(conn_input(conn)) == 0)) {
		http_conn_close(conn);
		return;
	}
	shutdown(conn->fd, SHUT_WR);
	http_conn_enter(conn, HTTP_PHASE_LINGER);
	conn_read_on(conn);
}

void http_conn_answered(struct http_conn *conn)
{
	conn->served = true;
	if (conn->dead || conn->cut)
		return;
	if (http_conn_unsent(conn) > 0)
		http_conn_enter(conn, HTTP_PHASE_SEND);
	else
		conn_sent(conn);
	if (!conn->running && (conn->eof || evbuffer_get_length(conn_input(conn)) > 0))
		http_conn_wake(conn);
}

void http_conn_spooled(struct http_conn *conn)
{
	conn->phase = HTTP_PHASE_BODY;
	conn->due = http_now_ms() + conn->left_ms;
	http_conn_wake(conn);
}

/* ---- writing ---- */

static void conn_break(struct http_conn *conn)
{
	/* Not closed here: whoever writes still has the request in hand. */
	conn->cut = true;
	http_conn_wake(conn);
}

/* Around the buffer: it would ask epoll twice for each answer. Returns how many
 * bytes need no more care. */
static size_t conn_send(struct http_conn *conn, const void *bytes, size_t n)
{
	ssize_t sent;

	if (conn->ssl || http_conn_unsent(conn) > 0)
		return 0;
	sent = send(conn->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent >= 0)
		return (size_t)sent;
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	conn_break(conn);
	return n;
}

void http_conn_write(struct http_conn *conn, const void *bytes, size_t n)
{
	size_t sent;

	if (conn->dead || conn->cut)
		return;
	conn->queued += n;
	sent = conn_send(conn, bytes, n);
	if (sent < n && evbuffer_add(bufferevent_get_output(conn->bev),
				(const char *)bytes + sent, n - sent) < 0)
		abort();
}

void http_conn_write_buffer(struct http_conn *conn, struct evbuffer *out)
{
	if (conn->dead || conn->cut)
		return;
	conn->queued += evbuffer_get_length(out);
	if (evbuffer_add_buffer(bufferevent_get_output(conn->bev), out) < 0)
		abort();
}

/* ---- reading ---- */

/* What stands at the front of the input, in one piece. */
static const char *input_front(struct evbuffer *in, size_t *ret_n)
{
	*ret_n = evbuffer_get_contiguous_space(in);
	return (const char *)evbuffer_pullup(in, (ev_ssize_t)*ret_n);
}

static bool conn_step_idle(struct http_conn *conn)
{
	if (evbuffer_get_length(conn_input(conn)) == 0) {
		if (conn->eof || conn->server->draining)
			http_conn_close(conn);
		return false;
	}
	conn->req = http_request_new(conn);
	http_conn_enter(conn, HTTP_PHASE_HEAD);
	return true;
}

static bool conn_step_head(struct http_conn *conn)
{
	struct evbuffer *in = conn_input(conn);
	struct http_parse *parse = &conn->req->parse;
	const char *front;
	size_t n;

	while (parse->state < HTTP_PARSE_DONE && evbuffer_get_length(in) > 0) {
		front = input_front(in, &n);
		evbuffer_drain(in, http_parse_feed(parse, front, n));
	}
	if (parse->state < HTTP_PARSE_DONE) {
		if (conn->eof)
			http_conn_close(conn);
		return false;
	}
	http_request_begin(conn->req);
	return true;
}

static bool conn_step_body(struct http_conn *conn)
{
	switch (http_body_take(conn->req, conn_input(conn))) {
	case HTTP_BODY_MORE:
		if (conn->eof)
			http_conn_close(conn);
		else
			conn_read_on(conn);
		return false;
	case HTTP_BODY_WAIT:
		conn->left_ms = conn->due - http_now_ms();
		if (conn->left_ms > conn->server->config.body_ms)
			conn->left_ms = 1; /* was overdue, which the tick will find */
		http_conn_enter(conn, HTTP_PHASE_SPOOL);
		conn_read_pause(conn);
		return false;
	case HTTP_BODY_COMPLETE:
		http_request_handle(conn->req);
		return true;
	default:
		return true;
	}
}

/* Does what can be done now; false: wait. */
static bool conn_step(struct http_conn *conn)
{
	switch (conn->phase) {
	case HTTP_PHASE_IDLE:
		return conn_step_idle(conn);
	case HTTP_PHASE_HEAD:
		return conn_step_head(conn);
	case HTTP_PHASE_BODY:
		return conn_step_body(conn);
	case HTTP_PHASE_ACCESS:
		if (!conn->req->settled)
			break;
		http_request_settled(conn->req);
		return true;
	case HTTP_PHASE_LINGER:
		evbuffer_drain(conn_input(conn), evbuffer_get_length(conn_input(conn)));
		if (conn->eof)
			http_conn_close(conn);
		return false;
	default:
		break;
	}
	/* One request at a time: the next waits in the kernel, not here. */
	if (evbuffer_get_length(conn_input(conn)) > 0)
		conn_read_pause(conn);
	return false;
}

static void conn_run(struct http_conn *conn)
{
	conn->running = true;
	while (!conn->dead && !conn->cut && conn_step(conn))
		;
	conn->running = false;
}

void http_conn_turn(struct http_conn *conn)
{
	if (conn->cut)
		http_conn_close(conn);
	if (conn->dead)
		return;
	conn_run(conn);
}

static void conn_on_read(struct bufferevent *bev, void *arg)
{
	struct http_conn *conn = arg;

	if (!conn->dead)
		conn_run(conn);
}

static void conn_on_drained_stream(struct http_conn *conn)
{
	struct http_request *req = conn->req;

	if (!conn->eof)
		conn->due = 0;
	if (!req->full)
		return;
	req->full = false;
	if (req->drained)
		req->drained(req->drained_arg);
}

static void conn_on_write(struct bufferevent *bev, void *arg)
{
	struct http_conn *conn = arg;

	if (conn->dead || http_conn_unsent(conn) > 0)
		return;
	if (conn->phase == HTTP_PHASE_STREAM) {
		conn_on_drained_stream(conn);
	} else if (conn->phase == HTTP_PHASE_SEND) {
		conn_sent(conn);
		if (!conn->dead)
			conn_run(conn);
	}
}

/* A client may close its half and still read (so do many small tools), so it gets
 * a moment to be answered before it counts as gone. */
static void conn_on_eof(struct http_conn *conn)
{
	conn->eof = true;
	switch (conn->phase) {
	case HTTP_PHASE_ACCESS:
	case HTTP_PHASE_WORK:
	case HTTP_PHASE_STREAM:
		conn->due = http_now_ms() + conn->server->config.gone_ms;
		break;
	case HTTP_PHASE_SPOOL:
	case HTTP_PHASE_SEND:
		break;
	default:
		conn_run(conn);
		break;
	}
}

static void conn_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct http_conn *conn = arg;

	ERR_clear_error();
	if (conn->dead || (what & BEV_EVENT_CONNECTED))
		return;
	if ((what & BEV_EVENT_EOF) && !conn->ssl)
		conn_on_eof(conn);
	else
		http_conn_close(conn);
}

/* ---- deadlines ---- */

/* Whether enough has moved since the window began; then the next one begins. */
static bool conn_moves(struct http_conn *conn, unsigned ms, uint64_t now)
{
	uint64_t moved = conn_moved(conn);

	if (moved - conn->mark < (uint64_t)conn->server->config.least_rate * ms / 1000)
		return false;
	conn->mark = moved;
	conn->due = now + ms;
	return true;
}

static void conn_late(struct http_conn *conn, const char *what)
{
	conn->closing = conn->linger = true;
	conn->running = true;
	http_refuse(conn->req, 408, what);
	conn->running = false;
}

void http_conn_overdue(struct http_conn *conn, uint64_t now)
{
	const struct http_config *config = &conn->server->config;

	switch (conn->phase) {
	case HTTP_PHASE_HEAD:
		conn_late(conn, "the headers took too long");
		break;
	case HTTP_PHASE_BODY:
		if (!conn_moves(conn, config->body_ms, now))
			conn_late(conn, "the body took too long");
		break;
	case HTTP_PHASE_STREAM:
	case HTTP_PHASE_SEND:
		if (conn->eof && conn->phase == HTTP_PHASE_STREAM)
			http_conn_close(conn);
		else if (!conn_moves(conn, config->send_ms, now))
			conn_reset(conn);
		break;
	default:
		http_conn_close(conn);
		break;
	}
}

/* ---- beginning and end ---- */

static struct bufferevent *conn_bufferevent(struct http_conn *conn)
{
	struct event_base *base = conn->server->base;

	if (!conn->server->tls)
		return bufferevent_socket_new(base, conn->fd, BEV_OPT_CLOSE_ON_FREE);
	conn->ssl = tls_session_new(conn->server->tls);
	return bufferevent_openssl_socket_new(base, conn->fd, conn->ssl,
		BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
}

void http_conn_new(
	struct http_server *s, int fd, const struct http_address *from, int ticket)
{
	struct http_conn *conn = mem_new(sizeof(*conn));

	conn->server = s;
	conn->fd = fd;
	conn->from = *from;
	conn->trusted = http_peers_trust(s->peers, from);
	conn->peer_key = http_peers_key(s->peers, from);
	conn->ticket = ticket;
	conn->bev = conn_bufferevent(conn);
	if (!conn->bev)
		abort();
	bufferevent_setcb(conn->bev, conn_on_read, conn_on_write, conn_on_event, conn);
	bufferevent_set_max_single_read(conn->bev, HTTP_READ_SIZE);
	bufferevent_enable(conn->bev, EV_READ);
	conn->due = http_now_ms() + s->config.headers_ms;
	TAILQ_INSERT_TAIL(&s->conns, conn, all);
	s->stats.connections++;
}

void http_conn_free(struct http_conn *conn)
{
	struct http_server *s = conn->server;

	if (conn->req)
		http_request_abandon(steal(conn->req));
	if (conn->is_ready)
		TAILQ_REMOVE(&s->ready, conn, ready);
	TAILQ_REMOVE(&s->conns, conn, all);
	if (conn->ticket != HTTP_UNCOUNTED)
		s->config.hooks.release(conn->ticket, s->app);
	bufferevent_free(conn->bev);
	mem_free(conn);
	s->stats.connections--;
}
