/*
 *   report_make       the database is asked
 *   making_on_rows    its words, as they came
 *   making_work       in a thread of its own: parsed, sums, and what small numbers ask
 * for making_on_summed  the document
 */
#include "server/report_make.h"

#include <stdatomic.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/work.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/page.h"
#include "server/report_sum.h"
#include "server/report_view.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define LANGUAGE "sv"

static const struct db_query whole_query = {
	.name = "report_whole",
	.sql = "SELECT w.outcome, w.whole, w.may_write FROM synpunkt_period.whole_for("
	       "$1::text, $2::text, $3::integer, $4::integer, $5::integer) w",
	.n_params = 5,
};

struct making {
	struct http_request *req; /* NULL: the client has left */
	atomic_bool is_gone;      /* the same, for the thread */
	struct worker *worker;
	struct db_call *call;
	struct report_wanted wanted; /* not to be read once the client has left */
	report_made_fn *made;
	void *arg;
	char *text; /* the database's object, until it is read */
	json_t *body;
	struct report_sum sum;
	bool may_write;
	struct error err;
};

static void making_free(struct making *making)
{
	report_sum_end(&making->sum);
	json_decref(making->body);
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

/* ---- the document ---- */

/* As it is called in the city's rows; before they have been read, its code. */
static const char *board_name(const struct making *making)
{
	const struct city *city = city_holder_get(making->worker->city);
	const char *name =
		json_string_value(json_object_get(making->body, "boardName"));

	if (name)
		return name;
	return city ? city_board_name(city, making->wanted.board)
		    : making->wanted.board;
}

static json_t *document(const struct making *making)
{
	const struct report_source source = { .period = making->wanted.period,
		.board = making->wanted.board,
		.board_name = board_name(making),
		.body = making->body,
		.sum = &making->sum,
		.may_write = making->may_write };
	struct page page;
	json_t *report;

	page_make(&page, making->req, making->worker->catalogue, LANGUAGE);
	report = report_view(&page, &source);
	json_decref(page.data);
	return report;
}

static void making_on_summed(void *arg)
{
	struct making *making = arg;
	struct http_request *req = making->req;
	report_made_fn *made = making->made;
	void *made_arg = making->arg;
	struct error err = making->err;
	json_t *report = NULL;

	if (req && err.code == ERR_NONE)
		report = document(making);
	making_free(making);
	if (!req)
		return;
	http_on_close(req, NULL, NULL);
	if (report)
		made(req, report, made_arg);
	else
		http_reply_error(req, &err);
	json_decref(report);
}

static void making_work(void *arg)
{
	struct making *making = arg;

	if (atomic_load(&making->is_gone))
		return; /* before it began: nobody waits for it */
	making->body = json_loads(making->text, 0, NULL);
	report_sum_make(making->body, &making->sum, &making->err);
}

/* ---- asking ---- */

static int making_read(
	struct making *making, const struct db_rows *rows, struct error *err)
{
	const char *outcome = db_rows_text(rows, 0, 0);

	if (!strcmp(outcome, "forbidden"))
		return error_set(err, ERR_FORBIDDEN,
			"reports are for a role at the board and for analysts");
	if (strcmp(outcome, "done") != 0)
		return error_set(err, ERR_NOT_FOUND, "no such report or version");
	making->text = mem_dup(db_rows_text(rows, 0, 1));
	making->may_write = db_rows_bool(rows, 0, 2);
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
		work_run(making->worker->compare_work, making_work, making_on_summed,
			making, &err);
	if (err.code != ERR_NONE) {
		http_on_close(making->req, NULL, NULL);
		http_reply_error(making->req, &err);
		making_free(making);
	}
}

void report_make(struct http_request *req, const struct report_wanted *wanted,
	report_made_fn *made, void *arg)
{
	struct arena *arena = http_arena(req);
	struct making *making = mem_new(sizeof(*making));

	making->req = req;
	making->worker = http_app(req);
	making->wanted = *wanted;
	making->made = made;
	making->arg = arg;
	http_on_close(req, making_abandon, making);
	making->call = db_run(making->worker->compare_pool, &whole_query,
		(const char *[]){ session_get(req)->token_hash, wanted->board,
			arena_printf(arena, "%d", wanted->period.year),
			arena_printf(arena, "%d", wanted->period.months),
			wanted->version },
		making_on_rows, making);
}

bool report_asked(
	struct http_request *req, const char *period, struct report_wanted *ret)
{
	const char *version = http_query_value(req, "version");

	ret->board = http_path_value(req, "board");
	ret->version = version && version[0] ? version : NULL;
	if (request_board_known(req, ret->board) &&
		report_period_parse(period, &ret->period) &&
		(!ret->version || (strlen(version) <= 6 && request_id(version))))
		return true;
	request_refuse(req, ERR_NOT_FOUND, "no such report or version");
	return false;
}
