/*
 * A link, and its end:
 *
 *   link_begin    the body; then the database does it
 *   link_on_done  its word; what is related is read as it is now
 *   related_on_rows
 */
#include "server/desk_related.h"

#include <stddef.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/session.h"
#include "server/worker.h"

#define LINK_BODY_MAX (1 * KIB)

static const struct db_query related_query = {
	.name = "desk_related",
	.sql = "SELECT synpunkt_desk.related($1::text, $2::smallint, $3::bigint)"
	       " || jsonb_build_object('linked', synpunkt_desk.linked($1::text,"
	       " $2::smallint, $3::bigint))",
	.n_params = 3,
};

static const struct db_query link_query = {
	.name = "desk_link",
	.sql = "SELECT synpunkt_desk.link($1::text, $2::smallint, $3::bigint,"
	       " $4::smallint, $5::bigint, $6::jsonb, $7::boolean)",
	.n_params = 7,
};

struct related {
	struct http_request *req;
	struct db_call *call;
	struct case_number number;
	int status; /* of the answer */
};

static void related_on_gone(void *arg)
{
	db_cancel(((struct related *)arg)->call);
}

/* NULL: it was answered. */
static struct related *related_new(struct http_request *req, int status)
{
	struct related *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return NULL;
	op->req = req;
	op->status = status;
	case_number_parse(http_path_value(req, "number"), &op->number);
	http_on_close(req, related_on_gone, op);
	return op;
}

static const char *int_text(const struct related *op, int64_t n)
{
	return arena_printf(http_arena(op->req), "%lld", (long long)n);
}

static void refuse(struct related *op, enum err_code code, const char *text)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", text);
	http_reply_error(op->req, &err);
}

/* ---- which there are ---- */

static void related_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct related *op = arg;
	const char *whole;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		refuse(op, ERR_NOT_FOUND, "your boards hold no such case");
		return;
	}
	whole = db_rows_text(rows, 0, 0);
	evbuffer_add(http_out(op->req), whole, strlen(whole));
	http_reply(op->req, op->status, "application/json; charset=utf-8");
}

static void related_read(struct related *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &related_query,
		(const char *[]){ session_get(op->req)->token_hash,
			int_text(op, op->number.year),
			int_text(op, op->number.serial) },
		related_on_rows, op);
}

static void desk_related(struct http_request *req)
{
	struct related *op = related_new(req, 200);

	if (op)
		related_read(op);
}

/* ---- links ---- */

static const char *const kinds[] = { "related", NULL };

struct link_given {
	const char *number, *kind;
};

static const struct json_field link_fields[] = {
	{ .path = "number",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.offset = offsetof(struct link_given, number) },
	{ .path = "kind",
		.kind = JSON_FIELD_STRING,
		.one_of = kinds,
		.offset = offsetof(struct link_given, kind) },
	{ 0 },
};

static void link_on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct related *op = arg;
	const char *outcome;
	struct faults faults;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	if (!strcmp(outcome, "missing")) {
		refuse(op, ERR_NOT_FOUND, "your boards hold no such case");
	} else if (!strcmp(outcome, "forbidden")) {
		refuse(op, ERR_FORBIDDEN, "your roles do not let you do that here");
	} else if (!strcmp(outcome, "disposed")) {
		refuse(op, ERR_CONFLICT, "the case has been disposed of");
	} else if (!strcmp(outcome, "other")) {
		faults_init(&faults, http_arena(op->req));
		faults_add(&faults, "number",
			"is no other case that you may do the same with");
		http_reply_faults(op->req, &faults);
	} else {
		related_read(op);
	}
}

static void link_run(
	struct related *op, const struct case_number *other, const char *gone)
{
	struct worker *worker = http_app(op->req);
	/* Whoever may write what it is about may say what it belongs to. */
	json_t *rule = access_rule(CASE_NOTE);
	char *roles = json_dumps(json_object_get(rule, "roles"), JSON_COMPACT);

	op->call = db_run(worker->desk_pool, &link_query,
		(const char *[]){ session_get(op->req)->token_hash,
			int_text(op, op->number.year), int_text(op, op->number.serial),
			int_text(op, other->year), int_text(op, other->serial), roles,
			gone },
		link_on_done, op);
	mem_free(roles);
	json_decref(rule);
}

static void link_begin(struct http_request *req, const char *gone)
{
	const struct http_body *body = http_body(req);
	struct related *op = related_new(req, 201);
	struct link_given given = { 0 };
	struct case_number other = { 0 };
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	if (!op)
		return;
	if (json_body_parse(body->data ? body->data : "{}", body->data ? body->size : 2,
		    &object, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	faults_init(&faults, http_arena(req));
	json_fields_read(object, link_fields, &given, &faults);
	if (given.number && case_number_parse(given.number, &other) < 0)
		faults_add(&faults, "number", "is not a case's number");
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		link_run(op, &other, gone);
	json_decref(object);
}

static void desk_link(struct http_request *req)
{
	link_begin(req, "false");
}

static void desk_unlink(struct http_request *req)
{
	link_begin(req, "true");
}

static const char *const link_headers[] = { "X-CSRF-Token", NULL };
static const char *const link_media[] = { "application/json", NULL };

const struct http_route desk_related_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/related",
		.access = ACCESS_STAFF,
		.handle = desk_related,
		.summary =
			"Other cases that are linked to it, of the same person, at the same place, and likely duplicates",
		.response = "RelatedCases" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/links",
		.access = ACCESS_STAFF,
		.max_body = LINK_BODY_MAX,
		.media = link_media,
		.handle = desk_link,
		.summary = "Say that another case belongs to it: an event of both",
		.request = "NewLink",
		.response = "RelatedCases",
		.header_names = link_headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/link-removals",
		.access = ACCESS_STAFF,
		.max_body = LINK_BODY_MAX,
		.media = link_media,
		.handle = desk_unlink,
		.summary = "Say that it does not: an event of both",
		.request = "NewLink",
		.response = "RelatedCases",
		.header_names = link_headers,
		.success = 201 },
	{ 0 },
};
