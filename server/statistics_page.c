#include "server/statistics_page.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/page.h"
#include "server/page_staff.h"
#include "server/proposal_http.h"
#include "server/report_page.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/statistics_http.h"
#include "server/statistics_store.h"
#include "server/statistics_view.h"
#include "server/worker.h"

/* In the address, where a board's code would stand. No board is called so. */
#define CITY_CODE "staden"
/* With more boards than this the list shows the latest months of each only. */
#define FEW_BOARDS 3
#define MONTHS_SHORT 3
#define MONTHS_LONG 36

struct statistics_page {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	const struct session *session;
	struct db_call *call;
	const char *board;            /* a code, or STATISTICS_CITY */
	char month[STATISTICS_MONTH]; /* its first day */
};

static void page_on_gone(void *arg)
{
	db_cancel(((struct statistics_page *)arg)->call);
}

static struct statistics_page *page_new(struct http_request *req)
{
	struct statistics_page *op = arena_alloc(http_arena(req), sizeof(*op));
	const char *board = http_path_value(req, "board");

	op->req = req;
	op->worker = http_app(req);
	op->session = session_get(req);
	op->board = board && strcmp(board, CITY_CODE) != 0 ? board : STATISTICS_CITY;
	http_on_close(req, page_on_gone, op);
	return op;
}

static void page_missing(struct statistics_page *op)
{
	struct error err = { 0 };

	error_set(&err, ERR_NOT_FOUND, "no such board or month");
	http_reply_error(op->req, &err);
}

static bool is_city(const char *board)
{
	return !strcmp(board, STATISTICS_CITY);
}

static const struct city *city_of(const struct statistics_page *op)
{
	return city_holder_get(op->worker->city);
}

static bool board_known(const struct statistics_page *op)
{
	return is_city(op->board) ||
	       (city_of(op) && city_board_find(city_of(op), op->board));
}

const char *statistics_page_month_now(struct arena *arena)
{
	struct day_civil civil = day_to_civil(day_of_instant(stamp_now() / 1000000));

	return arena_printf(arena, "%04d-%02d-01", civil.year, civil.month);
}

const char *statistics_page_code(const char *board)
{
	return is_city(board) ? CITY_CODE : board;
}

const char *statistics_page_href(
	struct http_request *req, const char *board, const char *month)
{
	return arena_printf(http_arena(req), STATISTICS_ROOT "%s/%.7s",
		statistics_page_code(board), month);
}

const char *statistics_page_comparison(struct http_request *req, const char *month)
{
	return arena_printf(
		http_arena(req), STATISTICS_ROOT "jamfor?month=%.7s", month);
}

const char *statistics_page_board_name(const struct page *page, const char *board)
{
	const struct city *city = city_holder_get(page->worker->city);

	if (is_city(board))
		return page_text(page, "statistics.city");
	return city ? city_board_name(city, board) : board;
}

const char *statistics_page_board_code(struct http_request *req)
{
	struct statistics_page op = { .req = req,
		.worker = http_app(req),
		.board = http_path_value(req, "board") };

	if (!strcmp(op.board, CITY_CODE))
		op.board = STATISTICS_CITY;
	return board_known(&op) ? op.board : NULL;
}

static json_t *link_json(const struct statistics_page *op, const struct page *page,
	const char *board, const char *month)
{
	json_t *link = statistics_view_month(page, month);

	json_object_set_new(
		link, "href", json_string(statistics_page_href(op->req, board, month)));
	json_object_set_new(link, "current", json_boolean(!strcmp(month, op->month)));
	return link;
}

/* ---- the list, and the way to the latest month ---- */

/* The row of a board, or -1. */
static int row_of(const struct db_rows *rows, const char *board)
{
	for (int i = 0; i < db_rows_count(rows); i++) {
		if (!strcmp(db_rows_text(rows, i, 0), board))
			return i;
	}
	return -1;
}

static bool has_board(const struct statistics_page *op, const char *board)
{
	for (size_t i = 0; i < op->session->n_roles; i++) {
		if (!strcmp(op->session->roles[i].board, board) &&
			!op->session->roles[i].unit)
			return true;
	}
	return false;
}

/* From this month backwards to the first with a figure. */
static json_t *months_json(const struct statistics_page *op, const struct page *page,
	const char *board, const char *first, int most)
{
	const char *month = statistics_page_month_now(http_arena(op->req));
	json_t *list = json_array();

	for (int i = 0; i < most && (i == 0 || (first && strcmp(month, first) >= 0));
		i++) {
		json_array_append_new(list, link_json(op, page, board, month));
		month = statistics_view_step(page, month, -1);
	}
	return list;
}

static json_t *board_json(const struct statistics_page *op, const struct page *page,
	const char *board, const struct db_rows *rows)
{
	bool few = is_city(board) || (!session_has_role(op->session, "analyst", NULL) &&
					     op->session->n_roles <= FEW_BOARDS);
	int row = row_of(rows, board);
	const char *first = row < 0 ? NULL : db_rows_text(rows, row, 1);

	return json_pack("{s:s, s:s, s:b, s:s, s:s?, s:o}", "name",
		statistics_page_board_name(page, board), "code",
		is_city(board) ? CITY_CODE : board, "city", is_city(board), "proposals",
		proposal_href(op->req, board), "reports",
		is_city(board) ? NULL : report_page_root(op->req, board), "months",
		months_json(op, page, board, first, few ? MONTHS_LONG : MONTHS_SHORT));
}

static void index_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct statistics_page *op = arg;
	const struct city *city = city_of(op);
	bool all = session_has_role(op->session, "analyst", NULL);
	json_t *list = json_array();
	struct page page;

	if (db_err) {
		json_decref(list);
		http_reply_error(op->req, db_err);
		return;
	}
	page_staff_init(&page, op->req, STATISTICS_ROOT);
	page_title(&page, "statistics.index");
	json_object_set_new(page.data, "comparison",
		all ? json_string(statistics_page_comparison(op->req,
			      statistics_view_step(&page,
				      statistics_page_month_now(http_arena(op->req)),
				      -1)))
		    : json_null());
	if (all)
		json_array_append_new(
			list, board_json(op, &page, STATISTICS_CITY, rows));
	for (size_t i = 0; city && i < city->n_boards; i++) {
		const char *board = city->boards[i].code;

		if (all ? row_of(rows, board) >= 0 : has_board(op, board))
			json_array_append_new(list, board_json(op, &page, board, rows));
	}
	json_object_set_new(
		page.data, "empty", json_boolean(json_array_size(list) == 0));
	json_object_set_new(page.data, "boards", list);
	page_reply(&page, 200, "months");
}

void statistics_page_index(struct http_request *req)
{
	struct statistics_page *op = page_new(req);

	op->call = statistics_store_months(
		op->worker->report_pool, op->session, index_on_rows, op);
}

static void board_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct statistics_page *op = arg;
	const char *month = statistics_page_month_now(http_arena(op->req));
	int row;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	row = row_of(rows, op->board);
	if (row >= 0 && strcmp(db_rows_text(rows, row, 2), month) < 0)
		month = db_rows_text(rows, row, 2);
	http_reply_redirect(op->req, statistics_page_href(op->req, op->board, month));
}

void statistics_page_board(struct http_request *req)
{
	struct statistics_page *op = page_new(req);

	if (!board_known(op)) {
		page_missing(op);
		return;
	}
	op->call = statistics_store_months(
		op->worker->report_pool, op->session, board_on_rows, op);
}
