/*
 * A decision:
 *
 *   decide_begin     If-Match, the body; then the database does it
 *   held_on_decided  its word; the mail is read as it is now
 *   held_on_read     the mail, or 409 with it as "current"
 */
#include "server/desk_held.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/if_match.h"
#include "server/list_page.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define DECISION_BODY_MAX (4 * KIB)

static const struct db_query list_query = {
	.name = "desk_held_list",
	.sql = "SELECT l.id, l.whole FROM synpunkt_desk.held_list($1::text, $2::text,"
	       " $3::integer, $4::bigint, $5::integer) l",
	.n_params = 5,
};

static const struct db_query read_query = {
	.name = "desk_held_read",
	.sql = "SELECT r.version, r.whole FROM"
	       " synpunkt_desk.held_read($1::text, $2::bigint, $3::integer) r",
	.n_params = 3,
};

static const struct db_query decide_query = {
	.name = "desk_held_decide",
	.sql = "SELECT d FROM synpunkt_desk.held_decide($1::text, $2::bigint,"
	       " $3::integer[], $4::text, $5::text) d",
	.n_params = 5,
};

struct held {
	struct http_request *req;
	struct db_call *call;
	const char *id, *session, *days;
	int limit;
	bool is_decision;
	const char *conflict; /* why it was not done, or NULL */
};

static void held_on_gone(void *arg)
{
	db_cancel(((struct held *)arg)->call);
}

static struct held *held_new(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct held *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->session = session_get(req)->token_hash;
	op->days = arena_printf(
		http_arena(req), "%lld", (long long)worker->options->quarantine_days);
	http_on_close(req, held_on_gone, op);
	return op;
}

static void reply_missing(struct http_request *req)
{
	struct error err = { 0 };

	error_set(&err, ERR_NOT_FOUND, "no such mail is held for you to decide");
	http_reply_error(req, &err);
}

/* NULL: it was answered. */
static struct held *held_one(struct http_request *req)
{
	const char *id = request_id(http_path_value(req, "id"));
	struct held *op;

	if (desk_refuse_outsider(req))
		return NULL;
	if (!id) {
		reply_missing(req);
		return NULL;
	}
	op = held_new(req);
	op->id = id;
	return op;
}

/* ---- what waits ---- */

/* One row more than the page was asked for: it says whether there is another. */
static void held_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct held *op = arg;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows) > op->limit ? op->limit : db_rows_count(rows);
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		jw_raw(&w, db_rows_text(rows, i, 1));
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, 0) : NULL);
}

static void held_list(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct list_page page;
	struct faults faults;
	struct held *op;

	if (desk_refuse_outsider(req))
		return;
	faults_init(&faults, http_arena(req));
	if (list_page_read(req, &page, &faults) == 0 && page.after &&
		!request_id(page.after))
		faults_add(&faults, "after", "is not from this list");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = held_new(req);
	op->limit = (int)page.limit;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session, http_query_value(req, "board"), op->days,
			page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		held_on_rows, op);
}

/* ---- one ---- */

static void held_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct held *op = arg;
	struct http_request *req = op->req;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(req, err);
	} else if (db_rows_count(rows) == 0) {
		reply_missing(req);
	} else if (op->conflict) {
		http_reply_problem(req, 409, op->conflict,
			arena_printf(http_arena(req), "\"current\":%s",
				db_rows_text(rows, 0, 1)));
	} else {
		http_set_header(req, "ETag",
			arena_printf(
				http_arena(req), "\"%s\"", db_rows_text(rows, 0, 0)));
		jw_init(&w, http_out(req));
		jw_raw(&w, db_rows_text(rows, 0, 1));
		jw_flush(&w);
		http_reply(req, op->is_decision ? 201 : 200,
			"application/json; charset=utf-8");
	}
}

static void held_read(struct held *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &read_query,
		(const char *[]){ op->session, op->id, op->days }, held_on_read, op);
}

static void held_get(struct http_request *req)
{
	struct held *op = held_one(req);

	if (op)
		held_read(op);
}

/* ---- deciding ---- */

static void held_on_decided(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct held *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "missing")) {
		reply_missing(op->req);
		return;
	}
	if (strcmp(word, "done") != 0)
		op->conflict = "somebody has decided on the mail, or it has changed, "
			       "since you read it";
	held_read(op);
}

static void decide(struct http_request *req, const char *outcome, const char *reason)
{
	struct worker *worker = http_app(req);
	const char *etag = http_header(req, "If-Match");
	struct held *op = held_one(req);

	if (!op)
		return;
	if (!etag) {
		http_reply_problem(req, 428,
			"send the mail's ETag as If-Match, so that nobody's decision "
			"is lost",
			NULL);
		return;
	}
	op->is_decision = true;
	op->call = db_run(worker->desk_pool, &decide_query,
		(const char *[]){ op->session, op->id,
			if_match_versions(http_arena(req), etag), outcome, reason },
		held_on_decided, op);
}

static void held_release(struct http_request *req)
{
	decide(req, "released", NULL);
}

struct dismissal {
	const char *reason;
};

static const char *const reasons[] = { "spam", "virus", "other", NULL };

static const struct json_field dismissal_fields[] = {
	{ .path = "reason",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = reasons,
		.offset = offsetof(struct dismissal, reason) },
	{ 0 },
};

static void held_dismiss(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	struct dismissal given = { 0 };
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	if (json_body_parse(body->data ? body->data : "{}", body->data ? body->size : 2,
		    &object, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	faults_init(&faults, http_arena(req));
	json_fields_read(object, dismissal_fields, &given, &faults);
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		decide(req, "dismissed", arena_dup(http_arena(req), given.reason));
	json_decref(object);
}

static const char *const list_names[] = { "board", "limit", "after", NULL };
static const char *const headers[] = { "X-CSRF-Token", "If-Match", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route desk_held_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/quarantine",
		.access = ACCESS_STAFF,
		.handle = held_list,
		.summary = "The mails in quarantine that wait for a decision",
		.response = "HeldMailList",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/quarantine/{id}",
		.access = ACCESS_STAFF,
		.handle = held_get,
		.summary = "A mail in quarantine; that it was looked at is kept",
		.response = "HeldMail" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/quarantine/{id}/releases",
		.access = ACCESS_STAFF,
		.max_body = DECISION_BODY_MAX,
		.handle = held_release,
		.summary = "Let a mail go on, as if it had come now",
		.response = "HeldMail",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/quarantine/{id}/dismissals",
		.access = ACCESS_STAFF,
		.max_body = DECISION_BODY_MAX,
		.media = media,
		.handle = held_dismiss,
		.summary = "Say that a mail makes no case; it is kept",
		.request = "HeldMailDismissal",
		.response = "HeldMail",
		.header_names = headers,
		.success = 201 },
	{ 0 },
};
