#include "server/desk_workload.h"

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/json_reply.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query workload_query = {
	.name = "desk_workload",
	.sql = "SELECT w FROM synpunkt_desk.workload($1::text) w",
	.n_params = 1,
};

struct workload {
	struct http_request *req;
	struct db_call *call;
};

static void workload_on_gone(void *arg)
{
	db_cancel(((struct workload *)arg)->call);
}

static void workload_on_row(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct workload *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err,
		&(struct json_nothing){ ERR_FORBIDDEN,
			"the workload is for coordinators and managers of a board" });
}

static void desk_workload(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct workload *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	http_on_close(req, workload_on_gone, op);
	op->call = db_run(worker->desk_pool, &workload_query,
		(const char *[]){ session_get(req)->token_hash }, workload_on_row, op);
}

const struct http_route desk_workload_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/workload",
		.access = ACCESS_STAFF,
		.handle = desk_workload,
		.summary =
			"What is open, due today and late with each handler and unit of the boards that one leads",
		.response = "DeskWorkload" },
	{ 0 },
};
