#include "server/desk_related.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query related_query = {
	.name = "desk_related",
	.sql = "SELECT synpunkt_desk.related($1::text, $2::smallint, $3::bigint)",
	.n_params = 3,
};

struct related {
	struct http_request *req;
	struct db_call *call;
};

static void related_on_gone(void *arg)
{
	db_cancel(((struct related *)arg)->call);
}

static void related_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct related *op = arg;
	struct error err = { 0 };
	const char *whole;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		error_set(&err, ERR_NOT_FOUND, "your boards hold no such case");
		http_reply_error(op->req, &err);
		return;
	}
	whole = db_rows_text(rows, 0, 0);
	evbuffer_add(http_out(op->req), whole, strlen(whole));
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

static void desk_related(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct related *op = arena_alloc(arena, sizeof(*op));
	struct case_number number;

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	case_number_parse(http_path_value(req, "number"), &number);
	http_on_close(req, related_on_gone, op);
	op->call = db_run(worker->desk_pool, &related_query,
		(const char *[]){ session_get(req)->token_hash,
			arena_printf(arena, "%d", number.year),
			arena_printf(arena, "%lld", (long long)number.serial) },
		related_on_rows, op);
}

const struct http_route desk_related_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/related",
		.access = ACCESS_STAFF,
		.handle = desk_related,
		.summary =
			"Other cases of the same person, at the same place, and likely duplicates, ten of each",
		.response = "RelatedCases" },
	{ 0 },
};
