/*
 * The steps, in order:
 *
 *   signin_begin       guesses counted; the account's hash is asked for
 *   signin_on_account  the password goes to a thread
 *   signin_on_checked  right: a session is started; wrong: the guess stays counted
 *   signin_on_started  done
 */
#include "server/signin.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <sodium.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "lib/work.h"
#include "server/options.h"
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
	.sql = "SELECT a.id, a.password_hash FROM synpunkt_signin.account($1::text) a",
	.n_params = 1,
};

static const struct db_query start_query = {
	.name = "signin_start",
	.sql = "SELECT s.username, s.name, s.roles FROM synpunkt_signin.start($1::bigint,"
	       " $2::text, $3::text, $4::integer, $5::integer, $6::integer) s",
	.n_params = 6,
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

struct signin {
	struct worker *worker;
	struct http_request *req;
	const char *username;
	struct session *session;
	struct arena *arena; /* the request's */
	struct db_call *call;
	struct event *refused; /* an answer that is known at once still comes later */
	struct error err;
	uint64_t keys[ARRAY_LEN(throttles)];
	signin_done_fn *done;
	void *arg;

	/* What the thread uses; it outlives the request. */
	bool checking, abandoned, right, known;
	int64_t user_id;
	char *password;
	char hash[PASSWORD_HASH_SIZE];
	unsigned char token[SESSION_TOKEN_SIZE];
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
		http_set_header(
			op->req, "Retry-After", arena_printf(op->arena, "%u", wait_s));
		return error_set(&op->err, ERR_BUSY,
			"too many attempts to sign in; try again in %u seconds",
			wait_s);
	}
	return 0;
}

/* ---- the steps ---- */

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
		error_set(&op->err, ERR_UNAUTHORIZED, "wrong username or password");
		signin_fail(op, &op->err);
		return;
	}
	throttle_return(op, ARRAY_LEN(throttles));
	op->session->user_id = op->user_id;
	op->session->username = arena_dup(op->arena, db_rows_text(rows, 0, 0));
	op->session->name = arena_dup(op->arena, db_rows_text(rows, 0, 1));
	session_roles_parse(op->session, op->arena, db_rows_text(rows, 0, 2));
	encode_hex(op->token, sizeof(op->token), token);
	op->done(op->session, token, NULL, op->arg);
	secret_wipe(token, sizeof(token));
	signin_free(op);
}

static void signin_start(struct signin *op)
{
	const struct options *options = op->worker->options;

	secret_random(op->token, sizeof(op->token));
	session_token_use(op->session, op->token);
	op->call = db_run(op->worker->signin_pool, &start_query,
		(const char *[]){
			arena_printf(op->arena, "%lld", (long long)op->user_id),
			op->hash, op->session->token_hash,
			arena_printf(
				op->arena, "%lld", (long long)options->session_idle_s),
			arena_printf(op->arena, "%lld",
				(long long)options->session_longest_s),
			arena_printf(op->arena, "%d", SIGNIN_SESSIONS_MAX) },
		signin_on_started, op);
}

static void signin_check(void *arg)
{
	struct signin *op = arg;

	op->right = crypto_pwhash_str_verify(
			    op->hash, op->password, strlen(op->password)) == 0;
}

static void signin_on_checked(void *arg)
{
	struct signin *op = arg;

	op->checking = false;
	if (op->abandoned) {
		signin_free(op);
		return;
	}
	if (op->right && op->known) {
		signin_start(op);
		return;
	}
	log_event(LOG_LEVEL_INFO, "signin_refused",
		LOG_S("correlation", http_correlation_id(op->req)));
	error_set(&op->err, ERR_UNAUTHORIZED, "wrong username or password");
	signin_fail(op, &op->err);
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
	op->checking = true;
	if (work_run(op->worker->password_work, signin_check, signin_on_checked, op,
		    &op->err) == 0)
		return;
	op->checking = false;
	throttle_return(op, ARRAY_LEN(throttles));
	signin_fail(op, &op->err);
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
