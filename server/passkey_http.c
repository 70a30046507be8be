/*
 * A new passkey:
 *
 *   POST /api/v1/passkeys/challenges  what the browser hands to the device
 *   POST /api/v1/passkeys             what the device answered, once, within five
 * minutes
 *
 * Both ask for the password of the last ten minutes, as turning on a code does. With
 * the first second factor come recovery codes.
 */
#include "server/passkey_http.h"

#include <stddef.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/passkey.h"
#include "lib/secret.h"
#include "server/access.h"
#include "server/json_reply.h"
#include "server/passkey_origin.h"
#include "server/public_url.h"
#include "server/recovery_codes.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define PASSKEY_BODY_MAX (16 * KIB)
#define NAME_MAX_CHARS 60
#define HEX_SIZE(n) (2 * (n) + 1)

static const char media_json[] = "application/json; charset=utf-8";

static const struct db_query list_query = {
	.name = "passkeys",
	.sql = "SELECT p.id, p.name, (extract(epoch FROM p.added_at) * 1000000)::bigint,"
	       " (extract(epoch FROM p.used_at) * 1000000)::bigint, p.room"
	       " FROM synpunkt_signin.passkeys($1::text) p",
	.n_params = 1,
};

static const struct db_query begin_query = {
	.name = "passkey_begin",
	.sql = "SELECT array_to_json(b.credentials)"
	       " FROM synpunkt_signin.passkey_begin($1::text, $2::text) b",
	.n_params = 2,
};

static const struct db_query begun_query = {
	.name = "passkey_begun",
	.sql = "SELECT b FROM synpunkt_signin.passkey_begun($1::text) b",
	.n_params = 1,
};

static const struct db_query put_query = {
	.name = "passkey_put",
	.sql = "SELECT p.id, p.is_first"
	       " FROM synpunkt_signin.passkey_put($1::text, $2::jsonb, $3::text[]) p",
	.n_params = 3,
};

static const struct db_query remove_query = {
	.name = "passkey_remove",
	.sql = "SELECT r FROM synpunkt_signin.passkey_remove($1::text, $2::bigint) r",
	.n_params = 2,
};

struct passkey_draft {
	const char *name;
	struct passkey_answer answer;
};

static const struct json_field draft_fields[] = {
	{ .path = "name",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = NAME_MAX_CHARS,
		.offset = offsetof(struct passkey_draft, name) },
	{ .path = "clientData",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = PASSKEY_TEXT_MAX,
		.offset = offsetof(struct passkey_draft, answer.client_data) },
	{ .path = "authenticatorData",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = PASSKEY_TEXT_MAX,
		.offset = offsetof(struct passkey_draft, answer.authenticator_data) },
	{ 0 },
};

struct passkey_op {
	struct http_request *req;
	struct db_call *call;
	struct passkey_asked asked;
	unsigned char challenge[PASSKEY_CHALLENGE_SIZE];
	struct passkey_draft draft;
	struct recovery_codes codes;
};

static void op_on_gone(void *arg)
{
	struct passkey_op *op = arg;

	db_cancel(op->call);
	recovery_codes_wipe(&op->codes);
}

static struct passkey_op *op_new(struct http_request *req)
{
	struct passkey_op *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->asked.challenge = op->challenge;
	http_on_close(req, op_on_gone, op);
	return op;
}

static struct db_pool *pool_of(const struct passkey_op *op)
{
	return ((struct worker *)http_app(op->req))->signin_pool;
}

static const char *token_of(const struct passkey_op *op)
{
	return session_get(op->req)->token_hash;
}

static void op_log(const struct passkey_op *op, const char *event)
{
	log_event(LOG_LEVEL_INFO, event, LOG_I("user", session_get(op->req)->user_id),
		LOG_S("correlation", http_correlation_id(op->req)));
}

/* ---- the list ---- */

static void stamp_write(
	struct json_write *w, const char *name, const struct db_rows *rows, int at[2])
{
	char stamp[STAMP_SIZE];

	if (!db_rows_is_null(rows, at[0], at[1]))
		stamp_print(db_rows_int64(rows, at[0], at[1]), stamp);
	jw_key_string(w, name, db_rows_is_null(rows, at[0], at[1]) ? NULL : stamp);
}

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct passkey_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_bool(&w, "possible",
		passkey_origin(http_arena(op->req), public_url(op->req), &op->asked) ==
			0);
	jw_key_bool(&w, "room", db_rows_bool(rows, 0, 4));
	jw_key(&w, "items");
	jw_array(&w);
	for (int i = 0; i < db_rows_count(rows) && !db_rows_is_null(rows, i, 0); i++) {
		jw_object(&w);
		jw_key_int(&w, "id", db_rows_int64(rows, i, 0));
		jw_key_string(&w, "name", db_rows_text(rows, i, 1));
		stamp_write(&w, "addedAt", rows, (int[]){ i, 2 });
		stamp_write(&w, "usedAt", rows, (int[]){ i, 3 });
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
	http_reply(op->req, 200, media_json);
}

static void passkeys_get(struct http_request *req)
{
	struct passkey_op *op = op_new(req);

	op->call = db_run(pool_of(op), &list_query, (const char *[]){ token_of(op) },
		list_on_rows, op);
}

/* ---- beginning ---- */

/* What a device keeps the passkey by (5.4.3): nothing that tells who it is. */
static json_t *user_json(const struct session *session)
{
	return json_pack("{s:I, s:s, s:s}", "id", (json_int_t)session->user_id, "name",
		session->username, "displayName", session->name);
}

static void begin_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct passkey_op *op = arg;
	json_t *asked;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		request_refuse(op->req, ERR_CONFLICT, "of passkeys there may be ten");
		return;
	}
	asked = passkey_asked_json(&op->asked, db_rows_text(rows, 0, 0));
	json_object_set_new(asked, "user", user_json(session_get(op->req)));
	json_reply(op->req, 201, asked);
	json_decref(asked);
}

/* NULL: it was answered. */
static struct passkey_op *op_begin(struct http_request *req)
{
	struct passkey_op *op;

	if (sensitive_refuse(req, SENSITIVE_PASSKEYS))
		return NULL;
	op = op_new(req);
	if (passkey_origin(http_arena(req), public_url(req), &op->asked) < 0) {
		request_refuse(req, ERR_CONFLICT,
			"passkeys need an address with a name, not a number");
		return NULL;
	}
	return op;
}

static void challenge_post(struct http_request *req)
{
	struct passkey_op *op = op_begin(req);
	char hex[HEX_SIZE(PASSKEY_CHALLENGE_SIZE)];

	if (!op)
		return;
	secret_random(op->challenge, sizeof(op->challenge));
	encode_hex(op->challenge, sizeof(op->challenge), hex);
	op->call = db_run(pool_of(op), &begin_query,
		(const char *[]){ token_of(op), hex }, begin_on_row, op);
}

/* ---- what the device answered ---- */

static void put_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct passkey_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err || db_rows_count(rows) == 0)
		recovery_codes_wipe(&op->codes);
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		request_refuse(op->req, ERR_CONFLICT,
			"it took too long, or was answered already; begin again");
		return;
	}
	op_log(op, "passkey_added");
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_int(&w, "id", db_rows_int64(rows, 0, 0));
	recovery_codes_write(&w, &op->codes, db_rows_bool(rows, 0, 1));
	jw_object_end(&w);
	http_reply(op->req, 201, media_json);
}

static const char *made_json(
	const struct passkey_op *op, const struct passkey_made *made)
{
	char challenge[HEX_SIZE(PASSKEY_CHALLENGE_SIZE)], id[HEX_SIZE(PASSKEY_ID_MAX)],
		key[HEX_SIZE(PASSKEY_KEY_MAX)];

	encode_hex(op->challenge, sizeof(op->challenge), challenge);
	encode_hex(made->id, made->id_size, id);
	encode_hex(made->key.bytes, made->key.size, key);
	return json_text(http_arena(op->req),
		json_pack("{s:s, s:s, s:s, s:i, s:I, s:s}", "challenge", challenge,
			"credential", id, "key", key, "algorithm", made->key.algorithm,
			"count", (json_int_t)made->count, "name", op->draft.name));
}

static void begun_on_row(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct passkey_op *op = arg;
	struct passkey_made made;
	struct error err = { 0 };

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (db_rows_count(rows) == 0 ||
		encode_hex_parse(db_rows_text(rows, 0, 0), op->challenge,
			sizeof(op->challenge)) < 0) {
		request_refuse(op->req, ERR_CONFLICT,
			"nothing waits for a passkey; begin again");
		return;
	}
	if (passkey_make(&op->asked, &op->draft.answer, &made, &err) < 0) {
		http_reply_error(op->req, &err);
		return;
	}
	op->call = db_run(pool_of(op), &put_query,
		(const char *[]){ token_of(op), made_json(op, &made),
			recovery_codes_make(op->req, &op->codes) },
		put_on_row, op);
}

static void passkey_post(struct http_request *req)
{
	struct passkey_op *op = op_begin(req);
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, draft_fields, &op->draft, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(pool_of(op), &begun_query, (const char *[]){ token_of(op) },
		begun_on_row, op);
}

/* ---- taking one away ---- */

static void remove_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct passkey_op *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		request_refuse(op->req, ERR_NOT_FOUND, "you have no such passkey");
		return;
	}
	op_log(op, "passkey_removed");
	http_reply(op->req, 204, NULL);
}

static void passkey_delete(struct http_request *req)
{
	const char *id = request_id(http_path_value(req, "id"));
	struct passkey_op *op;

	if (sensitive_refuse(req, SENSITIVE_PASSKEYS))
		return;
	op = op_new(req);
	/* 0: nobody's. */
	op->call = db_run(pool_of(op), &remove_query,
		(const char *[]){ token_of(op), id ? id : "0" }, remove_on_done, op);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route passkey_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/passkeys",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = passkeys_get,
		.summary = "The caller's passkeys",
		.response = "PasskeyList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/passkeys",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.max_body = PASSKEY_BODY_MAX,
		.media = json_media,
		.handle = passkey_post,
		.summary =
			"Add the passkey that a device made for a challenge; recovery codes of the first factor, shown once (sensitive)",
		.request = "NewPasskey",
		.response = "PasskeyAdded",
		.header_names = csrf_headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/passkeys/challenges",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = challenge_post,
		.summary =
			"What a device is to make a passkey for, for five minutes (sensitive)",
		.response = "PasskeyChallenge",
		.header_names = csrf_headers,
		.success = 201 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/passkeys/{id}",
		.access = ACCESS_STAFF,
		.handle = passkey_delete,
		.summary = "Take a passkey away (sensitive)",
		.header_names = csrf_headers,
		.success = 204 },
	{ 0 },
};
