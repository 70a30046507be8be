#include "server/reorganise_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/worker.h"

#define CODE_MAX 100

static const struct db_query list_query = {
	.name = "reorganise_list",
	.sql = "SELECT synpunkt_reorganise.list($1::text)",
	.n_params = 1,
};

static const struct db_query one_query = {
	.name = "reorganise_one",
	.sql = "SELECT synpunkt_reorganise.one($1::text, $2::text)",
	.n_params = 2,
};

static const struct db_query start_query = {
	.name = "reorganise_start",
	.sql = "SELECT synpunkt_reorganise.start_as($1::text, $2::text)",
	.n_params = 2,
};

/* one, or start and then one. */
struct reorganise_op {
	struct http_request *req;
	struct db_call *call;
	const char *code;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct reorganise_op *)arg)->call);
}

/* The database looks once more: whoever stands in for an administrator is none here. */
static const struct json_nothing outsider = { ERR_FORBIDDEN,
	"reorganisations are for administrators" };
static const struct json_nothing missing = { ERR_NOT_FOUND,
	"there is no such reorganisation" };

/* NULL: it was answered. */
static struct reorganise_op *op_new(struct http_request *req)
{
	const char *code = http_path_value(req, "code");
	struct reorganise_op *op;

	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(req, outsider.code, outsider.why);
		return NULL;
	}
	if (code && strlen(code) > CODE_MAX) {
		request_refuse(req, missing.code, missing.why);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->code = code;
	http_on_close(req, op_on_gone, op);
	return op;
}

static void list_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct reorganise_op *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err, &outsider);
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct reorganise_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &list_query,
			(const char *[]){ session_get(req)->token_hash }, list_on_row,
			op);
}

static void one_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct reorganise_op *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err, &missing);
}

static void one_run(struct reorganise_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &one_query,
		(const char *[]){ session_get(op->req)->token_hash, op->code },
		one_on_row, op);
}

static void one_get(struct http_request *req)
{
	struct reorganise_op *op = op_new(req);

	if (op)
		one_run(op);
}

static const struct outcome_row refusals[] = {
	{ "forbidden", ERR_FORBIDDEN, NULL, "reorganisations are for administrators" },
	{ "missing", ERR_NOT_FOUND, NULL, "there is no such reorganisation" },
	{ "early", ERR_CONFLICT, NULL, "its day has not come" },
	{ "faulty", ERR_CONFLICT, NULL,
		"the plan does not fit the city's rows any more" },
};

static void start_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct reorganise_op *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (!outcome_refuse(
		    op->req, refusals, ARRAY_LEN(refusals), db_rows_text(rows, 0, 0)))
		one_run(op);
}

/* The job worker carries the cases; who asks again sees how far it has come. */
static void carry_out_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct reorganise_op *op = op_new(req);

	if (!op || sensitive_refuse(req, SENSITIVE_REORGANISE))
		return;
	op->call = db_run(worker->desk_pool, &start_query,
		(const char *[]){ session_get(req)->token_hash, op->code },
		start_on_done, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };

const struct http_route reorganise_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/reorganisations",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "Reorganisations, planned and done, for administrators",
		.response = "ReorganisationList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/reorganisations/{code}",
		.access = ACCESS_STAFF,
		.handle = one_get,
		.summary =
			"One of them; of a plan with what it would do if it were carried out now",
		.response = "Reorganisation" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/reorganisations/{code}/carry-outs",
		.access = ACCESS_STAFF,
		.handle = carry_out_post,
		.summary =
			"Carry it out, on its day or later: rows at once, open cases within minutes",
		.response = "Reorganisation",
		.header_names = headers },
	{ 0 },
};
