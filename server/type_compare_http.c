#include "server/type_compare_http.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "server/access.h"
#include "server/asked_work.h"
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
	struct worker *worker;
	struct report_period period;
	form_fn *form;
	struct type_compare types;
};

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

static int making_read(
	const struct db_rows *rows, char **text, void *arg, struct error *err)
{
	const char *outcome = db_rows_text(rows, 0, 0);

	(void)arg;
	if (!strcmp(outcome, "forbidden"))
		return error_set(err, ERR_FORBIDDEN, "the comparison is for analysts");
	if (strcmp(outcome, "done") != 0)
		return error_set(err, ERR_NOT_FOUND, "the period has not begun");
	*text = mem_dup(db_rows_text(rows, 0, 1));
	return 0;
}

static int making_work(const char *text, void *arg, struct error *err)
{
	struct making *making = arg;
	json_t *body = json_loads(text, 0, NULL);
	int rc = type_compare_make(body, &making->types, err);

	json_decref(body);
	return rc;
}

static void making_answer(struct http_request *req, void *arg)
{
	struct making *making = arg;
	struct page page;
	json_t *doc;

	page_make(&page, req, making->worker->catalogue, LANGUAGE);
	doc = type_compare_view(&page, &making->period, &making->types);
	json_decref(page.data);
	making->form(req, doc);
	json_decref(doc);
}

static void making_end(void *arg)
{
	struct making *making = arg;

	type_compare_end(&making->types);
	mem_free(making);
}

static const struct asked_work_ops making_ops = { making_read, making_work,
	making_answer, making_end };

static void types_ask(
	struct http_request *req, const struct report_period *period, form_fn *form)
{
	struct arena *arena = http_arena(req);
	struct making *making = mem_new(sizeof(*making));
	struct asked_work *asked = asked_work_new(req, &making_ops, making);

	making->worker = http_app(req);
	making->period = *period;
	making->form = form;
	asked_work_begin(
		asked, db_run(making->worker->compare_pool, &types_query,
			       (const char *[]){ session_get(req)->token_hash,
				       arena_printf(arena, "%d", period->year),
				       arena_printf(arena, "%d", period->months) },
			       asked_work_on_rows, asked));
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
