#include "server/register_http.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "lib/utf8.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/day.h"
#include "server/list_page.h"
#include "server/register_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"
#include "server/working_day.h"

#define SEARCH_MAX 100 /* characters */

static const char digits[] = "0123456789";

static const char *year_of(struct http_request *req, struct faults *faults)
{
	const char *text = request_value(req, "year");
	struct day_civil now = day_to_civil(day_of_instant(stamp_now() / 1000000));
	long year;

	if (!text)
		return arena_printf(http_arena(req), "%d", now.year);
	year = strspn(text, digits) == 4 && !text[4] ? strtol(text, NULL, 10) : 0;
	if (year < WORKING_DAY_FIRST_YEAR || year > WORKING_DAY_LAST_YEAR)
		faults_add(faults, "year", "is not a year that there are registers of");
	return text;
}

/* One's own word for a leg that went on; the others are the cases'. */
static bool status_known(const char *status)
{
	return case_status_of(status) || !strcmp(status, "passed-on");
}

/* The ends are no part of what is looked for. */
static const char *words_of(struct http_request *req, struct faults *faults)
{
	const char *text = request_value(req, "q");
	size_t n;

	if (!text)
		return NULL;
	text += strspn(text, " ");
	n = strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	if (utf8_count(text, n) > SEARCH_MAX)
		faults_add(faults, "q", "is longer than %d characters", SEARCH_MAX);
	return n ? arena_dup_n(http_arena(req), text, n) : NULL;
}

static void filter_read(
	struct http_request *req, struct register_filter *ret, struct faults *faults)
{
	const char *after = request_value(req, "after");

	ret->session = session_get(req);
	ret->year = year_of(req, faults);
	ret->q = words_of(req, faults);
	ret->category = request_value(req, "category");
	ret->status = request_value(req, "status");
	ret->from = request_day(req, "from", faults);
	ret->to = request_day(req, "to", faults);
	ret->after = after;
	if (ret->status && !status_known(ret->status))
		faults_add(faults, "status", "is not a status");
	if (after && (strspn(after, digits) != strlen(after) || strlen(after) > 9))
		faults_add(faults, "after", "is not a cursor of this list");
}

/* ---- asking and showing ---- */

static void view_on_gone(void *arg)
{
	db_cancel(((struct register_view *)arg)->call);
}

struct register_view *register_view_new(struct http_request *req, const char *board)
{
	struct register_view *view = arena_alloc(http_arena(req), sizeof(*view));
	struct list_page page = { 0 };
	struct error err = { 0 };
	struct faults faults;

	if (!request_board_known(req, board)) {
		error_set(&err, ERR_NOT_FOUND, "no board has this code");
		http_reply_error(req, &err);
		return NULL;
	}
	faults_init(&faults, http_arena(req));
	view->req = req;
	view->filter.board = board;
	filter_read(req, &view->filter, &faults);
	list_page_read(req, &page, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return NULL;
	}
	view->limit = page.limit;
	http_on_close(req, view_on_gone, view);
	return view;
}

/* One more than is shown tells whether there is a next page. */
static void items_cut(struct register_view *view)
{
	const json_t *last;

	if (json_array_size(view->items) <= view->limit)
		return;
	json_array_remove(view->items, view->limit);
	last = json_array_get(view->items, view->limit - 1);
	view->next = arena_printf(http_arena(view->req), "%lld",
		(long long)json_integer_value(json_object_get(last, "n")));
}

static void view_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct register_view *view = arg;
	struct error err = { 0 };

	view->call = NULL;
	if (db_err) {
		http_reply_error(view->req, db_err);
		return;
	}
	if (db_rows_is_null(rows, 0, REGISTER_ITEMS)) {
		error_set(&err, ERR_FORBIDDEN,
			"none of your roles at the board reads its register");
		http_reply_error(view->req, &err);
		return;
	}
	view->head = json_loads(db_rows_text(rows, 0, REGISTER_HEAD), 0, NULL);
	view->items = json_loads(db_rows_text(rows, 0, REGISTER_ITEMS), 0, NULL);
	items_cut(view);
	view->show(view);
}

void register_view_start(struct register_view *view)
{
	struct worker *worker = http_app(view->req);

	view->filter.most = view->limit + 1;
	view->call = (view->is_export ? register_store_export : register_store_page)(
		worker->desk_pool, &view->filter, view_on_rows, view);
}

/* ---- the API ---- */

static void list_show(struct register_view *view)
{
	json_t *whole = json_pack("{s:s, s:i}", "board", view->filter.board, "year",
		(int)strtol(view->filter.year, NULL, 10));
	struct json_write w;

	json_object_update(whole, view->head);
	json_object_set(whole, "items", view->items);
	json_object_set_new(
		whole, "next", view->next ? json_string(view->next) : json_null());
	json_decref(steal(view->head));
	json_decref(steal(view->items));
	jw_init(&w, http_out(view->req));
	jw_json(&w, whole);
	json_decref(whole);
	http_reply(view->req, 200, "application/json; charset=utf-8");
}

static void list_get(struct http_request *req)
{
	const char *board = request_value(req, "board");
	struct register_view *view;
	struct faults faults;

	if (!board || !request_board_known(req, board)) {
		faults_init(&faults, http_arena(req));
		faults_add(&faults, "board",
			board ? "no board has this code" : "fault.required");
		http_reply_faults(req, &faults);
		return;
	}
	view = register_view_new(req, board);
	if (!view)
		return;
	view->show = list_show;
	register_view_start(view);
}

static const char *const query_names[] = { "board", "year", "q", "category", "status",
	"from", "to", "limit", "after", NULL };

const struct http_route register_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/register",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "The register of a board and a year, newest first",
		.response = "Register",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/diarium",
		.access = ACCESS_STAFF,
		.handle = register_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/diarium/",
		.access = ACCESS_STAFF,
		.handle = register_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/diarium/{board}",
		.access = ACCESS_STAFF,
		.handle = register_page_board,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/diarium/{board}/csv",
		.access = ACCESS_STAFF,
		.handle = register_page_csv,
		.page = true },
	{ 0 },
};
