/*
 * POST /api/v1/cases
 *
 *   case_post              the media type decides
 *   case_post_on_json      a small body is at hand, a larger one is read off the loop
 *   case_post_on_form      multipart: the part "case" and the attachments
 *   case_post_judge        every fault at once
 *   case_post_on_stored    the attachments have their places; intake
 *   case_post_on_receipt   201
 */
#include "server/case_http.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/attachment.h"
#include "server/body_text.h"
#include "server/case_read.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/form_body.h"
#include "server/intake.h"
#include "server/intake_limit.h"
#include "server/public_url.h"
#include "server/submission.h"
#include "server/worker.h"

#define CASE_JSON_MAX (256 * KIB)
#define KEY_MAX 64

static const char media_json[] = "application/json; charset=utf-8";

struct case_post {
	struct http_request *req;
	struct worker *worker;
	struct form_body *form; /* of a multipart body */
	struct body_text *text; /* of a body that lies in a file */
	struct intake_call *call;
	struct submission submission;
};

static void case_post_free(struct case_post *op)
{
	form_body_free(op->form);
	body_text_free(op->text);
	mem_free(op);
}

static void case_post_on_gone(void *arg)
{
	struct case_post *op = arg;

	intake_cancel(op->call);
	case_post_free(op);
}

static void case_post_fail(struct case_post *op, const struct error *err)
{
	http_reply_error(op->req, err);
	case_post_free(op);
}

static void case_post_on_receipt(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct case_post *op = arg;
	struct arena *arena = http_arena(op->req);
	struct json_write w;

	op->call = NULL;
	if (err) {
		case_post_fail(op, err);
		return;
	}
	http_set_header(op->req, "Location",
		arena_printf(arena, "/api/v1/cases/%s", receipt->number));
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "number", receipt->number);
	jw_key_string(&w, "followUpCode", receipt->follow_up_code);
	jw_key_string(&w, "followUpUrl",
		arena_printf(arena, "%s/folj/%s/%s", public_url(op->req),
			receipt->number, receipt->follow_up_code));
	jw_raw(&w, receipt->rest);
	jw_object_end(&w);
	http_reply(op->req, 201, media_json);
	case_post_free(op);
}

static void case_post_on_stored(const struct error *err, void *arg)
{
	struct case_post *op = arg;

	if (err) {
		case_post_fail(op, err);
		return;
	}
	if (op->form)
		op->submission.attachments = attachment_set_all(
			form_body_attachments(op->form), &op->submission.n_attachments);
	op->call = intake_submit(
		op->worker->intake, &op->submission, case_post_on_receipt, op);
}

static const char *idempotency_key(struct http_request *req, struct faults *faults)
{
	const char *key = http_header(req, "idempotency-key");
	size_t n = key ? strlen(key) : 0;

	if (!key)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (key[i] < ' ' || key[i] > '~')
			n = KEY_MAX + 1;
	if (n < 1 || n > KEY_MAX)
		faults_add(faults, "Idempotency-Key",
			"must be 1 to 64 printable ASCII characters");
	return key;
}

/* 0 when the submission can be stored; otherwise the request has been answered. */
static int case_post_judge(struct case_post *op, const char *json, size_t n)
{
	const struct city *city = city_holder_get(op->worker->city);
	struct submission_draft draft;
	struct error err = { 0 };
	struct faults faults;
	const char *key;
	json_t *object;

	if (!city)
		error_set(&err, ERR_UNAVAILABLE, "the database is away");
	if (err.code != ERR_NONE || json_body_parse(json, n, &object, &err) < 0) {
		case_post_fail(op, &err);
		return -1;
	}
	faults_init(&faults, http_arena(op->req));
	key = idempotency_key(op->req, &faults);
	submission_draft_from_json(object, &draft, &faults);
	json_decref(object);
	if (submission_judge(&draft, city, &op->submission, &faults) < 0) {
		http_reply_faults(op->req, &faults);
		case_post_free(op);
		return -1;
	}
	op->submission.channel = "api";
	op->submission.idempotency_key = key;
	if (intake_limit_take(op->req, &err) < 0) {
		case_post_fail(op, &err);
		return -1;
	}
	return 0;
}

static void case_post_on_json(struct case_post *op, const char *json, size_t n)
{
	if (case_post_judge(op, json, n) == 0)
		case_post_on_stored(NULL, op);
}

static void case_post_on_form(
	struct form_body *form, const struct error *form_err, void *arg)
{
	struct case_post *op = arg;
	const char *json = form_body_value(form, "case");
	struct attachment_set *set = form_body_attachments(form);
	struct error err = { 0 };

	if (form_err) {
		case_post_fail(op, form_err);
		return;
	}
	if (!json || form_body_repeats(form, "case")) {
		error_set(&err, ERR_INVALID, "the part \"case\" %s",
			json ? "is there more than once" : "is missing");
		case_post_fail(op, &err);
		return;
	}
	if (strlen(json) > CASE_JSON_MAX)
		error_set(&err, ERR_TOO_LARGE, "the part \"case\" is too large");
	else
		attachment_set_check(set, &err);
	if (err.code != ERR_NONE) {
		case_post_fail(op, &err);
		return;
	}
	if (case_post_judge(op, json, strlen(json)) == 0)
		attachment_set_store(set, case_post_on_stored, op);
}

static void case_post_on_text(
	const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct case_post *op = arg;

	if (err)
		case_post_fail(op, err);
	else
		case_post_on_json(op, bytes, n);
}

static bool is_multipart(struct http_request *req)
{
	const char *type = http_header(req, "content-type");

	return type && !strncasecmp(type, "multipart/", strlen("multipart/"));
}

static void case_post_multipart(struct case_post *op)
{
	struct error err = { 0 };

	op->form = form_body_read(op->req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = case_post_on_form,
			.arg = op },
		&err);
	if (!op->form)
		case_post_fail(op, &err);
}

static void case_post(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	struct case_post *op = mem_new(sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->worker = http_app(req);
	http_on_close(req, case_post_on_gone, op);
	if (is_multipart(req)) {
		case_post_multipart(op);
	} else if (body->size > CASE_JSON_MAX) {
		error_set(
			&err, ERR_TOO_LARGE, "a case without files is at most 256 KiB");
		case_post_fail(op, &err);
	} else if (body->fd < 0) {
		case_post_on_json(op, body->data ? body->data : "", body->size);
	} else {
		op->text = body_text_read(req,
			&(struct body_text_call){ .work = op->worker->work,
				.done = case_post_on_text,
				.arg = op },
			&err);
		if (!op->text)
			case_post_fail(op, &err);
	}
}

/* ---- one case, by number and code ---- */

struct case_get {
	struct http_request *req;
	struct case_query *query;
	struct body_text *text; /* of a message's body that lies in a file */
	struct case_key key;
	int status;
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
	const char *given = http_header(req, "authorization");
	struct case_get *op = arena_alloc(http_arena(req), sizeof(*op));
	struct error err = { 0 };

	if (!given || strncasecmp(given, "Bearer ", strlen("Bearer ")) != 0) {
		http_set_header(req, "WWW-Authenticate", "Bearer");
		error_set(&err, ERR_UNAUTHORIZED,
			"send the follow-up code as \"Authorization: Bearer …\"");
		http_reply_error(req, &err);
		return NULL;
	}
	op->req = req;
	op->status = 200;
	op->key = (struct case_key){
		.number = http_path_value(req, "number"),
		.code = given + strlen("Bearer "),
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

/* ---- POST …/messages: add, then answer with the case as it is now ---- */

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
	op->query = case_message_add(http_app(req), http_arena(req),
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

static void message_post(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	struct worker *worker = http_app(req);
	struct case_get *op = case_get_new(req);
	struct error err = { 0 };

	if (!op)
		return;
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

static const char *const case_media[] = { "application/json", "multipart/form-data",
	NULL };
static const char *const json_media[] = { "application/json", NULL };
static const char *const post_headers[] = { "Idempotency-Key", NULL };
static const char *const code_headers[] = { "Authorization", NULL };

const struct http_route case_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/cases",
		.access = ACCESS_ANYONE,
		.max_body = ATTACHMENT_BODY_MAX,
		.media = case_media,
		.handle = case_post,
		.summary = "Submit a complaint or suggestion",
		.request = "Submission",
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
	{ 0 },
};
