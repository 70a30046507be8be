/*
 * One version:
 *
 *   one_get        the version, and what the city's snapshot does not hold of it
 *   one_on_rows    it is looked at beside the loop
 *   one_on_looked  both as one answer
 *
 * A new one is stored first (save_on_rows), and is then read and looked at like any
 * other.
 */
#include "server/rule_http.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/access.h"
#include "server/body_text.h"
#include "server/day.h"
#include "server/json_reply.h"
#include "server/request_read.h"
#include "server/rule_set.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define NOTE_MAX 1000 /* characters */
/* Of rules that are written with spaces between their members. */
#define BODY_MAX (2 * RULE_SET_BYTES_MAX)

static const struct db_query list_query = {
	.name = "rule_list",
	.sql = "SELECT synpunkt_setting.rules_list($1::text)",
	.n_params = 1,
};

static const struct db_query names_query = {
	.name = "rule_names",
	.sql = "SELECT synpunkt_desk.rules_names()",
	.n_params = 0,
};

static const struct db_query one_query = {
	.name = "rule_one",
	.sql = "SELECT o.whole, o.whole -> 'rules', synpunkt_desk.rules_known(o.whole -> 'rules')"
	       " FROM (SELECT synpunkt_setting.rules_one($1::text, $2::bigint) AS whole) o",
	.n_params = 2,
};

static const struct db_query known_query = {
	.name = "rule_known",
	.sql = "SELECT synpunkt_desk.rules_known($1::jsonb)",
	.n_params = 1,
};

static const struct db_query save_query = {
	.name = "rule_save",
	.sql = "SELECT s.made ->> 'outcome', s.made ->> 'version', s.made ->> 'newerThan'"
	       " FROM (SELECT synpunkt_setting.rules_save($1::text, $2::bigint, $3::text,"
	       " $4::jsonb) AS made) s",
	.n_params = 4,
};

static const char leaders_only[] =
	"rules are for a board's coordinators and managers, and administrators";

static void op_on_gone(void *arg)
{
	struct rule_op *op = arg;

	db_cancel(op->call);
	rule_look_forget(op->look);
	body_text_free(op->text);
}

struct rule_op *rule_op_new(struct http_request *req)
{
	struct rule_op *op;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN, leaders_only);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->version = request_id(http_path_value(req, "version"));
	http_on_close(req, op_on_gone, op);
	return op;
}

static const struct {
	const char *outcome;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN, "rules are for an administrator to change" },
	{ "missing", ERR_NOT_FOUND, "there is no such version" },
	{ "past", ERR_CONFLICT, "rules can't come into force on a day that is past" },
	{ "begun", ERR_CONFLICT, "it is in force already: go back one step instead" },
	{ "conflict", ERR_CONFLICT, "another version is in force by now" },
};

bool rule_refuse(struct rule_op *op, const char *outcome)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(outcome, refusals[i].outcome) != 0)
			continue;
		http_add_problem(op->req, arena_printf(http_arena(op->req),
						  "\"outcome\":\"%s\"", outcome));
		request_refuse(op->req, refusals[i].code, refusals[i].why);
		return true;
	}
	return false;
}

/* ---- reading ---- */

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	static const struct json_nothing nothing = { ERR_FORBIDDEN, leaders_only };
	struct rule_op *op = arg;

	op->call = NULL;
	json_reply_cell(op->req, 200, rows, err, &nothing);
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rule_op *op = rule_op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &list_query,
			(const char *[]){ session_get(req)->token_hash }, list_on_rows,
			op);
}

static void names_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct rule_op *op = rule_op_new(req);

	if (op)
		op->call =
			db_run(worker->desk_pool, &names_query, NULL, list_on_rows, op);
}

/* With the version, where there is one, as it was read or made. */
static void one_on_looked(const struct rule_looked *looked, void *arg)
{
	struct rule_op *op = arg;
	json_t *whole = op->whole ? json_loads(op->whole, 0, NULL) : json_object();

	op->look = NULL;
	json_object_set(
		whole, "findings", looked->findings ? looked->findings : json_null());
	json_object_set(whole, "table", looked->table ? looked->table : json_null());
	if (op->note)
		json_object_set_new(whole, "newerThan",
			op->leaves ? json_integer(op->leaves) : json_null());
	if (op->note)
		http_set_header(op->req, "Location",
			arena_printf(http_arena(op->req), "/api/v1/desk/rules/%s",
				op->version));
	json_reply(op->req, op->note ? 201 : 200, whole);
	json_decref(whole);
}

static void look(struct rule_op *op, const char *rules, const char *known)
{
	struct error err = { 0 };

	op->look = rule_look_new(http_app(op->req),
		&(struct rule_looked_at){
			rules, known, day_of_instant(stamp_now() / 1000000) },
		one_on_looked, op, &err);
	if (!op->look)
		http_reply_error(op->req, &err);
}

static void one_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rule_op *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_is_null(rows, 0, 0)) {
		request_refuse(op->req, ERR_NOT_FOUND, "there is no such version");
		return;
	}
	op->whole = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 0));
	look(op, db_rows_text(rows, 0, 1), db_rows_text(rows, 0, 2));
}

static void one_read(struct rule_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &one_query,
		(const char *[]){ session_get(op->req)->token_hash,
			op->version ? op->version : "0" },
		one_on_rows, op);
}

static void one_get(struct http_request *req)
{
	struct rule_op *op = rule_op_new(req);

	if (op)
		one_read(op);
}

/* ---- what somebody has written ---- */

static const struct json_field save_fields[] = {
	{ .path = "basedOn",
		.kind = JSON_FIELD_INTEGER,
		.required = true,
		.min = 1,
		.max = 9007199254740991,
		.offset = offsetof(struct rule_op, based_on) },
	{ .path = "note",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.max = NOTE_MAX,
		.offset = offsetof(struct rule_op, note) },
	{ 0 },
};

static const struct json_field no_fields[] = { { 0 } };

/* The rules are read to see that they are some, and go on as they were written: what
 * the evaluator does not know is not kept. */
static void rules_take(struct rule_op *op, const json_t *body, struct faults *faults)
{
	const json_t *rules = json_object_get(body, "rules");
	struct rule_set set;
	char *text;

	if (!json_is_array(rules)) {
		faults_add_key(faults, "rules", "fault.required", NULL);
		return;
	}
	if (rule_set_read(rules, http_arena(op->req), faults, &set) < 0)
		return;
	text = json_dumps(rules, JSON_COMPACT);
	if (strlen(text) > RULE_SET_BYTES_MAX)
		faults_add(faults, "rules", "are more than a version holds");
	op->rules = arena_dup(http_arena(op->req), text);
	mem_free(text);
}

static void body_take(struct rule_op *op, const char *bytes, size_t n)
{
	struct error err = { 0 };
	struct faults faults;
	json_t *body;

	if (json_body_parse(bytes, n, &body, &err) < 0) {
		http_reply_error(op->req, &err);
		return;
	}
	faults_init(&faults, http_arena(op->req));
	json_fields_read(body, op->fields, op, &faults);
	rules_take(op, body, &faults);
	json_decref(body);
	if (faults.n > 0)
		http_reply_faults(op->req, &faults);
	else
		op->then(op);
}

static void body_on_text(
	const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct rule_op *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else
		body_take(op, bytes, n);
	body_text_free(text);
}

/* A large one lies in a file, and is read back beside the loop. */
static void body_read(struct rule_op *op, const struct json_field *fields,
	void (*then)(struct rule_op *op))
{
	const struct http_body *given = http_body(op->req);
	const struct worker *worker = http_app(op->req);
	struct error err = { 0 };

	op->fields = fields;
	op->then = then;
	if (given->fd < 0) {
		body_take(op, given->data ? given->data : "", given->size);
		return;
	}
	op->text = body_text_read(op->req,
		&(struct body_text_call){
			.work = worker->work, .done = body_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(op->req, &err);
}

static void known_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rule_op *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else
		look(op, op->rules, db_rows_text(rows, 0, 0));
}

static void checks_run(struct rule_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &known_query,
		(const char *[]){ op->rules }, known_on_rows, op);
}

static void checks_post(struct http_request *req)
{
	struct rule_op *op = rule_op_new(req);

	if (op)
		body_read(op, no_fields, checks_run);
}

static void save_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct rule_op *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (rule_refuse(op, db_rows_text(rows, 0, 0)))
		return;
	op->version = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 1));
	op->leaves = db_rows_is_null(rows, 0, 2) ? 0 : db_rows_int64(rows, 0, 2);
	one_read(op);
}

static void save_run(struct rule_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &save_query,
		(const char *[]){ session_get(op->req)->token_hash,
			arena_printf(
				http_arena(op->req), "%lld", (long long)op->based_on),
			op->note, op->rules },
		save_on_rows, op);
}

static void rules_post(struct http_request *req)
{
	struct rule_op *op = rule_op_new(req);

	if (op)
		body_read(op, save_fields, save_run);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route rule_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/rules",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "Versions of the routing rules, newest first",
		.response = "RuleVersionList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = rules_post,
		.summary =
			"Make a version of the rules, which is a draft until it is activated",
		.request = "NewRuleVersion",
		.response = "RuleVersion",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/rules/checks",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = checks_post,
		.summary = "What there is to say of rules that are not stored",
		.request = "RuleCheckInput",
		.response = "RuleCheck",
		.header_names = headers },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/rules/names",
		.access = ACCESS_STAFF,
		.handle = names_get,
		.summary = "What a rule can name, to choose from",
		.response = "RuleNames" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/rules/{version}",
		.access = ACCESS_STAFF,
		.handle = one_get,
		.summary =
			"A version, what is wrong with it, and what takes a plain complaint by category and district",
		.response = "RuleVersion" },
	{ 0 },
};
