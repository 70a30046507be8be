/*
 * http - what a handler sees of a request, and how it answers.
 *
 * A handler is called once the head has been accepted and the whole body has
 * arrived. It answers exactly once, now or later, as its last act: after
 * http_reply*() the request and all that came from its arena may be gone. The
 * next request of the same connection never starts inside a reply.
 *
 * A client that leaves early: with http_on_close() set, its function runs once
 * and the request is gone when it returns, so it must drop what is in flight.
 * Without it the request lives on until it is answered into the void.
 *
 * Everything here belongs to the thread that runs the server's event_base.
 * The rules of the wire are RFC 9110 and RFC 9112; problem documents RFC 9457.
 */
#ifndef SYNPUNKT_LIB_HTTP_H
#define SYNPUNKT_LIB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;
struct evbuffer;
struct faults;
struct http_request;

enum http_method {
	HTTP_GET = 1,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
};

typedef void http_handler_fn(struct http_request *req);

/*
 * One line of the API. Router, access check, body limit and the OpenAPI text read
 * this and nothing else. A table ends with a line whose path is NULL. HEAD and
 * OPTIONS are answered wherever something else is and need no line.
 */
struct http_route {
	enum http_method method;
	const char *path;         /* "/folj/{number}/{code}"; {name} is one segment */
	unsigned access;          /* 0 is refused at start-up; bits are the server's */
	size_t max_body;          /* bytes; 0: a body is 413 */
	const char *const *media; /* request media types taken, NULL-terminated; else
				     415. NULL: any, or none */
	http_handler_fn *handle;
	bool takes_cut; /* a body too large, or with no room for it, is not refused:
			   handle gets the beginning, http_body.cut says why */
	bool page;      /* errors are pages (hook), else problem+json */
	const char *summary;            /* for OpenAPI; NULL: not in it */
	const char *request, *response; /* OpenAPI component schemas, or NULL */
	const char *form;           /* the schema of multipart/form-data, if other */
	const char *const *answers; /* media types of an answer that is not JSON */
	const char *const *query;   /* names of query parameters, for OpenAPI */
	const char *const *header_names; /* of request headers, for OpenAPI */
	int success;                     /* status for OpenAPI; 0: 200 */
};

/* ---- the request; all texts live as long as it does ---- */

struct arena *http_arena(struct http_request *req);
void *http_app(struct http_request *req); /* as given to http_server_new() */
const struct http_route *http_route(struct http_request *req); /* NULL: none matched */
enum http_method http_method(const struct http_request *req);  /* HEAD stays HEAD */
const char *http_path(const struct http_request *req);         /* decoded, UTF-8 */

/* The decoded segment that stood for {name}; NULL if the route has no such name. */
const char *http_path_value(struct http_request *req, const char *name);
/* Decoded, UTF-8; the first of that name; "" for a bare name; NULL if absent. */
const char *http_query_value(struct http_request *req, const char *name);
bool http_query_repeats(struct http_request *req, const char *name);
/* Any case of letters; NULL if absent. Repeated fields are joined with ", ". */
const char *http_header(struct http_request *req, const char *name);
const char *http_cookie(struct http_request *req, const char *name); /* the first */
const char *http_correlation_id(struct http_request *req);

/* A keyed hash of the client's address (IPv6: of its /64), for quotas. */
uint64_t http_peer_key(struct http_request *req);
/* By TLS, or as a trusted proxy says. */
bool http_is_secure(struct http_request *req);

/* Up to HTTP_BODY_MEMORY bytes stand in data, NUL-terminated; more are in fd, at
 * offset 0 and readable with pread(). Both belong to the request. */
#define HTTP_BODY_MEMORY ((size_t)65536)

struct http_body {
	size_t size;
	const char *data; /* NULL: in fd */
	int fd;           /* -1: in data */
	int cut;          /* 413 or 503, to be answered: these are only the first
			     HTTP_BODY_MEMORY bytes; 0: this is all of it */
};

const struct http_body *http_body(struct http_request *req);

/* Runs when the client leaves before the answer was given (for a stream: before
 * its end); never after a reply. The last one set counts; NULL takes it back. */
void http_on_close(struct http_request *req, void (*gone)(void *arg), void *arg);

/* A place for the access check to leave the caller's identity for the handler. */
void http_set_caller(struct http_request *req, void *caller);
void *http_caller(struct http_request *req); /* NULL until set */

/* ---- the answer ---- */

/* Name and value are copied. Replaces one of the same name, also of the standard set
 * (Cache-Control: no-store, Content-Security-Policy, …); Set-Cookie adds. A value
 * with control bytes is our mistake and ends in 500. */
void http_set_header(struct http_request *req, const char *name, const char *value);
/* Pages of these origins, by spaces, may show the answer in a frame. Without this call
 * nobody's may. */
void http_allow_frames(struct http_request *req, const char *origins);
struct evbuffer *http_out(struct http_request *req); /* the answer's body, to fill */

/* Sends http_out(). content_type NULL: none. */
void http_reply(struct http_request *req, int status, const char *content_type);
/* Without a copy; the bytes live for ever. Always 200. */
void http_reply_static(struct http_request *req, const void *bytes, size_t n,
	const char *content_type);
void http_reply_redirect(struct http_request *req, const char *location); /* 303 */

/* problem+json, or the page hook for a page route. ERR_INVALID with a field is 422
 * with one invalidParams entry, without one 400; the other codes have one status
 * each. The text of ERR_INTERNAL is not sent. */
void http_reply_error(struct http_request *req, const struct error *err);
void http_reply_faults(struct http_request *req, const struct faults *faults); /* 422 */
/* More members that a problem document of this request has, whoever refuses it: JSON
 * text, "\"needs\":…", which lives as long as the request. */
void http_add_problem(struct http_request *req, const char *members);
/* For the statuses no error code stands for (428, 409 with more members). members
 * is NULL or JSON text of further members: "\"current\":{…}". Never a page. */
void http_reply_problem(
	struct http_request *req, int status, const char *detail, const char *members);

/* ---- an answer in pieces (server-sent events) ---- */

/* Headers go out now. The request lives until http_reply_end() or its gone. */
void http_reply_start(struct http_request *req, int status, const char *content_type);
/* False: more than 64 KiB wait for the client. Stop until drained is called; a
 * stream that goes on past 256 KiB is cut, and gone runs from the loop. */
bool http_reply_chunk(struct http_request *req, const void *bytes, size_t n);
void http_reply_on_drained(
	struct http_request *req, void (*drained)(void *arg), void *arg);
void http_reply_end(struct http_request *req);

/* ---- conditional requests ---- */

#define HTTP_ETAG_SIZE 36
/* A strong entity tag of the bytes, quotes included. */
void http_etag_of(const void *bytes, size_t n, char ret[HTTP_ETAG_SIZE]);
/* Sets ETag; if the client has that one already, answers 304 and returns true. */
bool http_reply_unchanged(struct http_request *req, const char *etag);

#endif
