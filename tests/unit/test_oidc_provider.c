/* Who waits for a provider's document or keys: told once, and not before they are
 * there. The provider is a server of this process's own loop. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/jwt.h"
#include "lib/log.h"
#include "server/oidc_provider.h"
#include "server/options.h"

#define WAITERS_MAX 4

struct provider_bench {
	struct event_base *base;
	struct evhttp *http;
	char folder[64], issuer[64];
	bool has_no_keys; /* it answers for them with an error */
	struct oidc *oidc;
};

struct waiter {
	struct oidc_provider *provider;
	unsigned told;
	bool failed, saw_document, saw_keys;
};

static void on_ready(const char *why, void *arg)
{
	struct waiter *waiter = arg;

	waiter->told++;
	waiter->failed = why != NULL;
	waiter->saw_document = oidc_said(waiter->provider, "jwks_uri") != NULL;
	waiter->saw_keys = oidc_keys_text(waiter->provider) != NULL;
}

static void on_document(struct evhttp_request *req, void *arg)
{
	const struct provider_bench *bench = arg;
	struct evbuffer *out = evbuffer_new();

	evbuffer_add_printf(out,
		"{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/auth\","
		"\"token_endpoint\":\"%s/token\",\"jwks_uri\":\"%s/jwks\","
		"\"response_types_supported\":[\"code\"],"
		"\"code_challenge_methods_supported\":[\"S256\"]}",
		bench->issuer, bench->issuer, bench->issuer, bench->issuer);
	evhttp_send_reply(req, 200, "OK", out);
	evbuffer_free(out);
}

static void on_keys(struct evhttp_request *req, void *arg)
{
	const struct provider_bench *bench = arg;
	struct evbuffer *out = evbuffer_new();

	evbuffer_add_printf(out, "{\"keys\":[]}");
	evhttp_send_reply(req, bench->has_no_keys ? 500 : 200, "so", out);
	evbuffer_free(out);
}

static void file_write(
	const struct provider_bench *bench, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", bench->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void files_write(const struct provider_bench *bench)
{
	json_t *keys = json_pack("{s:[o]}", "keys", jwt_key_make("ES256", NULL));
	char *text = json_dumps(keys, 0), settings[512];

	file_write(bench, "key.json", text);
	snprintf(settings, sizeof(settings),
		"OIDC_LABEL=Staden\nOIDC_ISSUER=%s\nOIDC_CLIENT_ID=synpunkt\n"
		"OIDC_KEY_FILE=%s/key.json\n",
		bench->issuer, bench->folder);
	file_write(bench, "stad.conf", settings);
	free(text);
	json_decref(keys);
}

static int set_up(void **state)
{
	struct provider_bench *bench = mem_new(sizeof(*bench));
	struct evhttp_bound_socket *bound;
	struct options options = { .oidc_private = true, .oidc_timeout_s = 2 };
	struct error err = { 0 };
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR + 1, "test");
	bench->base = event_base_new();
	bench->http = evhttp_new(bench->base);
	bound = evhttp_bind_socket_with_handle(bench->http, "127.0.0.1", 0);
	getsockname(
		evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &size);
	snprintf(bench->issuer, sizeof(bench->issuer), "http://127.0.0.1:%u",
		ntohs(address.sin_port));
	evhttp_set_cb(
		bench->http, "/.well-known/openid-configuration", on_document, bench);
	evhttp_set_cb(bench->http, "/jwks", on_keys, bench);
	snprintf(
		bench->folder, sizeof(bench->folder), "/tmp/test_oidc_provider.XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	files_write(bench);
	options.oidc = bench->folder;
	options.public_url = "http://127.0.0.1";
	bench->oidc = oidc_new(bench->base, &options, &err);
	if (!bench->oidc)
		print_message("%s\n", err.text);
	*state = bench;
	return bench->oidc ? 0 : -1;
}

static int tear_down(void **state)
{
	struct provider_bench *bench = *state;
	static const char *const names[] = { "key.json", "stad.conf" };
	char path[128];

	oidc_free(bench->oidc);
	evhttp_free(bench->http);
	event_base_free(bench->base);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", bench->folder, names[i]);
		unlink(path);
	}
	rmdir(bench->folder);
	mem_free(bench);
	return 0;
}

static void wait_for(
	const struct provider_bench *bench, struct waiter *waiters, size_t n)
{
	for (int i = 0; i < 1000; i++) {
		unsigned told = 0;

		for (size_t w = 0; w < n; w++)
			told += waiters[w].told > 0;
		if (told == n)
			break;
		event_base_loop(bench->base, EVLOOP_ONCE);
	}
	/* Whoever is told twice is told soon. */
	for (int i = 0; i < 20; i++)
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
}

static void need(
	const struct provider_bench *bench, struct waiter *waiter, enum oidc_need what)
{
	waiter->provider = oidc_at(bench->oidc, 0);
	oidc_need(waiter->provider, what, on_ready, waiter);
}

static void test_oidc_provider__tells_who_comes_while_others_are_told(void **state)
{
	const struct provider_bench *bench = *state;
	struct waiter first = { 0 }, two[2] = { 0 };

	need(bench, &first, OIDC_DOCUMENT);
	wait_for(bench, &first, 1);
	assert_false(first.failed);
	assert_false(first.saw_keys);
	/* The one is about to be told, when the other needs what is not there. */
	need(bench, &two[0], OIDC_DOCUMENT);
	need(bench, &two[1], OIDC_KEYS);
	wait_for(bench, two, 2);
	for (size_t i = 0; i < ARRAY_LEN(two); i++) {
		assert_int_equal(two[i].told, 1);
		assert_false(two[i].failed);
		assert_true(two[i].saw_document);
	}
	assert_true(two[1].saw_keys);
}

static void test_oidc_provider__fails_those_alone_who_lack_something(void **state)
{
	struct provider_bench *bench = *state;
	struct waiter waiters[WAITERS_MAX] = { 0 };

	bench->has_no_keys = true;
	need(bench, &waiters[0], OIDC_KEYS);
	need(bench, &waiters[1], OIDC_DOCUMENT);
	need(bench, &waiters[2], OIDC_NEW_KEYS);
	need(bench, &waiters[3], OIDC_DOCUMENT);
	wait_for(bench, waiters, WAITERS_MAX);
	for (size_t i = 0; i < WAITERS_MAX; i++) {
		print_message("waiter %zu\n", i);
		assert_int_equal(waiters[i].told, 1);
		assert_int_equal(waiters[i].failed, i % 2 == 0);
	}
}

static void test_oidc_provider__tells_nobody_when_it_ends(void **state)
{
	struct provider_bench *bench = *state;
	struct waiter waiter = { 0 };

	need(bench, &waiter, OIDC_KEYS);
	event_base_loop(bench->base, EVLOOP_ONCE);
	oidc_free(steal(bench->oidc));
	for (int i = 0; i < 20; i++)
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
	assert_int_equal(waiter.told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_oidc_provider__tells_who_comes_while_others_are_told,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_oidc_provider__fails_those_alone_who_lack_something,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_oidc_provider__tells_nobody_when_it_ends, set_up,
			tear_down),
	};

	return cmocka_run_group_tests_name("oidc_provider", tests, NULL, NULL);
}
