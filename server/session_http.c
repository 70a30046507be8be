/*
 * POST /api/v1/sessions, GET and DELETE /api/v1/sessions/current with its confirmation,
 * and DELETE /api/v1/sessions, which signs the caller out everywhere. The list of
 * sessions is in session_list.c.
 */
#include "server/session_http.h"

#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "server/access.h"
#include "server/agent_word.h"
#include "server/oidc_http.h"
#include "server/oidc_provider.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/signin.h"
#include "server/signin_passkey.h"
#include "server/worker.h"

#define SESSION_BODY_MAX 16384

static const char media_json[] = "application/json; charset=utf-8";

static const struct db_query finish_query = {
	.name = "signin_finish",
	.sql = "SELECT f FROM synpunkt_signin.finish($1::text, $2::boolean) f",
	.n_params = 2,
};

/* Where to say once more who one is, and to sign out. */
static void provider_write(
	struct http_request *req, struct json_write *w, const struct session *session)
{
	const struct worker *worker = http_app(req);
	const struct oidc_provider *provider =
		session->issuer ? oidc_find_issuer(worker->oidc, session->issuer)
				: NULL;

	if (!provider)
		return;
	jw_key(w, "provider");
	jw_object(w);
	jw_key_string(w, "name", oidc_config_of(provider)->name);
	jw_key_string(w, "label", oidc_config_of(provider)->label);
	jw_object_end(w);
}

static const struct db_query break_glass_query = {
	.name = "signin_break_glass",
	.sql = "SELECT b FROM synpunkt_signin.break_glass($1::text) b",
	.n_params = 1,
};

static void session_write(struct http_request *req, const struct session *session)
{
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "user", session->username);
	jw_key_string(&w, "name", session->name);
	jw_key(&w, "roles");
	jw_array(&w);
	for (size_t i = 0; i < session->n_roles; i++) {
		jw_object(&w);
		jw_key_string(&w, "role", session->roles[i].role);
		jw_key_string(&w, "board", session->roles[i].board);
		if (session->roles[i].unit)
			jw_key_string(&w, "unit", session->roles[i].unit);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_key_string(&w, "csrfToken", session->csrf);
	if (session->needs)
		jw_key_string(&w, "needs", session->needs);
	provider_write(req, &w, session);
	jw_object_end(&w);
}

/* ---- signing in ---- */

struct session_post {
	struct http_request *req;
	struct signin *signin;
	struct db_call *call;
	const struct session *session; /* once it is there, with its token */
	const char *token;
};

struct session_draft {
	const char *username, *password, *totp;
	bool has_passkey;
	struct signin_passkey_given passkey;
};

#define PASSKEY_PART(name, member)                                                     \
	{                                                                              \
		.path = "passkey." name, .kind = JSON_FIELD_STRING, .required = true,  \
		.max = PASSKEY_TEXT_MAX,                                               \
		.offset = offsetof(struct session_draft, passkey.member)               \
	}
/* What the browser answers, each part base64url. */
#define PASSKEY_FIELDS                                                                 \
	{ .path = "passkey",                                                           \
		.kind = JSON_FIELD_OBJECT,                                             \
		.offset = offsetof(struct session_draft, has_passkey) },               \
		PASSKEY_PART("id", id),                                                \
		PASSKEY_PART("clientData", answer.client_data),                        \
		PASSKEY_PART("authenticatorData", answer.authenticator_data),          \
		PASSKEY_PART("signature", answer.signature)

#define TOTP_FIELD                                                                     \
	{                                                                              \
		.path = "totp", .kind = JSON_FIELD_STRING, .max = 32,                  \
		.offset = offsetof(struct session_draft, totp)                         \
	}
#define PASSWORD_FIELD                                                                 \
	{                                                                              \
		.path = "password", .kind = JSON_FIELD_STRING, .required = true,       \
		.max = 1000, .offset = offsetof(struct session_draft, password)        \
	}

static const struct json_field session_fields[] = {
	{ .path = "username",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 100,
		.offset = offsetof(struct session_draft, username) },
	PASSWORD_FIELD,
	TOTP_FIELD,
	PASSKEY_FIELDS,
	{ 0 },
};

static const struct json_field confirmation_fields[] = { PASSWORD_FIELD, TOTP_FIELD,
	PASSKEY_FIELDS, { 0 } };

static const struct signin_passkey_given *passkey_of(const struct session_draft *draft)
{
	return draft->has_passkey ? &draft->passkey : NULL;
}

static void session_post_on_gone(void *arg)
{
	signin_cancel(((struct session_post *)arg)->signin);
}

static void session_post_fail(struct http_request *req, const struct error *err)
{
	struct error copy = *err;

	if (err->code == ERR_UNAUTHORIZED)
		copy.field[0] = '\0';
	http_reply_error(req, &copy);
}

static void session_post_reply(struct session_post *op)
{
	session_cookie_set(op->req, op->token);
	session_write(op->req, op->session);
	http_reply(op->req, 201, media_json);
}

/* No session without the line that tells of it. */
static void session_post_on_noted(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct session_post *op = arg;

	if (err)
		http_reply_error(op->req, err);
	else
		session_post_reply(op);
}

static void session_post_on_noting_gone(void *arg)
{
	db_cancel(((struct session_post *)arg)->call);
}

/* Where passwords are for emergencies each use is written down. */
static void session_post_note(struct session_post *op)
{
	struct worker *worker = http_app(op->req);

	log_event(LOG_LEVEL_WARNING, "break_glass", LOG_I("user", op->session->user_id),
		LOG_S("correlation", http_correlation_id(op->req)));
	http_on_close(op->req, session_post_on_noting_gone, op);
	op->call = db_run(worker->signin_pool, &break_glass_query,
		(const char *[]){ op->session->token_hash }, session_post_on_noted, op);
}

static void session_post_on_done(const struct session *session, const char *token,
	const struct error *err, void *arg)
{
	struct session_post *op = arg;
	const struct worker *worker;

	if (err) {
		session_post_fail(op->req, err);
		return;
	}
	op->session = session;
	op->token = arena_dup(http_arena(op->req), token);
	worker = http_app(op->req);
	if (worker->options->local_accounts == LOCAL_BREAK_GLASS)
		session_post_note(op);
	else
		session_post_reply(op);
}

/* -1: it was answered. */
static int session_draft_read(struct http_request *req, const struct json_field *fields,
	struct session_draft *ret)
{
	struct error err = { 0 };
	struct faults faults;

	if (session_transport_check(req, &err) < 0) {
		http_reply_error(req, &err);
		return -1;
	}
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, ret, &faults) < 0)
		return -1;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return -1;
	}
	return 0;
}

static void session_post(struct http_request *req)
{
	struct session_post *op = arena_alloc(http_arena(req), sizeof(*op));
	char *agent = arena_alloc(http_arena(req), AGENT_WORD_SIZE);
	struct session_draft draft = { 0 };

	if (session_draft_read(req, session_fields, &draft) < 0)
		return;
	agent_word(http_header(req, "User-Agent"), agent);
	op->req = req;
	http_on_close(req, session_post_on_gone, op);
	op->signin = signin_begin(req,
		&(struct signin_attempt){ .username = draft.username,
			.password = draft.password,
			.code = draft.totp,
			.passkey = passkey_of(&draft),
			.agent = agent[0] ? agent : NULL },
		session_post_on_done, op);
}

/* ---- saying once more who one is ---- */

/* The session is alive whatever was typed: not 401, but a member that is wrong. */
static void confirmation_fail(struct http_request *req, const struct error *err)
{
	struct error copy = *err;

	if (err->code == ERR_UNAUTHORIZED) {
		bool is_factor = err->field[0];

		copy = (struct error){ 0 };
		error_set(&copy, ERR_INVALID, "%s",
			is_factor ? err->text : "is not your password");
		error_set_field(&copy, is_factor ? err->field : "password");
	}
	http_reply_error(req, &copy);
}

static void confirmation_on_done(const struct session *session, const char *token,
	const struct error *err, void *arg)
{
	struct session_post *op = arg;

	(void)session;
	(void)token;
	if (err)
		confirmation_fail(op->req, err);
	else
		http_reply(op->req, 204, NULL);
}

static void confirmation_post(struct http_request *req)
{
	struct session_post *op = arena_alloc(http_arena(req), sizeof(*op));
	const struct session *session = session_get(req);
	struct session_draft draft = { 0 };

	if (session_draft_read(req, confirmation_fields, &draft) < 0)
		return;
	op->req = req;
	http_on_close(req, session_post_on_gone, op);
	op->signin = signin_begin(req,
		&(struct signin_attempt){ .username = session->username,
			.password = draft.password,
			.code = draft.totp,
			.passkey = passkey_of(&draft),
			.confirms = session->token_hash },
		confirmation_on_done, op);
}

static void session_get_current(struct http_request *req)
{
	session_write(req, session_get(req));
	http_reply(req, 200, media_json);
}

/* ---- signing out ---- */

struct session_end {
	struct http_request *req;
	struct db_call *call;
};

static void session_end_on_gone(void *arg)
{
	db_cancel(((struct session_end *)arg)->call);
}

static void session_end_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct session_end *op = arg;

	(void)rows;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	session_cookie_set(op->req, NULL);
	if (session_get(op->req)->issuer)
		oidc_end_mark(op->req);
	http_reply(op->req, 204, NULL);
}

static void session_end(struct http_request *req, const char *everywhere)
{
	struct worker *worker = http_app(req);
	struct session_end *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, session_end_on_gone, op);
	op->call = db_run(worker->signin_pool, &finish_query,
		(const char *[]){ session_get(req)->token_hash, everywhere },
		session_end_on_done, op);
}

static void session_delete_current(struct http_request *req)
{
	session_end(req, "false");
}

/* Asks for no password, as ending the others does: one's own goes, too. */
static void session_delete_all(struct http_request *req)
{
	session_end(req, "true");
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route session_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/sessions",
		.access = ACCESS_ANYONE,
		.max_body = SESSION_BODY_MAX,
		.media = json_media,
		.handle = session_post,
		.summary = "Sign in",
		.request = "NewSession",
		.response = "Session",
		.success = 201 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/sessions",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = session_delete_all,
		.summary = "Sign out everywhere",
		.header_names = csrf_headers,
		.success = 204 },
	{ .method = HTTP_GET,
		.path = "/api/v1/sessions/current",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = session_get_current,
		.summary = "Who is signed in",
		.response = "Session" },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/sessions/current",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = session_delete_current,
		.summary = "Sign out",
		.header_names = csrf_headers,
		.success = 204 },
	{ .method = HTTP_POST,
		.path = "/api/v1/sessions/current/confirmation",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.max_body = SESSION_BODY_MAX,
		.media = json_media,
		.handle = confirmation_post,
		.summary =
			"Say once more who one is, for ten minutes of sensitive acts",
		.request = "NewConfirmation",
		.header_names = csrf_headers,
		.success = 204 },
	{ 0 },
};
