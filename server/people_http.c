/*
 * What changes an account or a role:
 *
 *   people_begin    who asks, the password once more, the body
 *   password_run    where a password is made, and its hash, in a thread
 *   people_on_done  the database's word as a status
 */
#include "server/people_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/list_page.h"
#include "server/password_call.h"
#include "server/people_body.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (8 * KIB)

static const struct db_query list_query = {
	.name = "people_list",
	.sql = "SELECT l.username, l.whole FROM synpunkt_people.list($1::text, $2::text,"
	       " $3::integer) l",
	.n_params = 3,
};

static const struct db_query one_query = {
	.name = "people_one",
	.sql = "SELECT synpunkt_people.one($1::text, $2::text)",
	.n_params = 2,
};

static const struct db_query add_query = {
	.name = "people_add",
	.sql = "SELECT synpunkt_people.add($1::text, $2::jsonb, $3::text, $4::text)",
	.n_params = 4,
};

static const struct db_query change_query = {
	.name = "people_change",
	.sql = "SELECT synpunkt_people.change($1::text, $2::text, $3::jsonb, $4::text)",
	.n_params = 4,
};

static const struct db_query role_query = {
	.name = "people_role",
	.sql = "SELECT synpunkt_people.role($1::text, $2::text, $3::jsonb, $4::boolean,"
	       " $5::text)",
	.n_params = 5,
};

static const struct db_query password_query = {
	.name = "people_password",
	.sql = "SELECT synpunkt_people.password($1::text, $2::text, $3::text, $4::text)",
	.n_params = 4,
};

/* What is to be done; the strings live as long as the request. */
struct people_op {
	struct http_request *req;
	struct db_call *call;
	struct password_call *hashing;
	void (*next)(struct people_op *op, const char *hash);
	int limit;
	const char *username;
	struct people_given given;
	const char *password; /* made up, to be told; or NULL */
};

static void op_on_gone(void *arg)
{
	struct people_op *op = arg;

	db_cancel(op->call);
	password_forget(op->hashing);
}

/* NULL: it was answered. */
static struct people_op *op_new(struct http_request *req)
{
	struct people_op *op;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN,
			"accounts are for coordinators, managers and administrators");
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->username = http_path_value(req, "username");
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- reading ---- */

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct people_op *op = arg;
	struct json_write w;
	int n;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows) > op->limit ? op->limit : db_rows_count(rows);
	list_page_begin(op->req, &w);
	for (int i = 0; i < n; i++)
		jw_raw(&w, db_rows_text(rows, i, 1));
	list_page_reply(op->req, &w,
		db_rows_count(rows) > n ? db_rows_text(rows, n - 1, 0) : NULL);
}

static void people_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct people_op *op = op_new(req);
	struct list_page page;
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (list_page_read(req, &page, &faults) < 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->limit = (int)page.limit;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ session_get(req)->token_hash, page.after,
			arena_printf(http_arena(req), "%d", op->limit + 1) },
		list_on_rows, op);
}

static void one_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct people_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
	} else if (db_rows_is_null(rows, 0, 0)) {
		request_refuse(
			op->req, ERR_NOT_FOUND, "nobody you may see is called so");
	} else {
		jw_init(&w, http_out(op->req));
		jw_raw(&w, db_rows_text(rows, 0, 0));
		jw_flush(&w);
		http_reply(op->req, 200, "application/json; charset=utf-8");
	}
}

static void person_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct people_op *op = op_new(req);

	if (!op)
		return;
	op->call = db_run(worker->desk_pool, &one_query,
		(const char *[]){ session_get(req)->token_hash, op->username },
		one_on_rows, op);
}

/* ---- changing ---- */

/* NULL: it was answered. The account is the address's, unless it is a new one. */
static struct people_op *people_begin(struct http_request *req, enum people_form form)
{
	struct people_op *op = op_new(req);
	struct people_given given = { 0 };

	if (!op || sensitive_refuse(req, SENSITIVE_PEOPLE) ||
		people_body_read(req, form, &given) < 0)
		return NULL;
	op->given = given;
	if (given.username)
		op->username = given.username;
	return op;
}

/* ---- the answer ---- */

static const struct {
	const char *word;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN,
		"this is an administrator's, or another board's, to do" },
	{ "missing", ERR_NOT_FOUND, "there is no such account or role" },
	{ "exists", ERR_CONFLICT, "somebody has this username already" },
	{ "last-administrator", ERR_CONFLICT,
		"nobody would be left who is an administrator" },
	{ "provider", ERR_CONFLICT,
		"this account signs in with a provider and has no password" },
};

static void password_reply(struct people_op *op)
{
	struct json_write w;

	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "username", op->username);
	jw_key_string(&w, "password", op->password);
	jw_object_end(&w);
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

/* Boards are known from the start; units are looked up where the role is written. */
static void unit_refuse(struct http_request *req)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	faults_add(&faults, "unit", "no unit has this code");
	http_reply_faults(req, &faults);
}

static void people_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct people_op *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "unknown")) {
		unit_refuse(op->req);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(word, refusals[i].word) != 0)
			continue;
		http_add_problem(
			op->req, arena_printf(http_arena(op->req), "\"outcome\":\"%s\"",
					 refusals[i].word));
		request_refuse(op->req, refusals[i].code, refusals[i].why);
		return;
	}
	if (op->password)
		password_reply(op);
	else
		http_reply(op->req, 204, NULL);
}

/* ---- a password ---- */

static void password_on_made(const char *password, const char *hash, void *arg)
{
	struct people_op *op = arg;

	op->hashing = NULL;
	op->password = arena_dup(http_arena(op->req), password);
	if (hash)
		op->next(op, arena_dup(http_arena(op->req), hash));
	else
		request_refuse(op->req, ERR_UNAVAILABLE,
			"not enough memory to hash a password");
}

static void password_run(
	struct people_op *op, void (*next)(struct people_op *op, const char *hash))
{
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };

	op->next = next;
	op->hashing = password_begin(worker->password_work, password_on_made, op, &err);
	if (!op->hashing)
		http_reply_error(op->req, &err);
}

/* ---- what can be done ---- */

static void add_run(struct people_op *op, const char *hash)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &add_query,
		(const char *[]){ session_get(op->req)->token_hash,
			people_role_text(op->req, &op->given), hash, op->given.reason },
		people_on_done, op);
}

static void people_post(struct http_request *req)
{
	struct people_op *op = people_begin(req, PEOPLE_ADD);

	if (op)
		password_run(op, add_run);
}

static void password_put(struct people_op *op, const char *hash)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &password_query,
		(const char *[]){ session_get(op->req)->token_hash, op->username, hash,
			op->given.reason },
		people_on_done, op);
}

static void password_post(struct http_request *req)
{
	struct people_op *op;

	/* The database says so, too; but not before a hash was made, and few may wait.
	 */
	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(req, ERR_FORBIDDEN,
			"a new password is an administrator's to give");
		return;
	}
	op = people_begin(req, PEOPLE_REASON);
	if (op)
		password_run(op, password_put);
}

static void person_patch(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct people_op *op = people_begin(req, PEOPLE_CHANGE);

	if (!op)
		return;
	op->call = db_run(worker->desk_pool, &change_query,
		(const char *[]){ session_get(req)->token_hash, op->username,
			people_change_text(req, &op->given), op->given.reason },
		people_on_done, op);
}

static void role_run(struct http_request *req, bool ends)
{
	struct worker *worker = http_app(req);
	struct people_op *op = people_begin(req, PEOPLE_ROLE);

	if (!op)
		return;
	op->call = db_run(worker->desk_pool, &role_query,
		(const char *[]){ session_get(req)->token_hash, op->username,
			people_role_text(op->req, &op->given), ends ? "true" : "false",
			op->given.reason },
		people_on_done, op);
}

static void role_post(struct http_request *req)
{
	role_run(req, false);
}

static void role_end_post(struct http_request *req)
{
	role_run(req, true);
}

static const char *const list_names[] = { "limit", "after", NULL };
static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route people_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/people",
		.access = ACCESS_STAFF,
		.handle = people_get,
		.summary =
			"Accounts: all of them for an administrator, else those with a role at the caller's boards",
		.response = "PeopleList",
		.query = list_names },
	{ .method = HTTP_POST,
		.path = "/api/v1/people",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = people_post,
		.summary =
			"Make an account with its first role; the password is told once",
		.request = "PersonInput",
		.response = "PersonPassword",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_GET,
		.path = "/api/v1/people/{username}",
		.access = ACCESS_STAFF,
		.handle = person_get,
		.summary =
			"An account, its roles of today and to come, and what has been done with it",
		.response = "Person" },
	{ .method = HTTP_PATCH,
		.path = "/api/v1/people/{username}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = person_patch,
		.summary = "Change name or address, or close the account",
		.request = "PersonChange",
		.header_names = headers,
		.success = 204 },
	{ .method = HTTP_POST,
		.path = "/api/v1/people/{username}/passwords",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = password_post,
		.summary =
			"A new password, told once; it opens a closed account, and every session ends",
		.request = "PersonReason",
		.response = "PersonPassword",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/people/{username}/roles",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = role_post,
		.summary = "Give a role; the same from the same day changes its end",
		.request = "PersonRole",
		.header_names = headers,
		.success = 204 },
	{ .method = HTTP_POST,
		.path = "/api/v1/people/{username}/role-ends",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = role_end_post,
		.summary = "End a role from now on",
		.request = "PersonRole",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
