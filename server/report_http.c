/*
 *   PUT: put_begin      If-Match and the body
 *        put_on_made    the report as it is, for what is suggested: a version of it
 *        put_on_saved   the database's word; the report with what is saved now
 */
#include "server/report_http.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/body_text.h"
#include "server/if_match.h"
#include "server/json_reply.h"
#include "server/page.h"
#include "server/report.h"
#include "server/report_make.h"
#include "server/report_save.h"
#include "server/report_view.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (512 * KIB)

static const struct db_query list_query = {
	.name = "report_list",
	.sql = "SELECT synpunkt_period.list_for($1::text, $2::text)",
	.n_params = 2,
};

static const struct db_query save_query = {
	.name = "report_save",
	.sql = "SELECT s.outcome, s.saved, s.versions FROM synpunkt_period.save_for("
	       "$1::text, $2::text, $3::integer, $4::integer, $5::integer[], $6::jsonb,"
	       " $7::integer) s",
	.n_params = 7,
};

struct report_op {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	report_listed_fn *listed;
	struct body_text *text;
	struct report_wanted wanted;
	const char *versions; /* that the caller has seen; NULL: any */
	const char *texts;    /* as JSON */
	json_t *report;       /* until it ends */
};

static void op_on_gone(void *arg)
{
	struct report_op *op = arg;

	if (op->call)
		db_cancel(op->call);
	body_text_free(op->text);
	json_decref(op->report);
}

static struct report_op *op_new(struct http_request *req)
{
	struct report_op *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- the list ---- */

static void list_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct report_op *op = arg;
	struct http_request *req = op->req;
	const struct worker *worker = http_app(req);
	json_t *items, *item;
	struct page page;
	size_t i;

	op->call = NULL;
	if (db_err) {
		http_reply_error(req, db_err);
		return;
	}
	items = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	page_make(&page, req, worker->catalogue, "sv");
	json_array_foreach(items, i, item) report_item_name(&page, item);
	json_decref(page.data);
	op->listed(req, items);
	json_decref(items);
}

void report_list(struct http_request *req, const char *board, report_listed_fn *listed)
{
	const struct worker *worker = http_app(req);
	struct report_op *op = op_new(req);

	op->listed = listed;
	op->call = db_run(worker->report_pool, &list_query,
		(const char *[]){ session_get(req)->token_hash, board }, list_on_rows,
		op);
}

static void list_reply(struct http_request *req, const json_t *items)
{
	json_t *whole = json_pack("{s:O, s:n}", "items", items, "next");

	json_reply(req, 200, whole);
	json_decref(whole);
}

static void list_get(struct http_request *req)
{
	const char *board = request_value(req, "board");
	struct faults faults;

	if (!board || request_board_known(req, board)) {
		report_list(req, board, list_reply);
		return;
	}
	faults_init(&faults, http_arena(req));
	faults_add_key(&faults, "board", "fault.unknown-code", NULL);
	http_reply_faults(req, &faults);
}

/* ---- one ---- */

static void report_reply(struct http_request *req, const json_t *report)
{
	json_int_t version = json_integer_value(json_object_get(report, "version"));

	http_set_header(req, "ETag",
		arena_printf(http_arena(req), "\"%lld\"", (long long)version));
	json_reply(req, 200, report);
}

static void get_on_made(struct http_request *req, json_t *report, void *arg)
{
	(void)arg;
	report_reply(req, report);
}

static void report_get(struct http_request *req)
{
	struct report_wanted wanted;

	if (report_asked(req, http_path_value(req, "period"), &wanted))
		report_make(req, &wanted, get_on_made, NULL);
}

/* ---- writing ---- */

static void conflict_reply(
	struct http_request *req, const char *outcome, json_t *report)
{
	const char *why = !strcmp(outcome, "full")
				  ? "there are as many versions as there may be"
				  : "somebody has saved the report since you read it";
	struct arena *arena = http_arena(req);

	http_reply_problem(req, 409, why,
		arena_printf(arena, "\"current\":%s",
			json_text(arena, json_incref(report))));
}

static void saved_read(json_t *report, const struct db_rows *rows)
{
	const char *text = db_rows_text(rows, 0, 1);
	json_t *saved = text ? json_loads(text, 0, NULL) : NULL;
	json_t *versions = json_loads(db_rows_text(rows, 0, 2), 0, NULL);

	report_view_saved(report, saved, versions);
	json_decref(saved);
	json_decref(versions);
}

/* The op is gone with the answer. */
static void put_on_saved(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct report_op *op = arg;
	struct http_request *req = op->req;
	json_t *report = steal(op->report);
	const char *outcome = db_err ? "" : db_rows_text(rows, 0, 0);

	op->call = NULL;
	if (db_err) {
		http_reply_error(req, db_err);
	} else if (!strcmp(outcome, "forbidden")) {
		request_refuse(req, ERR_FORBIDDEN,
			"reports are written by the board's secretary, coordinators and "
			"managers");
	} else {
		saved_read(report, rows);
		if (!strcmp(outcome, "done"))
			report_reply(req, report);
		else
			conflict_reply(req, outcome, report);
	}
	json_decref(report);
}

static void put_on_made(struct http_request *req, json_t *report, void *arg)
{
	const struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct report_op *op = arg;
	const struct report_period *period = &op->wanted.period;
	json_t *version, *texts = json_loads(op->texts, 0, NULL);

	op->report = json_incref(report);
	version = report_version(report, texts);
	json_decref(texts);
	http_on_close(req, op_on_gone, op);
	op->call = db_run(worker->report_pool, &save_query,
		(const char *[]){ session_get(req)->token_hash, op->wanted.board,
			arena_printf(arena, "%d", period->year),
			arena_printf(arena, "%d", period->months), op->versions,
			json_text(arena, version),
			arena_printf(arena, "%d", REPORT_VERSIONS_MAX) },
		put_on_saved, op);
}

static void put_read(struct report_op *op, const char *bytes, size_t n)
{
	struct error err = { 0 };
	struct faults faults;
	json_t *body, *texts;

	if (json_body_parse(bytes, n, &body, &err) < 0) {
		http_reply_error(op->req, &err);
		return;
	}
	faults_init(&faults, http_arena(op->req));
	texts = report_texts_read(body, &faults);
	op->texts = json_text(http_arena(op->req), texts);
	json_decref(body);
	if (faults.n > 0)
		http_reply_faults(op->req, &faults);
	else
		report_make(op->req, &op->wanted, put_on_made, op);
}

static void put_on_text(const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct report_op *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else
		put_read(op, bytes, n);
	body_text_free(text);
}

static void put_body(struct report_op *op)
{
	struct worker *worker = http_app(op->req);
	const struct http_body *body = http_body(op->req);
	struct error err = { 0 };

	if (body->fd < 0) {
		put_read(op, body->data ? body->data : "", body->size);
		return;
	}
	op->text = body_text_read(op->req,
		&(struct body_text_call){
			.work = worker->work, .done = put_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(op->req, &err);
}

static void report_put(struct http_request *req)
{
	const char *etag = http_header(req, "If-Match");
	struct report_wanted wanted;
	struct report_op *op;

	if (!report_asked(req, http_path_value(req, "period"), &wanted))
		return;
	if (!etag) {
		http_reply_problem(req, 428,
			"send the report's ETag as If-Match, so that nobody's change is "
			"lost",
			NULL);
		return;
	}
	op = op_new(req);
	op->wanted = wanted;
	op->wanted.version = NULL;
	op->versions = if_match_versions(http_arena(req), etag);
	put_body(op);
}

static const char *const list_names[] = { "board", NULL };
static const char *const one_names[] = { "version", NULL };
static const char *const headers[] = { "If-Match", "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route report_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/reports",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "Tertial and annual reports of this year and the last, of "
			   "the boards whose figures the caller sees, latest first",
		.response = "ReportList",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/reports/{board}/{period}",
		.access = ACCESS_STAFF,
		.handle = report_get,
		.summary = "A report, such as 2026-t1, 2026-t2 or 2026, with what its "
			   "figures suggest and what was written",
		.response = "Report",
		.query = one_names },
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/reports/{board}/{period}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = report_put,
		.summary = "Write the text of sections, as a new version of the report",
		.request = "ReportChange",
		.response = "Report",
		.header_names = headers },
	{ 0 },
};
