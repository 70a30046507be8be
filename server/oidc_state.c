/*
 * Whether the providers work, asked for when somebody looks: of each the keys are
 * fetched anew, at most once a minute, and the document when it is an hour old. What is
 * told is this process's; each keeps its own.
 *
 *   states_get       each provider is asked
 *   state_on_ready   the last one that has answered answers the request
 */
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/group_map_http.h"
#include "server/json_reply.h"
#include "server/oidc_provider.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define WHY_SIZE 48

struct states {
	struct http_request *req; /* NULL: the client has left */
	struct oidc_kept kept;
	struct oidc *oidc;
	size_t waits; /* for so many */
	struct state {
		struct states *all;
		char why[WHY_SIZE]; /* "": it works */
	} items[OIDC_PROVIDERS_MAX];
};

static void states_free(struct states *all)
{
	oidc_let_go(&all->kept);
	mem_free(all);
}

static void states_drop(struct oidc_kept *kept)
{
	states_free((struct states *)((char *)kept - offsetof(struct states, kept)));
}

static void states_on_gone(void *arg)
{
	((struct states *)arg)->req = NULL;
}

static json_t *stamp_json(int64_t at)
{
	char text[STAMP_SIZE];

	if (at == 0)
		return json_null();
	stamp_print(at * 1000000, text);
	return json_string(text);
}

static json_t *state_json(struct oidc_provider *provider, const char *why)
{
	const struct oidc_config *config = oidc_config_of(provider);

	return json_pack("{s:s, s:s, s:s, s:b, s:s?, s:o, s:o, s:i, s:b}", "name",
		config->name, "label", config->label, "issuer", config->issuer, "works",
		!why[0], "why", why[0] ? why : NULL, "documentAt",
		stamp_json(oidc_document_at(provider)), "keysAt",
		stamp_json(oidc_keys_at(provider)), "keys",
		(int)oidc_keys_count(provider), "tellsFactor",
		config->acr || config->amr);
}

static void states_reply(struct http_request *req, struct states *all)
{
	struct worker *worker = http_app(req);
	json_t *items = json_array(), *whole;

	for (size_t i = 0; all && i < oidc_count(all->oidc); i++)
		json_array_append_new(
			items, state_json(oidc_at(all->oidc, i), all->items[i].why));
	whole = json_pack("{s:o, s:s}", "items", items, "localAccounts",
		worker->options->local_accounts == LOCAL_ALWAYS ? "always"
								: "break-glass");
	json_reply(req, 200, whole);
	json_decref(whole);
}

static void state_on_ready(const char *why, void *arg)
{
	struct state *state = arg;
	struct states *all = state->all;
	struct http_request *req = all->req;

	if (why)
		snprintf(state->why, sizeof(state->why), "%s", why);
	if (--all->waits > 0)
		return;
	if (req) {
		http_on_close(req, NULL, NULL);
		states_reply(req, all);
	}
	states_free(all);
}

static void states_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	size_t n = oidc_count(worker->oidc);
	struct states *all;

	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(
			req, ERR_FORBIDDEN, "groups and roles are for administrators");
		return;
	}
	if (n == 0) {
		states_reply(req, NULL);
		return;
	}
	all = mem_new(sizeof(*all));
	all->req = req;
	all->oidc = worker->oidc;
	all->waits = n;
	all->kept.drop = states_drop;
	oidc_keep(oidc_at(worker->oidc, 0), &all->kept);
	http_on_close(req, states_on_gone, all);
	for (size_t i = 0; i < n; i++) {
		all->items[i].all = all;
		oidc_need(oidc_at(worker->oidc, i), OIDC_NEW_KEYS, state_on_ready,
			&all->items[i]);
	}
}

const struct http_route oidc_state_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/sign-in-providers",
		.access = ACCESS_STAFF,
		.handle = states_get,
		.summary =
			"The providers that people sign in with, and whether each answers now; for administrators",
		.response = "ProviderStateList" },
	{ 0 },
};
