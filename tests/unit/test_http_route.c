#include "tests/unit/test.h"

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/http_peer.h"
#include "lib/http_route.h"
#include "lib/http_server.h"

static void handle(struct http_request *req)
{
}

#define LINE(m, p)                                                                     \
	{                                                                              \
		.method = (m), .path = (p), .access = 1, .handle = handle              \
	}

static const struct http_route table_a[] = {
	LINE(HTTP_GET, "/"),
	LINE(HTTP_GET, "/a"),
	LINE(HTTP_POST, "/a"),
	LINE(HTTP_GET, "/a/{x}"),
	LINE(HTTP_GET, "/a/b"),
	LINE(HTTP_GET, "/a/{x}/c/{y}"),
	LINE(HTTP_GET, "/a/b/d"),
	{ 0 },
};
static const struct http_route table_b[] = {
	LINE(HTTP_DELETE, "/a/{other}"),
	LINE(HTTP_GET, "/\xc3\xa5"),
	{ 0 },
};
static const struct http_route *const tables[] = { table_a, table_b, NULL };

static void test_http_route__matches(void **state)
{
	static const struct {
		enum http_method method;
		const char *raw, *path, *x;
		unsigned methods;
	} cases[] = {
		{ HTTP_GET, "/", "/", NULL, 0 },
		{ HTTP_HEAD, "/a", "/a", NULL, 0 },
		{ HTTP_POST, "/a", "/a", NULL, 0 },
		{ HTTP_GET, "/%61", "/a", NULL, 0 },
		{ HTTP_GET, "/a/b", "/a/b", NULL, 0 },
		{ HTTP_GET, "/a/B", "/a/{x}", "B", 0 },
		{ HTTP_GET, "/a/%2F%20", "/a/{x}", "/ ", 0 },
		{ HTTP_DELETE, "/a/q", "/a/{other}", NULL, 0 },
		{ HTTP_GET, "/a/b/d", "/a/b/d", NULL, 0 },
		{ HTTP_GET, "/a/b/c/1", "/a/{x}/c/{y}", "b", 0 },
		{ HTTP_GET, "/%c3%a5", "/\xc3\xa5", NULL, 0 },
		/* unknown */
		{ HTTP_GET, "/a/", NULL, NULL, 0 },
		{ HTTP_GET, "//", NULL, NULL, 0 },
		{ HTTP_GET, "/a%2Fb", NULL, NULL, 0 },
		{ HTTP_GET, "/a/b/c", NULL, NULL, 0 },
		{ HTTP_GET, "/a/../a", NULL, NULL, 0 },
		{ HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL, NULL,
			0 },
		/* known, another method */
		{ HTTP_PUT, "/a", NULL, NULL,
			1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_POST |
				1u << HTTP_OPTIONS },
		{ HTTP_POST, "/a/q", NULL, NULL,
			1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_DELETE |
				1u << HTTP_OPTIONS },
	};
	struct http_routes *routes = http_routes_new(tables, NULL);
	struct arena *arena = arena_new();
	struct http_match match;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("%s\n", cases[i].raw);
		http_routes_match(routes, arena, cases[i].raw, cases[i].method, &match);
		if (!cases[i].path) {
			assert_null(match.route);
			assert_int_equal(match.methods, cases[i].methods);
			continue;
		}
		assert_string_equal(match.route->path, cases[i].path);
		if (cases[i].x) {
			assert_string_equal(match.names[0], "x");
			assert_string_equal(match.values[0], cases[i].x);
		}
	}
	assert_string_equal(http_routes_allow(arena, 1u << HTTP_GET | 1u << HTTP_HEAD),
		"GET, HEAD");
	arena_free(arena);
	http_routes_free(routes);
}

static void test_http_route__refuses_lines_that_cannot_stand(void **state)
{
	static const struct http_route bad[][3] = {
		{ { .method = HTTP_GET, .path = "/a", .handle = handle } },
		{ { .method = HTTP_GET, .path = "/a", .access = 1 } },
		{ LINE(HTTP_GET, "a") },
		{ LINE(0, "/a") },
		{ LINE(HTTP_HEAD, "/a") },
		{ LINE(HTTP_GET, "/a"), LINE(HTTP_GET, "/a") },
		{ LINE(HTTP_GET, "/{a}"), LINE(HTTP_GET, "/{b}") },
		{ LINE(HTTP_GET, "/{a}/{a}") },
		{ LINE(HTTP_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}") },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct http_route *const list[] = { bad[i], NULL };
		struct error err = { 0 };

		assert_null(http_routes_new(list, &err));
		print_message("%s\n", err.text);
		assert_int_not_equal(err.code, ERR_NONE);
	}
}

static void test_http_openapi__prints_the_table(void **state)
{
	static const char *const query[] = { "limit", NULL };
	static const char *const headers[] = { "Idempotency-Key", NULL };
	static const char *const media[] = { "application/json", "multipart/form-data",
		NULL };
	static const struct http_route documented[] = {
		{ .method = HTTP_GET,
			.path = "/cases/{number}",
			.access = 1,
			.handle = handle,
			.summary = "One \"case\"",
			.query = query,
			.response = "Case" },
		{ .method = HTTP_POST,
			.path = "/cases",
			.access = 1,
			.handle = handle,
			.summary = "A new case",
			.media = media,
			.header_names = headers,
			.request = "NewCase",
			.response = "Case",
			.success = 201 },
		{ .method = HTTP_DELETE,
			.path = "/cases/{number}",
			.access = 2,
			.handle = handle,
			.summary = "Away with it",
			.success = 204 },
		{ .method = HTTP_GET, .path = "/page", .access = 1, .handle = handle },
		{ 0 },
	};
	static const struct http_openapi_key keys[] = { { 2, "session", "csrf" },
		{ 0 } };
	const struct http_route *const list[] = { documented, NULL };
	struct evbuffer *out = evbuffer_new();
	json_t *api, *post, *away;

	http_openapi_print(out, list,
		&(struct http_openapi){ .title = "T",
			.version = "1",
			.components_json = "{\"schemas\":{\"Problem\":{}}}",
			.keys = keys });
	api = json_loadb(
		(char *)evbuffer_pullup(out, -1), evbuffer_get_length(out), 0, NULL);
	assert_non_null(api);
	assert_int_equal(json_object_size(json_object_get(api, "paths")), 2);
	assert_int_equal(json_object_size(json_object_get(
				 json_object_get(api, "paths"), "/cases/{number}")),
		2);
	post = json_object_get(
		json_object_get(json_object_get(api, "paths"), "/cases"), "post");
	assert_non_null(json_object_get(json_object_get(post, "responses"), "201"));
	assert_string_equal(
		json_string_value(json_object_get(
			json_array_get(json_object_get(post, "parameters"), 0), "in")),
		"header");
	assert_int_equal(json_object_size(json_object_get(
				 json_object_get(post, "requestBody"), "content")),
		2);
	assert_string_equal(
		json_string_value(json_object_get(post, "operationId")), "postCases");
	assert_non_null(json_object_get(json_object_get(post, "responses"), "422"));
	assert_null(json_object_get(json_object_get(post, "responses"), "401"));
	away = json_object_get(
		json_object_get(json_object_get(api, "paths"), "/cases/{number}"),
		"delete");
	assert_string_equal(json_string_value(json_object_get(away, "operationId")),
		"deleteCasesByNumber");
	assert_int_equal(
		json_object_size(json_array_get(json_object_get(away, "security"), 0)),
		2);
	assert_non_null(json_object_get(json_object_get(away, "responses"), "401"));
	json_decref(api);
	evbuffer_free(out);
}

static void test_http_peer__reads_addresses(void **state)
{
	static const struct {
		const char *text;
		bool fine;
	} cases[] = {
		{ "192.0.2.1", true },
		{ "192.0.2.1:80", true },
		{ "2001:db8::1", true },
		{ "[2001:db8::1]", true },
		{ "[2001:db8::1]:80", true },
		{ "::ffff:192.0.2.1", true },
		{ "", false },
		{ "unknown", false },
		{ "192.0.2", false },
		{ "[::1", false },
		{ "1:2", false },
	};
	struct http_address address, mapped;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			http_address_parse(cases[i].text, &address), cases[i].fine);
	assert_true(http_address_parse("192.0.2.1", &address));
	assert_true(http_address_parse("::ffff:192.0.2.1", &mapped));
	assert_memory_equal(address.bytes, mapped.bytes, 16);
}

static uint64_t key_of(const struct http_peers *peers, const char *text)
{
	struct http_address address;

	assert_true(http_address_parse(text, &address));
	return http_peers_key(peers, &address);
}

static void test_http_peer__keys_a_household_as_one(void **state)
{
	static const uint8_t one[32] = { 1 }, two[32] = { 2 };
	struct http_peers *a = http_peers_new(NULL, one, NULL);
	struct http_peers *b = http_peers_new(NULL, two, NULL);

	assert_int_equal(key_of(a, "2001:db8::1"), key_of(a, "2001:db8::2:3:4:5"));
	assert_int_not_equal(key_of(a, "2001:db8::1"), key_of(a, "2001:db8:0:1::1"));
	assert_int_not_equal(key_of(a, "192.0.2.1"), key_of(a, "192.0.2.2"));
	assert_int_not_equal(key_of(a, "192.0.2.1"), key_of(b, "192.0.2.1"));
	http_peers_free(a);
	http_peers_free(b);
}

static void test_http_peer__believes_trusted_proxies_only(void **state)
{
	static const uint8_t secret[32] = { 0 };
	static const char *const proxies[] = { "10.0.0.0/8", "::1", "2001:db8:1::/47",
		NULL };
	static const struct {
		const char *given, *client; /* NULL: nothing usable */
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.9, 192.0.2.1", "192.0.2.1" },
		{ "192.0.2.9, 192.0.2.1, 10.1.2.3", "192.0.2.1" },
		{ "192.0.2.9 ,192.0.2.1,10.1.2.3 , ::1", "192.0.2.1" },
		{ "10.1.2.3, 10.1.2.4", "10.1.2.3" },
		{ "junk, 10.1.2.3", "10.1.2.3" },
		{ "192.0.2.1, junk", NULL },
		{ "", NULL },
		{ ",", NULL },
	};
	struct http_peers *peers = http_peers_new(proxies, secret, NULL);
	struct http_address address, wanted;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("%s\n", cases[i].given);
		assert_int_equal(http_peers_forwarded(peers, cases[i].given, &address),
			cases[i].client != NULL);
		if (!cases[i].client)
			continue;
		assert_true(http_address_parse(cases[i].client, &wanted));
		assert_memory_equal(address.bytes, wanted.bytes, 16);
	}
	assert_true(http_address_parse("2001:db8:0:ffff::1", &address));
	assert_true(http_peers_trust(peers, &address));
	assert_true(http_address_parse("2001:db8:2::1", &address));
	assert_false(http_peers_trust(peers, &address));
	assert_true(http_address_parse("11.0.0.1", &address));
	assert_false(http_peers_trust(peers, &address));
	http_peers_free(peers);
}

static void test_http_peer__refuses_wrong_networks(void **state)
{
	static const uint8_t secret[32] = { 0 };
	static const char *const bad[] = { "10.0.0.0/33", "::/129", "a", "10.0.0.0/",
		"10.0.0.0/-1", "10.0.0.0/8x", "" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *const list[] = { bad[i], NULL };
		struct error err = { 0 };

		assert_null(http_peers_new(list, secret, &err));
		assert_int_equal(err.code, ERR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_route__matches),
		cmocka_unit_test(test_http_route__refuses_lines_that_cannot_stand),
		cmocka_unit_test(test_http_openapi__prints_the_table),
		cmocka_unit_test(test_http_peer__reads_addresses),
		cmocka_unit_test(test_http_peer__keys_a_household_as_one),
		cmocka_unit_test(test_http_peer__believes_trusted_proxies_only),
		cmocka_unit_test(test_http_peer__refuses_wrong_networks),
	};

	return cmocka_run_group_tests_name("http_route", tests, NULL, NULL);
}
