/*
 * The steps, in order:
 *
 *   signin_begin       guesses counted; the account's hash is asked for
 *   signin_on_account  what an answer by passkey is judged by is asked for
 *   signin_on_key      password and code, or passkey, go to a thread
 *   signin_on_checked  right: a session is started or confirmed, which takes the code;
 *                      wrong: the guess stays counted; signin_on_asked has what a
 *                      passkey can answer
 *   signin_on_started, signin_on_confirmed  done
 */
#include "server/signin.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>
#include <sodium.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "lib/work.h"
#include "server/options.h"
#include "server/passkey_origin.h"
#include "server/public_url.h"
#include "server/second_factor.h"
#include "server/signin_passkey.h"
#include "server/worker.h"

#define PASSWORD_MEMORY (19 * MIB)
#define PASSWORD_PASSES 2

/* Of nobody's password, with the parameters above: what the password of a user that
 * does not exist is compared with, so that the answer takes as long. */
static const char nobodys_hash[] =
	"$argon2id$v=19$m=19456,t=2,p=1$"
	"Zq2jSpi28aV9RLV7xxQJ6A$7xzaQJb0efvvMKNULDFiM8LLjxloB43mZE/edg5GysU";

static const struct db_query account_query = {
	.name = "signin_account",
	.sql = "SELECT a.id, a.password_hash, a.sealed, a.has_passkey"
	       " FROM synpunkt_signin.account($1::text) a",
	.n_params = 1,
};

static const struct db_query start_query = {
	.name = "signin_start",
	.sql = "SELECT s.username, s.name, s.roles, s.needs"
	       " FROM synpunkt_signin.start($1::bigint, $2::text, $3::bigint, $4::text,"
	       " $5::jsonb, $6::text, $7::text, $8::integer, $9::integer, $10::integer) s",
	.n_params = 10,
};

static const struct db_query confirm_query = {
	.name = "signin_confirm",
	.sql = "SELECT c FROM synpunkt_signin.confirm($1::text, $2::text, $3::bigint,"
	       " $4::text, $5::jsonb) c",
	.n_params = 5,
};

static const struct db_query key_query = {
	.name = "signin_passkey_key",
	.sql = "SELECT k.id, k.public_key, k.algorithm, k.challenge"
	       " FROM synpunkt_signin.passkey_key($1::bigint, $2::text) k",
	.n_params = 2,
};

static const struct db_query ask_query = {
	.name = "signin_passkey_ask",
	.sql = "SELECT array_to_json(a.credentials)"
	       " FROM synpunkt_signin.passkey_ask($1::bigint, $2::text, $3::text) a",
	.n_params = 3,
};

/* Each row is a wait that grows with the guesses made. */
static const struct {
	bool pair; /* of address and username, else of the address */
	unsigned limit, window_s;
} throttles[] = {
	{ true, 5, 60 },
	{ true, 20, 3600 },
	{ true, 60, 86400 },
	{ false, 100, 60 },
	{ false, 1000, 3600 },
};

/* The same for a user's codes: of a million, three are right at a time. */
static const struct {
	unsigned limit, window_s;
} code_throttles[] = {
	{ 5, 60 },
	{ 30, 3600 },
	{ 100, 86400 },
};

struct signin {
	struct worker *worker;
	struct http_request *req;
	const char *username;
	struct session *session;
	struct arena *arena; /* the request's */
	struct db_call *call;
	struct event *refused; /* an answer that is known at once still comes later */
	struct error err;
	uint64_t keys[ARRAY_LEN(throttles)], code_keys[ARRAY_LEN(code_throttles)];
	bool code_counted;
	const char *agent, *confirms;
	signin_done_fn *done;
	void *arg;

	/* What the thread uses; it outlives the request. */
	bool checking, abandoned, right, known;
	int64_t user_id;
	char *password;
	char hash[PASSWORD_HASH_SIZE];
	unsigned char token[SESSION_TOKEN_SIZE];
	const unsigned char *key; /* the server's secret */
	bool has_factor;
	char sealed[FACTOR_SEALED_SIZE]; /* "": the user has no telephone */
	enum factor_kind kind;
	char code[RECOVERY_CODE_SIZE];
	char recovery[SHA256_HEX_SIZE]; /* "": no recovery code */
	int64_t step;                   /* that the code is right for; 0: none */
	bool broken;                    /* the seal does not open */
	struct signin_passkey *passkey; /* NULL: none given */

	struct passkey_asked asked; /* what a passkey may answer next time */
	unsigned char challenge[PASSKEY_CHALLENGE_SIZE];
};

int signin_password_hash(const char *password, char ret[PASSWORD_HASH_SIZE])
{
	return crypto_pwhash_str(
		ret, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY);
}

static void signin_free(struct signin *op)
{
	secret_wipe(op->password, strlen(op->password));
	mem_free(op->password);
	secret_wipe(op->token, sizeof(op->token));
	secret_wipe(op->code, sizeof(op->code));
	signin_passkey_free(op->passkey);
	if (op->refused)
		event_free(op->refused);
	mem_free(op);
}

void signin_cancel(struct signin *op)
{
	db_cancel(op->call);
	op->call = NULL;
	if (op->checking)
		op->abandoned = true;
	else
		signin_free(op);
}

static void signin_fail(struct signin *op, const struct error *err)
{
	op->done(NULL, NULL, err, op->arg);
	signin_free(op);
}

static void signin_on_refused(evutil_socket_t fd, short what, void *arg)
{
	struct signin *op = arg;

	signin_fail(op, &op->err);
}

static void signin_refuse_later(struct signin *op)
{
	op->refused = event_new(op->worker->base, -1, 0, signin_on_refused, op);
	event_active(op->refused, EV_TIMEOUT, 0);
}

/* ---- guesses ---- */

static uint64_t throttle_key(const struct signin *op, size_t row)
{
	const char *text = arena_printf(op->arena, "signin %zu %016llx %s", row,
		(unsigned long long)http_peer_key(op->req),
		throttles[row].pair ? op->username : "");

	return secret_hash64(op->worker->start->boot_secret, text, strlen(text));
}

static void throttle_return(struct signin *op, size_t n)
{
	for (size_t i = 0; i < n; i++)
		quota_return(op->worker->quota, op->keys[i]);
}

static int throttle_refuse(struct signin *op, unsigned wait_s)
{
	http_set_header(op->req, "Retry-After", arena_printf(op->arena, "%u", wait_s));
	return error_set(&op->err, ERR_BUSY,
		"too many attempts to sign in; try again in %u seconds", wait_s);
}

/* Counted before it is known to be wrong: many at once would all be let in otherwise.
 */
static int throttle_take(struct signin *op)
{
	unsigned wait_s = 0;

	for (size_t i = 0; i < ARRAY_LEN(throttles); i++) {
		op->keys[i] = throttle_key(op, i);
		if (quota_take(op->worker->quota, op->keys[i], throttles[i].limit,
			    throttles[i].window_s, &wait_s))
			continue;
		throttle_return(op, i);
		return throttle_refuse(op, wait_s);
	}
	return 0;
}

static void code_throttle_return(struct signin *op, size_t n)
{
	for (size_t i = 0; i < n; i++)
		quota_return(op->worker->quota, op->code_keys[i]);
}

/* After the password: else anybody could use up a colleague's codes. Before what the
 * code is makes a difference. */
static int code_throttle_take(struct signin *op)
{
	unsigned wait_s = 0;

	for (size_t i = 0; i < ARRAY_LEN(code_throttles); i++) {
		const char *text = arena_printf(
			op->arena, "signin code %zu %lld", i, (long long)op->user_id);

		op->code_keys[i] = secret_hash64(
			op->worker->start->boot_secret, text, strlen(text));
		if (quota_take(op->worker->quota, op->code_keys[i],
			    code_throttles[i].limit, code_throttles[i].window_s,
			    &wait_s))
			continue;
		code_throttle_return(op, i);
		return throttle_refuse(op, wait_s);
	}
	op->code_counted = true;
	return 0;
}

/* ---- the steps ---- */

static void signin_refuse(struct signin *op, const char *what)
{
	log_event(LOG_LEVEL_INFO, "signin_refused", LOG_S("what", what),
		LOG_S("correlation", http_correlation_id(op->req)));
	error_set(&op->err, ERR_UNAUTHORIZED, "wrong username or password");
	signin_fail(op, &op->err);
}

static bool factor_given(const struct signin *op)
{
	return op->kind != FACTOR_NONE || op->passkey;
}

/* "passkey": what the browser hands to the device. */
static void passkey_write(struct signin *op, const char *credentials)
{
	http_add_problem(
		op->req, arena_printf(op->arena, "\"passkey\":%s",
				 json_text(op->arena,
					 passkey_asked_json(&op->asked, credentials))));
}

static void signin_on_asked(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct signin *op = arg;

	op->call = NULL;
	if (db_err) {
		signin_fail(op, db_err);
		return;
	}
	if (db_rows_count(rows) > 0)
		passkey_write(op, db_rows_text(rows, 0, 0));
	signin_fail(op, &op->err);
}

static const char *number_print(struct signin *op, int64_t number)
{
	return arena_printf(op->arena, "%lld", (long long)number);
}

/* A challenge is made only for who has given the password: it tells which devices there
 * are. */
static void passkey_ask(struct signin *op)
{
	char hex[2 * PASSKEY_CHALLENGE_SIZE + 1];

	if (passkey_origin(op->arena, public_url(op->req), &op->asked) < 0) {
		signin_fail(op, &op->err);
		return;
	}
	secret_random(op->challenge, sizeof(op->challenge));
	op->asked.challenge = op->challenge;
	encode_hex(op->challenge, sizeof(op->challenge), hex);
	op->call = db_run(op->worker->signin_pool, &ask_query,
		(const char *[]){ number_print(op, op->user_id), op->hash, hex },
		signin_on_asked, op);
}

/* What is to come: a code, or a passkey from whoever has no codes; those may still
 * write a recovery code, which is judged as what it was meant for. */
static void signin_want(struct signin *op)
{
	const char *needs = op->sealed[0] ? "totp" : "passkey";
	bool is_code = op->sealed[0] || op->kind != FACTOR_NONE;

	http_add_problem(op->req, arena_printf(op->arena, "\"needs\":\"%s\"", needs));
	error_set(&op->err, ERR_UNAUTHORIZED,
		factor_given(op) ? "the %s is wrong, too old or used already"
				 : "a %s is wanted",
		is_code ? "code" : "passkey");
	error_set_field(&op->err, is_code ? "totp" : "passkey");
}

/* The password was right, so it is no guess unless a code was wrong. */
static void signin_ask_code(struct signin *op)
{
	if (factor_given(op)) {
		log_event(LOG_LEVEL_INFO, "signin_refused",
			LOG_S("what", op->passkey ? "passkey" : "code"),
			LOG_I("user", op->user_id),
			LOG_S("correlation", http_correlation_id(op->req)));
	} else {
		throttle_return(op, ARRAY_LEN(throttles));
	}
	signin_want(op);
	passkey_ask(op);
}

/* What it was that held, in the order in which factor_take() looks. */
static const char *factor_name(const struct signin *op)
{
	if (!op->has_factor)
		return "password";
	if (signin_passkey_is_right(op->passkey))
		return "passkey";
	return op->step ? "code" : "recovery-code";
}

static void signin_was_right(struct signin *op)
{
	throttle_return(op, ARRAY_LEN(throttles));
	if (op->code_counted)
		code_throttle_return(op, ARRAY_LEN(code_throttles));
	if (!strcmp(factor_name(op), "recovery-code"))
		log_event(LOG_LEVEL_INFO, "recovery_code_used",
			LOG_I("user", op->user_id));
}

static void signin_log(const struct signin *op)
{
	log_event(LOG_LEVEL_INFO, "signed_in", LOG_I("user", op->user_id),
		LOG_S("factor", factor_name(op)),
		LOG_S("correlation", http_correlation_id(op->req)));
}

static void signin_on_started(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct signin *op = arg;
	char token[2 * SESSION_TOKEN_SIZE + 1];

	op->call = NULL;
	if (db_err) {
		signin_fail(op, db_err);
		return;
	}
	if (db_rows_count(rows) == 0) { /* closed or changed meanwhile */
		signin_refuse(op, "account");
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		signin_ask_code(op);
		return;
	}
	signin_was_right(op);
	signin_log(op);
	op->session->user_id = op->user_id;
	op->session->username = arena_dup(op->arena, db_rows_text(rows, 0, 0));
	op->session->name = arena_dup(op->arena, db_rows_text(rows, 0, 1));
	session_roles_parse(op->session, op->arena, db_rows_text(rows, 0, 2));
	op->session->needs = arena_dup(op->arena, db_rows_text(rows, 0, 3));
	encode_hex(op->token, sizeof(op->token), token);
	op->done(op->session, token, NULL, op->arg);
	secret_wipe(token, sizeof(token));
	signin_free(op);
}

static void signin_on_confirmed(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct signin *op = arg;

	op->call = NULL;
	if (db_err) {
		signin_fail(op, db_err);
	} else if (db_rows_count(rows) == 0) {
		signin_refuse(op, "account");
	} else if (!db_rows_bool(rows, 0, 0)) {
		signin_ask_code(op);
	} else {
		signin_was_right(op);
		op->done(NULL, NULL, NULL, op->arg);
		signin_free(op);
	}
}

static void signin_start(struct signin *op)
{
	const struct options *options = op->worker->options;
	const char *step = op->step ? number_print(op, op->step) : NULL;
	const char *recovery = op->recovery[0] ? op->recovery : NULL;
	const char *passkey = signin_passkey_is_right(op->passkey)
				      ? signin_passkey_json(op->passkey, op->arena)
				      : NULL;

	if (op->confirms) {
		op->call = db_run(op->worker->signin_pool, &confirm_query,
			(const char *[]){
				op->confirms, op->hash, step, recovery, passkey },
			signin_on_confirmed, op);
		return;
	}
	secret_random(op->token, sizeof(op->token));
	session_token_use(op->session, op->token);
	op->call = db_run(op->worker->signin_pool, &start_query,
		(const char *[]){ number_print(op, op->user_id), op->hash, step,
			recovery, passkey, op->session->token_hash, op->agent,
			number_print(op, options->session_idle_s),
			number_print(op, options->session_longest_s),
			number_print(op, SIGNIN_SESSIONS_MAX) },
		signin_on_started, op);
}

static void code_check(struct signin *op)
{
	unsigned char secret[TOTP_SECRET_SIZE] = { 0 };

	if (op->kind == FACTOR_RECOVERY) {
		recovery_hash(op->key, op->user_id, op->code, op->recovery);
		return;
	}
	if (!op->sealed[0]) /* with passkeys alone no six digits are right */
		return;
	if (factor_open(op->key, op->user_id, op->sealed, secret) < 0)
		op->broken = true;
	else if (!totp_check(secret, op->code, time(NULL), &op->step))
		op->step = 0;
	secret_wipe(secret, sizeof(secret));
}

static void signin_check(void *arg)
{
	struct signin *op = arg;

	op->right = crypto_pwhash_str_verify(
			    op->hash, op->password, strlen(op->password)) == 0;
	if (op->right && op->has_factor &&
		(op->kind == FACTOR_CODE || op->kind == FACTOR_RECOVERY))
		code_check(op);
	if (op->right && op->has_factor && op->passkey)
		signin_passkey_check(op->passkey);
}

static void signin_on_checked(void *arg)
{
	struct signin *op = arg;

	op->checking = false;
	if (op->abandoned) {
		signin_free(op);
		return;
	}
	if (!op->right || !op->known) {
		signin_refuse(op, "password");
		return;
	}
	if (op->broken)
		log_event(LOG_LEVEL_ERROR, "totp_seal_broken",
			LOG_I("user", op->user_id));
	if (!op->has_factor) {
		signin_start(op);
		return;
	}
	if (factor_given(op) && code_throttle_take(op) < 0) {
		signin_fail(op, &op->err);
		return;
	}
	if (op->step || op->recovery[0] || signin_passkey_is_right(op->passkey))
		signin_start(op);
	else
		signin_ask_code(op);
}

static void signin_run_check(struct signin *op)
{
	op->checking = true;
	if (work_run(op->worker->password_work, signin_check, signin_on_checked, op,
		    &op->err) == 0)
		return;
	op->checking = false;
	throttle_return(op, ARRAY_LEN(throttles));
	signin_fail(op, &op->err);
}

static void signin_on_key(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct signin *op = arg;

	op->call = NULL;
	if (db_err) {
		throttle_return(op, ARRAY_LEN(throttles));
		signin_fail(op, db_err);
		return;
	}
	signin_passkey_take(op->passkey, rows);
	signin_run_check(op);
}

static void signin_on_account(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct signin *op = arg;

	op->call = NULL;
	if (db_err) {
		throttle_return(op, ARRAY_LEN(throttles));
		signin_fail(op, db_err);
		return;
	}
	op->known = db_rows_count(rows) > 0;
	op->user_id = op->known ? db_rows_int64(rows, 0, 0) : 0;
	snprintf(op->hash, sizeof(op->hash), "%s",
		op->known ? db_rows_text(rows, 0, 1) : nobodys_hash);
	if (op->known && !db_rows_is_null(rows, 0, 2))
		snprintf(
			op->sealed, sizeof(op->sealed), "%s", db_rows_text(rows, 0, 2));
	op->has_factor = op->sealed[0] || (op->known && db_rows_bool(rows, 0, 3));
	if (!op->passkey) {
		signin_run_check(op);
		return;
	}
	/* For nobody's, too, so that it takes as long. */
	op->call = db_run(op->worker->signin_pool, &key_query,
		(const char *[]){ number_print(op, op->user_id),
			signin_passkey_id(op->passkey, op->arena) },
		signin_on_key, op);
}

struct signin *signin_begin(struct http_request *req,
	const struct signin_attempt *attempt, signin_done_fn *done, void *arg)
{
	struct signin *op = mem_new(sizeof(*op));

	op->worker = http_app(req);
	op->req = req;
	op->arena = http_arena(req);
	op->username = attempt->username;
	op->password = mem_dup(attempt->password);
	op->kind = factor_read(attempt->code, op->code);
	op->key = op->worker->secret;
	op->agent = attempt->agent;
	op->confirms = attempt->confirms;
	if (attempt->passkey)
		op->passkey = signin_passkey_new(req, attempt->passkey);
	op->session = arena_alloc(op->arena, sizeof(*op->session));
	op->done = done;
	op->arg = arg;
	if (throttle_take(op) < 0) {
		signin_refuse_later(op);
		return op;
	}
	op->call = db_run(op->worker->signin_pool, &account_query,
		(const char *[]){ op->username }, signin_on_account, op);
	return op;
}
