/*
 * http_server - a strict HTTP/1.1 server on bufferevents, one per event loop.
 *
 * It accepts, parses, bounds and times what strangers send, matches routes and
 * calls handlers (http.h). It does no logging of its own: one hook gets one entry
 * for each answer.
 *
 * SIGPIPE is set to ignored by http_server_new().
 */
#ifndef SYNPUNKT_LIB_HTTP_SERVER_H
#define SYNPUNKT_LIB_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/http.h"

struct event_base;
struct http_server;
struct work_pool;

/* One for each answer. No path, query or address is in it. */
struct http_log {
	const char *method; /* "-" if it was not understood */
	const char *route;  /* the route's path; "-" if none matched */
	const char *correlation_id;
	int status;       /* 499: the client left before an answer */
	unsigned ms;      /* from the first byte to the answer */
	uint64_t bytes;   /* of the answer, head included */
	const char *what; /* why the server refused it ("bare LF"), or NULL */
};

enum http_access {
	HTTP_ACCESS_GRANTED,
	HTTP_ACCESS_REFUSED, /* err says why */
	HTTP_ACCESS_LATER,   /* http_access_settle() will follow */
};

#define HTTP_REFUSED (-1)

/* app is the pointer given to http_server_new(). Each may be NULL. */
struct http_hooks {
	/* Asked after the head, before the body is read and before the handler. */
	enum http_access (*access)(struct http_request *req, struct error *err);
	/* Answers with a page through http_reply(), at once: for page routes, and for
	 * unknown paths when the client takes HTML. faults or err may be NULL; err is
	 * the first cause. Headers as Retry-After and Allow are set already. */
	void (*error_page)(struct http_request *req, int status,
		const struct error *err, const struct faults *faults);
	void (*log)(const struct http_log *entry, void *app);
	/* May this address have one more connection? A ticket of 0 or more that
	 * release() gets back, or HTTP_REFUSED. Both or neither. Not asked for trusted
	 * proxies, nor on unix sockets. */
	int (*admit)(uint64_t peer_key, void *app);
	void (*release)(int ticket, void *app);
};

struct http_config {
	unsigned max_connections; /* the listener rests at so many */
	unsigned
		headers_ms; /* from the first byte, or from accept, to the head's end */
	unsigned body_ms;   /* for the body, or for each body_ms × least_rate of it */
	unsigned idle_ms;   /* between two requests */
	unsigned send_ms;   /* the same as body_ms for an answer being read */
	unsigned linger_ms; /* after a refusal, what is still sent is discarded */
	unsigned gone_ms;   /* a half-closed client may wait so long for an answer */
	unsigned least_rate;    /* bytes a second */
	unsigned retry_after_s; /* for 503; 429 says 60 */

	const char *spool_dir; /* for bodies above HTTP_BODY_MEMORY; NULL: none, 503 */
	uint64_t spool_bytes_max; /* of all spooled bodies of this server; then 503 */

	/* "10.0.0.0/8", "2001:db8::1", NULL-terminated; whose X-Forwarded-For and
	 * X-Forwarded-Proto count. Unix sockets are always trusted. NULL: nobody. */
	const char *const *trusted_proxies;
	/* Random for each boot, equal in all workers: keys the peer hash and the TLS
	 * tickets. */
	uint8_t secret[32];
	const char *tls_cert_file, *tls_key_file; /* PEM; both or neither */

	struct http_hooks hooks;
};

struct http_stats {
	unsigned connections; /* now */
	unsigned in_work;     /* requests handed to a handler and not answered */
	uint64_t accepted, refused, requests; /* since the start */
	uint64_t spool_bytes;                 /* now */
	bool resting; /* the listener is off: ceiling, or no descriptors left */
};

/* Defaults: contract for callers is that they start from these. The secret is
 * random. */
void http_config_init(struct http_config *config);

/* The config is copied, its strings are not needed afterwards. tables is a
 * NULL-terminated list of route tables, which must outlive the server; a line with
 * access 0, a malformed or a second equal path is an error. NULL on failure. */
struct http_server *http_server_new(struct event_base *base, struct work_pool *work,
	const struct http_config *config, const struct http_route *const *tables,
	void *app, struct error *err);

/* Serves a listening socket (TCP or unix), non-blocking from here on. The server
 * takes fd. May be called more than once. */
int http_server_listen(struct http_server *s, int fd, struct error *err);

/* Loads certificate and key again. On failure the old ones stay in use. */
int http_server_reload_tls(struct http_server *s, struct error *err);

/* Stops listening, closes what is idle, ends streams and finishes what is in work;
 * done runs from the loop when no connection is left. The caller sets the limit. */
void http_server_drain(struct http_server *s, void (*done)(void *arg), void *arg);

/* Cuts what is left, as if all clients had left; a request whose handler has set no
 * http_on_close() must not be touched afterwards. Before work_pool_free(). Not from
 * inside a handler. NULL is fine. */
void http_server_free(struct http_server *s);

void http_server_stats(const struct http_server *s, struct http_stats *ret);

/* Ends an access check that said HTTP_ACCESS_LATER; err NULL grants. Does not call
 * the handler itself: the loop does. http_on_close() holds for the check as for a
 * handler, and what it set is forgotten with this call. */
void http_access_settle(struct http_request *req, const struct error *err);

/* By what a route with one of these bits in its access may be called. */
struct http_openapi_key {
	unsigned access;
	const char *scheme; /* of the components' securitySchemes; NULL ends the list */
	const char *changes; /* another, beside it, for all but GET; or NULL */
};

struct http_openapi {
	const char *title, *version, *description;
	const char *prefix; /* "/api/v1/": no part of tags and operation ids */
	/* The JSON object; its responses are those that http_openapi.c names. */
	const char *components_json;
	const struct http_openapi_key *keys;
	unsigned anyone; /* of access: a key may be left out */
};

/* OpenAPI 3.1 of every line with a summary. */
void http_openapi_print(struct evbuffer *out, const struct http_route *const *tables,
	const struct http_openapi *about);

#endif
