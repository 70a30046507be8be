#include "server/report_make.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/asked_work.h"
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
	struct worker *worker;
	struct report_wanted wanted; /* not to be read once the client has left */
	report_made_fn *made;
	void *arg;
	json_t *body;
	struct report_sum sum;
	bool may_write;
};

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

static void making_answer(struct http_request *req, void *arg)
{
	struct making *making = arg;
	const struct report_source source = { .period = making->wanted.period,
		.board = making->wanted.board,
		.board_name = board_name(making),
		.body = making->body,
		.sum = &making->sum,
		.may_write = making->may_write };
	struct page page;
	json_t *report;

	page_make(&page, req, making->worker->catalogue, LANGUAGE);
	report = report_view(&page, &source);
	json_decref(page.data);
	making->made(req, report, making->arg);
	json_decref(report);
}

/* ---- asking ---- */

static int making_work(const char *text, void *arg, struct error *err)
{
	struct making *making = arg;

	making->body = json_loads(text, 0, NULL);
	return report_sum_make(making->body, &making->sum, err);
}

static int making_read(
	const struct db_rows *rows, char **text, void *arg, struct error *err)
{
	struct making *making = arg;
	const char *outcome = db_rows_text(rows, 0, 0);

	if (!strcmp(outcome, "forbidden"))
		return error_set(err, ERR_FORBIDDEN,
			"reports are for a role at the board and for analysts");
	if (strcmp(outcome, "done") != 0)
		return error_set(err, ERR_NOT_FOUND, "no such report or version");
	*text = mem_dup(db_rows_text(rows, 0, 1));
	making->may_write = db_rows_bool(rows, 0, 2);
	return 0;
}

static void making_end(void *arg)
{
	struct making *making = arg;

	report_sum_end(&making->sum);
	json_decref(making->body);
	mem_free(making);
}

static const struct asked_work_ops making_ops = { making_read, making_work,
	making_answer, making_end };

void report_make(struct http_request *req, const struct report_wanted *wanted,
	report_made_fn *made, void *arg)
{
	struct arena *arena = http_arena(req);
	struct making *making = mem_new(sizeof(*making));
	struct asked_work *asked = asked_work_new(req, &making_ops, making);

	making->worker = http_app(req);
	making->wanted = *wanted;
	making->made = made;
	making->arg = arg;
	asked_work_begin(asked,
		db_run(making->worker->compare_pool, &whole_query,
			(const char *[]){ session_get(req)->token_hash, wanted->board,
				arena_printf(arena, "%d", wanted->period.year),
				arena_printf(arena, "%d", wanted->period.months),
				wanted->version },
			asked_work_on_rows, asked));
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
