#include "server/presence_http.h"

#include <stdbool.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define LASTS_SECONDS "30"
#define WRITING_MAX 40
#define BODY_MAX 1024

static const struct db_query presence_query = {
	.name = "presence",
	.sql = "SELECT p.others FROM synpunkt_desk.presence($1::text, $2::smallint,"
	       " $3::bigint, $4::text, $5::boolean, " LASTS_SECONDS ") p",
	.n_params = 5,
};

struct presence {
	struct http_request *req;
	struct db_call *call;
	const char *writing; /* the desk's form, or NULL */
	bool leaves;
};

static const struct json_field presence_fields[] = {
	{ .path = "writing",
		.kind = JSON_FIELD_STRING,
		.min = 1,
		.max = WRITING_MAX,
		.offset = offsetof(struct presence, writing) },
	{ 0 },
};

static void presence_on_gone(void *arg)
{
	db_cancel(((struct presence *)arg)->call);
}

static void presence_on_row(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct presence *op = arg;
	struct json_write w;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
	} else if (op->leaves) {
		http_reply(op->req, 204, NULL);
	} else if (db_rows_count(rows) == 0) {
		request_refuse(
			op->req, ERR_NOT_FOUND, "no such case that is yours to read");
	} else {
		jw_init(&w, http_out(op->req));
		jw_object(&w);
		jw_key_raw(&w, "items", db_rows_text(rows, 0, 0));
		jw_key_null(&w, "next");
		jw_object_end(&w);
		http_reply(op->req, 200, "application/json; charset=utf-8");
	}
}

static void presence_run(struct presence *op)
{
	struct worker *worker = http_app(op->req);
	struct request_case about = request_case(op->req);

	http_on_close(op->req, presence_on_gone, op);
	op->call = db_run(worker->desk_pool, &presence_query,
		(const char *[]){ session_get(op->req)->token_hash, about.year,
			about.serial, op->writing, op->leaves ? "true" : "false" },
		presence_on_row, op);
}

/* The desk's names of forms: letters and hyphens. */
static bool is_form(const char *text)
{
	for (; *text; text++) {
		if (*text != '-' &&
			(*text < 'A' || *text > 'z' || (*text > 'Z' && *text < 'a')))
			return false;
	}
	return true;
}

static void presence_put(struct http_request *req)
{
	struct presence *op = arena_alloc(http_arena(req), sizeof(*op));
	struct faults faults;

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, presence_fields, op, &faults) < 0)
		return;
	if (op->writing && !is_form(op->writing))
		faults_add(&faults, "writing", "is no form of the desk");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		presence_run(op);
}

static void presence_delete(struct http_request *req)
{
	struct presence *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	op->leaves = true;
	presence_run(op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route presence_routes[] = {
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/cases/{number}/presence",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = presence_put,
		.summary =
			"Say for " LASTS_SECONDS
			" seconds that one has the case open; the answer is who else has",
		.request = "NewPresence",
		.response = "PresenceList",
		.header_names = headers },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/desk/cases/{number}/presence",
		.access = ACCESS_STAFF,
		.handle = presence_delete,
		.summary = "Say that one has it open no more",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
