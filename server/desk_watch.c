#include "server/desk_watch.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/case_watch.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/desk_store.h"
#include "server/options.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

static int32_t day_of(const struct db_rows *rows, int row, int column)
{
	int32_t day;

	if (db_rows_is_null(rows, row, column) ||
		day_parse(db_rows_text(rows, row, column), &day, NULL) < 0)
		return DAY_NONE;
	return day;
}

void desk_watch_write(struct http_request *req, struct json_write *w,
	const struct desk_watch_columns *columns, const struct db_rows *rows, int row)
{
	const struct worker *worker = http_app(req);
	const struct city *city = city_holder_get(worker->city);
	const struct working_day_exceptions *exceptions =
		city ? &city->exceptions : NULL;
	int32_t today = day_of_instant(stamp_now() / 1000000);
	const char *status = db_rows_text(rows, row, columns->status);
	const struct case_watched c = {
		.acknowledge_by = day_of(rows, row, columns->acknowledge_by),
		.answer_by = day_of(rows, row, columns->answer_by),
		.waiting_since = day_of(rows, row, columns->waiting_since),
		.acknowledged = db_rows_bool(rows, row, columns->acknowledged),
		.answered = db_rows_bool(rows, row, columns->answered),
		.closed = !strcmp(status, "closed"),
		.awaits_approval = !strcmp(status, "awaiting-approval"),
		.wants_reply = db_rows_bool(rows, row, columns->wants_reply),
		.mail_failed = db_rows_bool(rows, row, columns->mail_failed),
	};
	unsigned attention = case_watch_attention(
		&c, today, exceptions, (int)worker->options->near_due_days);
	int left;

	jw_key_bool(w, "acknowledged", c.acknowledged);
	if (case_watch_days_left(&c, today, exceptions, &left))
		jw_key_int(w, "daysLeft", left);
	else
		jw_key_null(w, "daysLeft");
	jw_key(w, "attention");
	jw_array(w);
	for (unsigned i = 0; case_attention_codes[i]; i++) {
		if (attention & 1u << i)
			jw_string(w, case_attention_codes[i]);
	}
	jw_array_end(w);
}

const char *desk_watch_text(struct http_request *req,
	const struct desk_watch_columns *columns, const struct db_rows *rows, int row)
{
	struct evbuffer *out = evbuffer_new();
	struct json_write w;
	size_t n;
	char *text;

	jw_init_members(&w, out);
	desk_watch_write(req, &w, columns, rows, row);
	jw_flush(&w);
	n = evbuffer_get_length(out);
	text = arena_alloc(http_arena(req), n + 1);
	evbuffer_remove(out, text, n);
	evbuffer_free(out);
	return text;
}

/* ---- the summary ---- */

struct summary {
	struct http_request *req;
	struct db_call *call;
};

static void summary_on_gone(void *arg)
{
	db_cancel(((struct summary *)arg)->call);
}

static void summary_on_row(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	static const char *const names[] = { "open", "mine", "unassigned", "nearDue",
		"overdue", "acknowledgeOverdue", "mailFailed", "held", "heldOverdue" };
	struct summary *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	for (int i = 0; i < (int)ARRAY_LEN(names); i++)
		jw_key_int(&w, names[i], db_rows_int64(rows, 0, i));
	jw_object_end(&w);
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

static void desk_summary(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct summary *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	http_on_close(req, summary_on_gone, op);
	op->call = desk_store_summary(worker->desk_pool, http_arena(req),
		&(struct desk_filter){ .session = session_get(req),
			.near_days = worker->options->near_due_days,
			.quarantine_days = worker->options->quarantine_days },
		summary_on_row, op);
}

const struct http_route desk_watch_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/summary",
		.access = ACCESS_STAFF,
		.handle = desk_summary,
		.summary = "How many cases of one's boards need attention, and for "
			   "what",
		.response = "DeskSummary" },
	{ 0 },
};
