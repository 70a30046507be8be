#include "server/statistics_http.h"

#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/access.h"
#include "server/day.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/worker.h"
#include "server/working_day.h"

struct statistics_get {
	struct http_request *req;
	struct db_call *call;
};

int statistics_month_parse(const char *text, char ret[STATISTICS_MONTH])
{
	struct day_civil civil;
	int32_t day;

	if (strlen(text) != strlen("YYYY-MM"))
		return -1;
	snprintf(ret, STATISTICS_MONTH, "%s-01", text);
	if (day_parse(ret, &day, NULL) < 0)
		return -1;
	civil = day_to_civil(day);
	return civil.year > WORKING_DAY_FIRST_YEAR && civil.year < WORKING_DAY_LAST_YEAR
		       ? 0
		       : -1;
}

static void get_on_gone(void *arg)
{
	db_cancel(((struct statistics_get *)arg)->call);
}

static void get_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct statistics_get *op = arg;
	struct error err = { 0 };
	const char *whole;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (strcmp(db_rows_text(rows, 0, STATISTICS_OUTCOME), "done") != 0) {
		error_set(&err, ERR_FORBIDDEN,
			"the figures are for a role at the board and for analysts");
		http_reply_error(op->req, &err);
		return;
	}
	whole = db_rows_text(rows, 0, STATISTICS_WHOLE);
	evbuffer_add(http_out(op->req), whole, strlen(whole));
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

const char *statistics_asked(struct http_request *req, char ret[STATISTICS_MONTH])
{
	const char *board = http_query_value(req, "board");
	const char *month = http_query_value(req, "month");
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (board && board[0] && !request_board_known(req, board))
		faults_add(&faults, "board", "no board has this code");
	if (!month)
		faults_add(&faults, "month", "fault.required");
	else if (statistics_month_parse(month, ret) < 0)
		faults_add(&faults, "month", "not a month as YYYY-MM");
	if (faults.n == 0)
		return board ? board : STATISTICS_CITY;
	http_reply_faults(req, &faults);
	return NULL;
}

static void statistics_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct statistics_get *op = arena_alloc(http_arena(req), sizeof(*op));
	char month[STATISTICS_MONTH];
	const char *board = statistics_asked(req, month);

	if (!board)
		return;
	op->req = req;
	http_on_close(req, get_on_gone, op);
	op->call = statistics_store_month(worker->report_pool,
		&(struct statistics_wanted){
			.session = session_get(req), .board = board, .month = month },
		get_on_rows, op);
}

static const char *const query_names[] = { "board", "month", NULL };

const struct http_route statistics_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics",
		.access = ACCESS_STAFF,
		.handle = statistics_get,
		.summary = "A month in figures, of a board or without one of the city",
		.response = "Statistics",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/statistik",
		.access = ACCESS_STAFF,
		.handle = statistics_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/",
		.access = ACCESS_STAFF,
		.handle = statistics_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}",
		.access = ACCESS_STAFF,
		.handle = statistics_page_board,
		.page = true },
	{ 0 },
};
