#include "server/totp_http.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/link_values.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "server/access.h"
#include "server/recovery_codes.h"
#include "server/request_read.h"
#include "server/second_factor.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define TOTP_BODY_MAX 1024
#define ISSUER "Synpunkt"

static const char media_json[] = "application/json; charset=utf-8";

static const struct db_query state_query = {
	.name = "totp_state",
	.sql = "SELECT (extract(epoch FROM t.enrolled_at) * 1000000)::bigint,"
	       " t.recovery_left, t.is_required"
	       " FROM synpunkt_signin.totp_state($1::text) t",
	.n_params = 1,
};

static const struct db_query begin_query = {
	.name = "totp_begin",
	.sql = "SELECT t FROM synpunkt_signin.totp_begin($1::text, $2::text) t",
	.n_params = 2,
};

static const struct db_query begun_query = {
	.name = "totp_begun",
	.sql = "SELECT t FROM synpunkt_signin.totp_begun($1::text) t",
	.n_params = 1,
};

static const struct db_query confirm_query = {
	.name = "totp_confirm",
	.sql = "SELECT t FROM synpunkt_signin.totp_confirm($1::text, $2::text, $3::bigint,"
	       " $4::text[]) t",
	.n_params = 4,
};

static const struct db_query recovery_query = {
	.name = "recovery_put",
	.sql = "SELECT t FROM synpunkt_signin.recovery_put($1::text, $2::text[]) t",
	.n_params = 2,
};

static const struct db_query remove_query = {
	.name = "totp_remove",
	.sql = "SELECT t FROM synpunkt_signin.totp_remove($1::text) t",
	.n_params = 1,
};

struct totp_op {
	struct http_request *req;
	struct db_call *call;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *code;
	struct recovery_codes codes;
};

static void totp_on_gone(void *arg)
{
	struct totp_op *op = arg;

	db_cancel(op->call);
	secret_wipe(op->secret, sizeof(op->secret));
	recovery_codes_wipe(&op->codes);
}

static struct totp_op *totp_op_new(struct http_request *req)
{
	struct totp_op *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	http_on_close(req, totp_on_gone, op);
	return op;
}

static struct db_pool *pool_of(const struct totp_op *op)
{
	return ((struct worker *)http_app(op->req))->signin_pool;
}

static const unsigned char *key_of(const struct totp_op *op)
{
	return ((struct worker *)http_app(op->req))->secret;
}

static const char *token_of(const struct totp_op *op)
{
	return session_get(op->req)->token_hash;
}

static void totp_log(const struct totp_op *op, const char *event)
{
	log_event(LOG_LEVEL_INFO, event, LOG_I("user", session_get(op->req)->user_id),
		LOG_S("correlation", http_correlation_id(op->req)));
}

/* Wipes what is secret, for the request's memory is used again. */
static void totp_fail(struct totp_op *op, const struct error *err)
{
	struct http_request *req = op->req;

	secret_wipe(op->secret, sizeof(op->secret));
	recovery_codes_wipe(&op->codes);
	http_reply_error(req, err);
}

static void totp_conflict(struct totp_op *op, bool enrolled, const char *text)
{
	struct error err = { 0 };

	http_add_problem(op->req, enrolled ? "\"current\":{\"enrolled\":true}"
					   : "\"current\":{\"enrolled\":false}");
	error_set(&err, ERR_CONFLICT, "%s", text);
	totp_fail(op, &err);
}

/* ---- how it stands ---- */

static void state_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;
	bool enrolled;
	char at[STAMP_SIZE];
	struct json_write w;

	op->call = NULL;
	if (err || db_rows_count(rows) == 0) {
		totp_fail(op, err ? err
				  : &(struct error){ .code = ERR_UNAUTHORIZED,
					    .text = "sign in again" });
		return;
	}
	enrolled = !db_rows_is_null(rows, 0, 0);
	stamp_print(db_rows_int64(rows, 0, 0), at);
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_bool(&w, "enrolled", enrolled);
	jw_key_string(&w, "enrolledAt", enrolled ? at : NULL);
	jw_key_int(&w, "recoveryCodesLeft", db_rows_int64(rows, 0, 1));
	jw_key_bool(&w, "required", db_rows_bool(rows, 0, 2));
	jw_object_end(&w);
	http_reply(op->req, 200, media_json);
}

static void totp_get(struct http_request *req)
{
	struct totp_op *op = totp_op_new(req);

	op->call = db_run(pool_of(op), &state_query, (const char *[]){ token_of(op) },
		state_on_row, op);
}

/* ---- beginning: a secret for the telephone ---- */

/* The key URI that authenticator apps read. The name may hold anything. */
static const char *totp_uri(struct totp_op *op, const char *secret)
{
	struct arena *arena = http_arena(op->req);

	return arena_printf(arena,
		"otpauth://totp/" ISSUER ":%s?secret=%s&issuer=" ISSUER
		"&algorithm=SHA1&digits=%d&period=%d",
		link_encode(arena, session_get(op->req)->username), secret, TOTP_DIGITS,
		TOTP_STEP_S);
}

static void begin_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;
	char text[TOTP_SECRET_TEXT_SIZE];
	struct json_write w;

	op->call = NULL;
	if (err) {
		totp_fail(op, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		totp_conflict(op, true, "codes are on; take them away first");
		return;
	}
	totp_secret_print(op->secret, text);
	secret_wipe(op->secret, sizeof(op->secret));
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "secret", text);
	jw_key_string(&w, "uri", totp_uri(op, text));
	jw_object_end(&w);
	secret_wipe(text, sizeof(text));
	http_reply(op->req, 201, media_json);
}

static void totp_post(struct http_request *req)
{
	struct totp_op *op = totp_op_new(req);
	char sealed[FACTOR_SEALED_SIZE];

	secret_random(op->secret, sizeof(op->secret));
	factor_seal(key_of(op), session_get(req)->user_id, op->secret, sealed);
	op->call = db_run(pool_of(op), &begin_query,
		(const char *[]){ token_of(op), sealed }, begin_on_done, op);
}

/* ---- recovery codes ---- */

static void recovery_codes_reply(struct totp_op *op, bool is_new)
{
	struct json_write w;

	jw_init(&w, http_out(op->req));
	jw_object(&w);
	recovery_codes_write(&w, &op->codes, is_new);
	jw_object_end(&w);
	http_reply(op->req, 201, media_json);
}

static void recovery_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;

	op->call = NULL;
	if (err) {
		totp_fail(op, err);
	} else if (db_rows_count(rows) == 0) {
		totp_conflict(op, false, "there is no second factor");
	} else {
		totp_log(op, "recovery_codes_renewed");
		recovery_codes_reply(op, true);
	}
}

static void recovery_post(struct http_request *req)
{
	struct totp_op *op;

	if (sensitive_refuse(req, SENSITIVE_RECOVERY_CODES))
		return;
	op = totp_op_new(req);
	op->call = db_run(pool_of(op), &recovery_query,
		(const char *[]){
			token_of(op), recovery_codes_make(op->req, &op->codes) },
		recovery_on_done, op);
}

/* ---- confirming with a first code ---- */

struct confirmation_draft {
	const char *code;
};

static const struct json_field confirmation_fields[] = {
	{ .path = "code",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 32,
		.offset = offsetof(struct confirmation_draft, code) },
	{ 0 },
};

static void confirm_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;

	op->call = NULL;
	if (err) {
		totp_fail(op, err);
	} else if (db_rows_count(rows) == 0) {
		totp_conflict(op, false, "another secret was begun meanwhile");
	} else {
		totp_log(op, "totp_enrolled");
		recovery_codes_reply(op, db_rows_bool(rows, 0, 0));
	}
}

static void begun_check(struct totp_op *op, const char *sealed)
{
	struct error err = { 0 };
	char code[RECOVERY_CODE_SIZE];
	int64_t step;

	if (factor_open(key_of(op), session_get(op->req)->user_id, sealed, op->secret) <
			0 ||
		factor_read(op->code, code) != FACTOR_CODE ||
		!totp_check(op->secret, code, time(NULL), &step)) {
		error_set(&err, ERR_INVALID, "is not the code of now");
		error_set_field(&err, "code");
		totp_fail(op, &err);
		return;
	}
	secret_wipe(op->secret, sizeof(op->secret));
	op->call = db_run(pool_of(op), &confirm_query,
		(const char *[]){ token_of(op), sealed,
			arena_printf(http_arena(op->req), "%lld", (long long)step),
			recovery_codes_make(op->req, &op->codes) },
		confirm_on_done, op);
}

static void begun_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;

	op->call = NULL;
	if (err)
		totp_fail(op, err);
	else if (db_rows_count(rows) == 0)
		totp_conflict(op, false, "nothing waits to be confirmed; begin again");
	else
		begun_check(op, db_rows_text(rows, 0, 0));
}

static void confirmation_post(struct http_request *req)
{
	struct confirmation_draft draft = { 0 };
	struct faults faults;
	struct totp_op *op;

	if (sensitive_refuse(req, SENSITIVE_TOTP_ENROL))
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, confirmation_fields, &draft, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op = totp_op_new(req);
	op->code = draft.code;
	op->call = db_run(pool_of(op), &begun_query, (const char *[]){ token_of(op) },
		begun_on_row, op);
}

/* ---- taking it away ---- */

static void remove_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct totp_op *op = arg;

	op->call = NULL;
	if (err) {
		totp_fail(op, err);
		return;
	}
	if (db_rows_count(rows) > 0)
		totp_log(op, "totp_removed");
	http_reply(op->req, 204, NULL);
}

static void totp_delete(struct http_request *req)
{
	struct totp_op *op;

	if (sensitive_refuse(req, SENSITIVE_TOTP_REMOVE))
		return;
	op = totp_op_new(req);
	op->call = db_run(pool_of(op), &remove_query, (const char *[]){ token_of(op) },
		remove_on_done, op);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route totp_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/totp",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.handle = totp_get,
		.summary =
			"Whether the caller has codes from a telephone, and recovery codes",
		.response = "Totp" },
	{ .method = HTTP_POST,
		.path = "/api/v1/totp",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.max_body = TOTP_BODY_MAX,
		.handle = totp_post,
		.summary = "Begin codes: a secret for a telephone",
		.response = "TotpSecret",
		.header_names = csrf_headers,
		.success = 201 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/totp",
		.access = ACCESS_STAFF,
		.handle = totp_delete,
		.summary = "Take the telephone's codes away; passkeys stay (sensitive)",
		.header_names = csrf_headers,
		.success = 204 },
	{ .method = HTTP_POST,
		.path = "/api/v1/totp/confirmation",
		.access = ACCESS_STAFF | ACCESS_UNENROLLED,
		.max_body = TOTP_BODY_MAX,
		.media = json_media,
		.handle = confirmation_post,
		.summary =
			"Confirm it with a first code; recovery codes of the first factor, shown once",
		.request = "TotpConfirmation",
		.response = "RecoveryCodes",
		.header_names = csrf_headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/totp/recovery-codes",
		.access = ACCESS_STAFF,
		.max_body = TOTP_BODY_MAX,
		.handle = recovery_post,
		.summary = "New recovery codes, the old ones are void (sensitive)",
		.response = "RecoveryCodes",
		.header_names = csrf_headers,
		.success = 201 },
	{ 0 },
};
