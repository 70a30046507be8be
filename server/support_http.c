#include "server/support_http.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/attachment.h"
#include "server/intake_limit.h"
#include "server/list_page.h"
#include "server/request_read.h"
#include "server/submission.h"
#include "server/support_store.h"
#include "server/worker.h"

#define DEVICE_LETTERS                                                                 \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define BODY_MAX (16 * KIB)

static const char media_json[] = "application/json; charset=utf-8";

struct support {
	struct http_request *req;
	struct db_call *call;
	struct support_given given;
};

static void support_on_gone(void *arg)
{
	db_cancel(((struct support *)arg)->call);
}

static struct support *support_new(struct http_request *req)
{
	struct support *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, support_on_gone, op);
	return op;
}

static void support_fail(struct support *op, enum err_code code, const char *text)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", text);
	http_reply_error(op->req, &err);
}

/* ---- near a place ---- */

static void item_write(
	struct support *op, struct json_write *w, const struct db_rows *rows, int i)
{
	const char *key = db_rows_text(rows, i, 0);

	jw_object(w);
	jw_key_string(w, "key", key);
	jw_key_string(w, "category", db_rows_text(rows, i, 1));
	jw_key_string(w, "status", "open");
	jw_key_int(w, "days", db_rows_int64(rows, i, 2));
	jw_key_int(w, "distance", db_rows_int64(rows, i, 3));
	jw_key_string(w, "photo",
		db_rows_bool(rows, i, 4) ? arena_printf(http_arena(op->req),
						   "/api/v1/open-cases/%s/photo", key)
					 : NULL);
	jw_key_int(w, "supporters", db_rows_int64(rows, i, 5));
	jw_object_end(w);
}

static void near_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct support *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++)
		item_write(op, &w, rows, i);
	list_page_reply(op->req, &w, NULL);
}

static void near_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	const char *category = request_value(req, "category");
	struct support *op;
	struct faults faults;

	faults_init(&faults, http_arena(req));
	request_degrees(req, "lat", 90, &faults);
	request_degrees(req, "lon", 180, &faults);
	if (!category)
		faults_add_key(&faults, "category", "fault.required", NULL);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = support_new(req);
	op->call = support_store_near(worker->read_pool,
		(const char *const[]){
			request_value(req, "lat"), request_value(req, "lon") },
		category, near_on_rows, op);
}

/* ---- its picture ---- */

static void photo_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct support *op = arg;
	const struct worker *worker = http_app(op->req);

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_count(rows) == 0)
		support_fail(op, ERR_NOT_FOUND, "no picture is shown of such a case");
	else
		attachment_reply(op->req, worker->attachments,
			&(struct attachment_file){ .sha256 = db_rows_text(rows, 0, 0),
				.type = "image/jpeg",
				.name = "bild.jpg" });
}

/* Never kept by anybody: staff may take it away. */
static void photo_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct support *op = support_new(req);

	op->call = support_store_photo(
		worker->read_pool, http_path_value(req, "key"), photo_on_rows, op);
}

/* ---- supporting it ---- */

static void add_reply(struct support *op, const struct db_rows *rows)
{
	struct json_write w;

	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_int(&w, "supporters", db_rows_int64(rows, 0, 1));
	jw_key_string(&w, "supportToken", op->given.names.token);
	jw_key_bool(&w, "new", db_rows_bool(rows, 0, 2));
	jw_key_bool(&w, "letter", db_rows_bool(rows, 0, 3));
	jw_object_end(&w);
	http_reply(op->req, 201, media_json);
}

static void add_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct {
		const char *outcome;
		enum err_code code;
		const char *text;
	} refusals[] = {
		{ "missing", ERR_NOT_FOUND, "no public case has that key" },
		{ "closed", ERR_CONFLICT, "the case is closed; submit a new one" },
		{ "full", ERR_CONFLICT,
			"the case has as many supporters as are counted" },
	};
	struct support *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(refusals[i].outcome, db_rows_text(rows, 0, 0))) {
			support_fail(op, refusals[i].code, refusals[i].text);
			return;
		}
	}
	add_reply(op, rows);
}

struct support_draft {
	const char *device;
	struct submission_draft reach;
};

static const struct json_field support_fields[] = {
	{ .path = "device",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.min = 16,
		.max = 64,
		.offset = offsetof(struct support_draft, device) },
	{ .path = "contact.email",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct support_draft, reach.email) },
	{ .path = "language",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct support_draft, reach.language) },
	{ 0 },
};

/* 0, or the request has been answered. */
static int draft_read(struct http_request *req, struct support_draft *ret)
{
	const struct http_body *body = http_body(req);
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	if (json_body_parse(body->data, body->size, &object, &err) < 0) {
		http_reply_error(req, &err);
		return -1;
	}
	faults_init(&faults, http_arena(req));
	json_fields_read(object, support_fields, ret, &faults);
	json_decref(object);
	if (ret->device && ret->device[strspn(ret->device, DEVICE_LETTERS)])
		faults_add(
			&faults, "device", "may hold A to Z, a to z, 0 to 9, - and _");
	submission_reach_judge(&ret->reach, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return -1;
	}
	if (intake_limit_take(req, &err) < 0) {
		http_reply_error(req, &err);
		return -1;
	}
	return 0;
}

static void support_post(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct support_draft draft = { 0 };
	struct support *op;

	if (draft_read(req, &draft) < 0)
		return;
	op = support_new(req);
	op->given.key = http_path_value(req, "key");
	op->given.email = draft.reach.email;
	op->given.language = draft.reach.language ? draft.reach.language : "sv";
	support_names_make(worker->secret, op->given.key, draft.device, op->given.email,
		&op->given.names);
	op->call = support_store_add(
		worker->read_pool, http_arena(req), &op->given, add_on_rows, op);
}

/* ---- what becomes of it ---- */

/* NULL when the request has been answered: no token, so no question. */
static struct support *holder_new(
	struct http_request *req, char hash[SUPPORT_HASH_SIZE])
{
	const char *given = http_header(req, "authorization");
	struct support *op = support_new(req);

	if (!given || strncasecmp(given, "Bearer ", strlen("Bearer ")) != 0) {
		http_set_header(req, "WWW-Authenticate", "Bearer");
		support_fail(op, ERR_UNAUTHORIZED,
			"send the support's token as \"Authorization: Bearer …\"");
		return NULL;
	}
	support_token_hash(given + strlen("Bearer "), hash);
	return op;
}

static void current_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	static const char *const names[] = { "status", "category", "month" };
	struct support *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		support_fail(op, ERR_NOT_FOUND,
			"there is no such support, or no more is told of the case");
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		jw_key_string(&w, names[i], db_rows_text(rows, 0, (int)i));
	jw_key_int(&w, "supporters", db_rows_int64(rows, 0, 3));
	jw_key(&w, "answers");
	jw_raw(&w, db_rows_text(rows, 0, 4));
	jw_object_end(&w);
	http_reply(op->req, 200, media_json);
}

static void current_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	char hash[SUPPORT_HASH_SIZE];
	struct support *op = holder_new(req, hash);

	if (op)
		op->call = support_store_read(
			worker->read_pool, hash, current_on_rows, op);
}

static void drop_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct support *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (!db_rows_bool(rows, 0, 0))
		support_fail(op, ERR_NOT_FOUND, "there is no such support");
	else
		http_reply(op->req, 204, NULL);
}

static void current_delete(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	char hash[SUPPORT_HASH_SIZE];
	struct support *op = holder_new(req, hash);

	if (op)
		op->call =
			support_store_drop(worker->read_pool, hash, drop_on_rows, op);
}

static const char *const near_names[] = { "lat", "lon", "category", NULL };
static const char *const json_media[] = { "application/json", NULL };
static const char *const token_headers[] = { "Authorization", NULL };

static const char *const picture_media[] = { "image/*", NULL };

const struct http_route support_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/open-cases",
		.access = ACCESS_ANYONE,
		.handle = near_get,
		.summary = "Open public cases of a category within 50 metres",
		.response = "OpenCaseList",
		.query = near_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/open-cases/{key}/photo",
		.access = ACCESS_ANYONE,
		.handle = photo_get,
		.summary = "The picture that staff show of a public case, small",
		.answers = picture_media },
	{ .method = HTTP_POST,
		.path = "/api/v1/open-cases/{key}/supports",
		.access = ACCESS_ANYONE,
		.max_body = BODY_MAX,
		.media = json_media,
		.handle = support_post,
		.summary = "Support a public case instead of submitting it again",
		.request = "NewSupport",
		.response = "SupportReceipt",
		.success = 201 },
	{ .method = HTTP_GET,
		.path = "/api/v1/supports/current",
		.access = ACCESS_CODE,
		.handle = current_get,
		.summary = "What has become of a case that one supports",
		.response = "Support",
		.header_names = token_headers },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/supports/current",
		.access = ACCESS_CODE,
		.handle = current_delete,
		.summary = "Take the support back, with what is kept of it",
		.header_names = token_headers,
		.success = 204 },
	{ 0 },
};
