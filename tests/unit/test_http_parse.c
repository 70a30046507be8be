#include "tests/unit/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "lib/http_chunk.h"
#include "lib/http_parse.h"
#include "lib/http_uri.h"

#define OK "GET / HTTP/1.1\r\nHost: a\r\n"

/* In pieces of `piece` bytes; returns how many were taken. */
static size_t feed(struct http_parse *p, const char *in, size_t n, size_t piece)
{
	size_t used = 0, got;

	while (used < n && p->state < HTTP_PARSE_DONE) {
		size_t some = n - used < piece ? n - used : piece;
		/* Of its own, so that a sanitizer sees a read past the end. */
		char *copy = malloc(some);

		memcpy(copy, in + used, some);
		got = http_parse_feed(p, copy, some);
		assert_true(got <= some);
		free(copy);
		used += got;
	}
	return used;
}

static const size_t pieces[] = { 1, 2, 3, 7, 16, 100000 };

static const struct {
	const char *in;
	size_t n; /* 0: up to the NUL */
	int status;
} refused[] = {
	{ "GET / HTTP/1.1\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.0\r\n\r\n", 0, 400 },
	{ OK "Host: a\r\n\r\n", 0, 400 },
	{ OK "HOST: b\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 0, 400 },
	/* length and coding */
	{ OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 0, 400 },
	{ OK "Content-Length: 1\r\ncontent-length: 2\r\n\r\n", 0, 400 },
	{ OK "Content-Length: 1, 1\r\n\r\n", 0, 400 },
	{ OK "Content-Length: +1\r\n\r\n", 0, 400 },
	{ OK "Content-Length: -1\r\n\r\n", 0, 400 },
	{ OK "Content-Length: 0x1\r\n\r\n", 0, 400 },
	{ OK "Content-Length: 1 1\r\n\r\n", 0, 400 },
	{ OK "Content-Length:\r\n\r\n", 0, 400 },
	{ OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: gzip\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: chunked, chunked\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 0,
		400 },
	{ OK "Transfer-Encoding: identity\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: \"chunked\"\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding: xchunked\r\n\r\n", 0, 400 },
	{ OK "Transfer-Encoding:\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 400 },
	/* line ends */
	{ "GET / HTTP/1.1\nHost: a\n\n", 0, 400 },
	{ "GET / HTTP/1.1\r\nHost: a\n\r\n", 0, 400 },
	{ OK "\n", 0, 400 },
	{ "GET / HTTP/1.1\rHost: a\r\n\r\n", 0, 400 },
	{ OK "X: a\rb\r\n\r\n", 0, 400 },
	{ OK "X: a\r\r\n\r\n", 0, 400 },
	{ OK "\r\r\n", 0, 400 },
	{ "\r\n\r\n" OK "\r\n", 0, 400 },
	{ "\n" OK "\r\n", 0, 400 },
	/* header lines */
	{ OK " folded\r\n\r\n", 0, 400 },
	{ OK "X: a\r\n b\r\n\r\n", 0, 400 },
	{ OK "X: a\r\n\tb\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 0, 400 },
	{ OK "X : a\r\n\r\n", 0, 400 },
	{ OK "X\t: a\r\n\r\n", 0, 400 },
	{ OK ": a\r\n\r\n", 0, 400 },
	{ OK "no colon\r\n\r\n", 0, 400 },
	{ OK "X Y: a\r\n\r\n", 0, 400 },
	{ OK "X(Y): a\r\n\r\n", 0, 400 },
	{ OK "X\xc3\xa5: a\r\n\r\n", 0, 400 },
	{ OK "X: a\x01\r\n\r\n", 0, 400 },
	{ OK "X: a\x7f\r\n\r\n", 0, 400 },
	{ OK "X: a\0b\r\n\r\n", sizeof(OK "X: a\0b\r\n\r\n") - 1, 400 },
	{ OK "X\0: a\r\n\r\n", sizeof(OK "X\0: a\r\n\r\n") - 1, 400 },
	/* request lines */
	{ "GET /\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 0, 400 },
	{ " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / HTTP/01.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / http/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET / \r\nHost: a\r\n\r\n", 0, 400 },
	{ "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 400 },
	{ "\x16\x03\x01\x02\x00\x01", 6, 400 },
	/* targets */
	{ "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%ed%a0%80 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%c3 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /% HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /?%ff HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /?a=%0 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	{ "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400 },
	/* methods */
	{ "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 501 },
	{ "get / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 501 },
	{ "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 501 },
	{ "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 501 },
	{ "BREW / HTTP/1.1\r\n\r\n", 0, 400 },
};

static void test_http_parse__refuses(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(refused) * ARRAY_LEN(pieces); i++) {
		size_t at = i / ARRAY_LEN(pieces);
		size_t piece = pieces[i % ARRAY_LEN(pieces)];
		const char *in = refused[at].in;
		struct arena *arena = arena_new();
		struct http_parse p;

		http_parse_init(&p, arena);
		feed(&p, in, refused[at].n ? refused[at].n : strlen(in), piece);
		if (p.status != refused[at].status)
			print_message("%zu in pieces of %zu: %s\n", at, piece, in);
		assert_int_equal(p.state, HTTP_PARSE_REFUSED);
		assert_int_equal(p.status, refused[at].status);
		assert_non_null(p.what);
		arena_free(arena);
	}
}

static const struct {
	const char *in;
	const char *path, *query;
	const char *fields; /* "name=value;…" */
	bool keep_alive;
} accepted[] = {
	{ OK "\r\n", "/", NULL, "Host=a;", true },
	{ "\r\n" OK "\r\n", "/", NULL, "Host=a;", true },
	{ "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "/", NULL, "Host=a;", false },
	{ "GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n", "/", NULL,
		"Host=a;Connection=Keep-Alive;", true },
	{ OK "Connection: x, Close\r\n\r\n", "/", NULL, "Host=a;Connection=x, Close;",
		false },
	{ "GET /a%20b/%C3%A5?q=%C3%B6+1&x HTTP/1.1\r\nHost: a:80\r\n\r\n", "/a b/å",
		"q=%C3%B6+1&x", "Host=a:80;", true },
	{ "GET /\xc3\xa5 HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "/å", NULL,
		"Host=[::1]:8080;", true },
	{ "GET http://b:1/c?d HTTP/1.1\r\nhost: a\r\n\r\n", "/c", "d", "host=b:1;",
		true },
	{ "GET HTTPS://b?d HTTP/1.1\r\nHost: a\r\n\r\n", "/", "d", "Host=b;", true },
	{ "GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "/", NULL, "Host=b;", true },
	{ "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", NULL, "Host=a;", true },
	{ OK "X:\r\nY: \t \r\nZ:\ta \tb \t\r\nW:\xff\r\n\r\n", "/", NULL,
		"Host=a;X=;Y=;Z=a \tb;W=\xff;", true },
	{ "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: CHUNKED\r\n\r\n", "/", NULL,
		"Host=a;transfer-encoding=CHUNKED;", true },
};

static void check_accepted(size_t at, size_t piece)
{
	struct arena *arena = arena_new();
	char in[512], fields[256] = "";
	struct http_parse p;
	size_t n = strlen(accepted[at].in);

	/* What follows belongs to somebody else. */
	snprintf(in, sizeof(in), "%s%s", accepted[at].in, "NEXT");
	http_parse_init(&p, arena);
	assert_int_equal(feed(&p, in, n + 4, piece), n);
	assert_int_equal(p.state, HTTP_PARSE_DONE);
	assert_string_equal(p.head.path, accepted[at].path);
	assert_int_equal(p.head.keep_alive, accepted[at].keep_alive);
	if (accepted[at].query)
		assert_string_equal(p.head.query, accepted[at].query);
	else
		assert_null(p.head.query);
	for (size_t i = 0; i < p.head.n_fields; i++)
		snprintf(fields + strlen(fields), sizeof(fields) - strlen(fields),
			"%s=%s;", p.head.fields[i].name, p.head.fields[i].value);
	assert_string_equal(fields, accepted[at].fields);
	arena_free(arena);
}

static void test_http_parse__accepts(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted) * ARRAY_LEN(pieces); i++)
		check_accepted(i / ARRAY_LEN(pieces), pieces[i % ARRAY_LEN(pieces)]);
}

static void test_http_parse__reads_lengths(void **state)
{
	static const struct {
		const char *text;
		uint64_t length;
	} cases[] = {
		{ "0", 0 },
		{ "00017", 17 },
		{ "18446744073709551614", UINT64_MAX - 1 },
		{ "18446744073709551616", UINT64_MAX },
		{ "99999999999999999999999999999999", UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct http_parse p;
		char in[200];

		snprintf(
			in, sizeof(in), OK "Content-Length: %s\r\n\r\n", cases[i].text);
		http_parse_init(&p, arena);
		feed(&p, in, strlen(in), 1000);
		assert_int_equal(p.state, HTTP_PARSE_DONE);
		assert_true(p.head.has_length);
		assert_int_equal(p.head.length, cases[i].length);
		arena_free(arena);
	}
}

/* A request whose parts have the given sizes; returns its status, 0 for done. */
static int status_of(size_t line, size_t n_fields, size_t field)
{
	struct arena *arena = arena_new();
	char *in = calloc(1, line + n_fields * (field + 3) + 200), *p = in;
	struct http_parse parse;
	int status;

	p = stpcpy(p, "GET /");
	memset(p, 'a', line - 14);
	p += line - 14;
	p = stpcpy(p, " HTTP/1.1\r\n");
	for (size_t i = 0; i < n_fields; i++) {
		memset(p, 'x', field - 2);
		memcpy(p, i == 0 ? "Host:" : "X:", i == 0 ? 5 : 2);
		p += field - 2;
		p = stpcpy(p, "\r\n");
	}
	p = stpcpy(p, "\r\n");
	http_parse_init(&parse, arena);
	feed(&parse, in, (size_t)(p - in), 1000);
	status = parse.status;
	assert_int_equal(status == 0, parse.state == HTTP_PARSE_DONE);
	arena_free(arena);
	free(in);
	return status;
}

static void test_http_parse__has_limits(void **state)
{
	assert_int_equal(status_of(8192, 1, 20), 0);
	assert_int_equal(status_of(8193, 1, 20), 414);
	assert_int_equal(status_of(100000, 1, 20), 414);
	assert_int_equal(status_of(20, 100, 20), 0);
	assert_int_equal(status_of(20, 101, 20), 431);
	assert_int_equal(status_of(20, 1, 32768), 0);
	assert_int_equal(status_of(20, 1, 32769), 431);
	assert_int_equal(status_of(20, 32, 1024), 0);
	assert_int_equal(status_of(20, 33, 1024), 431);
}

static const struct {
	const char *in;
	const char *body; /* NULL: refused */
	int status;
} chunks[] = {
	{ "0\r\n\r\n", "", 0 },
	{ "5\r\nhello\r\n0\r\n\r\n", "hello", 0 },
	{ "0005\r\nhello\r\n1\r\n!\r\n000\r\n\r\n", "hello!", 0 },
	{ "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789",
		0 },
	{ "1\r\na\r\n0\r\nX: y\r\nContent-Length: 7\r\n\r\n", "a", 0 },
	{ "5;x=y\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "5 \r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ " 5\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "+5\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "-5\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "0x5\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "g\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "\r\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "5\nhello\r\n0\r\n\r\n", NULL, 400 },
	{ "5\rhello\r\n0\r\n\r\n", NULL, 400 },
	{ "5\r\nhello!\r\n0\r\n\r\n", NULL, 400 },
	{ "5\r\nhello\n0\r\n\r\n", NULL, 400 },
	{ "5\r\nhello\r0\r\n\r\n", NULL, 400 },
	{ "5\r\nhello0\r\n\r\n", NULL, 400 },
	{ "0\r\n\n", NULL, 400 },
	{ "0\r\nX : y\r\n\r\n", NULL, 400 },
	{ "0\r\n folded\r\n\r\n", NULL, 400 },
	{ "0\r\n: y\r\n\r\n", NULL, 400 },
	{ "0\r\nX: y\n\r\n", NULL, 400 },
	{ "fffffffffffffff0\r\n", NULL, 400 },
	{ "00000000000000000000001\r\na\r\n0\r\n\r\n", NULL, 400 },
};

static void check_chunks(size_t at, size_t piece)
{
	struct arena *arena = arena_new();
	struct http_chunk c;
	char in[256], body[256];
	size_t used = 0, body_n = 0, n = strlen(chunks[at].in);

	snprintf(in, sizeof(in), "%sNEXT", chunks[at].in);
	http_chunk_init(&c, arena);
	while (used < n + 4 && c.state < HTTP_CHUNK_DONE) {
		size_t some = n + 4 - used < piece ? n + 4 - used : piece, data_n;
		const char *data;

		used += http_chunk_feed(&c, in + used, some, &data, &data_n);
		if (data_n > 0)
			memcpy(body + body_n, data, data_n);
		body_n += data_n;
	}
	body[body_n] = '\0';
	if (chunks[at].body) {
		assert_int_equal(c.state, HTTP_CHUNK_DONE);
		assert_int_equal(used, n);
		assert_string_equal(body, chunks[at].body);
	} else {
		assert_int_equal(c.state, HTTP_CHUNK_REFUSED);
		assert_int_equal(c.status, chunks[at].status);
	}
	arena_free(arena);
}

static void test_http_chunk__decodes_or_refuses(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(chunks) * ARRAY_LEN(pieces); i++)
		check_chunks(i / ARRAY_LEN(pieces), pieces[i % ARRAY_LEN(pieces)]);
}

static int trailer_status(size_t n, size_t size)
{
	struct arena *arena = arena_new();
	struct http_chunk c;
	const char *data;
	char line[600];
	size_t data_n;

	assert_true(size < sizeof(line));
	http_chunk_init(&c, arena);
	http_chunk_feed(&c, "0\r\n", 3, &data, &data_n);
	for (size_t i = 0; i < n && c.state < HTTP_CHUNK_DONE; i++) {
		snprintf(line, sizeof(line), "X: %0*d\r\n", (int)size, 0);
		http_chunk_feed(&c, line, strlen(line), &data, &data_n);
	}
	http_chunk_feed(&c, "\r\n", 2, &data, &data_n);
	arena_free(arena);
	return c.status;
}

static void test_http_chunk__bounds_trailers(void **state)
{
	assert_int_equal(trailer_status(20, 1), 0);
	assert_int_equal(trailer_status(21, 1), 431);
	assert_int_equal(trailer_status(8, 500), 0);
	assert_int_equal(trailer_status(9, 500), 431);
}

static void test_http_uri__finds_query_values(void **state)
{
	static const struct {
		const char *query, *name, *value;
	} cases[] = {
		{ NULL, "a", NULL },
		{ "", "a", NULL },
		{ "a", "a", "" },
		{ "a=", "a", "" },
		{ "a=1&a=2", "a", "1" },
		{ "ab=1&a=2", "a", "2" },
		{ "b=1&&a=%c3%a5+%2b&c", "a", "å +" },
		{ "%61=x=y", "a", "x=y" },
		{ "a+b=1", "a b", "1" },
		{ "=1", "a", NULL },
		{ "b=1&c", "c", "" },
	};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *value =
			http_uri_query_value(arena, cases[i].query, cases[i].name);

		print_message("%s\n", cases[i].query ? cases[i].query : "-");
		if (cases[i].value)
			assert_string_equal(value, cases[i].value);
		else
			assert_null(value);
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What the fuzzer starts from, and what it once found. */
static void test_http_parse__takes_the_fuzz_corpus(void **state)
{
	static const char path[] = TEST_DATA_DIR "/../fuzz/corpus/http";
	DIR *dir = opendir(path);
	struct dirent *entry;
	int inputs = 0;

	assert_non_null(dir);
	for (entry = readdir(dir); entry; entry = readdir(dir)) {
		static uint8_t bytes[65536];
		char name[512];
		FILE *file;

		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		file = entry->d_name[0] == '.' ? NULL : fopen(name, "r");
		if (!file)
			continue;
		LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof(bytes), file));
		fclose(file);
		inputs++;
	}
	closedir(dir);
	assert_true(inputs >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_parse__refuses),
		cmocka_unit_test(test_http_parse__accepts),
		cmocka_unit_test(test_http_parse__reads_lengths),
		cmocka_unit_test(test_http_parse__has_limits),
		cmocka_unit_test(test_http_chunk__decodes_or_refuses),
		cmocka_unit_test(test_http_chunk__bounds_trailers),
		cmocka_unit_test(test_http_uri__finds_query_values),
		cmocka_unit_test(test_http_parse__takes_the_fuzz_corpus),
	};

	return cmocka_run_group_tests_name("http_parse", tests, NULL, NULL);
}
