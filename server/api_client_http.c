#include "server/api_client_http.h"

#include <stddef.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/secret.h"
#include "server/access.h"
#include "server/json_reply.h"
#include "server/open311_query.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)
#define NAME_MAX_CHARS 100
#define PER_HOUR_MAX 10000
#define PER_HOUR_STANDARD 300
#define KEY_BYTES 32
#define ID_FORM "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

static const struct db_query list_query = {
	.name = "api_client_list",
	.sql = "SELECT synpunkt_open311.clients($1::text)",
	.n_params = 1,
};

static const struct db_query add_query = {
	.name = "api_client_add",
	.sql = "SELECT synpunkt_open311.add_client($1::text, $2::text, $3::text,"
	       " $4::text[], $5::integer, $6::bytea)",
	.n_params = 6,
};

static const struct db_query revoke_query = {
	.name = "api_client_revoke",
	.sql = "SELECT synpunkt_open311.revoke_client($1::text, $2::uuid)",
	.n_params = 2,
};

struct client_op {
	struct http_request *req;
	struct db_call *call;
	char key[2 * KEY_BYTES + 1]; /* of a new one, to be told; "" */
	const char *name;
};

static void op_on_gone(void *arg)
{
	struct client_op *op = arg;

	db_cancel(op->call);
	secret_wipe(op->key, sizeof(op->key));
}

static const struct json_nothing outsider = { ERR_FORBIDDEN,
	"keys of other systems are for administrators" };

/* The database looks once more: whoever stands in for an administrator is none here.
 * NULL: it was answered. */
static struct client_op *op_new(struct http_request *req)
{
	struct client_op *op;

	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(req, outsider.code, outsider.why);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, op_on_gone, op);
	return op;
}

/* The list is short, and comes whole. */
static void list_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct client_op *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err, &outsider);
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct client_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &list_query,
			(const char *[]){ session_get(req)->token_hash }, list_on_row,
			op);
}

/* ---- changing ---- */

static const struct {
	const char *word;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN, "keys of other systems are for administrators" },
	{ "missing", ERR_NOT_FOUND, "there is no such key that works" },
	{ "full", ERR_CONFLICT, "there are 50 keys; one must be revoked first" },
};

static void key_reply(struct client_op *op, const char *id)
{
	struct json_write w;

	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "id", id);
	jw_key_string(&w, "name", op->name);
	jw_key_string(&w, "key", op->key);
	jw_object_end(&w);
	secret_wipe(op->key, sizeof(op->key));
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct client_op *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(word, refusals[i].word)) {
			request_refuse(op->req, refusals[i].code, refusals[i].why);
			return;
		}
	}
	if (op->key[0])
		key_reply(op, word);
	else
		http_reply(op->req, 204, NULL);
}

struct client_body {
	const char *name, *kind;
	struct json_strings scopes;
	int64_t per_hour; /* 0: not said */
};

static const char *const kinds[] = { "production", "test", NULL };
static const char *const scopes[] = { "post", "updates", "cases", NULL };

static const struct json_field fields[] = {
	{ .path = "name",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = NAME_MAX_CHARS,
		.offset = offsetof(struct client_body, name) },
	{ .path = "kind",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = kinds,
		.offset = offsetof(struct client_body, kind) },
	{ .path = "scopes",
		.kind = JSON_FIELD_STRINGS,
		.required = true,
		.max_items = ARRAY_LEN(scopes),
		.one_of = scopes,
		.offset = offsetof(struct client_body, scopes) },
	{ .path = "perHour",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = PER_HOUR_MAX,
		.offset = offsetof(struct client_body, per_hour) },
	{ 0 },
};

/* As an array's text: they are codes of ours. */
static const char *scopes_of(struct arena *arena, const struct json_strings *given)
{
	const char *all = given->items[0];

	for (size_t i = 1; i < given->n; i++)
		all = arena_printf(arena, "%s,%s", all, given->items[i]);
	return arena_printf(arena, "{%s}", all);
}

static void key_make(struct client_op *op, char hash[OPEN311_HASH_SIZE])
{
	unsigned char bytes[KEY_BYTES];

	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), op->key);
	secret_wipe(bytes, sizeof(bytes));
	open311_key_hash(op->key, hash);
}

static void list_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct client_op *op = op_new(req);
	struct client_body body = { 0 };
	char hash[OPEN311_HASH_SIZE];
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, fields, &body, &faults) < 0)
		return;
	if (faults.n == 0 && body.scopes.n == 0)
		faults_add(&faults, "scopes", "must have one at least");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->name = body.name;
	key_make(op, hash);
	op->call = db_run(worker->desk_pool, &add_query,
		(const char *[]){ session_get(req)->token_hash, body.name, body.kind,
			scopes_of(http_arena(req), &body.scopes),
			arena_printf(http_arena(req), "%lld",
				(long long)(body.per_hour ? body.per_hour
							  : PER_HOUR_STANDARD)),
			hash },
		change_on_done, op);
}

/* As the database takes it; anything else is nothing's. */
static bool is_id(const char *text)
{
	if (strlen(text) != strlen(ID_FORM))
		return false;
	for (size_t i = 0; text[i]; i++) {
		if (ID_FORM[i] == '-' ? text[i] != '-'
				      : !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return true;
}

static void revocation_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct client_op *op = op_new(req);
	const char *id = op ? http_path_value(req, "id") : NULL;

	if (!op)
		return;
	if (!is_id(id)) {
		request_refuse(req, ERR_NOT_FOUND, "there is no such key that works");
		return;
	}
	op->call = db_run(worker->desk_pool, &revoke_query,
		(const char *[]){ session_get(req)->token_hash, id }, change_on_done,
		op);
}

static const char *const media[] = { "application/json", NULL };
static const char *const headers[] = { "X-CSRF-Token", NULL };

const struct http_route api_client_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/api-clients",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "Systems that have a key, for administrators",
		.response = "ApiClientList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/api-clients",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = list_post,
		.summary = "Give one more system a key; it is told once",
		.request = "NewApiClient",
		.response = "ApiClientKey",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/api-clients/{id}/revocations",
		.access = ACCESS_STAFF,
		.handle = revocation_post,
		.summary = "A key that works no more",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
