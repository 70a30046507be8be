#include "server/session.h"

#include <string.h>

#include <jansson.h>

#include "lib/address.h"
#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "server/access.h"
#include "server/options.h"
#include "server/worker.h"

#define COOKIE_SECURE "__Host-synpunkt"
#define COOKIE_PLAIN "synpunkt"

static const char csrf_purpose[] = "synpunkt csrf";

static const struct db_query session_query = {
	.name = "signin_session",
	.sql = "SELECT s.id, s.username, s.name, s.roles, s.needs, s.confirmed_s,"
	       " s.issuer"
	       " FROM synpunkt_signin.session($1::text, $2::integer) s",
	.n_params = 2,
};

void session_token_use(
	struct session *session, const unsigned char token[SESSION_TOKEN_SIZE])
{
	struct sha256_key key = { .bytes = token, .size = SESSION_TOKEN_SIZE };
	unsigned char mac[SHA256_SIZE];

	sha256_hex(token, SESSION_TOKEN_SIZE, session->token_hash);
	sha256_hmac(&key, csrf_purpose, sizeof(csrf_purpose) - 1, mac);
	encode_hex(mac, sizeof(mac), session->csrf);
}

static const char *cookie_name(struct http_request *req)
{
	return http_is_secure(req) ? COOKIE_SECURE : COOKIE_PLAIN;
}

void session_cookie_set(struct http_request *req, const char *token)
{
	http_set_header(req, "Set-Cookie",
		arena_printf(http_arena(req),
			"%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(req),
			token ? token : "", http_is_secure(req) ? "; Secure" : "",
			token ? "" : "; Max-Age=0"));
}

int session_transport_check(struct http_request *req, struct error *err)
{
	const struct worker *worker = http_app(req);
	struct address address;

	if (http_is_secure(req) ||
		(address_parse(worker->options->http, &address, NULL) == 0 &&
			address_is_local(&address)))
		return 0;
	return error_set(err, ERR_FORBIDDEN, "signing in needs HTTPS");
}

static const char *cookie_read(
	struct http_request *req, unsigned char ret[SESSION_TOKEN_SIZE])
{
	const char *cookie = http_cookie(req, cookie_name(req));

	return cookie && encode_hex_parse(cookie, ret, SESSION_TOKEN_SIZE) == 0 ? cookie
										: NULL;
}

const char *session_cookie(struct http_request *req)
{
	unsigned char token[SESSION_TOKEN_SIZE];
	const char *cookie = cookie_read(req, token);

	secret_wipe(token, sizeof(token));
	return cookie;
}

bool session_cookie_hash(struct http_request *req, char ret[SHA256_HEX_SIZE])
{
	unsigned char token[SESSION_TOKEN_SIZE];

	if (!cookie_read(req, token))
		return false;
	sha256_hex(token, sizeof(token), ret);
	secret_wipe(token, sizeof(token));
	return true;
}

void session_roles_parse(
	struct session *session, struct arena *arena, const char *roles)
{
	json_t *list = json_loads(roles, 0, NULL), *row;
	struct session_role *copy =
		arena_array(arena, json_array_size(list) + 1, sizeof(*copy));
	size_t i;

	json_array_foreach(list, i, row)
	{
		const char *unit = json_string_value(json_object_get(row, "unit"));

		copy[i].role = arena_dup(
			arena, json_string_value(json_object_get(row, "role")));
		copy[i].board = arena_dup(
			arena, json_string_value(json_object_get(row, "board")));
		copy[i].unit = unit ? arena_dup(arena, unit) : NULL;
	}
	session->roles = copy;
	session->n_roles = json_array_size(list);
	json_decref(list);
}

const struct session *session_get(struct http_request *req)
{
	return http_caller(req);
}

bool session_has_role(
	const struct session *session, const char *role, const char *board)
{
	for (size_t i = 0; i < session->n_roles; i++) {
		if (!strcmp(session->roles[i].role, role) &&
			(!board || !strcmp(session->roles[i].board, board)))
			return true;
	}
	return false;
}

bool session_has_role_for(const struct session *session, const char *role,
	const char *board, const char *unit)
{
	for (size_t i = 0; i < session->n_roles; i++) {
		const struct session_role *has = &session->roles[i];

		if (!strcmp(has->role, role) && !strcmp(has->board, board) &&
			(!has->unit || (unit && !strcmp(has->unit, unit))))
			return true;
	}
	return false;
}

/* ---- the access check ---- */

struct session_check {
	struct http_request *req;
	struct session *session;
	struct db_call *call;
};

static int refuse_unknown(struct error *err)
{
	return error_set(err, ERR_UNAUTHORIZED, "sign in first, or again");
}

static void check_on_gone(void *arg)
{
	db_cancel(((struct session_check *)arg)->call);
}

static bool is_changing(enum http_method method)
{
	return method != HTTP_GET && method != HTTP_HEAD && method != HTTP_OPTIONS;
}

/* Another site's page can make a browser send the cookie, but can not read the token
 * that goes with it. */
static int csrf_check(
	struct http_request *req, const struct session *session, struct error *err)
{
	const char *given = http_header(req, "X-CSRF-Token");
	const char *site = http_header(req, "Sec-Fetch-Site");

	if (!is_changing(http_method(req)))
		return 0;
	/* The browser's own word, where it gives one: then a token that has leaked is
	 * not enough either. */
	if (site && strcmp(site, "same-origin") != 0)
		return error_set(
			err, ERR_FORBIDDEN, "the call comes from another site's page");
	if (given && secret_equal_text(given, session->csrf))
		return 0;
	return error_set(
		err, ERR_FORBIDDEN, "X-CSRF-Token is missing or not this session's");
}

static int enrolment_check(
	struct http_request *req, const struct session *session, struct error *err)
{
	if (!session->needs || (http_route(req)->access & ACCESS_UNENROLLED))
		return 0;
	http_add_problem(
		req, arena_printf(http_arena(req), "\"needs\":\"%s\"", session->needs));
	return error_set(err, ERR_FORBIDDEN,
		!strcmp(session->needs, "totp-enrolment")
			? "your role asks for a second factor: set it up first"
			: "your role asks for a second factor: sign in with two steps");
}

static void session_fill(
	struct session *session, struct arena *arena, const struct db_rows *rows)
{
	session->user_id = db_rows_int64(rows, 0, 0);
	session->username = arena_dup(arena, db_rows_text(rows, 0, 1));
	session->name = arena_dup(arena, db_rows_text(rows, 0, 2));
	session_roles_parse(session, arena, db_rows_text(rows, 0, 3));
	session->needs = arena_dup(arena, db_rows_text(rows, 0, 4));
	session->confirmed_s = db_rows_int64(rows, 0, 5);
	session->issuer = arena_dup(arena, db_rows_text(rows, 0, 6));
}

/* The status says that it was refused; this says why, without saying who. */
static void refusal_log(struct http_request *req, const char *event)
{
	log_event(LOG_LEVEL_INFO, event, LOG_S("route", http_route(req)->path),
		LOG_S("correlation", http_correlation_id(req)));
}

static void check_on_found(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct session_check *check = arg;
	struct http_request *req = check->req;
	struct error err = { 0 };

	check->call = NULL;
	if (db_err) {
		http_access_settle(req, db_err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		refusal_log(req, "session_dead");
		refuse_unknown(&err);
		http_access_settle(req, &err);
		return;
	}
	/* Only now: who has no session is to sign in, whatever token came along. */
	if (csrf_check(req, check->session, &err) < 0) {
		refusal_log(req, "csrf_refused");
		http_access_settle(req, &err);
		return;
	}
	session_fill(check->session, http_arena(req), rows);
	http_set_caller(req, check->session);
	if (enrolment_check(req, check->session, &err) < 0)
		http_access_settle(req, &err);
	else
		http_access_settle(req, NULL);
}

enum http_access session_access(struct http_request *req, struct error *err)
{
	struct worker *worker = http_app(req);
	const char *cookie;
	unsigned char token[SESSION_TOKEN_SIZE];
	struct session_check *check;

	if (!(http_route(req)->access & ACCESS_STAFF))
		return HTTP_ACCESS_GRANTED;
	cookie = http_cookie(req, cookie_name(req));
	if (!cookie || encode_hex_parse(cookie, token, sizeof(token)) < 0) {
		refuse_unknown(err);
		return HTTP_ACCESS_REFUSED;
	}
	check = arena_alloc(http_arena(req), sizeof(*check));
	check->req = req;
	check->session = arena_alloc(http_arena(req), sizeof(*check->session));
	session_token_use(check->session, token);
	http_on_close(req, check_on_gone, check);
	check->call = db_run(worker->signin_pool, &session_query,
		(const char *[]){ check->session->token_hash,
			arena_printf(http_arena(req), "%lld",
				(long long)worker->options->session_idle_s) },
		check_on_found, check);
	return HTTP_ACCESS_LATER;
}
