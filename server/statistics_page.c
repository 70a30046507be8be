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
#include "server/session.h"
#include "server/stamp.h"
#include "server/statistics_http.h"
#include "server/statistics_store.h"
#include "server/statistics_view.h"
#include "server/worker.h"

/* In the address, where a board's code would stand. No board is called so. */
#define CITY_CODE "staden"
#define ROOT "/statistik/"
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

static const char *month_now(struct arena *arena)
{
	struct day_civil civil = day_to_civil(day_of_instant(stamp_now() / 1000000));

	return arena_printf(arena, "%04d-%02d-01", civil.year, civil.month);
}

static const char *month_href(
	const struct statistics_page *op, const char *board, const char *month)
{
	return arena_printf(http_arena(op->req), ROOT "%s/%.7s",
		is_city(board) ? CITY_CODE : board, month);
}

static const char *board_name(
	const struct statistics_page *op, const struct page *page, const char *board)
{
	if (is_city(board))
		return page_text(page, "statistics.city");
	return city_of(op) ? city_board_name(city_of(op), board) : board;
}

/* ---- the month ---- */

static json_t *link_json(const struct statistics_page *op, const struct page *page,
	const char *board, const char *month)
{
	json_t *link = statistics_view_month(page, month);

	json_object_set_new(link, "href", json_string(month_href(op, board, month)));
	json_object_set_new(link, "current", json_boolean(!strcmp(month, op->month)));
	return link;
}

/* The months before and after, as far as there are figures and at least to today's. */
static void month_links(const struct statistics_page *op, struct page *page,
	const char *first, const char *last)
{
	const char *now = month_now(http_arena(op->req));
	const char *before = statistics_view_step(page, op->month, -1);
	const char *after = statistics_view_step(page, op->month, 1);

	if (!last || strcmp(last, now) < 0)
		last = now;
	json_object_set_new(page->data, "before",
		first && strcmp(before, first) >= 0
			? link_json(op, page, op->board, before)
			: json_null());
	json_object_set_new(page->data, "after",
		strcmp(after, last) <= 0 ? link_json(op, page, op->board, after)
					 : json_null());
	json_object_set_new(
		page->data, "running", json_boolean(strcmp(op->month, now) == 0));
	json_object_set_new(
		page->data, "ahead", json_boolean(strcmp(op->month, now) > 0));
}

static void month_show(
	struct statistics_page *op, const struct db_rows *rows, const json_t *month)
{
	struct page page;
	const char *name;
	json_t *words;

	page_staff_init(&page, op->req, ROOT);
	name = board_name(op, &page, op->board);
	words = statistics_view_month(&page, op->month);
	json_object_set_new(page.data, "title",
		json_string(page_format(&page, "statistics.title",
			TEXT_VALUES({ "board", name },
				{ "month", json_string_value(json_object_get(
						   words, "text")) }))));
	json_object_set_new(page.data, "month", words);
	json_object_set_new(page.data, "last_year",
		statistics_view_month(
			&page, statistics_view_step(&page, op->month, -12)));
	json_object_set_new(page.data, "board",
		json_pack("{s:s, s:b}", "name", name, "city", is_city(op->board)));
	month_links(op, &page, db_rows_text(rows, 0, STATISTICS_FIRST),
		db_rows_text(rows, 0, STATISTICS_LAST));
	statistics_view_add(&page, month);
	page_reply(&page, 200, "month");
}

static void month_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct statistics_page *op = arg;
	struct error err = { 0 };
	json_t *month;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (strcmp(db_rows_text(rows, 0, STATISTICS_OUTCOME), "done") != 0) {
		error_set(&err, ERR_FORBIDDEN, "no role at the board");
		http_reply_error(op->req, &err);
		return;
	}
	month = json_loads(db_rows_text(rows, 0, STATISTICS_WHOLE), 0, NULL);
	month_show(op, rows, month);
	json_decref(month);
}

void statistics_page_month(struct http_request *req)
{
	struct statistics_page *op = page_new(req);

	if (!board_known(op) ||
		statistics_month_parse(http_path_value(req, "month"), op->month) < 0) {
		page_missing(op);
		return;
	}
	op->call = statistics_store_month(op->worker->report_pool,
		&(struct statistics_wanted){ .session = op->session,
			.board = op->board,
			.month = op->month },
		month_on_rows, op);
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
	const char *month = month_now(http_arena(op->req));
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

	return json_pack("{s:s, s:s, s:b, s:o}", "name", board_name(op, page, board),
		"code", is_city(board) ? CITY_CODE : board, "city", is_city(board),
		"months",
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
	page_staff_init(&page, op->req, ROOT);
	page_title(&page, "statistics.index");
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
	const char *month = month_now(http_arena(op->req));
	int row;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	row = row_of(rows, op->board);
	if (row >= 0 && strcmp(db_rows_text(rows, row, 2), month) < 0)
		month = db_rows_text(rows, row, 2);
	http_reply_redirect(op->req, month_href(op, op->board, month));
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
