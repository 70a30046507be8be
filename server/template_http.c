#include "server/template_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/list_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/template_private.h"
#include "server/worker.h"

const char *const template_languages[] = { "sv", "en", "fi", "fit", "se", "sv-x-easy",
	"ar", NULL };
const char *const template_kinds[] = { "acknowledge", "reply", "interim-reply", "ask",
	"notify-delay", NULL };

static const struct db_query list_query = {
	.name = "template_list",
	.sql = "SELECT l.id, l.whole FROM synpunkt_desk.template_list($1::text, $2::text,"
	       " $3::bigint, $4::integer) l",
	.n_params = 4,
};

static const struct db_query read_query = {
	.name = "template_read",
	.sql = "SELECT r.version, r.whole"
	       " FROM synpunkt_desk.template_read($1::text, $2::bigint) r",
	.n_params = 2,
};

static const struct db_query changes_query = {
	.name = "template_changes",
	.sql = "SELECT c.whole FROM synpunkt_desk.template_changes($1::text,"
	       " $2::bigint) c",
	.n_params = 2,
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct template_op *)arg)->call);
}

bool template_refuse_outsider(struct http_request *req)
{
	return !session_has_role(session_get(req), "administrator", NULL) &&
	       desk_refuse_outsider(req);
}

void template_reply_missing(struct http_request *req)
{
	struct error err = { 0 };

	error_set(&err, ERR_NOT_FOUND, "no such template that your boards use");
	http_reply_error(req, &err);
}

struct template_op *template_op_new(struct http_request *req, bool is_one)
{
	const char *id = request_id(http_path_value(req, "id"));
	struct template_op *op;

	if (template_refuse_outsider(req))
		return NULL;
	if (is_one && !id) {
		template_reply_missing(req);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->id = id;
	op->session = session_get(req)->token_hash;
	op->status = 200;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- which there are ---- */

/* One row more than the page was asked for: it says whether there is another. */
static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct template_op *op = arg;
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

static void templates_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct template_op *op = template_op_new(req, false);
	struct list_page page;
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (list_page_read(req, &page, &faults) == 0 && page.after &&
		!request_id(page.after))
		faults_add(&faults, "after", "is not from this list");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->limit = (int)page.limit;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session, request_value(req, "board"), page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		list_on_rows, op);
}

/* ---- one ---- */

static void one_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct template_op *op = arg;
	struct http_request *req = op->req;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(req, err);
	} else if (db_rows_count(rows) == 0) {
		template_reply_missing(req);
	} else if (op->conflict) {
		http_reply_problem(req, 409, op->conflict,
			arena_printf(http_arena(req), "\"current\":%s",
				db_rows_text(rows, 0, 1)));
	} else {
		http_set_header(req, "ETag",
			arena_printf(
				http_arena(req), "\"%s\"", db_rows_text(rows, 0, 0)));
		if (op->status == 201)
			http_set_header(req, "Location",
				arena_printf(http_arena(req),
					"/api/v1/desk/templates/%s", op->id));
		jw_init(&w, http_out(req));
		jw_raw(&w, db_rows_text(rows, 0, 1));
		jw_flush(&w);
		http_reply(req, op->status, "application/json; charset=utf-8");
	}
}

void template_one_read(struct template_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &read_query,
		(const char *[]){ op->session, op->id }, one_on_read, op);
}

static void template_get(struct http_request *req)
{
	struct template_op *op = template_op_new(req, true);

	if (op)
		template_one_read(op);
}

static void changes_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct template_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		template_reply_missing(op->req);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++)
		jw_raw(&w, db_rows_text(rows, i, 0));
	list_page_reply(op->req, &w, NULL);
}

static void template_changes(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct template_op *op = template_op_new(req, true);

	if (op)
		op->call = db_run(worker->desk_pool, &changes_query,
			(const char *[]){ op->session, op->id }, changes_on_rows, op);
}

static const char *const list_names[] = { "board", "limit", "after", NULL };

const struct http_route template_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/templates",
		.access = ACCESS_STAFF,
		.handle = templates_get,
		.summary =
			"Templates for replies that one's boards use, ended ones included",
		.response = "ReplyTemplateList",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/templates/{id}",
		.access = ACCESS_STAFF,
		.handle = template_get,
		.summary = "One template for replies",
		.response = "ReplyTemplate" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/templates/{id}/changes",
		.access = ACCESS_STAFF,
		.handle = template_changes,
		.summary = "What a template has said, latest first",
		.response = "ReplyTemplateChangeList" },
	{ 0 },
};
