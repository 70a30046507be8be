#include "server/disclosure_http.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/disclosure_private.h"
#include "server/json_reply.h"
#include "server/list_page.h"
#include "server/session.h"
#include "server/worker.h"

static const struct db_query list_query = {
	.name = "disclosure_list",
	.sql = "SELECT l.id, l.item FROM synpunkt_disclosure.list($1::text, $2::text,"
	       " $3::bigint, $4::integer) l",
	.n_params = 4,
};

static const struct db_query one_query = {
	.name = "disclosure_one",
	.sql = "SELECT synpunkt_disclosure.one($1::text, $2::bigint) || $3::jsonb",
	.n_params = 3,
};

static const struct db_query case_query = {
	.name = "disclosure_case",
	.sql = "SELECT synpunkt_disclosure.of_case($1::text, $2::bigint, $3::smallint,"
	       " $4::bigint)",
	.n_params = 4,
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct disclosure_op *)arg)->call);
}

void disclosure_op_watch(struct disclosure_op *op)
{
	http_on_close(op->req, op_on_gone, op);
}

void disclosure_reply_missing(struct http_request *req)
{
	request_refuse(req, ERR_NOT_FOUND,
		"no such disclosure of your boards, or no such case or document in it");
}

struct disclosure_op *disclosure_op_new(struct http_request *req, bool is_one)
{
	const char *id = request_id(http_path_value(req, "id"));
	struct disclosure_op *op;

	if (desk_refuse_outsider(req))
		return NULL;
	if (is_one && !id) {
		disclosure_reply_missing(req);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->id = id;
	op->session = session_get(req)->token_hash;
	op->status = 200;
	disclosure_op_watch(op);
	return op;
}

/* ---- the register ---- */

/* One row more than the page was asked for: it says whether there is another. */
static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct disclosure_op *op = arg;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows) > op->limit ? op->limit : db_rows_count(rows);
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		jw_raw(&w, db_rows_text(rows, i, 1));
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, 0) : NULL);
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct disclosure_op *op = disclosure_op_new(req, false);
	struct list_page page;
	struct faults faults;
	const char *board;

	if (!op)
		return;
	board = request_value(req, "board");
	faults_init(&faults, http_arena(req));
	list_page_read(req, &page, &faults);
	if (board && !request_board_known(req, board))
		faults_add_key(&faults, "board", "fault.unknown-code", NULL);
	if (page.after && !request_id(page.after))
		faults_add(&faults, "after", "is no cursor of this list");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->limit = (int)page.limit;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session, board, page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		list_on_rows, op);
}

/* ---- one ---- */

static void one_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct json_nothing nothing = { ERR_NOT_FOUND,
		"no such disclosure of your boards" };
	struct disclosure_op *op = arg;

	op->call = NULL;
	if (op->status == 201 && !err)
		http_set_header(op->req, "Location",
			arena_printf(http_arena(op->req), "/api/v1/desk/disclosures/%s",
				op->id));
	json_reply_cell(op->req, op->status, rows, err, &nothing);
}

void disclosure_one_read(struct disclosure_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &one_query,
		(const char *[]){ op->session, op->id, op->adding ? op->adding : "{}" },
		one_on_read, op);
}

static void one_get(struct http_request *req)
{
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (op)
		disclosure_one_read(op);
}

/* ---- the documents of a case of it ---- */

static void case_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct json_nothing nothing = { ERR_NOT_FOUND,
		"no such disclosure of your boards, or no such case in it" };
	struct disclosure_op *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err, &nothing);
}

void disclosure_case_read(struct disclosure_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &case_query,
		(const char *[]){
			op->session, op->id, op->about.year, op->about.serial },
		case_on_read, op);
}

static void case_get(struct http_request *req)
{
	struct disclosure_op *op = disclosure_op_new(req, true);

	if (!op)
		return;
	op->about = request_case(req);
	disclosure_case_read(op);
}

static const char *const list_names[] = { "board", "limit", "after", NULL };

const struct http_route disclosure_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/disclosures",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "Disclosures of documents by one's boards, the latest first",
		.response = "DisclosurePage",
		.query = list_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/disclosures/{id}",
		.access = ACCESS_STAFF,
		.handle = one_get,
		.summary =
			"One disclosure: its cases, what is decided and what waits; no word of content",
		.response = "Disclosure" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/disclosures/{id}/cases/{number}",
		.access = ACCESS_STAFF,
		.handle = case_get,
		.summary =
			"The documents of a case of it, with what may be masked proposed",
		.response = "DisclosureCase" },
	{ 0 },
};
