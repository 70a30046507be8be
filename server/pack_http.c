/*
 *   pack_ask          judged; the database is asked
 *   pack_on_rows      the database's words, as they came
 *   pack_work         in a work thread: parsed, what small numbers ask for
 *   pack_on_masked    the form that was asked for (pack_forms.c)
 */
#include "server/pack_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/pack.h"
#include "server/pack_forms.h"
#include "server/pack_mapped.h"
#include "server/pack_page.h"
#include "server/session.h"
#include "server/statistics_http.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/worker.h"

struct pack_making {
	struct http_request *req; /* NULL: the client has left */
	struct worker *worker;
	struct db_call *call;
	enum pack_form form;
	bool is_mapped;
	const char *board; /* these two are the request's */
	char month[STATISTICS_MONTH];
	char *body; /* the database's object, until it is read */
	struct pack *pack;
	struct pack_around around;
	struct error err;
};

static void making_free(struct pack_making *making)
{
	pack_free(making->pack);
	mem_free(making->body);
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

static int pack_make(struct pack_making *making, json_t *body)
{
	if (making->is_mapped)
		return pack_mapped_make(body, &making->pack, &making->err);
	making->pack = pack_new(body, &making->err);
	return making->pack ? pack_mask(making->pack, &making->err) : -1;
}

static void pack_work(void *arg)
{
	struct pack_making *making = arg;
	json_t *body = json_loads(making->body, 0, NULL);

	making->around.differs = json_integer_value(json_object_get(body, "differs"));
	pack_make(making, body);
	json_decref(body);
}

/* ---- asking ---- */

static int pack_read(
	struct pack_making *making, const struct db_rows *rows, struct error *err)
{
	struct arena *arena = http_arena(making->req);

	if (strcmp(db_rows_text(rows, 0, PACK_OUTCOME), "done") != 0)
		return error_set(err, ERR_FORBIDDEN,
			"the figures are for a role at the board and for analysts");
	making->around = (struct pack_around){ .board = making->board,
		.month = making->month,
		.first = arena_dup(arena, db_rows_text(rows, 0, PACK_FIRST)),
		.last = arena_dup(arena, db_rows_text(rows, 0, PACK_LAST)),
		.csrf = session_get(making->req)->csrf,
		.is_mapped = making->is_mapped,
		.may_correct = db_rows_bool(rows, 0, PACK_MAY_CORRECT) };
	if (db_rows_text(rows, 0, PACK_SUBSCRIBED))
		making->around.letters = db_rows_bool(rows, 0, PACK_SUBSCRIBED)
						 ? PACK_LETTERS_ON
						 : PACK_LETTERS_OFF;
	making->body = mem_dup(db_rows_text(rows, 0, PACK_WHOLE));
	return 0;
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

/* "?som=idag" of a page, "?mapped=true" of the API. */
static bool is_mapped(struct http_request *req, enum pack_form form)
{
	const char *said = http_query_value(req, form == PACK_JSON ? "mapped" : "som");

	return said && !strcmp(said, form == PACK_JSON ? "true" : "idag");
}

static void pack_ask(struct http_request *req, enum pack_form form, const char *board,
	const char *month)
{
	struct pack_making *making = mem_new(sizeof(*making));
	const struct statistics_wanted wanted = {
		.session = session_get(req), .board = board, .month = making->month
	};

	making->req = req;
	making->is_mapped = is_mapped(req, form);
	making->worker = http_app(req);
	making->form = form;
	making->board = board;
	memcpy(making->month, month, sizeof(making->month));
	making->call =
		(making->is_mapped ? statistics_store_mapped : statistics_store_pack)(
			making->worker->report_pool, &wanted, pack_on_rows, making);
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

static void pack_json_get(struct http_request *req)
{
	char month[STATISTICS_MONTH];
	const char *board = statistics_asked(req, month);

	if (board)
		pack_ask(req, PACK_JSON, board, month);
}

static const char *const query_names[] = { "board", "month", "mapped", "lang", NULL };

const struct http_route pack_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics/packs",
		.access = ACCESS_STAFF,
		.handle = pack_json_get,
		.summary = "The monthly pack of a board, or without one of the city",
		.response = "Pack",
		.query = query_names },
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
