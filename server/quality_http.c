#include "server/quality_http.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/list_page.h"
#include "server/open_http.h"
#include "server/open_words.h"
#include "server/request_read.h"
#include "server/statistics_http.h"
#include "server/worker.h"

/* The month asked for, or the last that is published. */
static const struct db_query quality_query = {
	.name = "quality_indicators",
	.sql = "SELECT r.month, r.board, r.measure, r.value, r.of, r.hidden"
	       " FROM (SELECT coalesce($1::date, (SELECT max(p.month || '-01')::date"
	       "  FROM synpunkt_open.months() p)) AS first) m"
	       " CROSS JOIN LATERAL synpunkt_open.rows(m.first,"
	       "  (m.first + interval '1 month')::date) r"
	       " WHERE r.part = 'whole' AND ($2::text IS NULL OR r.board = $2::text)"
	       " AND ($3::text IS NULL"
	       "  OR (r.board || '/' || r.measure) COLLATE \"C\" > $3::text)"
	       " ORDER BY (r.board || '/' || r.measure) COLLATE \"C\""
	       " LIMIT $4::integer",
	.n_params = 4,
};

enum quality_column {
	QUALITY_MONTH,
	QUALITY_BOARD,
	QUALITY_MEASURE,
	QUALITY_VALUE,
	QUALITY_N,
	QUALITY_HIDDEN,
};

struct quality {
	struct http_request *req;
	struct db_call *call;
	struct list_page page;
};

static void number_write(struct json_write *w, const char *name, const char *number)
{
	jw_key(w, name);
	if (number)
		jw_raw(w, number);
	else
		jw_null(w);
}

static void indicators_write(struct json_write *w)
{
	jw_key(w, "indicators");
	jw_array(w);
	for (const struct open_word *word = open_measures; word->code; word++) {
		jw_object(w);
		jw_key_string(w, "code", word->code);
		jw_key_string(w, "name", word->name);
		jw_key_string(w, "definition", word->text);
		jw_key_string(w, "unit", word->unit);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void item_write(const struct quality *op, const struct db_rows *rows, int i,
	struct json_write *w)
{
	const struct worker *worker = http_app(op->req);
	const struct city *city = city_holder_get(worker->city);
	const char *board = db_rows_text(rows, i, QUALITY_BOARD);

	jw_object(w);
	jw_key_string(w, "board", board);
	jw_key_string(w, "boardName", city ? city_board_name(city, board) : board);
	jw_key_string(w, "month", db_rows_text(rows, i, QUALITY_MONTH));
	jw_key_string(w, "indicator", db_rows_text(rows, i, QUALITY_MEASURE));
	number_write(w, "value", db_rows_text(rows, i, QUALITY_VALUE));
	number_write(w, "n", db_rows_text(rows, i, QUALITY_N));
	jw_key(w, "suppressed");
	jw_bool(w, db_rows_bool(rows, i, QUALITY_HIDDEN));
	jw_key(w, "frozen");
	jw_bool(w, true);
	jw_object_end(w);
}

static void quality_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct quality *op = arg;
	int n = err ? 0 : db_rows_count(rows), most = (int)op->page.limit;
	const char *next = NULL;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (n > most) {
		n = most;
		next = arena_printf(http_arena(op->req), "%s/%s",
			db_rows_text(rows, n - 1, QUALITY_BOARD),
			db_rows_text(rows, n - 1, QUALITY_MEASURE));
	}
	http_set_header(op->req, "Cache-Control", "public, max-age=3600");
	http_set_header(op->req, "Access-Control-Allow-Origin", "*");
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "schemaVersion", OPEN_VERSION);
	indicators_write(&w);
	jw_key(&w, "items");
	jw_array(&w);
	for (int i = 0; i < n; i++)
		item_write(op, rows, i, &w);
	list_page_reply(op->req, &w, next);
}

static void quality_on_gone(void *arg)
{
	db_cancel(((struct quality *)arg)->call);
}

static void quality_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct quality *op = arena_alloc(http_arena(req), sizeof(*op));
	const char *board = request_value(req, "board");
	const char *asked = request_value(req, "month");
	char month[STATISTICS_MONTH], most[12];
	struct faults faults;

	faults_init(&faults, http_arena(req));
	op->req = req;
	list_page_read(req, &op->page, &faults);
	if (board && !request_board_known(req, board))
		faults_add(&faults, "board", "no board has this code");
	if (asked && statistics_month_parse(asked, month) < 0)
		faults_add(&faults, "month", "not a month as YYYY-MM");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	if (open_limit_take(req) < 0)
		return;
	snprintf(most, sizeof(most), "%zu", op->page.limit + 1);
	http_on_close(req, quality_on_gone, op);
	op->call = db_run(worker->read_pool, &quality_query,
		(const char *[]){ asked ? month : NULL, board, op->page.after, most },
		quality_on_rows, op);
}

static const char *const query_names[] = { "board", "month", "limit", "after", NULL };

const struct http_route quality_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/quality-indicators",
		.access = ACCESS_ANYONE,
		.handle = quality_get,
		.summary = "Quality indicators of each board in a frozen month",
		.response = "QualityIndicators",
		.query = query_names },
	{ 0 },
};
