#include "lib/http_private.h"

#include <assert.h>
#include <openssl/types.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"

#define CSP                                                                            \
	"default-src 'none'; img-src 'self' data: blob:; style-src 'self'; "           \
	"script-src 'self'; connect-src 'self'; form-action 'self'; "                  \
	"base-uri 'none'; manifest-src 'self'; worker-src 'self'; "                    \
	"frame-ancestors "
#define PERMISSIONS                                                                    \
	"accelerometer=(), autoplay=(), camera=(self), display-capture=(), "           \
	"encrypted-media=(), fullscreen=(), geolocation=(self), gyroscope=(), "        \
	"magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

/* On every answer unless the handler sets its own. no-store, because most of what
 * is served is somebody's; what may be kept says so. */
static const struct {
	const char *name, *line;
	bool only_secure;
} standard[] = {
	{ "Content-Security-Policy", "Content-Security-Policy: " CSP "'none'\r\n",
		false },
	/* For answers whose own policy does not say it, and for what is old. */
	{ "X-Frame-Options", "X-Frame-Options: DENY\r\n", false },
	{ "Referrer-Policy", "Referrer-Policy: no-referrer\r\n", false },
	{ "X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n", false },
	{ "Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy: same-origin\r\n",
		false },
	{ "Permissions-Policy", "Permissions-Policy: " PERMISSIONS "\r\n", false },
	{ "Cache-Control", "Cache-Control: no-store\r\n", false },
	{ "Strict-Transport-Security",
		"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n",
		true },
};

/* ---- text ---- */

void http_text_add(struct http_text *text, const void *bytes, size_t n)
{
	if (text->n + n > text->size) {
		text->size = (text->n + n) * 2;
		text->bytes = mem_grow(text->bytes, text->size);
	}
	memcpy(text->bytes + text->n, bytes, n);
	text->n += n;
}

void http_text_add_string(struct http_text *text, const char *string)
{
	http_text_add(text, string, strlen(string));
}

void http_text_add_number(struct http_text *text, uint64_t number)
{
	char digits[20], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	http_text_add(text, p, (size_t)(digits + sizeof(digits) - p));
}

static void text_add_field(struct http_text *text, const char *name, const char *value)
{
	http_text_add_string(text, name);
	http_text_add(text, ": ", 2);
	http_text_add_string(text, value);
	http_text_add(text, "\r\n", 2);
}

/* ---- the head ---- */

/* Written once a second, not once an answer. */
static void head_add_date(struct http_server *s)
{
	time_t now = time(NULL);
	struct tm tm;

	if (now != s->date_of) {
		s->date_of = now;
		gmtime_r(&now, &tm);
		strftime(s->date, sizeof(s->date),
			"Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	}
	http_text_add_string(&s->text, s->date);
}

void http_head_start(struct http_server *s, int status, bool secure, unsigned replaced)
{
	struct http_text *text = &s->text;

	text->n = 0;
	http_text_add_string(text, "HTTP/1.1 ");
	http_text_add_number(text, (unsigned)status);
	http_text_add(text, " ", 1);
	http_text_add_string(text, http_status_title(status));
	http_text_add(text, "\r\n", 2);
	head_add_date(s);
	for (size_t i = 0; i < ARRAY_LEN(standard); i++) {
		if (!(replaced & 1u << i) && (secure || !standard[i].only_secure))
			http_text_add_string(text, standard[i].line);
	}
}

static void head_add_connection(struct http_request *req)
{
	struct http_conn *conn = req->conn;

	if (req->server->draining)
		conn->closing = true;
	if (conn->closing)
		http_text_add_string(&req->server->text, "Connection: close\r\n");
	else if (req->parse.head.minor == 0)
		http_text_add_string(&req->server->text, "Connection: keep-alive\r\n");
}

/* All but what says how long the answer is. */
static void reply_head(struct http_request *req, const char *content_type)
{
	struct http_text *text = &req->server->text;

	http_head_start(req->server, req->status, http_is_secure(req), req->replaced);
	text_add_field(text, "X-Correlation-ID", req->correlation);
	if (req->traceparent)
		text_add_field(text, "traceparent", req->traceparent);
	if (content_type)
		text_add_field(text, "Content-Type", content_type);
	for (const struct http_set_field *f = req->fields; f; f = f->next)
		text_add_field(text, f->name, f->value);
	head_add_connection(req);
}

static bool is_field_text(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static struct http_set_field *field_find(
	const struct http_request *req, const char *name)
{
	struct http_set_field *field = req->fields;

	while (field && strcasecmp(field->name, name) != 0)
		field = field->next;
	return field;
}

bool http_has_field(const struct http_request *req, const char *name)
{
	return field_find(req, name) != NULL;
}

static struct http_set_field *field_add(struct http_request *req, const char *name)
{
	struct http_set_field *field = arena_alloc(req->arena, sizeof(*field));

	field->name = arena_dup(req->arena, name);
	*req->fields_end = field;
	req->fields_end = &field->next;
	return field;
}

static void standard_drop(struct http_request *req, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(standard); i++) {
		if (strcasecmp(standard[i].name, name) == 0)
			req->replaced |= 1u << i;
	}
}

void http_set_header(struct http_request *req, const char *name, const char *value)
{
	struct http_set_field *field = field_find(req, name);

	/* A line end in a value would be a second header, or a second answer. */
	if (!is_field_text(name) || !is_field_text(value)) {
		req->broken = true;
		return;
	}
	standard_drop(req, name);
	/* Cookies are the one header that stands once for each value. */
	if (!field || strcasecmp(name, "Set-Cookie") == 0)
		field = field_add(req, name);
	field->value = arena_dup(req->arena, value);
}

void http_allow_frames(struct http_request *req, const char *origins)
{
	http_set_header(req, "Content-Security-Policy",
		arena_printf(req->arena, CSP "%s", origins));
	/* It knows no list. */
	standard_drop(req, "X-Frame-Options");
}

/* ---- whole answers ---- */

struct evbuffer *http_out(struct http_request *req)
{
	if (!req->out) {
		req->out = evbuffer_new();
		if (!req->out)
			abort();
	}
	return req->out;
}

static bool status_has_body(int status)
{
	return status != 204 && status != 304;
}

/* Takes the request from its handler. False: nobody waits for the answer. */
static bool reply_begin(struct http_request *req, int status)
{
	assert(req->status == 0 || req->status == 499);
	if (!req->conn) {
		http_request_free(req);
		return false;
	}
	req->status = status;
	if (req->broken) {
		req->status = 500;
		req->what = "a header could not be set";
		req->fields = NULL;
		req->fields_end = &req->fields;
		req->replaced = 0;
		if (req->out)
			evbuffer_drain(req->out, evbuffer_get_length(req->out));
	}
	http_status_headers(req, req->status);
	return true;
}

static void reply_finish(struct http_request *req)
{
	struct http_conn *conn = req->conn;

	conn->req = NULL;
	http_request_log(req);
	http_request_free(req);
	http_conn_answered(conn);
}

static void reply_end_head(
	struct http_request *req, size_t length, const char *content_type)
{
	struct http_text *text = &req->server->text;

	reply_head(req, content_type);
	if (status_has_body(req->status)) {
		http_text_add_string(text, "Content-Length: ");
		http_text_add_number(text, length);
		http_text_add(text, "\r\n", 2);
	}
	http_text_add(text, "\r\n", 2);
}

static bool reply_has_body(const struct http_request *req)
{
	return status_has_body(req->status) && req->parse.head.method != HTTP_HEAD;
}

void http_reply(struct http_request *req, int status, const char *content_type)
{
	struct http_text *text = &req->server->text;
	size_t length;
	uint64_t before;

	if (!reply_begin(req, status))
		return;
	length = req->out ? evbuffer_get_length(req->out) : 0;
	before = req->conn->queued;
	reply_end_head(req, length, content_type);
	if (!reply_has_body(req))
		length = 0;
	/* Head and a small body in one piece: one call, one packet, one TLS record. */
	if (length > 0 && length <= HTTP_ONE_PIECE) {
		http_text_add(text, evbuffer_pullup(req->out, -1), length);
		length = 0;
	}
	http_conn_write(req->conn, text->bytes, text->n);
	if (length > 0)
		http_conn_write_buffer(req->conn, req->out);
	req->sent = req->conn->queued - before;
	reply_finish(req);
}

void http_reply_static(
	struct http_request *req, const void *bytes, size_t n, const char *content_type)
{
	/* A small one is copied beside its head; a large one is only pointed at. */
	if (n <= HTTP_ONE_PIECE)
		evbuffer_add(http_out(req), bytes, n);
	else
		evbuffer_add_reference(http_out(req), bytes, n, NULL, NULL);
	http_reply(req, 200, content_type);
}

void http_reply_redirect(struct http_request *req, const char *location)
{
	http_set_header(req, "Location", location);
	http_reply(req, 303, NULL);
}

/* ---- conditional requests ---- */

void http_etag_of(const void *bytes, size_t n, char ret[HTTP_ETAG_SIZE])
{
	unsigned char hash[16];

	crypto_generichash(hash, sizeof(hash), bytes, n, NULL, 0);
	ret[0] = '"';
	encode_hex(hash, sizeof(hash), ret + 1);
	ret[33] = '"';
	ret[34] = '\0';
}

/* RFC 9110 section 13.1.2: weak comparison, any of a list, or "*". */
static bool etag_listed(const char *list, const char *etag)
{
	size_t n = strlen(etag);

	while (*list) {
		list += strspn(list, " \t,");
		if (*list == '*')
			return true;
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (strncmp(list, etag, n) == 0 && strchr(" \t,", list[n]))
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

bool http_reply_unchanged(struct http_request *req, const char *etag)
{
	const char *held = http_header(req, "If-None-Match");

	http_set_header(req, "ETag", etag);
	if (!held || !etag_listed(held, etag))
		return false;
	http_reply(req, 304, NULL);
	return true;
}

/* ---- answers in pieces ---- */

#define STREAM_WAIT ((size_t)65536)
#define STREAM_CUT ((size_t)262144)

void http_reply_start(struct http_request *req, int status, const char *content_type)
{
	struct http_text *text = &req->server->text;

	/* Whose client has left is not heard any more; its end frees it. */
	if (!req->conn) {
		req->status = 499;
		return;
	}
	reply_begin(req, status);
	req->chunked = req->parse.head.minor == 1;
	/* HTTP/1.0 knows the end only by the close. */
	if (!req->chunked)
		req->conn->closing = true;
	reply_head(req, content_type);
	if (req->chunked)
		http_text_add_string(text, "Transfer-Encoding: chunked\r\n");
	http_text_add(text, "\r\n", 2);
	req->sent += text->n;
	http_conn_enter(req->conn, HTTP_PHASE_STREAM);
	if (req->conn->eof)
		req->conn->due = http_now_ms() + req->server->config.gone_ms;
	http_conn_write(req->conn, text->bytes, text->n);
}

/* The client has a window of time to read in, as soon as something waits. */
static void stream_watch(struct http_conn *conn, bool was_empty)
{
	if (!was_empty || conn->eof || http_conn_unsent(conn) == 0)
		return;
	conn->mark = conn->queued - http_conn_unsent(conn);
	conn->due = http_now_ms() + conn->server->config.send_ms;
}

bool http_reply_chunk(struct http_request *req, const void *bytes, size_t n)
{
	struct http_conn *conn = req->conn;
	struct http_text *text = &req->server->text;
	char size[20];
	bool was_empty;

	if (!conn || n == 0 || req->parse.head.method == HTTP_HEAD)
		return true;
	was_empty = http_conn_unsent(conn) == 0;
	text->n = 0;
	if (req->chunked) {
		snprintf(size, sizeof(size), "%zx\r\n", n);
		http_text_add_string(text, size);
	}
	http_text_add(text, bytes, n);
	if (req->chunked)
		http_text_add(text, "\r\n", 2);
	req->sent += text->n;
	http_conn_write(conn, text->bytes, text->n);
	stream_watch(conn, was_empty);
	if (http_conn_unsent(conn) > STREAM_CUT) {
		conn->cut = true;
		http_conn_wake(conn);
	}
	req->full = http_conn_unsent(conn) > STREAM_WAIT;
	return !req->full;
}

void http_reply_on_drained(
	struct http_request *req, void (*drained)(void *arg), void *arg)
{
	req->drained = drained;
	req->drained_arg = arg;
}

void http_reply_end(struct http_request *req)
{
	if (!req->conn) {
		http_request_free(req);
		return;
	}
	if (req->chunked && req->parse.head.method != HTTP_HEAD)
		http_conn_write(req->conn, "0\r\n\r\n", 5);
	reply_finish(req);
}
