#include "server/praise_http.h"

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

#define WORDS_MAX 1000 /* characters, as the table's */
#define BODY_MAX (8 * KIB)

static const struct db_query read_query = {
	.name = "praise_of",
	.sql = "SELECT p.whole FROM synpunkt_desk.praise_of($1::text, $2::smallint,"
	       " $3::bigint) p",
	.n_params = 3,
};

static const struct db_query share_query = {
	.name = "praise_share",
	.sql = "SELECT synpunkt_desk.praise_share($1::text, $2::smallint, $3::bigint,"
	       " $4::text)",
	.n_params = 4,
};

struct praise {
	struct http_request *req;
	struct db_call *call;
	const char *session;
	struct request_case about;
	const char *text;
	bool consent;
	int status; /* of the answer after a change */
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct praise *)arg)->call);
}

/* NULL: it was answered. */
static struct praise *op_new(struct http_request *req)
{
	struct praise *op;

	if (desk_refuse_outsider(req))
		return NULL;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->session = session_get(req)->token_hash;
	op->about = request_case(req);
	op->status = 200;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* Where none of the caller's boards has it. */
static const struct json_nothing missing = { ERR_NOT_FOUND,
	"no such case that is yours to read" };

static void read_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct praise *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, op->status, rows, err, &missing);
}

static void read_run(struct praise *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &read_query,
		(const char *[]){ op->session, op->about.year, op->about.serial },
		read_on_row, op);
}

static void praise_get(struct http_request *req)
{
	struct praise *op = op_new(req);

	if (op)
		read_run(op);
}

static void share_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct praise *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "missing"))
		request_refuse(op->req, missing.code, missing.why);
	else if (!strcmp(word, "forbidden"))
		request_refuse(op->req, ERR_FORBIDDEN,
			"none of your roles shares the case's praise");
	else if (!strcmp(word, "praise"))
		request_refuse(op->req, ERR_CONFLICT,
			"the case is no praise that anybody may hear of");
	else
		read_run(op);
}

static void share_run(struct praise *op, const char *words)
{
	struct worker *worker = http_app(op->req);

	op->status = 201;
	op->call = db_run(worker->desk_pool, &share_query,
		(const char *[]){
			op->session, op->about.year, op->about.serial, words },
		share_on_done, op);
}

static const struct json_field fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.line_ends = true,
		.max = WORDS_MAX,
		.offset = offsetof(struct praise, text) },
	{ .path = "consent",
		.kind = JSON_FIELD_BOOL,
		.required = true,
		.offset = offsetof(struct praise, consent) },
	{ 0 },
};

static void share_post(struct http_request *req)
{
	struct praise *op = op_new(req);
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, op, &faults) < 0)
		return;
	if (!op->consent && !faults_find(&faults, "consent"))
		faults_add(&faults, "consent",
			"nothing is shared before the complainant has said yes");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		share_run(op, op->text);
}

static void unshare_post(struct http_request *req)
{
	struct praise *op = op_new(req);

	if (op)
		share_run(op, NULL);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route praise_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/praise",
		.access = ACCESS_STAFF,
		.handle = praise_get,
		.summary =
			"Whether the praise can be shared with anybody, and the words it is shared in",
		.response = "Praise" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/praise-sharings",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = share_post,
		.summary =
			"Share the praise in words of one's own; the complainant has said yes",
		.request = "PraiseSharing",
		.response = "Praise",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/praise-sharing-removals",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.handle = unshare_post,
		.summary = "Share the praise no more",
		.response = "Praise",
		.header_names = headers,
		.success = 201 },
	{ 0 },
};
