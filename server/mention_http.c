#include "server/mention_http.h"

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query list_query = {
	.name = "mentionable_list",
	.sql = "SELECT synpunkt_desk.mentionable($1::text, $2::smallint, $3::bigint)",
	.n_params = 3,
};

struct mentionable {
	struct http_request *req;
	struct db_call *call;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct mentionable *)arg)->call);
}

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mentionable *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err,
		&(struct json_nothing){
			ERR_NOT_FOUND, "no such case that is yours to read" });
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct request_case about;
	struct mentionable *op;

	if (desk_refuse_outsider(req))
		return;
	about = request_case(req);
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, op_on_gone, op);
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){
			session_get(req)->token_hash, about.year, about.serial },
		list_on_rows, op);
}

const struct http_route mention_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/mentionable",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary =
			"Colleagues who may read the case, and be mentioned in a note on it",
		.response = "MentionableList" },
	{ 0 },
};
