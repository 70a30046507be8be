#include "lib/http_parse.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http_uri.h"

/* RFC 9110 section 5.6.2: what names and methods are made of. */
static const unsigned char token_bytes[256] = {
	['!'] = 1,
	['#' ... '\''] = 1,
	['*'] = 1,
	['+'] = 1,
	['-'] = 1,
	['.'] = 1,
	['0' ... '9'] = 1,
	['A' ... 'Z'] = 1,
	['^' ... 'z'] = 1,
	['|'] = 1,
	['~'] = 1,
};

/* What may stand in a line: no control byte but the tab. */
static const unsigned char line_bytes[256] = {
	['\t'] = 1,
	[0x20 ... 0x7e] = 1,
	[0x80 ... 0xff] = 1,
};

static const char *const method_names[] = {
	[HTTP_GET] = "GET",
	[HTTP_HEAD] = "HEAD",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
	[HTTP_OPTIONS] = "OPTIONS",
};

enum http_method http_method_find(const char *name)
{
	for (size_t i = HTTP_GET; i < ARRAY_LEN(method_names); i++) {
		if (strcmp(name, method_names[i]) == 0)
			return (enum http_method)i;
	}
	return 0;
}

const char *http_method_name(enum http_method method)
{
	return method ? method_names[method] : "-";
}

void http_parse_init(struct http_parse *p, struct arena *arena)
{
	*p = (struct http_parse){ .arena = arena };
}

void http_parse_init_trailers(struct http_parse *p, struct arena *arena)
{
	*p = (struct http_parse){
		.arena = arena,
		.trailers = true,
		.state = HTTP_PARSE_FIELDS,
	};
}

static void parse_refuse(struct http_parse *p, int status, const char *what)
{
	p->state = HTTP_PARSE_REFUSED;
	p->status = status;
	p->what = what;
}

static bool is_token(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!token_bytes[(unsigned char)text[i]])
			return false;
	}
	return n > 0;
}

static void parse_request_line(struct http_parse *p, char *line)
{
	struct http_head *head = &p->head;
	char *target = strchr(line, ' '), *version;
	struct http_uri uri;
	const char *wrong;

	version = target ? strchr(target + 1, ' ') : NULL;
	if (!version) {
		parse_refuse(p, 400, "request line is not method, target, version");
		return;
	}
	*target++ = '\0';
	*version++ = '\0';
	if (!is_token(line, strlen(line))) {
		parse_refuse(p, 400, "method is not a word");
		return;
	}
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0) {
		parse_refuse(p, 400, "version is neither HTTP/1.1 nor HTTP/1.0");
		return;
	}
	head->minor = version[7] == '1';
	head->method_text = line;
	head->method = http_method_find(line);
	/* What CONNECT carries is no path; it ends in 501 with other unknown ones. */
	if (head->method) {
		wrong = http_uri_parse(
			p->arena, target, head->method == HTTP_OPTIONS, &uri);
		if (wrong) {
			parse_refuse(p, 400, wrong);
			return;
		}
		head->raw_path = uri.raw_path;
		head->path = uri.path;
		head->query = uri.query;
		p->authority = uri.authority;
	}
	p->state = HTTP_PARSE_FIELDS;
}

static void field_host(struct http_parse *p, const char *value)
{
	if (++p->hosts > 1)
		parse_refuse(p, 400, "Host is repeated");
	else if (!http_uri_is_authority(value))
		parse_refuse(p, 400, "Host is not a host");
}

static void field_content_length(struct http_parse *p, const char *value)
{
	uint64_t length = 0;

	if (++p->lengths > 1) {
		parse_refuse(p, 400, "Content-Length is repeated");
		return;
	}
	if (*value == '\0' || value[strspn(value, "0123456789")] != '\0') {
		parse_refuse(p, 400, "Content-Length is not a number");
		return;
	}
	for (; *value; value++) {
		/* Too large for us is too large for every limit: 413 later. */
		if (__builtin_mul_overflow(length, 10, &length) ||
			__builtin_add_overflow(length, *value - '0', &length)) {
			length = UINT64_MAX;
			break;
		}
	}
	p->head.has_length = true;
	p->head.length = length;
}

static void field_transfer_encoding(struct http_parse *p, const char *value)
{
	if (++p->encodings > 1 || strcasecmp(value, "chunked") != 0)
		parse_refuse(p, 400, "Transfer-Encoding is not chunked");
	else
		p->head.chunked = true;
}

static bool next_element(const char **list, const char **ret, size_t *ret_n)
{
	const char *start = *list + strspn(*list, ", \t");
	size_t n = strcspn(start, ",");

	*list = start + n;
	while (n > 0 && (start[n - 1] == ' ' || start[n - 1] == '\t'))
		n--;
	*ret = start;
	*ret_n = n;
	return n > 0;
}

static void field_connection(struct http_parse *p, const char *value)
{
	const char *word;
	size_t n;

	while (next_element(&value, &word, &n)) {
		if (n == 5 && strncasecmp(word, "close", n) == 0)
			p->said_close = true;
		if (n == 10 && strncasecmp(word, "keep-alive", n) == 0)
			p->said_keep_alive = true;
	}
}

static void field_expect(struct http_parse *p, const char *value)
{
	if (strcasecmp(value, "100-continue") == 0)
		p->head.expect_continue = true;
	else
		p->head.expect_unknown = true;
}

static const struct {
	const char *name;
	size_t n;
	void (*take)(struct http_parse *p, const char *value);
} known_fields[] = {
	{ "Host", 4, field_host },
	{ "Content-Length", 14, field_content_length },
	{ "Transfer-Encoding", 17, field_transfer_encoding },
	{ "Connection", 10, field_connection },
	{ "Expect", 6, field_expect },
};

static void parse_add_field(struct http_parse *p, const char *name, const char *value)
{
	struct http_head *head = &p->head;
	struct http_field *more;

	if (head->n_fields == p->fields_size) {
		p->fields_size = p->fields_size ? p->fields_size * 2 : 16;
		more = arena_array(p->arena, p->fields_size, sizeof(*more));
		if (head->n_fields)
			memcpy(more, head->fields, head->n_fields * sizeof(*more));
		head->fields = more;
	}
	head->fields[head->n_fields++] = (struct http_field){ name, value };
}

/* The name of a field line and the colon after it; NULL if refused. */
static char *parse_field_name(struct http_parse *p, char *line, size_t n)
{
	char *colon = memchr(line, ':', n);

	if (*line == ' ' || *line == '\t')
		parse_refuse(p, 400, "a header line is folded");
	else if (!colon)
		parse_refuse(p, 400, "a header line has no colon");
	else if (colon == line)
		parse_refuse(p, 400, "a header has no name");
	else if (colon[-1] == ' ' || colon[-1] == '\t')
		parse_refuse(p, 400, "white space before a colon");
	else if (!is_token(line, (size_t)(colon - line)))
		parse_refuse(p, 400, "a header name is not a word");
	else
		return colon;
	return NULL;
}

static void parse_field(struct http_parse *p, char *line, size_t n)
{
	unsigned most = p->trailers ? HTTP_TRAILER_MAX : HTTP_FIELDS_MAX;
	char *colon = parse_field_name(p, line, n), *value, *end = line + n;
	size_t name_n;

	if (!colon)
		return;
	if (p->head.n_fields == most) {
		parse_refuse(p, 431, "too many headers");
		return;
	}
	name_n = (size_t)(colon - line);
	value = colon + 1 + strspn(colon + 1, " \t");
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*colon = '\0';
	*end = '\0';
	parse_add_field(p, line, value);
	for (size_t i = 0; !p->trailers && i < ARRAY_LEN(known_fields); i++) {
		if (known_fields[i].n == name_n &&
			strcasecmp(known_fields[i].name, line) == 0)
			known_fields[i].take(p, value);
	}
}

/* RFC 9112 section 3.2.2: the target's authority counts, not the Host line. */
static void parse_apply_authority(struct http_parse *p)
{
	for (size_t i = 0; i < p->head.n_fields; i++) {
		if (strcasecmp(p->head.fields[i].name, "Host") == 0)
			p->head.fields[i].value = p->authority;
	}
}

static void parse_end(struct http_parse *p)
{
	struct http_head *head = &p->head;

	p->state = HTTP_PARSE_DONE;
	if (p->trailers)
		return;
	if (p->hosts == 0)
		parse_refuse(p, 400, "Host is missing");
	else if (head->chunked && head->minor == 0)
		parse_refuse(p, 400, "Transfer-Encoding in HTTP/1.0");
	else if (head->chunked && head->has_length)
		parse_refuse(p, 400, "Content-Length with Transfer-Encoding");
	else if (!head->method)
		parse_refuse(p, 501, "unknown method");
	if (p->authority)
		parse_apply_authority(p);
	head->keep_alive = !p->said_close && (head->minor == 1 || p->said_keep_alive);
	/* RFC 9110 section 10.1.1: HTTP/1.0 clients cannot mean it. */
	if (head->minor == 0)
		head->expect_continue = false;
}

static void parse_line(struct http_parse *p, char *line, size_t n)
{
	if (p->state == HTTP_PARSE_LINE) {
		/* RFC 9112 section 2.2 asks for one empty line to be forgiven. */
		if (n > 0)
			parse_request_line(p, line);
		else if (p->blank)
			parse_refuse(p, 400, "empty lines before the request");
		p->blank = true;
		return;
	}
	p->bytes += n + 2;
	if (n == 0)
		parse_end(p);
	else
		parse_field(p, line, n);
}

static bool parse_fits(struct http_parse *p, size_t n)
{
	size_t most = p->trailers ? HTTP_TRAILER_BYTES : HTTP_FIELDS_BYTES;

	if (p->state == HTTP_PARSE_LINE) {
		if (n <= HTTP_LINE_MAX)
			return true;
		parse_refuse(p, 414, "request line is too long");
		return false;
	}
	/* The line end counts, except that of the empty line. */
	if (n == 0 || p->bytes + n + 2 <= most)
		return true;
	parse_refuse(p, 431, "headers are too long");
	return false;
}

static void parse_keep(struct http_parse *p, const char *in, size_t n)
{
	char *more;

	if (p->line_n + n >= p->line_size) {
		p->line_size = (p->line_n + n) * 2 < 256 ? 256 : (p->line_n + n) * 2;
		more = arena_alloc(p->arena, p->line_size);
		if (p->line_n)
			memcpy(more, p->line, p->line_n);
		p->line = more;
	}
	memcpy(p->line + p->line_n, in, n);
	p->line_n += n;
}

static void parse_kept_line(struct http_parse *p)
{
	char *line = p->line ? p->line : arena_dup_n(p->arena, "", 0);
	size_t n = p->line_n;

	line[n] = '\0';
	p->line = NULL;
	p->line_n = p->line_size = 0;
	parse_line(p, line, n);
}

/* One line, or what there is of it. */
static size_t parse_take(struct http_parse *p, const char *in, size_t n)
{
	size_t span = 0;

	if (p->after_cr) {
		p->after_cr = false;
		if (*in != '\n')
			parse_refuse(p, 400, "bare CR");
		else
			parse_kept_line(p);
		return 1;
	}
	while (span < n && line_bytes[(unsigned char)in[span]])
		span++;
	if (!parse_fits(p, p->line_n + span))
		return span;
	if (span < n && in[span] != '\r') {
		parse_refuse(p, 400, in[span] == '\n' ? "bare LF" : "control byte");
		return span;
	}
	if (n - span >= 2 && in[span + 1] == '\n' && p->line_n == 0) {
		parse_line(p, arena_dup_n(p->arena, in, span), span);
		return span + 2;
	}
	parse_keep(p, in, span);
	p->after_cr = span < n;
	return span + (span < n);
}

size_t http_parse_feed(struct http_parse *p, const char *in, size_t n)
{
	size_t used = 0;

	if (n > 0)
		p->started = true;
	while (used < n && p->state < HTTP_PARSE_DONE)
		used += parse_take(p, in + used, n - used);
	return used;
}
