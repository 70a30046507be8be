#include "server/compare_http.h"

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
	struct http_request *req; /* not to be read once the client has left */
	enum compare_form form;
	char month[STATISTICS_MONTH];
	struct compare *compare;
	struct compare_around around;
};

/* ---- forms ---- */

static void csv_reply(struct http_request *req, const json_t *doc, const char *month)
{
	http_set_header(req, "Content-Disposition",
		arena_printf(http_arena(req),
			"attachment; filename=\"statistik-jamfor-%.7s.csv\"", month));
	pack_csv(doc, http_out(req));
	http_reply(req, 200, "text/csv; charset=utf-8");
}

static void compare_answer(struct http_request *req, void *arg)
{
	const struct compare_making *making = arg;
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

static int compare_work(const char *text, void *arg, struct error *err)
{
	struct compare_making *making = arg;
	json_t *body = json_loads(text, 0, NULL);
	int rc = compare_make(body, &making->compare, err);

	json_decref(body);
	return rc;
}

static int compare_read(
	const struct db_rows *rows, char **text, void *arg, struct error *err)
{
	struct compare_making *making = arg;
	struct arena *arena = http_arena(making->req);

	if (strcmp(db_rows_text(rows, 0, STATISTICS_OUTCOME), "done") != 0)
		return error_set(err, ERR_FORBIDDEN, "the comparison is for analysts");
	making->around = (struct compare_around){ .month = making->month,
		.first = arena_dup(arena, db_rows_text(rows, 0, STATISTICS_FIRST)),
		.last = arena_dup(arena, db_rows_text(rows, 0, STATISTICS_LAST)) };
	*text = mem_dup(db_rows_text(rows, 0, STATISTICS_WHOLE));
	return 0;
}

static void compare_end(void *arg)
{
	struct compare_making *making = arg;

	compare_free(making->compare);
	mem_free(making);
}

static const struct asked_work_ops compare_ops = { compare_read, compare_work,
	compare_answer, compare_end };

static void compare_ask(
	struct http_request *req, enum compare_form form, const char *month)
{
	struct compare_making *making = mem_new(sizeof(*making));
	struct asked_work *asked = asked_work_new(req, &compare_ops, making);

	making->req = req;
	making->form = form;
	memcpy(making->month, month, sizeof(making->month));
	asked_work_begin(
		asked, statistics_store_comparison(
			       ((struct worker *)http_app(req))->compare_pool,
			       &(struct statistics_wanted){ .session = session_get(req),
				       .month = making->month },
			       asked_work_on_rows, asked));
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
