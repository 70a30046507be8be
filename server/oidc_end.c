/*
 * Signing out at the provider, too (OpenID Connect RP-Initiated Logout 1.0), once the
 * session here has ended:
 *
 *   oidc_end_get      of a cookie, the ID token of the session: whom it is about
 *   end_on_hint       the provider's document is needed
 *   end_on_document   to the provider's page. Without a hint it asks who leaves
 */
#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/link_values.h"
#include "server/oidc_http.h"
#include "server/oidc_provider.h"
#include "server/options.h"
#include "server/session.h"
#include "server/worker.h"

#define END_SECURE "__Host-synpunkt-oidc-end"
#define END_PLAIN "synpunkt-oidc-end"
#define END_S 120 /* from signing out here to leaving for the provider */

static const struct db_query hint_query = {
	.name = "oidc_hint",
	.sql = "SELECT h FROM synpunkt_signin.oidc_hint($1::text, $2::text) h",
	.n_params = 2,
};

struct end {
	struct http_request *req; /* NULL: the client has left */
	struct oidc_kept kept;
	struct oidc_provider *provider;
	struct db_call *call;
	const char *hint; /* the request's; NULL: there is none */
};

/* ---- the cookie ---- */

static const char *end_cookie(struct http_request *req)
{
	return http_is_secure(req) ? END_SECURE : END_PLAIN;
}

static void end_cookie_set(struct http_request *req, const char *value, int seconds)
{
	http_set_header(req, "Set-Cookie",
		arena_printf(http_arena(req),
			"%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
			end_cookie(req), value, seconds,
			http_is_secure(req) ? "; Secure" : ""));
}

void oidc_end_mark(struct http_request *req)
{
	const char *token = session_cookie(req);

	if (token)
		end_cookie_set(req, token, END_S);
}

static bool ended_hash(struct http_request *req, char ret[SHA256_HEX_SIZE])
{
	const char *cookie = http_cookie(req, end_cookie(req));
	unsigned char token[SESSION_TOKEN_SIZE];

	if (!cookie || encode_hex_parse(cookie, token, sizeof(token)) < 0)
		return session_cookie_hash(req, ret);
	sha256_hex(token, sizeof(token), ret);
	return true;
}

/* ---- the provider's page ---- */

static void end_free(struct end *op)
{
	oidc_let_go(&op->kept);
	mem_free(op);
}

static void end_drop(struct oidc_kept *kept)
{
	end_free((struct end *)((char *)kept - offsetof(struct end, kept)));
}

static void end_on_gone(void *arg)
{
	struct end *op = arg;

	op->req = NULL;
	if (!op->call)
		return; /* the provider's turn, which will call */
	db_cancel(op->call);
	end_free(op);
}

static const char *end_url(const struct end *op)
{
	const struct worker *worker = http_app(op->req);
	const char *endpoint = oidc_said(op->provider, "end_session_endpoint");
	struct arena *arena = http_arena(op->req);
	const char *values;

	if (!endpoint)
		return "/desk/";
	values = link_make(arena, "",
		TEXT_VALUES({ "client_id", oidc_config_of(op->provider)->client_id },
			{ "id_token_hint", op->hint },
			{ "post_logout_redirect_uri",
				arena_printf(arena, "%s/desk/",
					worker->options->public_url) }));
	return arena_printf(arena, "%s%c%s", endpoint,
		strchr(endpoint, '?') ? '&' : '?', values + 1);
}

static void end_on_document(const char *why, void *arg)
{
	struct end *op = arg;
	struct http_request *req = op->req;

	if (req) {
		const char *url = why ? "/desk/" : end_url(op);

		end_free(op);
		end_cookie_set(req, "", 0);
		http_reply_redirect(req, url);
		return;
	}
	end_free(op);
}

/* Without the hint one signs out there all the same. */
static void end_on_hint(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct end *op = arg;

	op->call = NULL;
	if (!err && db_rows_count(rows) > 0)
		op->hint = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 0));
	oidc_need(op->provider, OIDC_DOCUMENT, end_on_document, op);
}

void oidc_end_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct oidc_provider *provider = oidc_of_address(req);
	char hash[SHA256_HEX_SIZE];
	struct end *op;

	if (!provider || oidc_turn_away(req))
		return;
	op = mem_new(sizeof(*op));
	op->req = req;
	op->provider = provider;
	op->kept.drop = end_drop;
	oidc_keep(provider, &op->kept);
	http_on_close(req, end_on_gone, op);
	if (ended_hash(req, hash))
		op->call = db_run(worker->signin_pool, &hint_query,
			(const char *[]){ hash, oidc_config_of(provider)->issuer },
			end_on_hint, op);
	else
		oidc_need(provider, OIDC_DOCUMENT, end_on_document, op);
}
