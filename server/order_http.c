/*
 * A change:
 *
 *   place_post, recall_post, …   If-Match, the body; then the database does it
 *   change_on_done               its word; of "done" the orders are read as they are
 * now list_on_rows                 them, with the page's address of a new one by link
 *
 * The address of an order's page is told in the answer to whoever gave the order, once.
 */
#include "server/order_http.h"

#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/body_text.h"
#include "server/case_flow.h"
#include "server/desk_http.h"
#include "server/desk_store.h"
#include "server/json_reply.h"
#include "server/order_key.h"
#include "server/order_marks.h"
#include "server/order_page.h"
#include "server/public_url.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (32 * KIB)
#define TEXT_MAX 4000 /* characters, as the table's */
#define RECALL_MAX 1000
#define REMOTE_ID_MAX 200
#define PICTURES_MAX 10
#define OPEN_MAX "10" /* of one case */

static const struct db_query list_query = {
	.name = "order_list",
	.sql = "SELECT synpunkt_order.of_case($1::text, $2::smallint, $3::bigint)",
	.n_params = 3,
};

static const struct db_query place_query = {
	.name = "order_place",
	.sql = "SELECT p.outcome, p.version, p.id"
	       " FROM synpunkt_order.place($1::text, $2::smallint, $3::bigint,"
	       " $4::integer[], $5::jsonb, $6::jsonb, $7::uuid, $8::bytea, " OPEN_MAX
	       ") p",
	.n_params = 8,
};

static const struct db_query act_query = {
	.name = "order_act",
	.sql = "SELECT a.outcome, a.version FROM synpunkt_order.act($1::text,"
	       " $2::smallint, $3::bigint, $4::integer[], $5::jsonb, $6::bigint,"
	       " $7::text, $8::text) a",
	.n_params = 8,
};

struct order_op {
	struct http_request *req;
	struct db_call *call;
	struct desk_act what; /* versions, number, session */
	struct request_case about;
	const char *given; /* the new order's id, or NULL */
	char ref[ORDER_REF_SIZE];
	int status; /* of the list after a change */
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct order_op *)arg)->call);
}

static const struct json_nothing nobodys = { ERR_NOT_FOUND,
	"your boards hold no such case" };

/* NULL: it was answered. */
static struct order_op *op_new(struct http_request *req)
{
	struct order_op *op;

	if (desk_refuse_outsider(req))
		return NULL;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->status = 200;
	op->what.action = CASE_ORDER;
	op->what.about.session = session_get(req);
	http_on_close(req, op_on_gone, op);
	return op;
}

static struct order_op *op_of_case(struct http_request *req)
{
	struct order_op *op = op_new(req);

	if (op) {
		op->about = request_case(req);
		case_number_parse(
			http_path_value(req, "number"), &op->what.about.number);
	}
	return op;
}

/* ---- those of a case ---- */

/* Where the page of a new order is, for the one time that it is told. */
static void link_add(const struct order_op *op, json_t *items)
{
	const struct worker *worker = http_app(op->req);
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		const char *way = json_string_value(json_object_get(item, "way"));
		json_int_t id = json_integer_value(json_object_get(item, "id"));
		char token[ORDER_TOKEN_SIZE];

		if (!op->given || strcmp(way, "link") != 0 ||
			strcmp(op->given, arena_printf(http_arena(op->req), "%lld",
						  (long long)id)) != 0)
			continue;
		order_token_make(worker->secret, op->ref, token);
		json_object_set_new(item, "link",
			json_sprintf("%s%s/%s", public_url(op->req), ORDER_PAGE_ROOT,
				token));
	}
}

/* The complainant's words to begin from, and what in them tells who somebody is; the
 * contact itself stays here. */
static void draft_add(json_t *whole)
{
	const char *text = json_string_value(json_object_get(whole, "text"));
	const json_t *contact = json_object_get(whole, "contact");
	json_t *draft = json_null();

	if (text)
		draft = json_pack("{s:s, s:o}", "text", text, "marks",
			order_marks(text,
				json_string_value(json_object_get(contact, "name"))));
	json_object_set_new(whole, "draft", draft);
	json_object_del(whole, "text");
	json_object_del(whole, "contact");
}

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_op *op = arg;
	json_t *whole;

	op->call = NULL;
	if (err || db_rows_is_null(rows, 0, 0)) {
		json_reply_cell(op->req, 200, rows, err, &nobodys);
		return;
	}
	whole = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	link_add(op, json_object_get(whole, "items"));
	draft_add(whole);
	json_object_set_new(whole, "next", json_null());
	json_reply(op->req, op->status, whole);
	json_decref(whole);
}

static void list_run(struct order_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ op->what.about.session->token_hash, op->about.year,
			op->about.serial },
		list_on_rows, op);
}

static void list_get(struct http_request *req)
{
	struct order_op *op = op_of_case(req);

	if (op)
		list_run(op);
}

/* ---- changing ---- */

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_op *op = arg;
	const char *outcome;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	if (strcmp(outcome, "done") != 0) {
		desk_act_reply(op->req, &op->what, outcome, db_rows_int64(rows, 0, 1));
		return;
	}
	http_set_header(op->req, "ETag",
		arena_printf(http_arena(op->req), "\"%lld\"",
			(long long)db_rows_int64(rows, 0, 1)));
	if (op->ref[0])
		op->given = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 2));
	list_run(op);
}

struct order_body {
	const char *contractor, *text, *ground, *service_code;
	int waits; /* -1: not said, which is yes */
};

static const struct json_field place_fields[] = {
	{ .path = "contractor",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 60,
		.offset = offsetof(struct order_body, contractor) },
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.line_ends = true,
		.max = TEXT_MAX,
		.offset = offsetof(struct order_body, text) },
	{ .path = "ground",
		.kind = JSON_FIELD_STRING,
		.one_of = case_transfer_grounds,
		.offset = offsetof(struct order_body, ground) },
	{ .path = "serviceCode",
		.kind = JSON_FIELD_STRING,
		.max = 100,
		.offset = offsetof(struct order_body, service_code) },
	{ .path = "waits",
		.kind = JSON_FIELD_MAYBE,
		.offset = offsetof(struct order_body, waits) },
	{ 0 },
};

/* The numbers of pictures of the case. A new reference. */
static json_t *pictures_read(const json_t *body, struct faults *faults)
{
	const json_t *list = json_object_get(body, "pictures"), *n;
	bool fits = !list || json_is_null(list) ||
		    (json_is_array(list) && json_array_size(list) <= PICTURES_MAX);
	json_t *ret = json_array();
	size_t i;

	json_array_foreach(list, i, n)
	{
		fits = fits && json_is_integer(n) && json_integer_value(n) > 0 &&
		       json_integer_value(n) <= 999;
		json_array_append_new(ret, json_integer(json_integer_value(n)));
	}
	if (!fits)
		faults_add(faults, "pictures",
			"is a list of at most %d numbers of pictures", PICTURES_MAX);
	return ret;
}

/* What is asked for, as JSON text; NULL: it was answered. */
static const char *place_read(struct http_request *req)
{
	const struct http_body *in = http_body(req);
	struct order_body body = { .waits = -1 };
	struct error err = { 0 };
	struct faults faults;
	json_t *object, *pictures;

	if (json_body_parse(in->data ? in->data : "", in->size, &object, &err) < 0) {
		http_reply_error(req, &err);
		return NULL;
	}
	faults_init(&faults, http_arena(req));
	json_fields_read(object, place_fields, &body, &faults);
	pictures = pictures_read(object, &faults);
	json_decref(object);
	if (body.text && order_marks_identity_number(body.text))
		faults_add(&faults, "text", "holds a personal identity number");
	if (faults.n > 0) {
		json_decref(pictures);
		http_reply_faults(req, &faults);
		return NULL;
	}
	return json_text(http_arena(req),
		json_pack("{s:s, s:s, s:o, s:b, s:s?, s:s?}", "contractor",
			body.contractor, "text", body.text, "pictures", pictures,
			"waits", body.waits != 0, "ground", body.ground, "serviceCode",
			body.service_code));
}

static const char *rule_text(const struct order_op *op)
{
	return json_text(http_arena(op->req), access_rule(CASE_ORDER));
}

static void place_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct order_op *op = op_of_case(req);
	char token[ORDER_TOKEN_SIZE], hash[ORDER_HASH_SIZE];
	const char *wanted;

	if (!op || desk_refuse_unseen(req, &op->what.versions))
		return;
	wanted = place_read(req);
	if (!wanted) /* answered, and op has gone with the request */
		return;
	op->what.change = wanted;
	op->status = 201;
	order_ref_new(op->ref);
	order_token_make(worker->secret, op->ref, token);
	order_token_hash(token, hash);
	op->call = db_run(worker->desk_pool, &place_query,
		(const char *[]){ op->what.about.session->token_hash, op->about.year,
			op->about.serial, op->what.versions, rule_text(op),
			op->what.change, op->ref, hash },
		change_on_done, op);
}

static void act_run(struct order_op *op, const char *action, const char *text)
{
	struct worker *worker = http_app(op->req);
	const char *id = request_id(http_path_value(op->req, "id"));

	op->call = db_run(worker->desk_pool, &act_query,
		(const char *[]){ op->what.about.session->token_hash, op->about.year,
			op->about.serial, op->what.versions, rule_text(op),
			id ? id : "0", action, text },
		change_on_done, op);
}

struct act_body {
	const char *text, *remote_id;
};

static const struct json_field recall_fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.line_ends = true,
		.max = RECALL_MAX,
		.offset = offsetof(struct act_body, text) },
	{ 0 },
};

static const struct json_field confirm_fields[] = {
	{ .path = "remoteId",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = REMOTE_ID_MAX,
		.offset = offsetof(struct act_body, remote_id) },
	{ 0 },
};

/* NULL: it was answered. */
static struct order_op *act_read(
	struct http_request *req, const struct json_field *fields, struct act_body *ret)
{
	struct order_op *op = op_of_case(req);
	struct faults faults;

	if (!op || desk_refuse_unseen(req, &op->what.versions))
		return NULL;
	if (!fields)
		return op;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, ret, &faults) < 0)
		return NULL;
	if (ret->text && order_marks_identity_number(ret->text))
		faults_add(&faults, "text", "holds a personal identity number");
	if (faults.n == 0)
		return op;
	http_reply_faults(req, &faults);
	return NULL;
}

static void recall_post(struct http_request *req)
{
	struct act_body body = { 0 };
	struct order_op *op = act_read(req, recall_fields, &body);

	if (op)
		act_run(op, "recall", body.text);
}

static void resend_post(struct http_request *req)
{
	struct order_op *op = act_read(req, NULL, NULL);

	if (op)
		act_run(op, "resend", NULL);
}

static void confirm_post(struct http_request *req)
{
	struct act_body body = { 0 };
	struct order_op *op = act_read(req, confirm_fields, &body);

	if (op)
		act_run(op, "confirm", body.remote_id);
}

static const char *const media[] = { "application/json", NULL };
static const char *const change_headers[] = { "If-Match", "X-CSRF-Token", NULL };

const struct http_route order_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/orders",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary =
			"Work orders of the case, who may get one, and words to begin from",
		.response = "OrderList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/orders",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = place_post,
		.summary =
			"Order work of a contractor; of one by link the answer tells its page's address, once",
		.request = "NewOrder",
		.response = "OrderList",
		.header_names = change_headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/orders/{id}/recalls",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = recall_post,
		.summary =
			"Take an order back; it changes the case no more, whatever comes",
		.request = "OrderRecall",
		.response = "OrderList",
		.header_names = change_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/orders/{id}/resends",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.handle = resend_post,
		.summary = "Send what is stuck again, or ask again how it goes",
		.response = "OrderList",
		.header_names = change_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/orders/{id}/confirmations",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = confirm_post,
		.summary = "It is there after all, by this number of the contractor's",
		.request = "OrderConfirmation",
		.response = "OrderList",
		.header_names = change_headers },
	{ 0 },
};
