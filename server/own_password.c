#include "server/own_password.h"

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "server/access.h"
#include "server/password_call.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query renew_query = {
	.name = "signin_password_renew",
	.sql = "SELECT synpunkt_signin.password_renew($1::text, $2::text)",
	.n_params = 2,
};

struct renewal {
	struct http_request *req;
	struct password_call *made;
	struct db_call *call;
	const char *password;
};

static void renewal_on_gone(void *arg)
{
	struct renewal *op = arg;

	password_forget(op->made);
	db_cancel(op->call);
}

static void renewal_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct renewal *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (!db_rows_bool(rows, 0, 0)) {
		request_refuse(op->req, ERR_CONFLICT,
			"this account has no password of ours to change");
		return;
	}
	log_event(LOG_LEVEL_INFO, "password_renewed",
		LOG_I("user", session_get(op->req)->user_id));
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "username", session_get(op->req)->username);
	jw_key_string(&w, "password", op->password);
	jw_object_end(&w);
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

static void renewal_on_made(const char *password, const char *hash, void *arg)
{
	struct renewal *op = arg;
	struct worker *worker = http_app(op->req);

	op->made = NULL;
	if (!hash) {
		request_refuse(op->req, ERR_UNAVAILABLE,
			"not enough memory to hash a password");
		return;
	}
	op->password = arena_dup(http_arena(op->req), password);
	op->call = db_run(worker->signin_pool, &renew_query,
		(const char *[]){ session_get(op->req)->token_hash, hash },
		renewal_on_done, op);
}

static void own_password_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct error err = { 0 };
	struct renewal *op;

	if (sensitive_refuse(req, SENSITIVE_OWN_PASSWORD))
		return;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, renewal_on_gone, op);
	op->made = password_begin(worker->password_work, renewal_on_made, op, &err);
	if (!op->made)
		http_reply_error(req, &err);
}

static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route own_password_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/sessions/current/passwords",
		.access = ACCESS_STAFF,
		.handle = own_password_post,
		.summary =
			"A new password of one's own, told once; one's other sessions end (sensitive)",
		.response = "PersonPassword",
		.header_names = csrf_headers,
		.success = 201 },
	{ 0 },
};
