/*
 *   pack_get          judged; the database is asked
 *   pack_on_rows      parsed
 *   pack_work         in a work thread: what small numbers ask for
 *   pack_on_masked    the form that was asked for (pack_forms.c)
 */
#include "server/pack_http.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/pack.h"
#include "server/pack_forms.h"
#include "server/pack_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/statistics_http.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/worker.h"

#define REASON_MAX 500

struct pack_making {
	struct http_request *req; /* NULL: the client has left */
	struct worker *worker;
	struct db_call *call;
	enum pack_form form;
	const char *board; /* these two are the request's */
	char month[STATISTICS_MONTH];
	struct pack *pack;
	struct pack_around around;
	struct error err;
};

static void making_free(struct pack_making *making)
{
	pack_free(making->pack);
	mem_free(making);
}

/* While the database is asked nothing else holds it. */
static void making_abandon(void *arg)
{
	struct pack_making *making = arg;

	if (making->call) {
		db_cancel(making->call);
		making_free(making);
		return;
	}
	making->req = NULL;
}

static void pack_on_masked(void *arg)
{
	struct pack_making *making = arg;

	if (making->req && making->err.code != ERR_NONE)
		http_reply_error(making->req, &making->err);
	else if (making->req)
		pack_forms_reply(
			making->req, making->form, making->pack, &making->around);
	making_free(making);
}

static void pack_work(void *arg)
{
	struct pack_making *making = arg;

	pack_mask(making->pack, &making->err);
}

/* ---- asking ---- */

static int pack_read(
	struct pack_making *making, const struct db_rows *rows, struct error *err)
{
	struct arena *arena = http_arena(making->req);
	json_t *body;

	if (strcmp(db_rows_text(rows, 0, PACK_OUTCOME), "done") != 0)
		return error_set(err, ERR_FORBIDDEN,
			"the figures are for a role at the board and for analysts");
	making->around = (struct pack_around){ .board = making->board,
		.month = making->month,
		.first = arena_dup(arena, db_rows_text(rows, 0, PACK_FIRST)),
		.last = arena_dup(arena, db_rows_text(rows, 0, PACK_LAST)),
		.csrf = session_get(making->req)->csrf,
		.may_correct = db_rows_bool(rows, 0, PACK_MAY_CORRECT) };
	if (db_rows_text(rows, 0, PACK_SUBSCRIBED))
		making->around.subscription =
			db_rows_bool(rows, 0, PACK_SUBSCRIBED) ? "on" : "off";
	body = json_loads(db_rows_text(rows, 0, PACK_WHOLE), 0, NULL);
	making->around.differs = json_integer_value(json_object_get(body, "differs"));
	making->pack = pack_new(body, err);
	json_decref(body);
	return making->pack ? 0 : -1;
}

static void pack_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct pack_making *making = arg;
	struct error err = { 0 };

	making->call = NULL;
	if (db_err)
		err = *db_err;
	else if (pack_read(making, rows, &err) == 0)
		work_run(making->worker->work, pack_work, pack_on_masked, making, &err);
	if (err.code != ERR_NONE) {
		http_on_close(making->req, NULL, NULL);
		http_reply_error(making->req, &err);
		making_free(making);
	}
}

static void pack_ask(struct http_request *req, enum pack_form form, const char *board,
	const char *month)
{
	struct pack_making *making = mem_new(sizeof(*making));

	making->req = req;
	making->worker = http_app(req);
	making->form = form;
	making->board = board;
	memcpy(making->month, month, sizeof(making->month));
	making->call = statistics_store_pack(making->worker->report_pool,
		&(struct statistics_wanted){ .session = session_get(req),
			.board = board,
			.month = making->month },
		pack_on_rows, making);
	http_on_close(req, making_abandon, making);
}

static void pack_path_get(struct http_request *req, enum pack_form form)
{
	const char *board = statistics_page_board_code(req);
	char month[STATISTICS_MONTH];
	struct error err = { 0 };

	if (!board ||
		statistics_month_parse(http_path_value(req, "month"), month) < 0) {
		error_set(&err, ERR_NOT_FOUND, "no such board or month");
		http_reply_error(req, &err);
		return;
	}
	pack_ask(req, form, board, month);
}

static void pack_page_get(struct http_request *req)
{
	pack_path_get(req, PACK_PAGE);
}

static void pack_csv_get(struct http_request *req)
{
	pack_path_get(req, PACK_CSV);
}

static void pack_pdf_get(struct http_request *req)
{
	pack_path_get(req, PACK_PDF);
}

static void pack_xlsx_get(struct http_request *req)
{
	pack_path_get(req, PACK_XLSX);
}

static void board_judge(
	struct http_request *req, const char *board, struct faults *faults)
{
	if (board && board[0] && !request_board_known(req, board))
		faults_add(faults, "board", "no board has this code");
}

static void pack_json_get(struct http_request *req)
{
	const char *board = http_query_value(req, "board");
	const char *asked = http_query_value(req, "month");
	char month[STATISTICS_MONTH];
	struct faults faults;

	faults_init(&faults, http_arena(req));
	board_judge(req, board, &faults);
	if (!asked)
		faults_add(&faults, "month", "fault.required");
	else if (statistics_month_parse(asked, month) < 0)
		faults_add(&faults, "month", "not a month as YYYY-MM");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		pack_ask(req, PACK_JSON, board ? board : STATISTICS_CITY, month);
}

/* ---- corrections ---- */

struct correction {
	struct http_request *req;
	struct db_call *call;
	const char *board, *month, *reason;
	char day[STATISTICS_MONTH];
};

static const struct json_field correction_fields[] = {
	{ .path = "board",
		.kind = JSON_FIELD_STRING,
		.max = 100,
		.offset = offsetof(struct correction, board) },
	{ .path = "month",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 7,
		.offset = offsetof(struct correction, month) },
	{ .path = "reason",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = REASON_MAX,
		.offset = offsetof(struct correction, reason) },
	{ 0 },
};

static void correction_on_gone(void *arg)
{
	db_cancel(((struct correction *)arg)->call);
}

static void correction_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct correction *op = arg;
	struct http_request *req = op->req;
	struct error err = { 0 };
	const char *outcome;

	if (db_err) {
		http_reply_error(req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	if (!strcmp(outcome, "forbidden"))
		error_set(&err, ERR_FORBIDDEN,
			"corrections are for the board's secretary, coordinators and managers");
	else if (!strcmp(outcome, "not-frozen"))
		error_set(&err, ERR_CONFLICT, "the month is not frozen");
	else if (!strcmp(outcome, "unchanged"))
		error_set(&err, ERR_CONFLICT, "the figures are what holds already");
	if (err.code != ERR_NONE) {
		http_reply_error(req, &err);
		return;
	}
	evbuffer_add_printf(http_out(req), "{\"outcome\":\"done\"}");
	http_reply(req, 201, "application/json; charset=utf-8");
}

static void correction_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct correction *op = arena_alloc(http_arena(req), sizeof(*op));
	struct faults faults;

	op->req = req;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, correction_fields, op, &faults) < 0)
		return;
	board_judge(req, op->board, &faults);
	if (op->month && statistics_month_parse(op->month, op->day) < 0)
		faults_add(&faults, "month", "not a month as YYYY-MM");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	http_on_close(req, correction_on_gone, op);
	op->call = statistics_store_correct(worker->report_pool,
		&(struct statistics_wanted){ .session = session_get(req),
			.board = op->board ? op->board : STATISTICS_CITY,
			.month = op->day },
		op->reason, correction_on_done, op);
}

/* ---- who is told ---- */

static void subscription_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct correction *op = arg;
	struct error err = { 0 };
	const char *outcome = db_err ? "" : db_rows_text(rows, 0, 0);

	if (db_err)
		err = *db_err;
	else if (!strcmp(outcome, "forbidden"))
		error_set(&err, ERR_FORBIDDEN,
			"the figures are for a role at the board and for analysts");
	else if (!strcmp(outcome, "no-address"))
		error_set(&err, ERR_CONFLICT, "you have no e-mail address here");
	if (err.code != ERR_NONE)
		http_reply_error(op->req, &err);
	else
		http_reply(op->req, 204, NULL);
}

static void subscription_set(struct http_request *req, bool on)
{
	struct worker *worker = http_app(req);
	struct correction *op = arena_alloc(http_arena(req), sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->board = statistics_page_board_code(req);
	if (!op->board) {
		error_set(&err, ERR_NOT_FOUND, "no such board");
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, correction_on_gone, op);
	op->call = statistics_store_subscribe(worker->report_pool,
		&(struct statistics_wanted){
			.session = session_get(req), .board = op->board },
		on, subscription_on_done, op);
}

static void subscription_put(struct http_request *req)
{
	subscription_set(req, true);
}

static void subscription_delete(struct http_request *req)
{
	subscription_set(req, false);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const query_names[] = { "board", "month", "lang", NULL };

const struct http_route pack_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics/packs",
		.access = ACCESS_STAFF,
		.handle = pack_json_get,
		.summary = "The monthly pack of a board, or without one of the city",
		.response = "Pack",
		.query = query_names },
	{ .method = HTTP_POST,
		.path = "/api/v1/statistics/corrections",
		.access = ACCESS_STAFF,
		.handle = correction_post,
		.media = json_media,
		.max_body = 8192,
		.request = "CorrectionInput",
		.response = "Outcome",
		.summary = "Put what is known now of a frozen month beside it" },
	{ .method = HTTP_PUT,
		.path = "/api/v1/statistics/subscriptions/{board}",
		.access = ACCESS_STAFF,
		.handle = subscription_put,
		.summary = "Be told by mail when a month of the board is frozen" },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/statistics/subscriptions/{board}",
		.access = ACCESS_STAFF,
		.handle = subscription_delete,
		.summary = "Be told no more" },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/{month}",
		.access = ACCESS_STAFF,
		.handle = pack_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/{month}/csv",
		.access = ACCESS_STAFF,
		.handle = pack_csv_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/{month}/xlsx",
		.access = ACCESS_STAFF,
		.handle = pack_xlsx_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/{month}/pdf",
		.access = ACCESS_STAFF,
		.handle = pack_pdf_get,
		.page = true },
	{ 0 },
};
