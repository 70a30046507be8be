#include "server/api_client_cases.h"

#include <stdlib.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/api_client.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/request_read.h"
#include "server/stamp.h"
#include "server/worker.h"

static const struct db_query cases_query = {
	.name = "api_client_cases",
	.sql = "SELECT c.serial, c.year, c.board, c.category, c.type, c.status,"
	       " c.received_at, c.acknowledge_by, c.answer_by"
	       " FROM synpunkt_open311.cases_of($1::uuid, $2::bigint, $3::integer) c",
	.n_params = 3,
};

enum column {
	CASES_SERIAL,
	CASES_YEAR,
	CASES_BOARD,
	CASES_CATEGORY,
	CASES_TYPE,
	CASES_STATUS,
	CASES_RECEIVED_AT,
	CASES_ACKNOWLEDGE_BY,
	CASES_ANSWER_BY,
};

struct cases_get {
	struct http_request *req;
	struct db_call *call;
	size_t limit;
};

static void cases_on_gone(void *arg)
{
	db_cancel(((struct cases_get *)arg)->call);
}

static void case_write(const struct cases_get *op, const struct db_rows *rows, int row,
	struct json_write *w)
{
	const struct worker *worker = http_app(op->req);
	const struct city *city = city_holder_get(worker->city);
	const char *board = db_rows_text(rows, row, CASES_BOARD);
	const struct case_number number = {
		.year = (int)db_rows_int64(rows, row, CASES_YEAR),
		.serial = db_rows_int64(rows, row, CASES_SERIAL),
	};
	char text[CASE_NUMBER_SIZE], received[STAMP_SIZE];

	case_number_print(&number, text);
	stamp_print(db_rows_int64(rows, row, CASES_RECEIVED_AT), received);
	jw_object(w);
	jw_key_string(w, "number", text);
	jw_key(w, "board");
	jw_object(w);
	jw_key_string(w, "code", board);
	jw_key_string(w, "name", city ? city_board_name(city, board) : board);
	jw_object_end(w);
	jw_key_string(w, "category",
		db_rows_is_null(rows, row, CASES_CATEGORY)
			? NULL
			: db_rows_text(rows, row, CASES_CATEGORY));
	jw_key_string(w, "type", db_rows_text(rows, row, CASES_TYPE));
	jw_key_string(w, "status", db_rows_text(rows, row, CASES_STATUS));
	jw_key_string(w, "receivedAt", received);
	jw_key_string(
		w, "acknowledgeBy", db_rows_text(rows, row, CASES_ACKNOWLEDGE_BY));
	jw_key_string(w, "answerBy", db_rows_text(rows, row, CASES_ANSWER_BY));
	jw_object_end(w);
}

/* One more than was asked for was read: then there is a next page. */
static void cases_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct cases_get *op = arg;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows);
	n = n > (int)op->limit ? (int)op->limit : n;
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		case_write(op, rows, i, &w);
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, CASES_SERIAL)
					: NULL);
}

static void cases_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct cases_get *op;
	struct list_page page;
	struct faults faults;
	const char *before;

	faults_init(&faults, http_arena(req));
	list_page_read(req, &page, &faults);
	before = faults.n == 0 ? request_id(page.after) : NULL;
	if (faults.n == 0 && page.after && !before)
		faults_add(&faults, "after", "must be a cursor of this list");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->limit = page.limit;
	http_on_close(req, cases_on_gone, op);
	op->call = db_run(worker->read_pool, &cases_query,
		(const char *[]){ api_client_get(req)->id, before,
			arena_printf(http_arena(req), "%zu", page.limit + 1) },
		cases_on_rows, op);
}

static const char *const cases_query_names[] = { "limit", "after", NULL };
static const char *const key_headers[] = { "Authorization", NULL };

const struct http_route api_client_cases_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/sent-cases",
		.access = ACCESS_CLIENT,
		.handle = cases_get,
		.summary =
			"The cases that were sent with a key, and how it goes with them",
		.query = cases_query_names,
		.response = "SentCaseList",
		.header_names = key_headers },
	{ 0 },
};
