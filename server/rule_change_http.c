/*
 * Activating a version:
 *
 *   activations_post   the version is read
 *   checked_on_rows    it is looked at, by the boards of the day that it begins
 *   checked_on_looked  without errors it is activated
 *   change_on_rows     what came of it
 */
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/day.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/rule_http.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)

static const struct db_query checked_query = {
	.name = "rule_checked",
	.sql = "SELECT o.rules, synpunkt_desk.rules_known(o.rules)"
	       " FROM (SELECT synpunkt_setting.rules_one($1::text, $2::bigint) -> 'rules'"
	       " AS rules) o",
	.n_params = 2,
};

static const struct db_query activate_query = {
	.name = "rule_activate",
	.sql = "SELECT synpunkt_setting.rules_activate($1::text, $2::bigint, $3::date)",
	.n_params = 3,
};

static const struct db_query withdraw_query = {
	.name = "rule_withdraw",
	.sql = "SELECT synpunkt_setting.rules_withdraw($1::text, $2::bigint, $3::bigint)",
	.n_params = 3,
};

static const struct db_query back_query = {
	.name = "rule_back",
	.sql = "SELECT synpunkt_setting.rules_back($1::text, $2::bigint)",
	.n_params = 2,
};

/* Another statement: it sees what the one before has done. */
static const struct db_query told_query = {
	.name = "rule_told",
	.sql = "SELECT synpunkt_setting.rules_list($1::text)",
	.n_params = 1,
};

static void told_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct json_nothing nothing = { ERR_NOT_FOUND,
		"there is no such version" };
	struct rule_op *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 201, rows, err, &nothing);
}

static void change_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rule_op *op = arg;
	struct worker *worker = http_app(op->req);

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (!rule_refuse(op, db_rows_text(rows, 0, 0)))
		op->call = db_run(worker->desk_pool, &told_query,
			(const char *[]){ session_get(op->req)->token_hash },
			told_on_rows, op);
}

/* ---- in force ---- */

static void checked_on_looked(const struct rule_looked *looked, void *arg)
{
	struct rule_op *op = arg;
	struct worker *worker = http_app(op->req);

	op->look = NULL;
	if (!looked->findings || looked->n_errors > 0) {
		http_add_problem(op->req, "\"outcome\":\"errors\"");
		request_refuse(op->req, ERR_CONFLICT,
			"rules with errors can't come into force");
		return;
	}
	op->call = db_run(worker->desk_pool, &activate_query,
		(const char *[]){
			session_get(op->req)->token_hash, op->version, op->from },
		change_on_rows, op);
}

static void checked_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rule_op *op = arg;
	struct error why = { 0 };
	int32_t day;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0) || day_parse(op->from, &day, &why) < 0) {
		rule_refuse(op, "missing");
		return;
	}
	op->look = rule_look_new(http_app(op->req),
		&(struct rule_looked_at){
			db_rows_text(rows, 0, 0), db_rows_text(rows, 0, 1), day },
		checked_on_looked, op, &why);
	if (!op->look)
		http_reply_error(op->req, &why);
}

static const struct json_field from_fields[] = {
	{ .path = "from",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.max = 10,
		.offset = offsetof(struct rule_op, from) },
	{ 0 },
};

static void activations_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rule_op *op = rule_op_new(req);
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, from_fields, op, &faults) < 0)
		return;
	request_day_judge(op->from, "from", &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &checked_query,
		(const char *[]){
			session_get(req)->token_hash, op->version ? op->version : "0" },
		checked_on_rows, op);
}

/* ---- in force no more ---- */

static void withdrawals_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *activation = request_id(http_path_value(req, "activation"));
	struct rule_op *op = rule_op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &withdraw_query,
			(const char *[]){ session_get(req)->token_hash,
				op->version ? op->version : "0",
				activation ? activation : "0" },
			change_on_rows, op);
}

static const struct json_field back_fields[] = {
	{ .path = "leaves",
		.kind = JSON_FIELD_INTEGER,
		.required = true,
		.min = 1,
		.max = 9007199254740991,
		.offset = offsetof(struct rule_op, leaves) },
	{ 0 },
};

static void back_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rule_op *op = rule_op_new(req);
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, back_fields, op, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = db_run(worker->desk_pool, &back_query,
		(const char *[]){ session_get(req)->token_hash,
			arena_printf(http_arena(req), "%lld", (long long)op->leaves) },
		change_on_rows, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route rule_change_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules/{version}/activations",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = activations_post,
		.summary = "Have a version in force from a day",
		.request = "RuleActivation",
		.response = "RuleVersionList",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules/{version}/activations/{activation}/withdrawals",
		.access = ACCESS_STAFF,
		.handle = withdrawals_post,
		.summary = "Take back an activation that has not begun",
		.response = "RuleVersionList",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules/back",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = back_post,
		.summary =
			"One step back: the version before is in force again, from today",
		.request = "RuleStepBack",
		.response = "RuleVersionList",
		.header_names = headers,
		.success = 201 },
	{ 0 },
};
