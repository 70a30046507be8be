#include "server/case_http.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/api_client.h"
#include "server/attachment.h"
#include "server/body_text.h"
#include "server/case_post.h"
#include "server/case_read.h"
#include "server/intake_limit.h"
#include "server/request_read.h"
#include "server/submission.h"
#include "server/worker.h"

static const char media_json[] = "application/json; charset=utf-8";

/* Who sends says "app" of itself and nothing else: what counts as letters, visits and
 * mail is said by those who took them. A system with a key is not the city's app. */
static const char *channel_of(const struct case_post_given *given)
{
	const char *said = json_string_value(json_object_get(given->object, "channel"));

	return said && !strcmp(said, "app") && !api_client_get(given->req) ? "app"
									   : "api";
}

/* 0 when the submission can be stored; else the faults say why not. */
static int judge(const struct case_post_given *given, struct submission *ret,
	struct faults *faults)
{
	struct submission_draft draft;

	submission_draft_from_json(given->object, &draft, faults);
	if (submission_judge(&draft, given->city, ret, faults) < 0)
		return -1;
	ret->channel = channel_of(given);
	return 0;
}

/* A system with a key sends for many, and has that key's share. */
static int admit(struct http_request *req, struct error *err)
{
	const struct api_client *client = api_client_get(req);

	return client ? api_client_admit(req, client, err)
		      : intake_limit_take(req, err);
}

static void case_post(struct http_request *req)
{
	static const struct case_post_way way = {
		.judge = judge,
		.admit = admit,
	};

	case_post_run(req, &way);
}

/* ---- one case, by number and code ---- */

struct case_get {
	struct http_request *req;
	struct case_query *query;
	struct body_text *text; /* of a message's body that lies in a file */
	struct case_key key;
	int status;
	bool reopens;         /* the message does */
	const char *conflict; /* why a message was not added */
};

static void case_get_on_gone(void *arg)
{
	struct case_get *op = arg;

	case_query_cancel(op->query);
	body_text_free(op->text);
}

/* 409 says what the case is now. */
static void case_get_conflict(struct case_get *op, json_t *case_json)
{
	char *text = json_dumps(case_json, JSON_COMPACT);
	const char *members = arena_printf(
		http_arena(op->req), "\"current\":%s", text ? text : "null");

	free(text); /* style: jansson's, from its own malloc() */
	http_reply_problem(op->req, 409, op->conflict, members);
}

static void case_get_on_read(json_t *case_json, const struct error *err, void *arg)
{
	struct case_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	json_object_del(case_json, "page"); /* what pages alone show */
	if (op->conflict) {
		case_get_conflict(op, case_json);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_json(&w, case_json);
	http_reply(op->req, op->status, media_json);
}

/* NULL when the request has been answered: no credentials, so no question. */
static struct case_get *case_get_new(struct http_request *req)
{
	const char *code = request_bearer(req);
	struct case_get *op;

	if (!code)
		return NULL;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->status = 200;
	op->key = (struct case_key){
		.number = http_path_value(req, "number"),
		.code = code,
	};
	http_on_close(req, case_get_on_gone, op);
	return op;
}

static void case_get(struct http_request *req)
{
	struct case_get *op = case_get_new(req);

	if (op)
		op->query = case_read(
			http_app(req), http_arena(req), &op->key, case_get_on_read, op);
}

/* ---- POST …/messages and …/reopenings: add, then answer with the case ---- */

static void message_on_added(json_t *case_json, const struct error *err, void *arg)
{
	struct case_get *op = arg;

	if (err && err->code != ERR_CONFLICT) {
		http_reply_error(op->req, err);
		return;
	}
	if (err)
		op->conflict = arena_dup(http_arena(op->req), err->text);
	op->status = 201;
	op->query = case_read(
		http_app(op->req), http_arena(op->req), &op->key, case_get_on_read, op);
}

struct message_draft {
	const char *text;
};

static const struct json_field message_fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct message_draft, text) },
	{ 0 },
};

static void message_add(struct case_get *op, const char *json, size_t n)
{
	struct http_request *req = op->req;
	struct message_draft draft = { 0 };
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	if (json_body_parse(json, n, &object, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	faults_init(&faults, http_arena(req));
	json_fields_read(object, message_fields, &draft, &faults);
	json_decref(object);
	if (faults.n > 0 || submission_text_judge(draft.text, "text", &faults) < 0) {
		http_reply_faults(req, &faults);
		return;
	}
	if (intake_limit_take(req, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	op->query = (op->reopens ? case_reopen : case_message_add)(http_app(req),
		http_arena(req),
		&(struct case_message){ .key = op->key, .text = draft.text },
		message_on_added, op);
}

static void message_on_text(
	const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct case_get *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else
		message_add(op, bytes, n); /* what is kept of it is in the arena */
	body_text_free(text);
}

static void words_post(struct http_request *req, bool reopens)
{
	const struct http_body *body = http_body(req);
	struct worker *worker = http_app(req);
	struct case_get *op = case_get_new(req);
	struct error err = { 0 };

	if (!op)
		return;
	op->reopens = reopens;
	if (body->fd < 0) {
		message_add(op, body->data, body->size);
		return;
	}
	op->text = body_text_read(req,
		&(struct body_text_call){
			.work = worker->work, .done = message_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(req, &err);
}

static void message_post(struct http_request *req)
{
	words_post(req, false);
}

static void reopening_post(struct http_request *req)
{
	words_post(req, true);
}

/* ---- a reply's file ---- */

static void reply_file_on_found(json_t *found, const struct error *err, void *arg)
{
	struct case_get *op = arg;
	struct worker *worker = http_app(op->req);

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	attachment_reply(op->req, worker->attachments,
		&(struct attachment_file){
			.sha256 = json_string_value(json_object_get(found, "sha256")),
			.type = json_string_value(json_object_get(found, "type")),
			.name = json_string_value(json_object_get(found, "name")),
		});
}

/* 0, which no file has, for what is no number of one. */
static int reply_file_number(struct http_request *req)
{
	const char *n = http_path_value(req, "n");

	if (!n[0] || strlen(n) > 4 || n[strspn(n, "0123456789")])
		return 0;
	return (int)strtol(n, NULL, 10);
}

static void reply_file_get(struct http_request *req)
{
	struct case_get *op = case_get_new(req);

	if (op)
		op->query = case_attachment_find(http_app(req), http_arena(req),
			&(struct case_attachment){ .key = op->key,
				.n = reply_file_number(req),
				.of_reply = true },
			reply_file_on_found, op);
}

static const char *const case_media[] = { "application/json", "multipart/form-data",
	NULL };
static const char *const json_media[] = { "application/json", NULL };
static const char *const file_media[] = { "*/*", NULL };
static const char *const post_headers[] = { "Authorization", "Idempotency-Key", NULL };
static const char *const code_headers[] = { "Authorization", NULL };

const struct http_route case_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/cases",
		.access = ACCESS_ANYONE | ACCESS_CLIENT,
		.max_body = ATTACHMENT_BODY_MAX,
		.media = case_media,
		.handle = case_post,
		.summary = "Submit a complaint or suggestion",
		.request = "Submission",
		.form = "SubmissionForm",
		.response = "Receipt",
		.header_names = post_headers,
		.success = 201 },
	{ .method = HTTP_GET,
		.path = "/api/v1/cases/{number}",
		.access = ACCESS_CODE,
		.handle = case_get,
		.summary = "Follow a case by its number and follow-up code",
		.response = "Case",
		.header_names = code_headers },
	{ .method = HTTP_GET,
		.path = "/api/v1/cases/{number}/reply-files/{n}",
		.access = ACCESS_CODE,
		.handle = reply_file_get,
		.summary = "A file that came with an answer of the city's",
		.answers = file_media,
		.header_names = code_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/cases/{number}/messages",
		.access = ACCESS_CODE,
		.max_body = CASE_JSON_MAX,
		.media = json_media,
		.handle = message_post,
		.summary = "Add words to an open case",
		.request = "NewMessage",
		.response = "Case",
		.header_names = code_headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/cases/{number}/reopenings",
		.access = ACCESS_CODE,
		.max_body = CASE_JSON_MAX,
		.media = json_media,
		.handle = reopening_post,
		.summary = "Open an answered or closed case again, for 60 days",
		.request = "NewMessage",
		.response = "Case",
		.header_names = code_headers,
		.success = 201 },
	{ 0 },
};
