/*
 * A change:
 *
 *   put_begin     If-Match, the body; then the database does it
 *   put_on_done   its word; the template is read as it is now, for the answer or
 *                 for 409 with it as "current"
 */
#include "server/template_put.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/if_match.h"
#include "server/reply_template.h"
#include "server/request_read.h"
#include "server/template_http.h"
#include "server/template_private.h"
#include "server/worker.h"

#define NAME_MAX_CHARACTERS 100
#define TEXT_MAX_CHARACTERS 10000

static const struct db_query put_query = {
	.name = "template_put",
	.sql = "SELECT p.outcome, p.id FROM synpunkt_desk.template_put($1::text,"
	       " $2::bigint, $3::integer[], $4::jsonb) p",
	.n_params = 4,
};

struct wanted {
	const char *board, *category, *status, *language, *kind, *name, *text,
		*valid_from, *valid_to;
};

#define WANTED(path_, member)                                                          \
	.path = path_, .kind = JSON_FIELD_STRING,                                      \
	.offset = offsetof(struct wanted, member)

static const struct json_field wanted_fields[] = {
	{ WANTED("board", board), .max = 100 },
	{ WANTED("category", category), .max = 100 },
	{ WANTED("status", status), .one_of = case_statuses },
	{ WANTED("language", language), .required = true,
		.one_of = template_languages },
	{ WANTED("kind", kind), .required = true, .one_of = template_kinds },
	{ WANTED("name", name), .required = true, .not_blank = true,
		.max = NAME_MAX_CHARACTERS },
	{ WANTED("text", text), .required = true, .not_blank = true, .line_ends = true,
		.max = TEXT_MAX_CHARACTERS },
	{ WANTED("validFrom", valid_from), .max = 10 },
	{ WANTED("validTo", valid_to), .max = 10 },
	{ 0 },
};

/* NULL: it was answered. */
static const char *wanted_read(struct http_request *req)
{
	struct wanted given = { 0 };
	struct faults faults;
	json_t *object;

	faults_init(&faults, http_arena(req));
	if (request_fields(req, wanted_fields, &given, &faults) < 0)
		return NULL;
	request_day_judge(given.valid_from, "validFrom", &faults);
	request_day_judge(given.valid_to, "validTo", &faults);
	if (given.text)
		reply_template_judge(given.text, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return NULL;
	}
	object = json_pack("{s:s*, s:s*, s:s*, s:s, s:s, s:s, s:s, s:s*, s:s*}",
		"board", given.board, "category", given.category, "status",
		given.status, "language", given.language, "kind", given.kind, "name",
		given.name, "text", given.text, "validFrom", given.valid_from,
		"validTo", given.valid_to);
	return json_text(http_arena(req), object);
}

/* Words of template_put() that are an answer by themselves. */
static const struct {
	const char *outcome;
	enum err_code code;
	const char *field, *text;
} outcomes[] = {
	{ "forbidden", ERR_FORBIDDEN, "",
		"templates are written by coordinators and managers of the board, the "
		"city's by administrators" },
	{ "board", ERR_INVALID, "board", "no board has this code" },
	{ "category", ERR_INVALID, "category", "is not a category" },
	{ "validTo", ERR_INVALID, "validTo", "is before validFrom" },
};

static void put_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct template_op *op = arg;
	struct error err = { 0 };
	const char *outcome;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (strcmp(outcomes[i].outcome, outcome) != 0)
			continue;
		error_set(&err, outcomes[i].code, "%s", outcomes[i].text);
		error_set_field(&err, outcomes[i].field);
		http_reply_error(op->req, &err);
		return;
	}
	if (!strcmp(outcome, "missing")) {
		template_reply_missing(op->req);
		return;
	}
	if (!strcmp(outcome, "stale"))
		op->conflict = "somebody has changed the template since you read it";
	op->id = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 1));
	template_one_read(op);
}

static void put_begin(struct template_op *op, const char *versions)
{
	struct worker *worker = http_app(op->req);
	const char *wanted = wanted_read(op->req);

	if (wanted)
		op->call = db_run(worker->desk_pool, &put_query,
			(const char *[]){ op->session, op->id, versions, wanted },
			put_on_done, op);
}

static void templates_post(struct http_request *req)
{
	struct template_op *op = template_op_new(req, false);

	if (!op)
		return;
	op->status = 201;
	put_begin(op, NULL);
}

static void template_put(struct http_request *req)
{
	const char *etag = http_header(req, "If-Match");
	struct template_op *op = template_op_new(req, true);

	if (!op)
		return;
	if (!etag)
		http_reply_problem(req, 428,
			"send the template's ETag as If-Match, so that nobody's change "
			"is lost",
			NULL);
	else
		put_begin(op, if_match_versions(http_arena(req), etag));
}

static const char *const post_headers[] = { "X-CSRF-Token", NULL };
static const char *const put_headers[] = { "X-CSRF-Token", "If-Match", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route template_put_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/templates",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = templates_post,
		.summary = "Write a template for replies",
		.request = "NewReplyTemplate",
		.response = "ReplyTemplate",
		.header_names = post_headers,
		.success = 201 },
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/templates/{id}",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = template_put,
		.summary =
			"Change a template; validTo ends it, and what it said is kept",
		.request = "NewReplyTemplate",
		.response = "ReplyTemplate",
		.header_names = put_headers },
	{ 0 },
};
