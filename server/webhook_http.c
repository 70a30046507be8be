#include "server/webhook_http.h"

#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/json_reply.h"
#include "server/list_page.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/webhook_secret.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)
#define URL_MAX 1000
#define BOARDS_MAX 200
#define BOARD_MAX 100

static const struct db_query list_query = {
	.name = "webhook_list",
	.sql = "SELECT synpunkt_webhook.list($1::text)",
	.n_params = 1,
};

static const struct db_query deliveries_query = {
	.name = "webhook_deliveries",
	.sql = "SELECT synpunkt_webhook.deliveries($1::text, $2::uuid)",
	.n_params = 2,
};

static const struct db_query add_query = {
	.name = "webhook_add",
	.sql = "SELECT synpunkt_webhook.add($1::text, $2::uuid, $3::text, $4::text,"
	       " $5::text[], $6::text[])",
	.n_params = 6,
};

static const struct db_query remove_query = {
	.name = "webhook_remove",
	.sql = "SELECT synpunkt_webhook.remove($1::text, $2::uuid)",
	.n_params = 2,
};

static const struct db_query replay_query = {
	.name = "webhook_replay",
	.sql = "SELECT synpunkt_webhook.replay($1::text, $2::uuid, $3::bigint)",
	.n_params = 3,
};

struct webhook_op {
	struct http_request *req;
	struct db_call *call;
	char id[WEBHOOK_ID_SIZE];
	char secret[WEBHOOK_SECRET_SIZE]; /* of a new one, to be told; "" */
	const char *url;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct webhook_op *)arg)->call);
}

/* "01234567-89ab-…", as the database takes it; anything else is no webhook's. */
static bool is_id(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++) {
		bool fits = form[i] == '-'
				    ? text[i] == '-'
				    : strchr("0123456789abcdef", text[i]) != NULL;

		if (!fits)
			return false;
	}
	return true;
}

/* The database looks once more: whoever stands in for an administrator is none here. */
static const struct json_nothing outsider = { ERR_FORBIDDEN,
	"webhooks are for administrators" };

/* NULL: it was answered. */
static struct webhook_op *op_new(struct http_request *req)
{
	const char *id = http_path_value(req, "id");
	struct webhook_op *op;

	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(req, outsider.code, outsider.why);
		return NULL;
	}
	if (id && !is_id(id)) {
		request_refuse(req, ERR_NOT_FOUND, "there is no such webhook");
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	if (id)
		memcpy(op->id, id, sizeof(op->id));
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- reading ---- */

/* Both lists are short, and come whole. */
static void list_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct webhook_op *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err, &outsider);
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct webhook_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &list_query,
			(const char *[]){ session_get(req)->token_hash }, list_on_row,
			op);
}

static void deliveries_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct webhook_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &deliveries_query,
			(const char *[]){ session_get(req)->token_hash, op->id },
			list_on_row, op);
}

/* ---- changing ---- */

static const struct {
	const char *word;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN, "webhooks are for administrators" },
	{ "missing", ERR_NOT_FOUND, "there is no such webhook or delivery" },
	{ "full", ERR_CONFLICT, "there are 20 webhooks; one must go first" },
};

static void secret_reply(struct webhook_op *op)
{
	struct json_write w;

	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "id", op->id);
	jw_key_string(&w, "url", op->url);
	jw_key_string(&w, "secret", op->secret);
	jw_object_end(&w);
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

static void boards_refuse(struct webhook_op *op)
{
	struct faults faults;

	faults_init(&faults, http_arena(op->req));
	faults_add(&faults, "boards", "fault.unknown-code");
	http_reply_faults(op->req, &faults);
}

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct webhook_op *op = arg;
	const char *word;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "boards")) {
		boards_refuse(op);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(word, refusals[i].word)) {
			request_refuse(op->req, refusals[i].code, refusals[i].why);
			return;
		}
	}
	if (op->secret[0])
		secret_reply(op);
	else
		http_reply(op->req, 204, NULL);
}

struct webhook_body {
	const char *url;
	struct json_strings events, boards;
};

static const char month_frozen[] = "month-frozen", case_changed[] = "case-changed";
static const char *const events[] = { month_frozen, case_changed, NULL };

static const struct json_field fields[] = {
	{ .path = "url",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.min = 1,
		.max = URL_MAX,
		.offset = offsetof(struct webhook_body, url) },
	{ .path = "events",
		.kind = JSON_FIELD_STRINGS,
		.one_of = events,
		.max_items = ARRAY_LEN(events) - 1,
		.offset = offsetof(struct webhook_body, events) },
	{ .path = "boards",
		.kind = JSON_FIELD_STRINGS,
		.max = BOARD_MAX,
		.max_items = BOARDS_MAX,
		.offset = offsetof(struct webhook_body, boards) },
	{ 0 },
};

/* https, and http where the operator lets private addresses in. A name and a password
 * in it would be shown in the list. */
static bool url_fits(const struct worker *worker, const char *url)
{
	const char *host;

	if (!strncmp(url, "https://", 8))
		host = url + 8;
	else if (worker->options->webhook_private && !strncmp(url, "http://", 7))
		host = url + 7;
	else
		return false;
	for (const char *p = url; *p; p++) {
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	}
	return host[0] && host[0] != '/' && !memchr(host, '@', strcspn(host, "/?#"));
}

static bool listens_to(const struct webhook_body *body, const char *event)
{
	for (size_t i = 0; i < body->events.n; i++) {
		if (!strcmp(body->events.items[i], event))
			return true;
	}
	return false;
}

/* Whoever says nothing listens to months, as before there was more. */
static void judge(
	const struct worker *worker, struct webhook_body *body, struct faults *faults)
{
	if (body->url && !url_fits(worker, body->url))
		faults_add(faults, "url", "must be an https address without a user");
	if (body->events.n == 0)
		body->events = (struct json_strings){ .items = events, .n = 1 };
	if (listens_to(body, case_changed) && body->boards.n == 0)
		faults_add(faults, "boards", "must be there: whose cases?");
	if (!listens_to(body, case_changed) && body->boards.n > 0)
		faults_add(faults, "boards", "are for case-changed alone");
}

static const char *array_of(struct arena *arena, const struct json_strings *strings)
{
	struct db_array *array = db_array_new(arena);

	for (size_t i = 0; i < strings->n; i++)
		db_array_text(array, strings->items[i]);
	return db_array_literal(array);
}

static void list_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct webhook_op *op = op_new(req);
	struct webhook_body body = { 0 };
	char sealed[WEBHOOK_SEALED_SIZE];
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, &body, &faults) < 0)
		return;
	judge(worker, &body, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->url = body.url;
	webhook_secret_make(op->id, op->secret);
	webhook_secret_seal(worker->secret, op->id, op->secret, sealed);
	op->call = db_run(worker->desk_pool, &add_query,
		(const char *[]){ session_get(req)->token_hash, op->id, op->url, sealed,
			array_of(http_arena(req), &body.events),
			array_of(http_arena(req), &body.boards) },
		change_on_done, op);
}

static void removal_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct webhook_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &remove_query,
			(const char *[]){ session_get(req)->token_hash, op->id },
			change_on_done, op);
}

static void replay_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct webhook_op *op = op_new(req);
	const char *delivery;

	if (!op)
		return;
	delivery = request_id(http_path_value(req, "delivery"));
	if (!delivery) {
		request_refuse(req, ERR_NOT_FOUND, "there is no such delivery");
		return;
	}
	op->call = db_run(worker->desk_pool, &replay_query,
		(const char *[]){ session_get(req)->token_hash, op->id, delivery },
		change_on_done, op);
}

static const char *const media[] = { "application/json", NULL };
static const char *const headers[] = { "X-CSRF-Token", NULL };

const struct http_route webhook_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/webhooks",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary =
			"Who is told of published months and changed cases, for administrators",
		.response = "WebhookList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/webhooks",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = list_post,
		.summary = "Tell one more address; the secret is told once",
		.request = "NewWebhook",
		.response = "WebhookSecret",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/webhooks/{id}/removals",
		.access = ACCESS_STAFF,
		.handle = removal_post,
		.summary = "Tell it no more",
		.header_names = headers,
		.success = 204 },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/webhooks/{id}/deliveries",
		.access = ACCESS_STAFF,
		.handle = deliveries_get,
		.summary = "The last hundred messages to it, and how each went",
		.response = "WebhookDeliveryList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/webhooks/{id}/deliveries/{delivery}/replays",
		.access = ACCESS_STAFF,
		.handle = replay_post,
		.summary = "Send a message again, with the same id and bytes",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
