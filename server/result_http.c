/*
 *   result_get       judged; the database is asked
 *   result_on_row    parsed
 *   result_work      in a work thread: what small numbers ask for
 *   result_on_masked the page or the API's answer
 */
#include "server/result_http.h"

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
#include "server/city.h"
#include "server/city_holder.h"
#include "server/json_reply.h"
#include "server/page.h"
#include "server/question_limit.h"
#include "server/request_read.h"
#include "server/result.h"
#include "server/result_page.h"
#include "server/result_view.h"
#include "server/statistics_http.h"
#include "server/worker.h"

/* One page is one question: somebody who looks at every district asks twenty, and
 * mobile networks put thousands behind one address. */
#define RESULTS_PER_MINUTE 600

static const struct db_query read_query = {
	.name = "result_read",
	.sql = "SELECT synpunkt_result.read($1::text, $2::date)",
	.n_params = 2,
};

struct result_making {
	struct http_request *req; /* NULL: the client has left */
	struct worker *worker;
	struct db_call *call;
	const struct city_district *district; /* of city */
	const struct city *city;
	char period[STATISTICS_MONTH]; /* "" is the last one */
	bool page;
	struct result *result;
	struct error err;
};

int result_limit_take(struct http_request *req)
{
	return question_limit_take(req, "results", RESULTS_PER_MINUTE);
}

static void making_free(struct result_making *making)
{
	result_free(making->result);
	city_unref(making->city);
	mem_free(making);
}

/* While the database is asked nothing else holds it. */
static void making_abandon(void *arg)
{
	struct result_making *making = arg;

	if (making->call) {
		db_cancel(making->call);
		making_free(making);
		return;
	}
	making->req = NULL;
}

/* ---- answering ---- */

static void document_reply(struct result_making *making)
{
	struct page page;
	json_t *doc;

	page_init(&page, making->req, NULL);
	json_decref(steal(page.data));
	doc = result_view(&page, making->result, making->district);
	http_set_header(making->req, "Cache-Control", "public, max-age=3600");
	json_reply(making->req, 200, doc);
	json_decref(doc);
}

/* A period that was asked for and is not there would be an earlier one's figures. */
static bool is_asked(const struct result_making *making)
{
	const struct result *result = making->result;

	return !making->period[0] ||
	       (result->n_shown > 0 && !strncmp(result->shown[0].first, making->period,
					       strlen("YYYY-MM")));
}

static void result_on_masked(void *arg)
{
	struct result_making *making = arg;

	if (making->req && making->err.code != ERR_NONE)
		http_reply_error(making->req, &making->err);
	else if (making->req && making->page)
		result_page_reply(making->req, making->result, making->district);
	else if (making->req)
		document_reply(making);
	making_free(making);
}

static void result_work(void *arg)
{
	struct result_making *making = arg;

	result_mask(making->result, &making->err);
}

static void result_on_row(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct result_making *making = arg;
	struct error err = { 0 };

	making->call = NULL;
	if (db_err)
		err = *db_err;
	else
		making->result = result_parse(db_rows_text(rows, 0, 0), &err);
	if (making->result && !is_asked(making))
		error_set(&err, ERR_NOT_FOUND, "there are no results of this period");
	if (err.code == ERR_NONE && work_run(making->worker->work, result_work,
					    result_on_masked, making, &err) == 0)
		return;
	http_on_close(making->req, NULL, NULL);
	http_reply_error(making->req, &err);
	making_free(making);
}

/* ---- asking ---- */

static void result_get(
	struct http_request *req, const char *district, const char *period, bool page)
{
	struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	const struct city_district *found =
		city ? city_district_find(city, district) : NULL;
	struct result_making *making;
	struct error err = { 0 };

	if (!found) {
		error_set(&err, ERR_NOT_FOUND, "no such district");
		http_reply_error(req, &err);
		return;
	}
	if (result_limit_take(req) < 0)
		return;
	making = mem_new(sizeof(*making));
	*making = (struct result_making){ .req = req,
		.worker = worker,
		.district = found,
		.city = city_ref(city),
		.page = page };
	memcpy(making->period, period, sizeof(making->period));
	making->call = db_run(worker->read_pool, &read_query,
		(const char *[]){ found->code, period[0] ? making->period : NULL },
		result_on_row, making);
	http_on_close(req, making_abandon, making);
}

static void page_get(struct http_request *req)
{
	const char *asked = http_query_value(req, "period");
	char period[STATISTICS_MONTH] = "";
	struct error err = { 0 };

	if (asked && statistics_month_parse(asked, period) < 0) {
		error_set(&err, ERR_NOT_FOUND, "there are no results of this period");
		http_reply_error(req, &err);
		return;
	}
	result_get(req, http_path_value(req, "district"), period, true);
}

static void json_get(struct http_request *req)
{
	const char *district = request_value(req, "district");
	const char *asked = request_value(req, "period");
	char period[STATISTICS_MONTH] = "";
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (!district)
		faults_add(&faults, "district", "fault.required");
	if (asked && statistics_month_parse(asked, period) < 0)
		faults_add(&faults, "period", "not a month as YYYY-MM");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		result_get(req, district, period, false);
}

static const char *const query_names[] = { "district", "period", "lang", NULL };

const struct http_route result_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/results",
		.access = ACCESS_ANYONE,
		.handle = json_get,
		.summary =
			"How many cases of a district, about what, how fast answered",
		.response = "Results",
		.query = query_names },
	{ .method = HTTP_GET,
		.path = "/resultat",
		.access = ACCESS_ANYONE,
		.handle = result_choose_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/resultat/",
		.access = ACCESS_ANYONE,
		.handle = result_choose_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/resultat/{district}",
		.access = ACCESS_ANYONE,
		.handle = page_get,
		.page = true },
	{ 0 },
};
