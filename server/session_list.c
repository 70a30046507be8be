#include "server/session_list.h"

#include <stddef.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "server/access.h"
#include "server/list_page.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

static const struct db_query list_query = {
	.name = "signin_sessions",
	.sql = "SELECT s.id, (extract(epoch FROM s.started_at) * 1000000)::bigint,"
	       " (extract(epoch FROM s.seen_at) * 1000000)::bigint, s.agent, s.is_current"
	       " FROM synpunkt_signin.sessions($1::text) s",
	.n_params = 1,
};

static const struct db_query finish_query = {
	.name = "signin_finish_one",
	.sql = "SELECT f FROM synpunkt_signin.finish_one($1::text, $2::text) f",
	.n_params = 2,
};

struct session_op {
	struct http_request *req;
	struct db_call *call;
	const char *id; /* NULL: all the others */
};

static void session_op_on_gone(void *arg)
{
	db_cancel(((struct session_op *)arg)->call);
}

static struct session_op *session_op_new(struct http_request *req)
{
	struct session_op *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, session_op_on_gone, op);
	return op;
}

static void stamp_write(struct json_write *w, const char *key, int64_t at)
{
	char text[STAMP_SIZE];

	stamp_print(at, text);
	jw_key_string(w, key, text);
}

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct session_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	/* SIGNIN_SESSIONS_MAX is a page. */
	for (int i = 0; i < db_rows_count(rows); i++) {
		jw_object(&w);
		jw_key_string(&w, "id", db_rows_text(rows, i, 0));
		stamp_write(&w, "startedAt", db_rows_int64(rows, i, 1));
		stamp_write(&w, "seenAt", db_rows_int64(rows, i, 2));
		jw_key_string(&w, "agent", db_rows_text(rows, i, 3));
		jw_key_bool(&w, "current", db_rows_bool(rows, i, 4));
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static void session_list(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct session_op *op = session_op_new(req);

	op->call = db_run(worker->signin_pool, &list_query,
		(const char *[]){ session_get(req)->token_hash }, list_on_rows, op);
}

static void finish_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct session_op *op = arg;
	struct error err = { 0 };

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (op->id && db_rows_int64(rows, 0, 0) == 0) {
		error_set(&err, ERR_NOT_FOUND, "you have no such session");
		http_reply_error(op->req, &err);
		return;
	}
	log_event(LOG_LEVEL_INFO, "sessions_ended",
		LOG_I("user", session_get(op->req)->user_id),
		LOG_I("count", db_rows_int64(rows, 0, 0)));
	http_reply(op->req, 204, NULL);
}

static void session_finish(struct http_request *req, const char *id)
{
	struct worker *worker = http_app(req);
	struct session_op *op;

	if (sensitive_refuse(req, SENSITIVE_END_SESSIONS))
		return;
	op = session_op_new(req);
	op->id = id;
	op->call = db_run(worker->signin_pool, &finish_query,
		(const char *[]){ session_get(req)->token_hash, id }, finish_on_done,
		op);
}

static void session_delete_one(struct http_request *req)
{
	session_finish(req, http_path_value(req, "id"));
}

static void session_delete_others(struct http_request *req)
{
	session_finish(req, NULL);
}

static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route session_list_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/sessions",
		.access = ACCESS_STAFF,
		.handle = session_list,
		.summary = "One's own sessions, the one at hand first",
		.response = "SessionList" },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/sessions/others",
		.access = ACCESS_STAFF,
		.handle = session_delete_others,
		.summary = "End all one's sessions but the one at hand (sensitive)",
		.header_names = csrf_headers,
		.success = 204 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/sessions/{id}",
		.access = ACCESS_STAFF,
		.handle = session_delete_one,
		.summary = "End one of one's sessions (sensitive)",
		.header_names = csrf_headers,
		.success = 204 },
	{ 0 },
};
