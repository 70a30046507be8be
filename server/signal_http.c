#include "server/signal_http.h"

#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define REASON_MAX 500 /* characters, as the table's */
#define BODY_MAX (4 * KIB)

static const struct db_query list_query = {
	.name = "signal_list",
	.sql = "SELECT synpunkt_signal.list($1::text)",
	.n_params = 1,
};

static const struct db_query dismiss_query = {
	.name = "signal_dismiss",
	.sql = "SELECT synpunkt_signal.dismiss($1::text, $2::bigint, $3::text)",
	.n_params = 3,
};

struct signals {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	const char *session, *id, *reason;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct signals *)arg)->call);
}

/* NULL: it was answered. */
static struct signals *op_new(struct http_request *req)
{
	struct signals *op;

	if (desk_refuse_outsider(req))
		return NULL;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->session = session_get(req)->token_hash;
	http_on_close(req, op_on_gone, op);
	return op;
}

static void list_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct signals *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err,
		&(struct json_nothing){ ERR_FORBIDDEN,
			"signals are for coordinators and managers of a board" });
}

static void list_run(struct signals *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session }, list_on_row, op);
}

static void list_get(struct http_request *req)
{
	struct signals *op = op_new(req);

	if (op)
		list_run(op);
}

/* Answered with the list as it is now. */
static void dismiss_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct signals *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "missing"))
		request_refuse(op->req, ERR_NOT_FOUND,
			"no such signal of a board that is yours to lead");
	else if (!strcmp(word, "already"))
		request_refuse(
			op->req, ERR_CONFLICT, "somebody has dismissed it already");
	else
		list_run(op);
}

static const struct json_field dismiss_fields[] = {
	{ .path = "reason",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.line_ends = true,
		.not_blank = true,
		.max = REASON_MAX,
		.offset = offsetof(struct signals, reason) },
	{ 0 },
};

static void dismiss_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct signals *op = op_new(req);
	struct faults faults;

	if (!op)
		return;
	op->id = request_id(http_path_value(req, "id"));
	faults_init(&faults, http_arena(req));
	if (request_fields(req, dismiss_fields, op, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &dismiss_query,
		(const char *[]){ op->session, op->id ? op->id : "0", op->reason },
		dismiss_on_done, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route signal_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/signals",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary =
			"What rose beyond chance, came back at one place or piled up, found on the last Monday",
		.response = "SignalList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/signals/{id}/dismissals",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = dismiss_post,
		.summary = "Say why a signal is nothing to act on",
		.request = "SignalDismissal",
		.response = "SignalList",
		.header_names = headers },
	{ 0 },
};
