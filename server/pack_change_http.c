#include "server/pack_change_http.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/statistics_http.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/worker.h"

#define REASON_MAX 500 /* characters */
#define BODY_MAX 8192

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
	if (op->board && op->board[0] && !request_board_known(req, op->board))
		faults_add(&faults, "board", "no board has this code");
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

struct subscription {
	struct http_request *req;
	struct db_call *call;
	const char *board;
};

static void subscription_on_gone(void *arg)
{
	db_cancel(((struct subscription *)arg)->call);
}

static void subscription_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct subscription *op = arg;
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
	struct subscription *op = arena_alloc(http_arena(req), sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->board = statistics_page_board_code(req);
	if (!op->board) {
		error_set(&err, ERR_NOT_FOUND, "no such board");
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, subscription_on_gone, op);
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

const struct http_route pack_change_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/statistics/corrections",
		.access = ACCESS_STAFF,
		.handle = correction_post,
		.media = json_media,
		.max_body = BODY_MAX,
		.request = "CorrectionInput",
		.response = "Outcome",
		.summary = "Put what is known now of a frozen month beside it" },
	{ .method = HTTP_PUT,
		.path = "/api/v1/statistics/subscriptions/{board}",
		.access = ACCESS_STAFF,
		.handle = subscription_put,
		.summary = "Be told by mail when a month of the board is frozen",
		.success = 204 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/statistics/subscriptions/{board}",
		.access = ACCESS_STAFF,
		.handle = subscription_delete,
		.summary = "Be told no more",
		.success = 204 },
	{ 0 },
};
