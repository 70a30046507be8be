/*
 * http_parse - the head of a request, from bytes that come in any pieces.
 *
 * No input or output: the caller feeds bytes and looks at the state. What RFC 9112
 * leaves to the recipient's tolerance is refused here: smuggling lives on two
 * readers that forgive different things.
 *
 * Only for the files of lib/http*.
 */
#ifndef SYNPUNKT_LIB_HTTP_PARSE_H
#define SYNPUNKT_LIB_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/http.h"

struct arena;

#define HTTP_LINE_MAX ((size_t)8192)      /* request line without its CRLF; then 414 */
#define HTTP_FIELDS_BYTES ((size_t)32768) /* field lines with their CRLFs; then 431 */
#define HTTP_FIELDS_MAX 100
#define HTTP_TRAILER_BYTES ((size_t)4096)
#define HTTP_TRAILER_MAX 20

struct http_field {
	const char *name, *value;
};

struct http_head {
	enum http_method method;
	const char *method_text; /* as sent */
	unsigned minor;          /* 1 for HTTP/1.1, 0 for HTTP/1.0 */
	const char *raw_path;    /* as sent, begins with "/", or "*" */
	const char *path;        /* decoded: UTF-8 without NUL */
	const char *query;       /* as sent, after "?"; NULL: none */
	struct http_field *fields;
	size_t n_fields;
	bool has_length, chunked;
	uint64_t length; /* UINT64_MAX also for what does not fit */
	bool keep_alive;
	bool expect_continue;
	bool expect_unknown; /* an expectation nobody can meet: 417 */
};

enum http_parse_state {
	HTTP_PARSE_LINE,   /* the request line is not complete */
	HTTP_PARSE_FIELDS, /* the empty line has not come */
	HTTP_PARSE_DONE,
	HTTP_PARSE_REFUSED, /* status and what say why */
};

struct http_parse {
	enum http_parse_state state;
	struct arena *arena;
	struct http_head head;
	int status;       /* 400, 414, 431 or 501 */
	const char *what; /* fixed text, may be shown */
	/* inside */
	bool started;  /* a byte has come */
	bool trailers; /* only names and shapes matter */
	bool blank;    /* the one empty line allowed before a request was there */
	bool after_cr;
	char *line; /* what has come of an incomplete line */
	size_t line_n, line_size;
	size_t bytes; /* of field lines so far */
	size_t fields_size;
	unsigned hosts, lengths, encodings;
	const char *authority; /* of an absolute-form target, or NULL */
	bool said_close, said_keep_alive;
};

void http_parse_init(struct http_parse *p, struct arena *arena);
/* The same for the trailer section after a last chunk (RFC 9112 section 7.1.2). */
void http_parse_init_trailers(struct http_parse *p, struct arena *arena);

/* Takes bytes until the head is complete or refused; returns how many. */
size_t http_parse_feed(struct http_parse *p, const char *in, size_t n);

/* 0 if no method has that name. */
enum http_method http_method_find(const char *name);
const char *http_method_name(enum http_method method);

#endif
