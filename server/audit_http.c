#include "server/audit_http.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/audit_page.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define PARAMS                                                                         \
	"($1::text, $2::text, $3::bigint, $4::text, $5::date, $6::date, $7::bigint,"   \
	" $8::integer)"

static const struct db_query reads_query = {
	.name = "audit_reads",
	.sql = "SELECT synpunkt_audit.reads" PARAMS,
	.n_params = 8,
};

static const struct db_query exports_query = {
	.name = "audit_exports",
	.sql = "SELECT synpunkt_audit.exports" PARAMS,
	.n_params = 8,
};

static const char digits[] = "0123456789";

static void view_on_gone(void *arg)
{
	db_cancel(((struct audit_view *)arg)->call);
}

static void view_read(struct audit_view *view, struct faults *faults)
{
	struct http_request *req = view->req;
	const char *after = request_value(req, "after");
	struct case_number number;
	struct list_page page = { 0 };

	view->number = request_value(req, "case");
	view->user = request_value(req, "user");
	view->from = request_day(req, "from", faults);
	view->to = request_day(req, "to", faults);
	view->next = after;
	if (view->number) {
		if (case_number_parse(view->number, &number) < 0)
			faults_add(faults, "case", "is not a case's number");
		else
			view->serial = strchr(view->number, '-') + 1;
	}
	if (after && (strspn(after, digits) != strlen(after) || strlen(after) > 15))
		faults_add(faults, "after", "is not a cursor of this list");
	if (list_page_read(req, &page, faults) == 0)
		view->limit = page.limit;
}

struct audit_view *audit_view_new(struct http_request *req, const char *board)
{
	struct audit_view *view = arena_alloc(http_arena(req), sizeof(*view));
	struct faults faults;

	faults_init(&faults, http_arena(req));
	view->req = req;
	view->board = board;
	if (!board)
		faults_add(&faults, "board", "fault.required");
	else if (!request_board_known(req, board))
		faults_add(&faults, "board", "no board has this code");
	view_read(view, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return NULL;
	}
	http_on_close(req, view_on_gone, view);
	return view;
}

static void items_cut(struct audit_view *view)
{
	const json_t *last;

	view->next = NULL;
	if (json_array_size(view->items) <= view->limit)
		return;
	json_array_remove(view->items, view->limit);
	last = json_array_get(view->items, view->limit - 1);
	view->next = arena_printf(http_arena(view->req), "%lld",
		(long long)json_integer_value(json_object_get(last, "id")));
}

static void view_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct audit_view *view = arg;
	struct error err = { 0 };

	view->call = NULL;
	if (db_err) {
		http_reply_error(view->req, db_err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		error_set(&err, ERR_FORBIDDEN,
			"the logs are for the board's auditors and data protection "
			"officers");
		http_reply_error(view->req, &err);
		return;
	}
	view->items = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	items_cut(view);
	view->show(view);
}

void audit_view_start(struct audit_view *view)
{
	struct worker *worker = http_app(view->req);
	char most[32];

	/* One more than is shown tells whether there is a next page. */
	snprintf(most, sizeof(most), "%zu", view->limit + 1);
	view->call = db_run(worker->desk_pool,
		view->of_exports ? &exports_query : &reads_query,
		(const char *[]){ session_get(view->req)->token_hash, view->board,
			view->serial, view->user, view->from, view->to, view->next,
			most },
		view_on_rows, view);
}

static void list_show(struct audit_view *view)
{
	json_t *whole = json_pack(
		"{s:o, s:s?}", "items", steal(view->items), "next", view->next);
	struct json_write w;

	jw_init(&w, http_out(view->req));
	jw_json(&w, whole);
	json_decref(whole);
	http_reply(view->req, 200, "application/json; charset=utf-8");
}

static void list_get(struct http_request *req, bool of_exports)
{
	struct audit_view *view = audit_view_new(req, request_value(req, "board"));

	if (!view)
		return;
	view->of_exports = of_exports;
	view->show = list_show;
	audit_view_start(view);
}

static void reads_get(struct http_request *req)
{
	list_get(req, false);
}

static void exports_get(struct http_request *req)
{
	list_get(req, true);
}

static const char *const query_names[] = { "board", "case", "user", "from", "to",
	"limit", "after", NULL };

const struct http_route audit_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/audit/reads",
		.access = ACCESS_STAFF,
		.handle = reads_get,
		.summary = "Who read which sensitive case of a board, newest first",
		.response = "ReadLog",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/audit/exports",
		.access = ACCESS_STAFF,
		.handle = exports_get,
		.summary = "What was exported of a board's data, newest first",
		.response = "ExportLog",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/loggar",
		.access = ACCESS_STAFF,
		.handle = audit_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/loggar/",
		.access = ACCESS_STAFF,
		.handle = audit_page_index,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/loggar/{board}/lasningar",
		.access = ACCESS_STAFF,
		.handle = audit_page_reads,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/loggar/{board}/uttag",
		.access = ACCESS_STAFF,
		.handle = audit_page_exports,
		.page = true },
	{ 0 },
};
