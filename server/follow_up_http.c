#include "server/follow_up_http.h"

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
#include "server/day.h"
#include "server/desk_http.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define WORDS_MAX 500 /* characters, as the table's */
#define OPEN_MAX "20" /* of one case */
#define TODAY_MAX "20"
#define BODY_MAX (4 * KIB)

static const struct db_query list_query = {
	.name = "follow_up_list",
	.sql = "SELECT synpunkt_desk.follow_ups($1::text, $2::smallint, $3::bigint)",
	.n_params = 3,
};

static const struct db_query add_query = {
	.name = "follow_up_add",
	.sql = "SELECT synpunkt_desk.follow_up_add($1::text, $2::smallint, $3::bigint,"
	       " $4::date, $5::text, " OPEN_MAX ")",
	.n_params = 5,
};

static const struct db_query end_query = {
	.name = "follow_up_end",
	.sql = "SELECT synpunkt_desk.follow_up_end($1::text, $2::smallint, $3::bigint,"
	       " $4::bigint)",
	.n_params = 4,
};

static const struct db_query today_query = {
	.name = "follow_up_today",
	.sql = "SELECT synpunkt_desk.for_today($1::text, " TODAY_MAX ")"
	       " || jsonb_build_object('signals', synpunkt_signal.waiting(),"
	       " 'stuckOrders', synpunkt_order.stuck($1::text),"
	       " 'failingWebhooks', synpunkt_webhook.failing($1::text))"
	       " || synpunkt_desk.my_mentions($1::text, " TODAY_MAX ")",
	.n_params = 1,
};

struct follow_up {
	struct http_request *req;
	struct db_call *call;
	const char *session;
	struct request_case about;
	const char *on, *text;
	int status; /* of the list after a change */
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct follow_up *)arg)->call);
}

static void reply_missing(struct http_request *req)
{
	request_refuse(req, ERR_NOT_FOUND,
		"no such case that is yours to read, or no such follow-up");
}

static struct follow_up *op_make(struct http_request *req)
{
	struct follow_up *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->session = session_get(req)->token_hash;
	op->status = 200;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* NULL: it was answered. */
static struct follow_up *op_new(struct http_request *req)
{
	return desk_refuse_outsider(req) ? NULL : op_make(req);
}

/* The same for one case. */
static struct follow_up *op_of_case(struct http_request *req)
{
	struct follow_up *op = op_new(req);

	if (op)
		op->about = request_case(req);
	return op;
}

/* ---- reading ---- */

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct follow_up *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		reply_missing(op->req);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_raw(&w, "items", db_rows_text(rows, 0, 0));
	jw_key_null(&w, "next");
	jw_object_end(&w);
	http_reply(op->req, op->status, "application/json; charset=utf-8");
}

static void list_run(struct follow_up *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->session, op->about.year, op->about.serial },
		list_on_rows, op);
}

static void list_get(struct http_request *req)
{
	struct follow_up *op = op_of_case(req);

	if (op)
		list_run(op);
}

static void today_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct follow_up *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_raw(&w, db_rows_text(rows, 0, 0));
	jw_flush(&w);
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

static void today_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct follow_up *op;

	/* Who reads no case has other systems to look after. */
	if (!session_has_role(session_get(req), "administrator", NULL) &&
		desk_refuse_outsider(req))
		return;
	op = op_make(req);
	op->call = db_run(worker->desk_pool, &today_query,
		(const char *[]){ op->session }, today_on_rows, op);
}

/* ---- changing ---- */

static void refuse(struct http_request *req, const char *name, const char *why)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	faults_add(&faults, name, "%s", why);
	http_reply_faults(req, &faults);
}

/* Answered with the case's follow-ups as they are now. */
static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct follow_up *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "missing")) {
		reply_missing(op->req);
	} else if (!strcmp(word, "past")) {
		refuse(op->req, "on", "is a day to come, within two years");
	} else if (!strcmp(word, "full")) {
		request_refuse(op->req, ERR_CONFLICT,
			"the case has " OPEN_MAX " follow-ups already: end one first");
	} else {
		list_run(op);
	}
}

static const struct json_field add_fields[] = {
	{ .path = "on",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 10,
		.offset = offsetof(struct follow_up, on) },
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.line_ends = true,
		.max = WORDS_MAX,
		.offset = offsetof(struct follow_up, text) },
	{ 0 },
};

static void add_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct follow_up *op = op_of_case(req);
	struct error err = { 0 };
	struct faults faults;
	int32_t day;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, add_fields, op, &faults) < 0)
		return;
	if (op->on && day_parse(op->on, &day, &err) < 0)
		faults_add(&faults, "on", "is no day as YYYY-MM-DD");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->status = 201;
	op->call = db_run(worker->desk_pool, &add_query,
		(const char *[]){ op->session, op->about.year, op->about.serial, op->on,
			op->text ? op->text : "" },
		change_on_done, op);
}

static void end_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *id = request_id(http_path_value(req, "id"));
	struct follow_up *op = op_of_case(req);

	if (!op)
		return;
	if (!id) {
		reply_missing(req);
		return;
	}
	op->call = db_run(worker->desk_pool, &end_query,
		(const char *[]){ op->session, op->about.year, op->about.serial, id },
		change_on_done, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route follow_up_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/today",
		.access = ACCESS_STAFF,
		.handle = today_get,
		.summary =
			"What is to be followed up by today, what is late enough for the caller's roles, and where they are mentioned and have not looked",
		.response = "DeskToday" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/follow-ups",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "When the case is to be looked at again",
		.response = "FollowUpList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/follow-ups",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = add_post,
		.summary = "Look at the case again on a day",
		.request = "FollowUpInput",
		.response = "FollowUpList",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/follow-ups/{id}/completions",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.handle = end_post,
		.summary = "It was looked at again, or need not be",
		.response = "FollowUpList",
		.header_names = headers },
	{ 0 },
};
