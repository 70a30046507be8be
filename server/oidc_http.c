/*
 * start:
 *
 *   start_get           who asks too often is told so; the document is needed
 *   start_on_document   what is to come back is written down
 *   start_on_begun      to the provider
 */
#include "server/oidc_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/jwt.h"
#include "lib/link_values.h"
#include "lib/log.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "server/access.h"
#include "server/oidc_judge.h"
#include "server/oidc_provider.h"
#include "server/options.h"
#include "server/session.h"
#include "server/worker.h"

#define BROWSER_SECURE "__Host-synpunkt-oidc"
#define BROWSER_PLAIN "synpunkt-oidc"
#define BROWSER_BYTES 32
/* Of an address, in STARTS_S seconds: a whole office may have one. */
#define STARTS 300
#define STARTS_S 60
#define LOGOUT_BODY_MAX 65536

static const struct db_query begin_query = {
	.name = "oidc_begin",
	.sql = "SELECT b FROM synpunkt_signin.oidc_begin($1::jsonb, $2::integer,"
	       " $3::integer) b",
	.n_params = 3,
};

/* ---- what the files of this door share ---- */

struct oidc_provider *oidc_of_address(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct oidc_provider *provider =
		oidc_find(worker->oidc, http_path_value(req, "provider"));
	struct error err = { 0 };

	if (provider)
		return provider;
	error_set(&err, ERR_NOT_FOUND, "there is no such provider");
	http_reply_error(req, &err);
	return NULL;
}

const char *oidc_redirect_uri(struct http_request *req)
{
	const struct worker *worker = http_app(req);

	return arena_printf(http_arena(req), "%s/oidc/%s/callback",
		worker->options->public_url, http_path_value(req, "provider"));
}

void oidc_refuse(struct http_request *req, const char *word)
{
	http_reply_redirect(
		req, arena_printf(http_arena(req), "/desk/?inloggning=%s", word));
}

bool oidc_turn_away(struct http_request *req)
{
	const char *site = http_header(req, "Sec-Fetch-Site");

	if (!site || !strcmp(site, "same-origin") || !strcmp(site, "none"))
		return false;
	http_reply_redirect(req, "/desk/");
	return true;
}

static const char *browser_cookie(struct http_request *req)
{
	return http_is_secure(req) ? BROWSER_SECURE : BROWSER_PLAIN;
}

bool oidc_browser_hash(struct http_request *req, char ret[SHA256_HEX_SIZE])
{
	const char *cookie = http_cookie(req, browser_cookie(req));
	unsigned char bytes[BROWSER_BYTES];

	if (!cookie || encode_hex_parse(cookie, bytes, sizeof(bytes)) < 0)
		return false;
	sha256_hex(bytes, sizeof(bytes), ret);
	return true;
}

/* One that has a cookie keeps it: signing in may be under way in another tab. */
static void browser_mark(struct http_request *req, char ret[SHA256_HEX_SIZE])
{
	unsigned char bytes[BROWSER_BYTES];
	char text[2 * BROWSER_BYTES + 1];

	if (oidc_browser_hash(req, ret))
		return;
	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), text);
	sha256_hex(bytes, sizeof(bytes), ret);
	http_set_header(req, "Set-Cookie",
		arena_printf(http_arena(req),
			"%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
			browser_cookie(req), text, OIDC_LOGIN_S,
			http_is_secure(req) ? "; Secure" : ""));
}

/* ---- leaving for the provider ---- */

struct start {
	struct http_request *req; /* NULL: the client has left */
	struct oidc_kept kept;
	struct oidc_provider *provider;
	struct db_call *call;
	bool waits; /* for the provider: it outlives the request */
	bool confirms;
	char state[OIDC_RANDOM_SIZE], nonce[OIDC_RANDOM_SIZE];
	char verifier[OIDC_RANDOM_SIZE];
};

static void start_free(struct start *op)
{
	oidc_let_go(&op->kept);
	secret_wipe(op->verifier, sizeof(op->verifier));
	mem_free(op);
}

static void start_drop(struct oidc_kept *kept)
{
	start_free((struct start *)((char *)kept - offsetof(struct start, kept)));
}

static void start_on_gone(void *arg)
{
	struct start *op = arg;

	op->req = NULL;
	db_cancel(op->call);
	op->call = NULL;
	if (!op->waits)
		start_free(op);
}

static const char *authorization_url(const struct start *op)
{
	struct arena *arena = http_arena(op->req);
	const struct oidc_config *config = oidc_config_of(op->provider);
	const char *endpoint = oidc_said(op->provider, "authorization_endpoint");
	char challenge[OIDC_RANDOM_SIZE];
	const char *values;

	oidc_challenge(op->verifier, challenge);
	values = link_make(arena, "",
		TEXT_VALUES({ "response_type", "code" },
			{ "client_id", config->client_id },
			{ "redirect_uri", oidc_redirect_uri(op->req) },
			{ "scope", config->scope }, { "state", op->state },
			{ "nonce", op->nonce }, { "code_challenge", challenge },
			{ "code_challenge_method", "S256" },
			{ "acr_values", config->acr }, { "ui_locales", "sv" },
			{ "prompt", op->confirms ? "login" : NULL },
			{ "max_age", op->confirms ? "0" : NULL }));
	/* An endpoint may have a query of its own. */
	return arena_printf(arena, "%s%c%s", endpoint,
		strchr(endpoint, '?') ? '&' : '?', values + 1);
}

static void start_on_begun(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct start *op = arg;
	struct http_request *req = op->req;
	const char *url;

	op->call = NULL;
	if (err) {
		start_free(op);
		http_reply_error(req, err);
		return;
	}
	url = authorization_url(op);
	start_free(op);
	http_reply_redirect(req, url);
}

/* Of the address that asks, and telling nobody which it is. */
static uint64_t source_hash(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *text = arena_printf(http_arena(req), "oidc start %016llx",
		(unsigned long long)http_peer_key(req));

	return secret_hash64(worker->start->boot_secret, text, strlen(text));
}

static const char *asked_text(const struct start *op)
{
	struct http_request *req = op->req;
	char browser[SHA256_HEX_SIZE], state[SHA256_HEX_SIZE], session[SHA256_HEX_SIZE];

	browser_mark(req, browser);
	sha256_hex(op->state, strlen(op->state), state);
	return json_text(http_arena(req),
		json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s*}", "state", state,
			"browser", browser, "source", (json_int_t)source_hash(req),
			"provider", oidc_config_of(op->provider)->name, "nonce",
			op->nonce, "verifier", op->verifier, "path",
			oidc_path(http_query_value(req, "to")), "confirms",
			op->confirms && session_cookie_hash(req, session) ? session
									  : NULL));
}

static void start_on_document(const char *why, void *arg)
{
	struct start *op = arg;
	struct http_request *req = op->req;
	struct worker *worker;

	op->waits = false;
	if (!req || why) {
		start_free(op);
		if (req)
			oidc_refuse(req, "nere");
		return;
	}
	worker = http_app(req);
	op->call = db_run(worker->signin_pool, &begin_query,
		(const char *[]){ asked_text(op),
			arena_printf(http_arena(req), "%d", OIDC_BROWSER_LOGINS_MAX),
			arena_printf(http_arena(req), "%d", OIDC_LOGINS_MAX) },
		start_on_begun, op);
}

static bool starts_too_often(struct http_request *req)
{
	struct worker *worker = http_app(req);

	return !quota_take(worker->quota, source_hash(req), STARTS, STARTS_S, NULL);
}

static void start_get(struct http_request *req)
{
	struct oidc_provider *provider = oidc_of_address(req);
	const char *confirm;
	struct error err = { 0 };
	struct start *op;

	if (!provider)
		return;
	if (session_transport_check(req, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	if (oidc_turn_away(req))
		return;
	if (starts_too_often(req)) {
		oidc_refuse(req, "vanta");
		return;
	}
	confirm = http_query_value(req, "confirm");
	op = mem_new(sizeof(*op));
	op->req = req;
	op->provider = provider;
	op->confirms = confirm && !strcmp(confirm, "1");
	op->waits = true;
	op->kept.drop = start_drop;
	oidc_random(op->state);
	oidc_random(op->nonce);
	oidc_random(op->verifier);
	oidc_keep(provider, &op->kept);
	http_on_close(req, start_on_gone, op);
	oidc_need(provider, OIDC_DOCUMENT, start_on_document, op);
}

/* ---- what is told of us ---- */

static void jwks_get(struct http_request *req)
{
	struct oidc_provider *provider = oidc_of_address(req);
	struct json_write w;
	json_t *keys;

	if (!provider)
		return;
	keys = jwt_keys_public(oidc_config_of(provider)->keys);
	jw_init(&w, http_out(req));
	jw_json(&w, keys);
	json_decref(keys);
	http_set_header(req, "Cache-Control", "public, max-age=300");
	http_reply(req, 200, "application/json; charset=utf-8");
}

static void ways_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key(&w, "providers");
	jw_array(&w);
	for (size_t i = 0; i < oidc_count(worker->oidc); i++) {
		const struct oidc_config *config =
			oidc_config_of(oidc_at(worker->oidc, i));

		jw_object(&w);
		jw_key_string(&w, "name", config->name);
		jw_key_string(&w, "label", config->label);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_key_string(&w, "localAccounts",
		worker->options->local_accounts == LOCAL_ALWAYS ? "always"
								: "break-glass");
	jw_object_end(&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static const char *const form_media[] = { "application/x-www-form-urlencoded", NULL };

#define PAGE(path_, handle_)                                                           \
	{                                                                              \
		.method = HTTP_GET, .path = path_, .access = ACCESS_ANYONE,            \
		.handle = handle_, .page = true                                        \
	}

const struct http_route oidc_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/sign-in",
		.access = ACCESS_ANYONE,
		.handle = ways_get,
		.summary = "Which ways there are to sign in",
		.response = "SignInWays" },
	PAGE("/oidc/{provider}/start", start_get),
	PAGE("/oidc/{provider}/callback", oidc_callback_get),
	PAGE("/oidc/{provider}/end", oidc_end_get),
	{ .method = HTTP_GET,
		.path = "/oidc/{provider}/jwks",
		.access = ACCESS_ANYONE,
		.handle = jwks_get },
	{ .method = HTTP_POST,
		.path = "/oidc/{provider}/logout",
		.access = ACCESS_ANYONE,
		.max_body = LOGOUT_BODY_MAX,
		.media = form_media,
		.handle = oidc_logout_post },
	{ 0 },
};
