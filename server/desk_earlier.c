#include "server/desk_earlier.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "server/desk_store.h"
#include "server/session.h"
#include "server/worker.h"

struct earlier {
	struct http_request *req;
	struct db_call *call;
	enum desk_earlier_why why;
};

static void earlier_on_gone(void *arg)
{
	db_cancel(((struct earlier *)arg)->call);
}

void desk_answer_reply(
	struct http_request *req, int status, const char *version, const char *text)
{
	http_set_header(req, "ETag", arena_printf(http_arena(req), "\"%s\"", version));
	evbuffer_add(http_out(req), text, strlen(text));
	http_reply(req, status, "application/json; charset=utf-8");
}

static void earlier_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct earlier *op = arg;
	struct error err = { 0 };

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
	} else if (db_rows_count(rows) == 0) {
		error_set(&err, ERR_NOT_FOUND, "your boards hold no such case");
		http_reply_error(op->req, &err);
	} else if (op->why == DESK_EARLIER_CONFLICT) {
		http_reply_problem(op->req, 409, "the case has gone to another board",
			arena_printf(http_arena(op->req), "\"current\":%s",
				db_rows_text(rows, 0, DESK_EARLIER_WHOLE)));
	} else {
		desk_answer_reply(op->req, 200,
			db_rows_text(rows, 0, DESK_EARLIER_VERSION),
			db_rows_text(rows, 0, DESK_EARLIER_WHOLE));
	}
}

void desk_earlier_reply(struct http_request *req, const struct desk_case *about,
	enum desk_earlier_why why)
{
	struct worker *worker = http_app(req);
	struct earlier *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->why = why;
	http_on_close(req, earlier_on_gone, op);
	op->call = desk_store_read_earlier(
		worker->desk_pool, http_arena(req), about, earlier_on_rows, op);
}
