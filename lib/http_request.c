#include "lib/http_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http_uri.h"

struct http_request *http_request_new(struct http_conn *conn)
{
	struct arena *arena = arena_new();
	struct http_request *req = arena_alloc(arena, sizeof(*req));

	req->arena = arena;
	req->conn = conn;
	req->server = conn->server;
	req->started_ms = http_now_ms();
	req->fields_end = &req->fields;
	req->body.fd = -1;
	req->body.data = "";
	http_parse_init(&req->parse, arena);
	http_correlation_make(req->server, req->correlation);
	LIST_INSERT_HEAD(&req->server->requests, req, all);
	req->server->stats.requests++;
	return req;
}

static void request_release(struct http_request *req)
{
	if (req->held)
		req->server->stats.in_work--;
	req->held = false;
}

static void request_hold(struct http_request *req)
{
	if (!req->held)
		req->server->stats.in_work++;
	req->held = true;
}

void http_request_free(struct http_request *req)
{
	request_release(req);
	LIST_REMOVE(req, all);
	http_body_clear(req);
	if (req->out)
		evbuffer_free(req->out);
	arena_free(req->arena);
}

void http_request_log(struct http_request *req)
{
	const struct http_head *head = &req->parse.head;
	struct http_log entry = {
		.method = http_method_name(head->method),
		.route = req->match.route ? req->match.route->path : "-",
		.correlation_id = req->correlation,
		.status = req->status,
		.ms = (unsigned)(http_now_ms() - req->started_ms),
		.bytes = req->sent,
		.what = req->what,
	};

	if (req->server->config.hooks.log)
		req->server->config.hooks.log(&entry, req->server->app);
}

void http_request_abandon(struct http_request *req)
{
	void (*gone)(void *arg) = steal(req->gone);

	req->conn = NULL;
	if (req->parse.state == HTTP_PARSE_DONE) {
		req->status = req->status ? req->status : 499;
		http_request_log(req);
	}
	/* Without a word from the handler about this, it will answer some day. */
	if (req->held && !gone)
		return;
	if (gone)
		gone(req->gone_arg);
	http_request_free(req);
}

/* ---- correlation ids ---- */

void http_correlation_make(struct http_server *s, char ret[HTTP_CORRELATION_MAX + 1])
{
	/* Unique, not secret: a random start for each server, then a count. */
	static const char digits[] = "0123456789abcdef";
	uint64_t halves[2] = { s->id_salt,
		s->id_salt * 0x9e3779b97f4a7c15u + ++s->ids };

	for (size_t i = 0; i < 32; i++)
		ret[i] = digits[halves[i / 16] >> (60 - i % 16 * 4) & 15];
	ret[32] = '\0';
}

/* Fit for a log line, a header and a page in any language of quotes. */
static bool is_correlation_id(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\"'\\<>&", c))
			return false;
	}
	return n >= 1 && n <= HTTP_CORRELATION_MAX;
}

/* W3C Trace Context: version-traceid-parentid-flags, in lower case hexadecimal. */
static bool is_traceparent(const char *text)
{
	static const char shape[] =
		"xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

	if (strlen(text) != sizeof(shape) - 1 || strncmp(text, "ff", 2) == 0)
		return false;
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == '-' ? text[i] != '-'
				    : !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return strspn(text + 3, "0") < 32 && strspn(text + 36, "0") < 16;
}

static void request_correlate(struct http_request *req)
{
	const char *given = http_header(req, "X-Correlation-ID");
	const char *trace = http_header(req, "traceparent");

	if (trace && is_traceparent(trace)) {
		req->traceparent = trace;
		snprintf(
			req->correlation, sizeof(req->correlation), "%.32s", trace + 3);
	}
	if (given && is_correlation_id(given))
		snprintf(req->correlation, sizeof(req->correlation), "%s", given);
}

/* ---- from head to handler ---- */

bool http_request_has_body(const struct http_request *req)
{
	return req->parse.head.chunked || req->parse.head.length > 0;
}

/* Compares the type only: "; charset=" and other parameters are the handler's. */
static bool media_is(const char *given, const char *type)
{
	size_t n = strcspn(given, "; \t");

	return strlen(type) == n && strncasecmp(given, type, n) == 0;
}

static bool request_media_fits(struct http_request *req)
{
	const char *const *media = req->match.route->media;
	const char *given = http_header(req, "Content-Type");

	if (!media)
		return true;
	for (; given && *media; media++) {
		if (media_is(given, *media))
			return true;
	}
	return false;
}

/* Access is granted. */
static void request_receive(struct http_request *req)
{
	if (!request_media_fits(req)) {
		http_refuse(req, 415, "this media type is not taken here");
		return;
	}
	if (!http_request_has_body(req)) {
		http_request_handle(req);
		return;
	}
	if (!http_body_begin(req))
		return;
	if (req->parse.head.expect_continue) {
		static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

		http_conn_write(req->conn, go_on, sizeof(go_on) - 1);
	}
	http_conn_enter(req->conn, HTTP_PHASE_BODY);
}

static void request_check(struct http_request *req)
{
	const struct http_hooks *hooks = &req->server->config.hooks;
	struct error err = { 0 };
	enum http_access access;

	if (!hooks->access) {
		request_receive(req);
		return;
	}
	/* It may keep the request, and may settle at once. */
	request_hold(req);
	http_conn_enter(req->conn, HTTP_PHASE_ACCESS);
	access = hooks->access(req, &err);
	if (access == HTTP_ACCESS_LATER)
		return;
	request_release(req);
	if (access == HTTP_ACCESS_GRANTED)
		request_receive(req);
	else
		http_reply_error(req, &err);
}

void http_access_settle(struct http_request *req, const struct error *err)
{
	struct error *copy;

	if (!req->conn) {
		http_request_free(req);
		return;
	}
	if (err) {
		copy = arena_alloc(req->arena, sizeof(*copy));
		*copy = *err;
		req->denied = copy;
	}
	req->settled = true;
	http_conn_wake(req->conn);
}

void http_request_settled(struct http_request *req)
{
	request_release(req);
	req->gone = NULL;
	if (req->denied)
		http_reply_error(req, req->denied);
	else
		request_receive(req);
}

static void request_answer_options(struct http_request *req, unsigned methods)
{
	http_set_header(req, "Allow", http_routes_allow(req->arena, methods));
	http_reply(req, 204, NULL);
}

static void request_match(struct http_request *req)
{
	const struct http_head *head = &req->parse.head;

	if (strcmp(head->raw_path, "*") == 0) {
		request_answer_options(req, ~0u);
		return;
	}
	http_routes_match(req->server->routes, req->arena, head->raw_path, head->method,
		&req->match);
	if (req->match.route) {
		request_check(req);
		return;
	}
	if (req->match.methods == 0) {
		http_refuse(req, 404, "nothing is here");
		return;
	}
	if (head->method == HTTP_OPTIONS) {
		request_answer_options(req, req->match.methods);
		return;
	}
	http_set_header(
		req, "Allow", http_routes_allow(req->arena, req->match.methods));
	http_refuse(req, 405, "this method is not for this path");
}

void http_request_begin(struct http_request *req)
{
	struct http_parse *parse = &req->parse;
	struct http_conn *conn = req->conn;

	/* Of a refused head, what was read before the fault. */
	request_correlate(req);
	if (parse->state == HTTP_PARSE_REFUSED) {
		conn->closing = conn->linger = true;
		http_refuse(req, parse->status, parse->what);
		return;
	}
	/* Whoever answers with the body unread must close: its bytes would be taken
	 * for the next request. Read whole, http_request_handle() decides anew. */
	conn->linger = http_request_has_body(req);
	conn->closing = conn->linger || !parse->head.keep_alive;
	if (parse->head.expect_unknown)
		http_refuse(req, 417, "this expectation cannot be met");
	else
		request_match(req);
}

void http_request_handle(struct http_request *req)
{
	struct http_conn *conn = req->conn;

	conn->linger = req->body.cut != 0;
	conn->closing = conn->linger || !req->parse.head.keep_alive;
	request_hold(req);
	http_conn_enter(conn, HTTP_PHASE_WORK);
	/* The client may have gone while a thread wrote the last block. */
	if (conn->eof)
		conn->due = http_now_ms() + req->server->config.gone_ms;
	req->match.route->handle(req);
}

/* ---- what handlers ask ---- */

struct arena *http_arena(struct http_request *req)
{
	return req->arena;
}

void *http_app(struct http_request *req)
{
	return req->server->app;
}

const struct http_route *http_route(struct http_request *req)
{
	return req->match.route;
}

enum http_method http_method(const struct http_request *req)
{
	return req->parse.head.method;
}

const char *http_path(const struct http_request *req)
{
	return req->parse.head.path ? req->parse.head.path : "";
}

const char *http_path_value(struct http_request *req, const char *name)
{
	const char *const *names = req->match.names;

	for (size_t i = 0; names && names[i]; i++) {
		if (strcmp(names[i], name) == 0)
			return req->match.values[i];
	}
	return NULL;
}

const char *http_query_value(struct http_request *req, const char *name)
{
	return http_uri_query_value(req->arena, req->parse.head.query, name);
}

bool http_query_repeats(struct http_request *req, const char *name)
{
	return http_uri_query_repeats(req->arena, req->parse.head.query, name);
}

const char *http_header(struct http_request *req, const char *name)
{
	const struct http_head *head = &req->parse.head;
	const char *value = NULL;

	for (size_t i = 0; i < head->n_fields; i++) {
		if (strcasecmp(head->fields[i].name, name) != 0)
			continue;
		value = value ? arena_printf(req->arena, "%s, %s", value,
					head->fields[i].value)
			      : head->fields[i].value;
	}
	return value;
}

const char *http_cookie(struct http_request *req, const char *name)
{
	const char *cookies = http_header(req, "Cookie");
	size_t n = strlen(name);

	while (cookies && *cookies) {
		cookies += strspn(cookies, "; \t,");
		if (strncmp(cookies, name, n) == 0 && cookies[n] == '=')
			return arena_dup_n(req->arena, cookies + n + 1,
				strcspn(cookies + n + 1, "; \t,"));
		cookies += strcspn(cookies, ";,");
	}
	return NULL;
}

const char *http_correlation_id(struct http_request *req)
{
	return req->correlation;
}

uint64_t http_peer_key(struct http_request *req)
{
	struct http_server *s = req->server;
	const char *forwarded;
	struct http_address address;

	if (req->has_peer_key || !req->conn)
		return req->peer_key;
	req->has_peer_key = true;
	req->peer_key = req->conn->peer_key;
	forwarded = req->conn->trusted ? http_header(req, "X-Forwarded-For") : NULL;
	if (forwarded && http_peers_forwarded(s->peers, forwarded, &address))
		req->peer_key = http_peers_key(s->peers, &address);
	return req->peer_key;
}

bool http_is_secure(struct http_request *req)
{
	const char *proto, *last;

	if (!req->conn)
		return false;
	if (req->conn->ssl || !req->conn->trusted)
		return req->conn->ssl;
	proto = http_header(req, "X-Forwarded-Proto");
	if (!proto)
		return false;
	/* The last word is that of the nearest proxy. */
	last = strrchr(proto, ',');
	last = last ? last + 1 + strspn(last + 1, " \t") : proto;
	return strcasecmp(last, "https") == 0;
}

const struct http_body *http_body(struct http_request *req)
{
	return &req->body;
}

void http_on_close(struct http_request *req, void (*gone)(void *arg), void *arg)
{
	req->gone = gone;
	req->gone_arg = arg;
}

void http_set_caller(struct http_request *req, void *caller)
{
	req->caller = caller;
}

void *http_caller(struct http_request *req)
{
	return req->caller;
}
