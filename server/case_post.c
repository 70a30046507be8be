#include "server/case_post.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/api_client.h"
#include "server/attachment.h"
#include "server/body_text.h"
#include "server/city_holder.h"
#include "server/follow_code.h"
#include "server/form_body.h"
#include "server/intake.h"
#include "server/public_url.h"
#include "server/submission.h"
#include "server/worker.h"

#define KEY_MAX 64

static const char media_json[] = "application/json; charset=utf-8";

struct case_post {
	struct http_request *req;
	struct worker *worker;
	const struct case_post_way *way;
	struct form_body *form; /* of a multipart body */
	struct body_text *text; /* of a body that lies in a file */
	struct intake_call *call;
	const struct api_client *client; /* whose key it came with, or NULL */
	struct db_call *sent;
	struct intake_receipt receipt; /* of a client's, while it is noted */
	struct submission submission;
};

/* So that a client is told how it goes with what it has sent. */
static const struct db_query sent_query = {
	.name = "api_client_sent",
	.sql = "SELECT synpunkt_open311.sent($1::uuid, $2::smallint, $3::bigint)",
	.n_params = 3,
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
	db_cancel(op->sent);
	case_post_free(op);
}

static void case_post_fail(struct case_post *op, const struct error *err)
{
	http_reply_error(op->req, err);
	case_post_free(op);
}

static void case_post_reply(struct case_post *op, const struct intake_receipt *receipt)
{
	struct arena *arena = http_arena(op->req);
	struct json_write w;

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

static void case_post_on_sent(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_post *op = arg;

	(void)rows;
	op->sent = NULL;
	if (err)
		case_post_fail(op, err); /* with the same key it is the same case */
	else
		case_post_reply(op, &op->receipt);
}

static void case_post_note_client(
	struct case_post *op, const struct intake_receipt *receipt)
{
	struct arena *arena = http_arena(op->req);
	struct case_number number;

	op->receipt = (struct intake_receipt){
		.number = arena_dup(arena, receipt->number),
		.follow_up_code = arena_dup(arena, receipt->follow_up_code),
		.rest = arena_dup(arena, receipt->rest),
	};
	case_number_parse(receipt->number, &number);
	op->sent = db_run(op->worker->read_pool, &sent_query,
		(const char *[]){ op->client->id,
			arena_printf(arena, "%d", number.year),
			arena_printf(arena, "%lld", (long long)number.serial) },
		case_post_on_sent, op);
}

static void case_post_on_receipt(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct case_post *op = arg;

	op->call = NULL;
	if (err)
		case_post_fail(op, err);
	else if (op->client)
		case_post_note_client(op, receipt);
	else
		case_post_reply(op, receipt);
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
	const struct case_post_way *way = op->way;
	struct case_post_given given = { .req = op->req,
		.city = city_holder_get(op->worker->city) };
	struct error err = { 0 };
	struct faults faults;
	const char *key;
	json_t *object;

	if (!given.city)
		error_set(&err, ERR_UNAVAILABLE, "the database is away");
	if (err.code != ERR_NONE || json_body_parse(json, n, &object, &err) < 0) {
		case_post_fail(op, &err);
		return -1;
	}
	faults_init(&faults, http_arena(op->req));
	key = idempotency_key(op->req, &faults);
	given.object = object;
	if (way->judge(&given, &op->submission, &faults) < 0) {
		json_decref(object);
		http_reply_faults(op->req, &faults);
		case_post_free(op);
		return -1;
	}
	json_decref(object);
	op->submission.idempotency_key =
		key && op->client ? api_client_own_key(op->req, op->client, key) : key;
	if (way->admit && way->admit(op->req, &err) < 0) {
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

void case_post_run(struct http_request *req, const struct case_post_way *way)
{
	const struct http_body *body = http_body(req);
	struct case_post *op = mem_new(sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->worker = http_app(req);
	op->way = way;
	op->client = api_client_get(req);
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
