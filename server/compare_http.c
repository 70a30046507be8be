/*
 *   compare_ask        judged; the database is asked
 *   compare_on_rows    the database's words, as they came
 *   compare_work       in a thread of its own: parsed, sums, and what small numbers ask
 * for compare_on_made    the form that was asked for
 */
#include "server/compare_http.h"

#include <stdatomic.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/compare.h"
#include "server/compare_page.h"
#include "server/compare_view.h"
#include "server/json_reply.h"
#include "server/pack_csv.h"
#include "server/page.h"
#include "server/page_staff.h"
#include "server/session.h"
#include "server/statistics_http.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/statistics_view.h"
#include "server/worker.h"

enum compare_form {
	COMPARE_PAGE,
	COMPARE_CSV,
	COMPARE_JSON,
};

struct compare_making {
	struct http_request *req; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	struct worker *worker;
	struct db_call *call;
	enum compare_form form;
	char month[STATISTICS_MONTH];
	char *body; /* the database's object, until it is read */
	struct compare *compare;
	struct compare_around around;
	struct error err;
};

static void making_free(struct compare_making *making)
{
	compare_free(making->compare);
	mem_free(making->body);
	mem_free(making);
}

/* While the database is asked nothing else holds it. */
static void making_abandon(void *arg)
{
	struct compare_making *making = arg;

	if (making->call) {
		db_cancel(making->call);
		making_free(making);
		return;
	}
	atomic_store(&making->is_gone, true);
	making->req = NULL;
}

/* ---- forms ---- */

static void csv_reply(struct http_request *req, const json_t *doc, const char *month)
{
	http_set_header(req, "Content-Disposition",
		arena_printf(http_arena(req),
			"attachment; filename=\"statistik-jamfor-%.7s.csv\"", month));
	pack_csv(doc, http_out(req));
	http_reply(req, 200, "text/csv; charset=utf-8");
}

static void form_reply(const struct compare_making *making)
{
	struct http_request *req = making->req;
	struct page page;
	json_t *doc;

	page_staff_init(&page, req, STATISTICS_ROOT);
	doc = compare_view(&page, making->compare);
	if (making->form == COMPARE_PAGE) {
		compare_page_reply(&page, doc, &making->around);
	} else {
		json_decref(steal(page.data));
		if (making->form == COMPARE_CSV)
			csv_reply(req, doc, making->month);
		else
			json_reply(req, 200, doc);
	}
	json_decref(doc);
}

/* ---- making ---- */

static void compare_on_made(void *arg)
{
	struct compare_making *making = arg;

	if (making->req && making->err.code != ERR_NONE)
		http_reply_error(making->req, &making->err);
	else if (making->req)
		form_reply(making);
	making_free(making);
}

static void compare_work(void *arg)
{
	struct compare_making *making = arg;
	json_t *body;

	if (atomic_load(&making->is_gone))
		return; /* before it began: nobody waits for it */
	body = json_loads(making->body, 0, NULL);
	compare_make(body, &making->compare, &making->err);
	json_decref(body);
}

static int compare_read(
	struct compare_making *making, const struct db_rows *rows, struct error *err)
{
	struct arena *arena = http_arena(making->req);

	if (strcmp(db_rows_text(rows, 0, STATISTICS_OUTCOME), "done") != 0)
		return error_set(err, ERR_FORBIDDEN, "the comparison is for analysts");
	making->around = (struct compare_around){ .month = making->month,
		.first = arena_dup(arena, db_rows_text(rows, 0, STATISTICS_FIRST)),
		.last = arena_dup(arena, db_rows_text(rows, 0, STATISTICS_LAST)) };
	making->body = mem_dup(db_rows_text(rows, 0, STATISTICS_WHOLE));
	return 0;
}

static void compare_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct compare_making *making = arg;
	struct error err = { 0 };

	making->call = NULL;
	if (db_err)
		err = *db_err;
	else if (compare_read(making, rows, &err) == 0)
		work_run(making->worker->compare_work, compare_work, compare_on_made,
			making, &err);
	if (err.code != ERR_NONE) {
		http_on_close(making->req, NULL, NULL);
		http_reply_error(making->req, &err);
		making_free(making);
	}
}

static void compare_ask(
	struct http_request *req, enum compare_form form, const char *month)
{
	struct compare_making *making = mem_new(sizeof(*making));

	making->req = req;
	making->worker = http_app(req);
	making->form = form;
	memcpy(making->month, month, sizeof(making->month));
	making->call = statistics_store_comparison(making->worker->compare_pool,
		&(struct statistics_wanted){
			.session = session_get(req), .month = making->month },
		compare_on_rows, making);
	http_on_close(req, making_abandon, making);
}

/* ---- asking ---- */

static void path_get(struct http_request *req, enum compare_form form)
{
	const char *said = http_query_value(req, "month");
	char month[STATISTICS_MONTH];
	struct error err = { 0 };

	if (said && statistics_month_parse(said, month) == 0) {
		compare_ask(req, form, month);
		return;
	}
	error_set(&err, ERR_NOT_FOUND, "no such month");
	http_reply_error(req, &err);
}

static void compare_csv_get(struct http_request *req)
{
	path_get(req, COMPARE_CSV);
}

/* Without a month, the last that has ended. */
static void compare_page_get(struct http_request *req)
{
	const struct page page = { .req = req }; /* for its months alone */

	if (http_query_value(req, "month")) {
		path_get(req, COMPARE_PAGE);
		return;
	}
	http_reply_redirect(
		req, statistics_page_comparison(req,
			     statistics_view_step(&page,
				     statistics_page_month_now(http_arena(req)), -1)));
}

static void compare_json_get(struct http_request *req)
{
	const char *said = http_query_value(req, "month");
	char month[STATISTICS_MONTH];
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (!said)
		faults_add(&faults, "month", "fault.required");
	else if (statistics_month_parse(said, month) < 0)
		faults_add(&faults, "month", "not a month as YYYY-MM");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		compare_ask(req, COMPARE_JSON, month);
}

static const char *const query_names[] = { "month", "lang", NULL };

const struct http_route compare_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics/comparisons",
		.access = ACCESS_STAFF,
		.handle = compare_json_get,
		.summary =
			"The city's boards and companies beside each other in a month",
		.response = "Comparison",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/statistik/jamfor",
		.access = ACCESS_STAFF,
		.handle = compare_page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/jamfor.csv",
		.access = ACCESS_STAFF,
		.handle = compare_csv_get,
		.page = true },
	{ 0 },
};
