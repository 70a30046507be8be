/*
 * What is missing is fetched in this order, by advance():
 *
 *   document_on_answer   judged, kept for an hour
 *   keys_on_answer       the same
 *   on_settle            who waited is told
 */
#include "server/oidc_provider.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/https_client.h"
#include "lib/json_fields.h"
#include "lib/log.h"
#include "server/oidc_judge.h"
#include "server/options.h"

#define AT_ONCE 8
#define KEPT_S 3600
#define NEW_KEYS_EVERY_S 60
#define DOCUMENT_MAX ((size_t)65536)
#define KEYS_MAX ((size_t)262144)
#define WHY_SIZE 48

static const char well_known[] = "/.well-known/openid-configuration";
static const char *const get_headers[] = { "Accept: application/json", NULL };
static const char *const post_headers[] = { "Accept: application/json",
	"Content-Type: application/x-www-form-urlencoded", NULL };

struct oidc_waiter {
	struct oidc_waiter *next;
	oidc_ready_fn *ready;
	void *arg;
	bool needs_keys;
};

struct oidc_provider {
	struct oidc *oidc;
	const struct oidc_config *config;
	struct event *settle;
	struct oidc_waiter *waiters;
	bool is_fetching, is_settling;
	char why[WHY_SIZE]; /* of the fetch that failed; "": none did */
	json_t *document;
	char *keys;
	size_t n_keys;
	/* got_keys_at is told; keys_at says what is fresh, and is 0 when others are
	 * wanted. */
	time_t document_at, keys_at, got_keys_at, new_keys_at;
};

struct oidc {
	struct https_client *client;
	bool allows_http;
	struct oidc_kept *kept;
	struct oidc_configs configs;
	struct oidc_provider providers[OIDC_PROVIDERS_MAX];
};

/* ---- who waits ---- */

static bool is_fresh(time_t at)
{
	time_t now = time(NULL);

	return at > 0 && now >= at && now - at < KEPT_S;
}

static bool has_document(const struct oidc_provider *provider)
{
	return provider->document && is_fresh(provider->document_at);
}

static bool has_both(const struct oidc_provider *provider)
{
	return has_document(provider) && provider->keys && is_fresh(provider->keys_at);
}

static void settle(struct oidc_provider *provider)
{
	provider->is_settling = true;
	event_active(provider->settle, EV_TIMEOUT, 0);
}

static void document_fetch(struct oidc_provider *provider);
static void keys_fetch(struct oidc_provider *provider);

static void advance(struct oidc_provider *provider)
{
	bool needs_keys = false;

	if (provider->is_fetching || provider->is_settling || !provider->waiters)
		return;
	for (struct oidc_waiter *w = provider->waiters; w; w = w->next)
		needs_keys = needs_keys || w->needs_keys;
	if (provider->why[0])
		settle(provider);
	else if (!has_document(provider))
		document_fetch(provider);
	else if (needs_keys && !has_both(provider))
		keys_fetch(provider);
	else
		settle(provider);
}

static void fetch_fail(
	struct oidc_provider *provider, const char *what, const char *why)
{
	snprintf(provider->why, sizeof(provider->why), "%s %s", what, why);
	log_event(LOG_LEVEL_WARNING, "oidc_provider",
		LOG_S("provider", provider->config->name), LOG_S("what", what),
		LOG_S("why", why));
	advance(provider);
}

static void waiter_add(struct oidc_provider *provider, struct oidc_waiter *waiter)
{
	struct oidc_waiter **end = &provider->waiters;

	waiter->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = waiter;
}

static bool is_met(const struct oidc_provider *provider, const struct oidc_waiter *w)
{
	return w->needs_keys ? has_both(provider) : has_document(provider);
}

/* A waiter may ask for more while it is told: the list is taken first. Who came after
 * it was settled may need what is not there yet, and waits on. */
static void on_settle(evutil_socket_t fd, short what, void *arg)
{
	struct oidc_provider *provider = arg;
	struct oidc_waiter *list = steal(provider->waiters);
	char why[WHY_SIZE];

	memcpy(why, provider->why, sizeof(why));
	provider->why[0] = '\0';
	while (list) {
		struct oidc_waiter *waiter = list;
		bool has_it = is_met(provider, waiter);

		list = waiter->next;
		if (!has_it && !why[0]) {
			waiter_add(provider, waiter);
			continue;
		}
		waiter->ready(has_it ? NULL : why, waiter->arg);
		mem_free(waiter);
	}
	provider->is_settling = false;
	advance(provider);
}

void oidc_need(struct oidc_provider *provider, enum oidc_need need,
	oidc_ready_fn *ready, void *arg)
{
	struct oidc_waiter *waiter = mem_new(sizeof(*waiter));
	time_t now = time(NULL);

	*waiter = (struct oidc_waiter){
		.ready = ready, .arg = arg, .needs_keys = need != OIDC_DOCUMENT
	};
	waiter_add(provider, waiter);
	if (need == OIDC_NEW_KEYS && (now - provider->new_keys_at >= NEW_KEYS_EVERY_S ||
					     now < provider->new_keys_at)) {
		provider->new_keys_at = now;
		provider->keys_at = 0;
	}
	advance(provider);
}

/* ---- fetching ---- */

static void document_on_answer(const struct https_result *result, void *arg)
{
	struct oidc_provider *provider = arg;
	struct error err = { 0 };
	json_t *document = NULL;
	const char *wrong;

	provider->is_fetching = false;
	if (result->why[0]) {
		fetch_fail(provider, "document", result->why);
		return;
	}
	if (json_body_parse(result->body, result->size, &document, &err) < 0) {
		fetch_fail(provider, "document", "json");
		return;
	}
	wrong = oidc_document_judge(
		document, provider->config->issuer, provider->oidc->allows_http);
	if (wrong) {
		json_decref(document);
		fetch_fail(provider, "document", wrong);
		return;
	}
	json_decref(provider->document);
	provider->document = document;
	provider->document_at = time(NULL);
	advance(provider);
}

static void document_fetch(struct oidc_provider *provider)
{
	struct arena *arena = arena_new();
	const char *issuer = provider->config->issuer;
	size_t n = strlen(issuer);

	provider->is_fetching = true;
	if (n > 0 && issuer[n - 1] == '/')
		n--;
	https_send(provider->oidc->client,
		&(struct https_message){ .url = arena_printf(arena, "%.*s%s", (int)n,
						 issuer, well_known),
			.keep = DOCUMENT_MAX,
			.headers = get_headers },
		document_on_answer, provider);
	arena_free(arena);
}

static void keys_on_answer(const struct https_result *result, void *arg)
{
	struct oidc_provider *provider = arg;
	struct error err = { 0 };
	json_t *keys = NULL;
	size_t n;
	bool right;

	provider->is_fetching = false;
	if (result->why[0]) {
		fetch_fail(provider, "keys", result->why);
		return;
	}
	right = json_body_parse(result->body, result->size, &keys, &err) == 0 &&
		json_is_array(json_object_get(keys, "keys"));
	n = json_array_size(json_object_get(keys, "keys"));
	json_decref(keys);
	if (!right) {
		fetch_fail(provider, "keys", "json");
		return;
	}
	mem_free(provider->keys);
	provider->keys = mem_dup(result->body);
	provider->n_keys = n;
	provider->keys_at = provider->got_keys_at = time(NULL);
	advance(provider);
}

static void keys_fetch(struct oidc_provider *provider)
{
	provider->is_fetching = true;
	https_send(provider->oidc->client,
		&(struct https_message){ .url = oidc_said(provider, "jwks_uri"),
			.keep = KEYS_MAX,
			.headers = get_headers },
		keys_on_answer, provider);
}

const char *oidc_said(const struct oidc_provider *provider, const char *member)
{
	return json_string_value(json_object_get(provider->document, member));
}

bool oidc_promises_iss(const struct oidc_provider *provider)
{
	return json_is_true(json_object_get(
		provider->document, "authorization_response_iss_parameter_supported"));
}

const char *oidc_keys_text(const struct oidc_provider *provider)
{
	return provider->keys;
}

int64_t oidc_document_at(const struct oidc_provider *provider)
{
	return provider->document_at;
}

int64_t oidc_keys_at(const struct oidc_provider *provider)
{
	return provider->got_keys_at;
}

size_t oidc_keys_count(const struct oidc_provider *provider)
{
	return provider->n_keys;
}

void oidc_exchange(struct oidc_provider *provider, const char *form,
	https_done_fn *done, void *arg)
{
	https_send(provider->oidc->client,
		&(struct https_message){ .url = oidc_said(provider, "token_endpoint"),
			.body = form,
			.keep = OIDC_TOKEN_ANSWER_MAX,
			.headers = post_headers },
		done, arg);
}

/* ---- what is under way ---- */

void oidc_keep(struct oidc_provider *provider, struct oidc_kept *kept)
{
	struct oidc *oidc = provider->oidc;

	kept->next = oidc->kept;
	kept->link = &oidc->kept;
	if (kept->next)
		kept->next->link = &kept->next;
	oidc->kept = kept;
}

void oidc_let_go(struct oidc_kept *kept)
{
	*kept->link = kept->next;
	if (kept->next)
		kept->next->link = kept->link;
}

/* ---- making it ---- */

struct oidc *oidc_new(
	struct event_base *base, const struct options *options, struct error *err)
{
	struct oidc *oidc = mem_new(sizeof(*oidc));

	oidc->allows_http = options->oidc_private;
	if (oidc_configs_read(options, &oidc->configs, err) < 0) {
		mem_free(oidc);
		return NULL;
	}
	if (oidc->configs.n > 0)
		oidc->client = https_client_new(base,
			&(struct https_client_config){ .ca_file = options->oidc_ca_file,
				.timeout_ms = (unsigned)options->oidc_timeout_s * 1000,
				.connections = AT_ONCE,
				.only_public = !options->oidc_private,
				.allow_http = options->oidc_private },
			err);
	if (oidc->configs.n > 0 && !oidc->client) {
		oidc_configs_clear(&oidc->configs);
		mem_free(oidc);
		return NULL;
	}
	for (size_t i = 0; i < oidc->configs.n; i++) {
		struct oidc_provider *provider = &oidc->providers[i];

		provider->oidc = oidc;
		provider->config = &oidc->configs.items[i];
		provider->settle = event_new(base, -1, 0, on_settle, provider);
	}
	return oidc;
}

static void provider_clear(struct oidc_provider *provider)
{
	while (provider->waiters) {
		struct oidc_waiter *next = provider->waiters->next;

		mem_free(provider->waiters);
		provider->waiters = next;
	}
	event_free(provider->settle);
	json_decref(provider->document);
	mem_free(provider->keys);
}

void oidc_free(struct oidc *oidc)
{
	if (!oidc)
		return;
	https_client_free(oidc->client);
	while (oidc->kept)
		oidc->kept->drop(oidc->kept);
	for (size_t i = 0; i < oidc->configs.n; i++)
		provider_clear(&oidc->providers[i]);
	oidc_configs_clear(&oidc->configs);
	mem_free(oidc);
}

size_t oidc_count(const struct oidc *oidc)
{
	return oidc->configs.n;
}

struct oidc_provider *oidc_at(struct oidc *oidc, size_t i)
{
	return &oidc->providers[i];
}

struct oidc_provider *oidc_find(struct oidc *oidc, const char *name)
{
	for (size_t i = 0; i < oidc->configs.n; i++)
		if (!strcmp(oidc->configs.items[i].name, name))
			return &oidc->providers[i];
	return NULL;
}

struct oidc_provider *oidc_find_issuer(struct oidc *oidc, const char *issuer)
{
	for (size_t i = 0; i < oidc->configs.n; i++)
		if (!strcmp(oidc->configs.items[i].issuer, issuer))
			return &oidc->providers[i];
	return NULL;
}

const struct oidc_config *oidc_config_of(const struct oidc_provider *provider)
{
	return provider->config;
}
