/*
 * Heads, targets, chunks and routes from arbitrary bytes. The first byte says in
 * what pieces the rest is fed; whatever it says, the outcome must be that of the
 * whole at once.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/http_chunk.h"
#include "lib/http_parse.h"
#include "lib/http_route.h"
#include "lib/http_uri.h"
#include "lib/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct outcome {
	enum http_parse_state state;
	enum http_chunk_state chunks;
	int status;
	size_t used, n_fields, body;
	uint64_t sum; /* of the body's bytes, with their places */
};

static void handle(struct http_request *req)
{
}

#define LINE(m, p)                                                                     \
	{                                                                              \
		.method = (m), .path = (p), .access = 1, .handle = handle              \
	}

static const struct http_route routes[] = {
	LINE(HTTP_GET, "/"),
	LINE(HTTP_GET, "/a/{x}"),
	LINE(HTTP_POST, "/a/{x}/b/{y}"),
	LINE(HTTP_GET, "/a/b/b/c"),
	{ 0 },
};

static void check(bool fine)
{
	if (!fine)
		abort();
}

/* A piece in memory of its own, so that a read past its end is seen. */
static uint8_t *piece_at(const uint8_t *bytes, size_t n, size_t piece, size_t *ret_n)
{
	uint8_t *copy;

	*ret_n = n < piece ? n : piece;
	copy = malloc(*ret_n);
	check(copy != NULL);
	memcpy(copy, bytes, *ret_n);
	return copy;
}

static void read_chunks(struct arena *arena, const uint8_t *bytes, size_t n,
	size_t piece, struct outcome *o)
{
	struct http_chunk c;
	size_t at = 0;

	http_chunk_init(&c, arena);
	while (at < n && c.state < HTTP_CHUNK_DONE) {
		size_t some, run;
		const char *data;
		uint8_t *copy = piece_at(bytes + at, n - at, piece, &some);
		size_t used = http_chunk_feed(&c, (char *)copy, some, &data, &run);

		check(used <= some && (used > 0 || c.state == HTTP_CHUNK_REFUSED));
		for (size_t i = 0; i < run; i++)
			o->sum += (uint64_t)(uint8_t)data[i] * (o->body++ + 1);
		at += used;
		free(copy);
	}
	o->chunks = c.state;
	o->used += c.state == HTTP_CHUNK_DONE ? at : 0;
	if (c.state == HTTP_CHUNK_REFUSED)
		o->status = c.status;
}

static void use_head(struct arena *arena, const struct http_head *head)
{
	struct http_routes *table;
	const struct http_route *const tables[] = { routes, NULL };
	struct http_match match;
	const char *value;

	check(head->method != 0 && head->path && head->raw_path);
	check(utf8_is_text(head->path, strlen(head->path)));
	check(!(head->chunked && (head->has_length || head->minor == 0)));
	value = http_uri_query_value(arena, head->query, "a");
	check(!value || utf8_is_text(value, strlen(value)));
	table = http_routes_new(tables, NULL);
	http_routes_match(table, arena, head->raw_path, head->method, &match);
	for (size_t i = 0; match.route && match.names[i]; i++)
		check(match.values[i] && *match.values[i]);
	http_routes_free(table);
}

static struct outcome read_request(const uint8_t *bytes, size_t n, size_t piece)
{
	struct arena *arena = arena_new();
	struct outcome o = { 0 };
	struct http_parse p;

	http_parse_init(&p, arena);
	while (o.used < n && p.state < HTTP_PARSE_DONE) {
		size_t some, used;
		uint8_t *copy = piece_at(bytes + o.used, n - o.used, piece, &some);

		used = http_parse_feed(&p, (char *)copy, some);
		check(used <= some && (used > 0 || p.state == HTTP_PARSE_REFUSED));
		o.used += used;
		free(copy);
	}
	o.state = p.state;
	o.status = p.status;
	o.n_fields = p.head.n_fields;
	if (p.state == HTTP_PARSE_REFUSED)
		o.used = 0; /* how much was taken of what is refused does not matter */
	if (p.state == HTTP_PARSE_DONE) {
		use_head(arena, &p.head);
		if (p.head.chunked)
			read_chunks(arena, bytes + o.used, n - o.used, piece, &o);
	}
	arena_free(arena);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct outcome whole, pieces;

	if (n == 0)
		return 0;
	whole = read_request(bytes + 1, n - 1, SIZE_MAX);
	pieces = read_request(bytes + 1, n - 1, (size_t)bytes[0] % 64 + 1);
	check(whole.state == pieces.state && whole.chunks == pieces.chunks);
	check(whole.used == pieces.used && whole.sum == pieces.sum);
	check(whole.body == pieces.body && whole.status == pieces.status);
	check(whole.state == HTTP_PARSE_REFUSED || whole.n_fields == pieces.n_fields);
	return 0;
}
