#include "server/improvement_http.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/improvement_private.h"
#include "server/improvement_view.h"
#include "server/json_reply.h"
#include "server/list_page.h"
#include "server/session.h"
#include "server/worker.h"

/* Each page of actions is judged while it is written. */
#define OF_CASE_MAX 200

static const char *const readers[] = { "coordinator", "manager", "board-secretary",
	"case-handler", "registrar", "analyst", NULL };

static const struct db_query list_query = {
	.name = "improvement_list",
	.sql = "SELECT l.id, l.whole, l.counts FROM synpunkt_desk.improvement_list("
	       "$1::text, $2::text, $3::smallint, $4::bigint, $5::bigint, $6::integer)"
	       " l",
	.n_params = 6,
};

static const struct db_query read_query = {
	.name = "improvement_read",
	.sql = "SELECT r.version, r.whole, r.counts"
	       " FROM synpunkt_desk.improvement_read($1::text, $2::bigint) r",
	.n_params = 2,
};

static const struct db_query changes_query = {
	.name = "improvement_changes",
	.sql = "SELECT c.whole FROM synpunkt_desk.improvement_changes($1::text,"
	       " $2::bigint, " IMPROVEMENT_CHANGES_MAX ") c",
	.n_params = 2,
};

static const struct db_query goals_query = {
	.name = "goal_list",
	.sql = "SELECT g.whole FROM synpunkt_desk.goals($1::text,"
	       " " IMPROVEMENT_GOALS_MAX ") g",
	.n_params = 1,
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct improvement_op *)arg)->call);
}

static bool refuse_outsider(struct http_request *req)
{
	for (const char *const *role = readers; *role; role++) {
		if (session_has_role(session_get(req), *role, NULL))
			return false;
	}
	request_refuse(
		req, ERR_FORBIDDEN, "none of your roles reads improvement actions");
	return true;
}

void improvement_reply_missing(struct http_request *req)
{
	request_refuse(req, ERR_NOT_FOUND, "no such improvement action of your boards");
}

struct improvement_op *improvement_op_new(struct http_request *req, bool is_one)
{
	const char *id = request_id(http_path_value(req, "id"));
	struct improvement_op *op;

	if (refuse_outsider(req))
		return NULL;
	if (is_one && !id) {
		improvement_reply_missing(req);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->id = id;
	op->session = session_get(req)->token_hash;
	op->status = 200;
	op->told = -1;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- which there are ---- */

/* One row more than the page was asked for: it says whether there is another. */
static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct improvement_op *op = arg;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows) > op->limit ? op->limit : db_rows_count(rows);
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++) {
		json_t *one = improvement_view(
			db_rows_text(rows, i, 1), db_rows_text(rows, i, 2));

		jw_json(&w, one);
		json_decref(one);
	}
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, 0) : NULL);
}

static void improvements_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, false);
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
		(const char *[]){ op->session, request_value(req, "board"), NULL, NULL,
			page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		list_on_rows, op);
}

static void of_case_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, false);

	if (!op)
		return;
	op->about = request_case(req);
	op->limit = OF_CASE_MAX;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session, NULL, op->about.year, op->about.serial,
			NULL, arena_printf(http_arena(req), "%d", OF_CASE_MAX) },
		list_on_rows, op);
}

/* ---- one: both take it ---- */

static void conflict_reply(const struct improvement_op *op, json_t *action)
{
	struct arena *arena = http_arena(op->req);

	http_reply_problem(op->req, 409, op->conflict,
		arena_printf(arena, "\"current\":%s", json_text(arena, action)));
}

static void one_reply(
	const struct improvement_op *op, json_t *action, const char *version)
{
	struct arena *arena = http_arena(op->req);

	if (op->told >= 0)
		json_object_set_new(action, "toldNow", json_integer(op->told));
	http_set_header(op->req, "ETag", arena_printf(arena, "\"%s\"", version));
	if (op->status == 201)
		http_set_header(op->req, "Location",
			arena_printf(arena, "/api/v1/desk/improvements/%s", op->id));
	json_reply(op->req, op->status, action);
	json_decref(action);
}

static void one_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct improvement_op *op = arg;
	json_t *action;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		improvement_reply_missing(op->req);
		return;
	}
	action = improvement_view(db_rows_text(rows, 0, 1), db_rows_text(rows, 0, 2));
	if (op->conflict)
		conflict_reply(op, action);
	else
		one_reply(op, action, db_rows_text(rows, 0, 0));
}

void improvement_one_read(struct improvement_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &read_query,
		(const char *[]){ op->session, op->id }, one_on_read, op);
}

static void improvement_get(struct http_request *req)
{
	struct improvement_op *op = improvement_op_new(req, true);

	if (op)
		improvement_one_read(op);
}

static void ils_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct improvement_op *op = arg;
	json_t *action;
	char *text;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		improvement_reply_missing(op->req);
		return;
	}
	action = improvement_view(db_rows_text(rows, 0, 1), db_rows_text(rows, 0, 2));
	text = improvement_ils(action);
	json_decref(action);
	evbuffer_add(http_out(op->req), text, strlen(text));
	mem_free(text);
	http_set_header(op->req, "Content-Disposition",
		arena_printf(http_arena(op->req),
			"attachment; filename=\"aktivitet-%s.txt\"", op->id));
	http_reply(op->req, 200, "text/plain; charset=utf-8");
}

static void ils_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, true);

	if (op)
		op->call = db_run(worker->desk_pool, &read_query,
			(const char *[]){ op->session, op->id }, ils_on_read, op);
}

/* ---- rows as they are ---- */

static void raw_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct improvement_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (op->id && db_rows_count(rows) == 0) {
		improvement_reply_missing(op->req);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++)
		jw_raw(&w, db_rows_text(rows, i, 0));
	list_page_reply(op->req, &w, NULL);
}

static void changes_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, true);

	if (op)
		op->call = db_run(worker->desk_pool, &changes_query,
			(const char *[]){ op->session, op->id }, raw_on_rows, op);
}

static void goals_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct improvement_op *op = improvement_op_new(req, false);

	if (op)
		op->call = db_run(worker->desk_pool, &goals_query,
			(const char *[]){ request_value(req, "board") }, raw_on_rows,
			op);
}

static const char *const list_names[] = { "board", "limit", "after", NULL };
static const char *const goal_names[] = { "board", NULL };

static const char *const text_media[] = { "text/plain", NULL };

const struct http_route improvement_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/improvements",
		.access = ACCESS_STAFF,
		.handle = improvements_get,
		.summary =
			"Improvement actions of one's boards, the latest first, each with its effect",
		.response = "ImprovementList",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/improvements/{id}",
		.access = ACCESS_STAFF,
		.handle = improvement_get,
		.summary =
			"One improvement action, with those of its cases that the caller reads",
		.response = "Improvement" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/improvements/{id}/changes",
		.access = ACCESS_STAFF,
		.handle = changes_get,
		.summary = "Who changed what of an improvement action, latest first",
		.response = "ImprovementChangeList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/improvements/{id}/ils",
		.access = ACCESS_STAFF,
		.handle = ils_get,
		.summary =
			"The action as an aktivitet of ILS, as plain text in Swedish to paste",
		.answers = text_media },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/improvements",
		.access = ACCESS_STAFF,
		.handle = of_case_get,
		.summary = "Improvement actions that a case is linked to",
		.response = "ImprovementList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/goals",
		.access = ACCESS_STAFF,
		.handle = goals_get,
		.summary =
			"Goals and indicators that hold today, those of a board and of all",
		.response = "GoalList",
		.query = goal_names },
	{ 0 },
};
