/*
 * Back-channel logout (OpenID Connect Back-Channel Logout 1.0): the provider tells that
 * somebody has left, and their sessions end. The steps, in order:
 *
 *   oidc_logout_post    the token, which is to be proved (oidc_prove.h)
 *   logout_on_proved    right: the sessions end
 *   logout_on_ended     200, also when there were none
 */
#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http_uri.h"
#include "lib/json_write.h"
#include "lib/link_values.h"
#include "lib/log.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "server/oidc_http.h"
#include "server/oidc_prove.h"
#include "server/oidc_provider.h"
#include "server/worker.h"

#define LOGOUTS 600 /* of an address, in a minute */
#define LOGOUTS_S 60

static const struct db_query logout_query = {
	.name = "oidc_logout",
	.sql = "SELECT l FROM synpunkt_signin.oidc_logout($1::text, $2::text, $3::text,"
	       " $4::text) l",
	.n_params = 4,
};

struct logout {
	struct http_request *req; /* NULL: the client has left */
	struct worker *worker;
	struct oidc_kept kept;
	struct oidc_provider *provider;
	struct arena *arena;
	struct db_call *call;
	bool waits; /* for the proof, which will call */
	struct oidc_prove prove;
};

static void logout_free(struct logout *op)
{
	oidc_let_go(&op->kept);
	json_decref(op->prove.proof.claims);
	arena_free(op->arena);
	mem_free(op);
}

static void logout_drop(struct oidc_kept *kept)
{
	logout_free((struct logout *)((char *)kept - offsetof(struct logout, kept)));
}

static void logout_on_gone(void *arg)
{
	struct logout *op = arg;

	op->req = NULL;
	db_cancel(op->call);
	op->call = NULL;
	if (!op->waits)
		logout_free(op);
}

static bool logout_is_over(struct logout *op)
{
	op->waits = false;
	if (op->req)
		return false;
	logout_free(op);
	return true;
}

/* 400 in the words of the standard (2.8); why is for the log alone. */
static void refuse(struct http_request *req, const char *provider, const char *why)
{
	struct json_write w;

	log_event(LOG_LEVEL_WARNING, "oidc_logout_refused", LOG_S("provider", provider),
		LOG_S("what", why), LOG_S("correlation", http_correlation_id(req)));
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "error", "invalid_request");
	jw_object_end(&w);
	http_reply(req, 400, "application/json; charset=utf-8");
}

static void logout_refuse(struct logout *op, const char *why)
{
	struct http_request *req = op->req;
	const char *name = oidc_config_of(op->provider)->name;

	logout_free(op);
	refuse(req, name, why);
}

static void logout_fail(struct logout *op, const struct error *err)
{
	struct http_request *req = op->req;
	struct error copy = *err;

	logout_free(op);
	http_reply_error(req, &copy);
}

static void logout_on_ended(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct logout *op = arg;
	struct http_request *req = op->req;
	int64_t n;

	op->call = NULL;
	if (err) {
		logout_fail(op, err);
		return;
	}
	n = db_rows_int64(rows, 0, 0);
	if (n < 0) {
		logout_refuse(op, "jti");
		return;
	}
	log_event(LOG_LEVEL_INFO, "oidc_logout",
		LOG_S("provider", oidc_config_of(op->provider)->name),
		LOG_I("count", n), LOG_S("correlation", http_correlation_id(req)));
	logout_free(op);
	http_reply(req, 200, NULL);
}

static const char *claim(const struct logout *op, const char *name)
{
	return json_string_value(json_object_get(op->prove.proof.claims, name));
}

static void logout_on_proved(const char *keys, const struct error *err, void *arg)
{
	struct logout *op = arg;
	struct error away = { 0 };

	if (logout_is_over(op))
		return;
	if (err) {
		logout_fail(op, err);
	} else if (keys) {
		error_set(&away, ERR_UNAVAILABLE,
			"the provider's keys cannot be had now");
		logout_fail(op, &away);
	} else if (op->prove.proof.wrong) {
		logout_refuse(op, op->prove.proof.wrong);
	} else {
		op->call = db_run(op->worker->signin_pool, &logout_query,
			(const char *[]){ oidc_config_of(op->provider)->issuer,
				claim(op, "sub"), claim(op, "sid"), claim(op, "jti") },
			logout_on_ended, op);
	}
}

static bool too_often(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *text = arena_printf(http_arena(req), "oidc logout %016llx",
		(unsigned long long)http_peer_key(req));
	struct error err = { 0 };

	if (quota_take(worker->quota,
		    secret_hash64(worker->start->boot_secret, text, strlen(text)),
		    LOGOUTS, LOGOUTS_S, NULL))
		return false;
	error_set(&err, ERR_BUSY, "too many logouts; try again in a minute");
	http_reply_error(req, &err);
	return true;
}

/* NULL: it is not there, or there twice. */
static const char *token_read(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	struct arena *arena = http_arena(req);
	char *unused;

	if (!body->data)
		return NULL;
	unused = arena_alloc(arena, body->size + 1);
	if (link_decode(body->data, body->size, true, unused) < 0 ||
		strlen(body->data) != body->size ||
		http_uri_query_repeats(arena, body->data, "logout_token"))
		return NULL;
	return http_uri_query_value(arena, body->data, "logout_token");
}

void oidc_logout_post(struct http_request *req)
{
	struct oidc_provider *provider = oidc_of_address(req);
	const char *token;
	struct logout *op;

	if (!provider || too_often(req))
		return;
	token = token_read(req);
	if (!token) {
		refuse(req, oidc_config_of(provider)->name, "form");
		return;
	}
	op = mem_new(sizeof(*op));
	op->req = req;
	op->worker = http_app(req);
	op->provider = provider;
	op->arena = arena_new();
	op->kept.drop = logout_drop;
	op->prove = (struct oidc_prove){ .provider = provider,
		.worker = op->worker,
		.arena = op->arena,
		.proof = { .token = arena_dup(op->arena, token), .is_logout = true },
		.done = logout_on_proved,
		.arg = op };
	op->waits = true;
	oidc_keep(provider, &op->kept);
	http_on_close(req, logout_on_gone, op);
	oidc_prove(&op->prove);
}
