#include "lib/http_chunk.h"

/* 2^60 is more than any limit; sixteen digits could overflow nothing but sense. */
#define CHUNK_DIGITS_MAX 15

void http_chunk_init(struct http_chunk *c, struct arena *arena)
{
	*c = (struct http_chunk){ 0 };
	http_parse_init_trailers(&c->trailers, arena);
}

static void chunk_refuse(struct http_chunk *c, int status, const char *what)
{
	c->state = HTTP_CHUNK_REFUSED;
	c->status = status;
	c->what = what;
}

static void chunk_size_byte(struct http_chunk *c, char in)
{
	unsigned value;

	if (in == '\r' && c->digits > 0) {
		c->state = HTTP_CHUNK_SIZE_LF;
		return;
	}
	if (in >= '0' && in <= '9')
		value = (unsigned)(in - '0');
	else if ((in | 0x20) >= 'a' && (in | 0x20) <= 'f')
		value = (unsigned)((in | 0x20) - 'a' + 10);
	else {
		chunk_refuse(c, 400, "chunk size is not plain hexadecimal");
		return;
	}
	if (++c->digits > CHUNK_DIGITS_MAX)
		chunk_refuse(c, 400, "chunk size is too long");
	c->left = c->left * 16 + value;
}

static void chunk_expect(
	struct http_chunk *c, char in, char wanted, enum http_chunk_state next)
{
	if (in != wanted)
		chunk_refuse(c, 400, "chunk does not end in CRLF");
	else
		c->state = next;
}

/* A byte that is neither data nor trailer. */
static void chunk_byte(struct http_chunk *c, char in)
{
	switch (c->state) {
	case HTTP_CHUNK_SIZE:
		chunk_size_byte(c, in);
		break;
	case HTTP_CHUNK_SIZE_LF:
		chunk_expect(c, in, '\n',
			c->left > 0 ? HTTP_CHUNK_DATA : HTTP_CHUNK_TRAILERS);
		break;
	case HTTP_CHUNK_DATA_CR:
		chunk_expect(c, in, '\r', HTTP_CHUNK_DATA_LF);
		break;
	case HTTP_CHUNK_DATA_LF:
		c->digits = 0;
		chunk_expect(c, in, '\n', HTTP_CHUNK_SIZE);
		break;
	default:
		break;
	}
}

static size_t chunk_trailers(struct http_chunk *c, const char *in, size_t n)
{
	size_t used = http_parse_feed(&c->trailers, in, n);

	if (c->trailers.state == HTTP_PARSE_DONE)
		c->state = HTTP_CHUNK_DONE;
	if (c->trailers.state == HTTP_PARSE_REFUSED)
		chunk_refuse(c, c->trailers.status, c->trailers.what);
	return used;
}

static size_t chunk_data(struct http_chunk *c, size_t n)
{
	size_t run = c->left < n ? (size_t)c->left : n;

	c->left -= run;
	if (c->left == 0)
		c->state = HTTP_CHUNK_DATA_CR;
	return run;
}

size_t http_chunk_feed(struct http_chunk *c, const char *in, size_t n,
	const char **ret_data, size_t *ret_n)
{
	size_t used = 0;

	*ret_n = 0;
	while (used < n && c->state < HTTP_CHUNK_DONE) {
		if (c->state == HTTP_CHUNK_DATA) {
			*ret_data = in + used;
			*ret_n = chunk_data(c, n - used);
			return used + *ret_n;
		}
		if (c->state == HTTP_CHUNK_TRAILERS)
			used += chunk_trailers(c, in + used, n - used);
		else
			chunk_byte(c, in[used++]);
	}
	return used;
}
