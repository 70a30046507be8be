/*
 * Back from the provider. The steps, in order:
 *
 *   oidc_callback_get     whose browser, which state: what was written down is taken
 *   callback_on_taken     nothing to take: begin again. The document is needed
 *   callback_on_document  does the answer come from whom we asked? We sign who we are
 *   callback_on_asserted  the code is exchanged
 *   callback_on_answer    an ID token, which is to be proved (oidc_prove.h)
 *   callback_on_proved    right: it is the database's turn
 *   callback_on_entered, callback_on_confirmed   done
 *
 * The client may leave meanwhile; then the step that was under way is the last.
 */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/link_values.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/work.h"
#include "server/agent_word.h"
#include "server/oidc_http.h"
#include "server/oidc_judge.h"
#include "server/oidc_proof.h"
#include "server/oidc_prove.h"
#include "server/oidc_provider.h"
#include "server/options.h"
#include "server/session.h"
#include "server/signin.h"
#include "server/worker.h"

#define CODE_MAX 4096
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static const struct db_query take_query = {
	.name = "oidc_take",
	.sql = "SELECT t.nonce, t.verifier, t.path, t.confirms, t.started"
	       " FROM synpunkt_signin.oidc_take($1::text, $2::text, $3::text) t",
	.n_params = 3,
};

static const struct db_query enter_query = {
	.name = "oidc_enter",
	.sql = "SELECT e.outcome, e.user_id FROM synpunkt_signin.oidc_enter($1::text,"
	       " $2::jsonb, $3::boolean, $4::text, $5::text, $6::integer, $7::integer,"
	       " $8::integer) e",
	.n_params = 8,
};

static const struct db_query confirm_query = {
	.name = "oidc_confirm",
	.sql = "SELECT c FROM synpunkt_signin.oidc_confirm($1::text, $2::text, $3::text) c",
	.n_params = 3,
};

/* Why there is no session, as the database has it and as the sign-in page is told. */
static const struct {
	const char *outcome, *word;
} refusals[] = {
	{ "no-role", "ingen-roll" },
	{ "closed", "stangt" },
	{ "no-factor", "tva-steg" },
};

struct callback {
	struct http_request *req; /* NULL: the client has left */
	struct worker *worker;
	struct oidc_kept kept;
	struct oidc_provider *provider;
	struct arena *arena; /* its own: it may outlive the request */
	struct db_call *call;
	bool waits; /* for the provider or a thread, which will call */
	const char *code, *iss;
	const char *nonce, *verifier, *path, *confirms;
	const char *redirect_uri;
	int64_t started;
	struct oidc_assertion assertion;
	struct oidc_prove prove;
};

static void callback_free(struct callback *op)
{
	oidc_let_go(&op->kept);
	json_decref(op->prove.proof.claims);
	json_decref(op->assertion.key);
	mem_free(op->assertion.text);
	arena_free(op->arena);
	mem_free(op);
}

static void callback_drop(struct oidc_kept *kept)
{
	callback_free(
		(struct callback *)((char *)kept - offsetof(struct callback, kept)));
}

static void callback_on_gone(void *arg)
{
	struct callback *op = arg;

	op->req = NULL;
	db_cancel(op->call);
	op->call = NULL;
	if (!op->waits)
		callback_free(op);
}

/* Each step begins so: true when it was the last. */
static bool callback_is_over(struct callback *op)
{
	op->waits = false;
	if (op->req)
		return false;
	callback_free(op);
	return true;
}

/* what is for the log; word for the sign-in page. */
static void callback_refuse(struct callback *op, const char *word, const char *what)
{
	struct http_request *req = op->req;

	log_event(LOG_LEVEL_WARNING, "oidc_refused",
		LOG_S("provider", oidc_config_of(op->provider)->name),
		LOG_S("what", what), LOG_S("correlation", http_correlation_id(req)));
	callback_free(op);
	oidc_refuse(req, word);
}

static void callback_fail(struct callback *op, const struct error *err)
{
	struct http_request *req = op->req;
	struct error copy = *err;

	callback_free(op);
	http_reply_error(req, &copy);
}

static const char *callback_text(
	const struct callback *op, const struct db_rows *rows, int col)
{
	return arena_dup(op->arena, db_rows_text(rows, 0, col));
}

/* ---- the database's turn ---- */

static void callback_on_entered(
	const struct db_rows *rows, const struct error *err, void *arg);

/* A name with U+0000 in it is nobody's. */
static const char *text_of(const struct callback *op, const char *claim)
{
	return json_text_of(op->prove.proof.claims, claim, NULL);
}

/* NULL: too many groups. */
static const char *given_text(const struct callback *op)
{
	const struct oidc_config *config = oidc_config_of(op->provider);
	json_t *groups = oidc_groups(op->prove.proof.claims, config->groups);
	const char *token = op->prove.proof.token;

	if (!groups)
		return NULL;
	return json_text(op->arena,
		json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:o}", "subject",
			text_of(op, "sub"), "hint",
			strlen(token) <= OIDC_HINT_MAX ? token : NULL, "sid",
			text_of(op, "sid"), "username", text_of(op, config->username),
			"name", text_of(op, "name"), "groups", groups));
}

static void callback_enter(struct callback *op)
{
	const struct oidc_config *config = oidc_config_of(op->provider);
	const struct options *options = op->worker->options;
	unsigned char token[SESSION_TOKEN_SIZE];
	char hash[SHA256_HEX_SIZE], agent[AGENT_WORD_SIZE];
	const char *given = given_text(op);
	bool has_factor =
		oidc_has_factor(op->prove.proof.claims, config->acr, config->amr);
	char *text = arena_alloc(op->arena, 2 * SESSION_TOKEN_SIZE + 1);

	if (!given) {
		callback_refuse(op, "fel", "groups");
		return;
	}
	secret_random(token, sizeof(token));
	sha256_hex(token, sizeof(token), hash);
	encode_hex(token, sizeof(token), text);
	secret_wipe(token, sizeof(token));
	op->code = text; /* what it is exchanged for, in the end */
	agent_word(http_header(op->req, "User-Agent"), agent);
	op->call = db_run(op->worker->signin_pool, &enter_query,
		(const char *[]){ config->issuer, given, has_factor ? "true" : "false",
			hash, agent[0] ? agent : NULL,
			arena_printf(
				op->arena, "%lld", (long long)options->session_idle_s),
			arena_printf(op->arena, "%lld",
				(long long)options->session_longest_s),
			arena_printf(op->arena, "%d", SIGNIN_SESSIONS_MAX) },
		callback_on_entered, op);
}

static void callback_on_entered(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct callback *op = arg;
	struct http_request *req = op->req;
	const char *outcome, *path;

	op->call = NULL;
	if (err) {
		callback_fail(op, err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(outcome, refusals[i].outcome) != 0)
			continue;
		callback_refuse(op, refusals[i].word, outcome);
		return;
	}
	log_event(LOG_LEVEL_INFO, "oidc_signed_in",
		LOG_S("provider", oidc_config_of(op->provider)->name),
		LOG_I("user", db_rows_int64(rows, 0, 1)),
		LOG_S("correlation", http_correlation_id(req)));
	session_cookie_set(req, op->code);
	path = arena_dup(http_arena(req), op->path);
	secret_wipe((char *)(uintptr_t)op->code, strlen(op->code));
	callback_free(op);
	http_reply_redirect(req, path);
}

static void callback_on_confirmed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct callback *op = arg;
	struct http_request *req = op->req;
	const char *path;

	op->call = NULL;
	if (err) {
		callback_fail(op, err);
	} else if (db_rows_count(rows) == 0) {
		callback_refuse(op, "annan", "another");
	} else {
		path = arena_dup(http_arena(req), op->path);
		callback_free(op);
		http_reply_redirect(req, path);
	}
}

/* ---- the token ---- */

static void callback_on_proved(const char *keys, const struct error *err, void *arg)
{
	struct callback *op = arg;

	if (callback_is_over(op))
		return;
	if (err) {
		callback_fail(op, err);
	} else if (keys) {
		callback_refuse(op, "nere", keys);
	} else if (op->prove.proof.wrong) {
		callback_refuse(op, "fel", op->prove.proof.wrong);
	} else if (op->confirms) {
		op->call = db_run(op->worker->signin_pool, &confirm_query,
			(const char *[]){ op->confirms,
				oidc_config_of(op->provider)->issuer,
				text_of(op, "sub") },
			callback_on_confirmed, op);
	} else {
		callback_enter(op);
	}
}

static void callback_prove(struct callback *op, const char *token)
{
	op->prove = (struct oidc_prove){ .provider = op->provider,
		.worker = op->worker,
		.arena = op->arena,
		.proof = { .token = arena_dup(op->arena, token),
			.expected = { .nonce = op->nonce,
				.signed_in_after = op->confirms ? op->started : 0 } },
		.done = callback_on_proved,
		.arg = op };
	op->waits = true;
	oidc_prove(&op->prove);
}

static void callback_on_answer(const struct https_result *result, void *arg)
{
	struct callback *op = arg;
	struct error err = { 0 };
	json_t *answer = NULL;
	const char *token;

	if (callback_is_over(op))
		return;
	if (result->why[0]) {
		/* 4xx is an answer to us; the rest is that there is none. */
		callback_refuse(
			op, result->status / 100 == 4 ? "fel" : "nere", result->why);
		return;
	}
	if (json_body_parse(result->body, result->size, &answer, &err) < 0) {
		callback_refuse(op, "fel", "json");
		return;
	}
	token = json_string_value(json_object_get(answer, "id_token"));
	if (token)
		callback_prove(op, token);
	else
		callback_refuse(op, "fel", "id_token");
	json_decref(answer);
}

/* ---- the code ---- */

static void callback_on_asserted(void *arg)
{
	struct callback *op = arg;
	const char *form;

	if (callback_is_over(op))
		return;
	if (!op->assertion.text) {
		callback_refuse(op, "fel", "assertion");
		return;
	}
	form = link_make(op->arena, "",
		TEXT_VALUES({ "grant_type", "authorization_code" },
			{ "code", op->code }, { "redirect_uri", op->redirect_uri },
			{ "client_id", oidc_config_of(op->provider)->client_id },
			{ "code_verifier", op->verifier },
			{ "client_assertion_type", ASSERTION_TYPE },
			{ "client_assertion", op->assertion.text }));
	op->waits = true;
	oidc_exchange(op->provider, form + 1, callback_on_answer, op);
}

static void callback_assert(void *arg)
{
	oidc_assertion_run(&((struct callback *)arg)->assertion);
}

/* RFC 9207: an answer that another provider made is not for this one to redeem. */
static bool is_from_whom_we_asked(const struct callback *op)
{
	if (op->iss)
		return !strcmp(op->iss, oidc_config_of(op->provider)->issuer);
	return !oidc_promises_iss(op->provider);
}

static void callback_on_document(const char *why, void *arg)
{
	struct callback *op = arg;
	const struct oidc_config *config = oidc_config_of(op->provider);
	struct error err = { 0 };

	if (callback_is_over(op))
		return;
	if (why) {
		callback_refuse(op, "nere", why);
		return;
	}
	if (!is_from_whom_we_asked(op)) {
		callback_refuse(op, "fel", "iss");
		return;
	}
	if (!op->code) {
		callback_refuse(op, "nekad", "error");
		return;
	}
	op->assertion = (struct oidc_assertion){ .client_id = config->client_id,
		.issuer = config->issuer,
		.key = json_deep_copy(
			json_array_get(json_object_get(config->keys, "keys"), 0)) };
	if (work_run(op->worker->work, callback_assert, callback_on_asserted, op,
		    &err) < 0)
		callback_fail(op, &err);
	else
		op->waits = true;
}

static void callback_on_taken(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct callback *op = arg;

	op->call = NULL;
	if (err) {
		callback_fail(op, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		callback_refuse(op, "utgangen", "state");
		return;
	}
	op->nonce = callback_text(op, rows, 0);
	op->verifier = callback_text(op, rows, 1);
	op->path = callback_text(op, rows, 2);
	op->confirms = callback_text(op, rows, 3);
	op->started = db_rows_int64(rows, 0, 4);
	op->waits = true;
	oidc_need(op->provider, OIDC_DOCUMENT, callback_on_document, op);
}

/* Each at most once; a code or an error, and not both. */
static bool parameters_are_fair(struct http_request *req)
{
	static const char *const once[] = { "state", "code", "iss", "error" };
	const char *code = http_query_value(req, "code");
	const char *error = http_query_value(req, "error");
	const char *state = http_query_value(req, "state");

	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		if (http_query_repeats(req, once[i]))
			return false;
	return state && strlen(state) == OIDC_RANDOM_SIZE - 1 && !code != !error &&
	       (!code || (*code && strlen(code) <= CODE_MAX));
}

void oidc_callback_get(struct http_request *req)
{
	struct oidc_provider *provider = oidc_of_address(req);
	char browser[SHA256_HEX_SIZE], state[SHA256_HEX_SIZE];
	const char *given;
	struct callback *op;
	struct error err = { 0 };

	if (!provider)
		return;
	if (session_transport_check(req, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	if (!parameters_are_fair(req) || !oidc_browser_hash(req, browser)) {
		oidc_refuse(req, "utgangen");
		return;
	}
	op = mem_new(sizeof(*op));
	op->req = req;
	op->worker = http_app(req);
	op->provider = provider;
	op->arena = arena_new();
	op->kept.drop = callback_drop;
	op->code = arena_dup(op->arena, http_query_value(req, "code"));
	op->iss = arena_dup(op->arena, http_query_value(req, "iss"));
	op->redirect_uri = arena_dup(op->arena, oidc_redirect_uri(req));
	oidc_keep(provider, &op->kept);
	http_on_close(req, callback_on_gone, op);
	given = http_query_value(req, "state");
	sha256_hex(given, strlen(given), state);
	op->call = db_run(op->worker->signin_pool, &take_query,
		(const char *[]){ state, browser, oidc_config_of(provider)->name },
		callback_on_taken, op);
}
