/*
 *   types_ask        judged; the database is asked
 *   making_on_rows   its words, as they came
 *   making_work      in a thread of its own: parsed, sums, and what small numbers ask
 * for making_on_made   the form that was asked for
 */
#include "server/type_compare_http.h"

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
#include "server/json_reply.h"
#include "server/pack_csv.h"
#include "server/page.h"
#include "server/report.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/type_compare.h"
#include "server/type_compare_page.h"
#include "server/worker.h"

#define LANGUAGE "sv"

static const struct db_query types_query = {
	.name = "type_comparison",
	.sql = "SELECT t.outcome, t.whole FROM synpunkt_period.types_for("
	       "$1::text, $2::integer, $3::integer) t",
	.n_params = 3,
};

typedef void form_fn(struct http_request *req, const json_t *doc);

struct making {
	struct http_request *req; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	struct worker *worker;
	struct db_call *call;
	struct report_period period;
	form_fn *form;
	char *text; /* the database's object, until it is read */
	struct type_compare types;
	struct error err;
};

static void making_free(struct making *making)
{
	type_compare_end(&making->types);
	mem_free(making->text);
	mem_free(making);
}

/* While the database is asked nothing else holds it. */
static void making_abandon(void *arg)
{
	struct making *making = arg;

	if (making->call) {
		db_cancel(making->call);
		making_free(making);
		return;
	}
	atomic_store(&making->is_gone, true);
	making->req = NULL;
}

/* ---- forms ---- */

static void json_form(struct http_request *req, const json_t *doc)
{
	json_reply(req, 200, doc);
}

static void csv_form(struct http_request *req, const json_t *doc)
{
	http_set_header(req, "Content-Disposition",
		arena_printf(http_arena(req),
			"attachment; filename=\"statistik-typer-%s.csv\"",
			json_string_value(json_object_get(doc, "period"))));
	pack_csv(doc, http_out(req));
	http_reply(req, 200, "text/csv; charset=utf-8");
}

/* ---- making ---- */

static json_t *document(const struct making *making)
{
	struct page page;
	json_t *doc;

	page_make(&page, making->req, making->worker->catalogue, LANGUAGE);
	doc = type_compare_view(&page, &making->period, &making->types);
	json_decref(page.data);
	return doc;
}

static void making_on_made(void *arg)
{
	struct making *making = arg;
	struct http_request *req = making->req;
	form_fn *form = making->form;
	struct error err = making->err;
	json_t *doc = NULL;

	if (req && err.code == ERR_NONE)
		doc = document(making);
	making_free(making);
	if (!req)
		return;
	http_on_close(req, NULL, NULL);
	if (doc)
		form(req, doc);
	else
		http_reply_error(req, &err);
	json_decref(doc);
}

static void making_work(void *arg)
{
	struct making *making = arg;
	json_t *body;

	if (atomic_load(&making->is_gone))
		return; /* before it began: nobody waits for it */
	body = json_loads(making->text, 0, NULL);
	type_compare_make(body, &making->types, &making->err);
	json_decref(body);
}

static int making_read(
	struct making *making, const struct db_rows *rows, struct error *err)
{
	const char *outcome = db_rows_text(rows, 0, 0);

	if (!strcmp(outcome, "forbidden"))
		return error_set(err, ERR_FORBIDDEN, "the comparison is for analysts");
	if (strcmp(outcome, "done") != 0)
		return error_set(err, ERR_NOT_FOUND, "the period has not begun");
	making->text = mem_dup(db_rows_text(rows, 0, 1));
	return 0;
}

static void making_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct making *making = arg;
	struct error err = { 0 };

	making->call = NULL;
	if (db_err)
		err = *db_err;
	else if (making_read(making, rows, &err) == 0)
		work_run(making->worker->compare_work, making_work, making_on_made,
			making, &err);
	if (err.code != ERR_NONE) {
		http_on_close(making->req, NULL, NULL);
		http_reply_error(making->req, &err);
		making_free(making);
	}
}

static void types_ask(
	struct http_request *req, const struct report_period *period, form_fn *form)
{
	struct arena *arena = http_arena(req);
	struct making *making = mem_new(sizeof(*making));

	making->req = req;
	making->worker = http_app(req);
	making->period = *period;
	making->form = form;
	http_on_close(req, making_abandon, making);
	making->call = db_run(making->worker->compare_pool, &types_query,
		(const char *[]){ session_get(req)->token_hash,
			arena_printf(arena, "%d", period->year),
			arena_printf(arena, "%d", period->months) },
		making_on_rows, making);
}

/* ---- asking ---- */

static void path_get(struct http_request *req, form_fn *form)
{
	struct report_period period;

	if (report_period_parse(http_query_value(req, "period"), &period))
		types_ask(req, &period, form);
	else
		request_refuse(req, ERR_NOT_FOUND, "no such period");
}

static void csv_get(struct http_request *req)
{
	path_get(req, csv_form);
}

static void page_get(struct http_request *req)
{
	if (http_query_value(req, "period"))
		path_get(req, type_compare_page_reply);
	else
		http_reply_redirect(req, type_compare_page_latest(req));
}

static void json_get(struct http_request *req)
{
	const char *said = http_query_value(req, "period");
	struct report_period period;
	struct faults faults;

	if (report_period_parse(said, &period)) {
		types_ask(req, &period, json_form);
		return;
	}
	faults_init(&faults, http_arena(req));
	faults_add(&faults, "period",
		said ? "not a period as YYYY-t1, YYYY-t2 or YYYY" : "fault.required");
	http_reply_faults(req, &faults);
}

static const char *const query_names[] = { "period", "lang", NULL };

const struct http_route type_compare_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/statistics/type-comparisons",
		.access = ACCESS_STAFF,
		.handle = json_get,
		.summary = "Every board and company by type in the period of a report, "
			   "such as 2026-t1, 2026-t2 or 2026, and in the same one the "
			   "year before",
		.response = "TypeComparison",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/statistik/typer",
		.access = ACCESS_STAFF,
		.handle = page_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/typer.csv",
		.access = ACCESS_STAFF,
		.handle = csv_get,
		.page = true },
	{ 0 },
};
