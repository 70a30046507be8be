/*
 * A change:
 *
 *   change_read     the body, the row's faults
 *   change_run      the database does it
 *   change_on_done  its word as a status
 *
 * The way back to an earlier row:
 *
 *   restore_run       the database tries it
 *   restore_on_tried  does all that the row names still exist?
 *   restore_run       the database does it; change_on_done
 */
#include "server/setting_http.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/link_values.h"
#include "server/access.h"
#include "server/city_holder.h"
#include "server/if_match.h"
#include "server/list_page.h"
#include "server/own_text_preview.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/setting.h"
#include "server/worker.h"

#define BODY_MAX (64 * KIB)
#define REASON_MAX 500 /* characters */

static const struct db_query list_query = {
	.name = "setting_list",
	.sql = "SELECT synpunkt_setting.list($1::text, $2::text)",
	.n_params = 2,
};

static const struct db_query one_query = {
	.name = "setting_one",
	.sql = "SELECT synpunkt_setting.one($1::text, $2::text, $3::text)",
	.n_params = 3,
};

static const struct db_query change_query = {
	.name = "setting_change",
	.sql = "SELECT synpunkt_setting.change($1::text, $2::text, $3::text, $4::jsonb,"
	       " $5::bigint[], $6::text, NULL, $7::boolean)",
	.n_params = 7,
};

static const struct db_query undo_query = {
	.name = "setting_undo",
	.sql = "SELECT synpunkt_setting.undo($1::text, $2::text, $3::text, $4::bigint,"
	       " $5::text, $6::boolean)",
	.n_params = 6,
};

static const struct db_query restore_query = {
	.name = "setting_restore",
	.sql = "SELECT synpunkt_setting.restore($1::text, $2::text, $3::text,"
	       " $4::bigint, $5::bigint[], $6::text, $7::boolean)",
	.n_params = 7,
};

struct setting_op {
	struct http_request *req;
	struct db_call *call;
	const struct setting_kind *kind;
	const char *key; /* NULL: a new row */
	/* of a change */
	const char *row, *versions, *reason;
	int preview;
	int64_t change_id;
	bool names_change, is_made;
};

static const char leaders_only[] =
	"settings are for a board's coordinators and managers, and administrators";

static void op_on_gone(void *arg)
{
	db_cancel(((struct setting_op *)arg)->call);
}

/* NULL: it was answered. */
static struct setting_op *op_new(struct http_request *req)
{
	const struct setting_kind *kind =
		setting_kind_find(http_path_value(req, "kind"));
	struct setting_op *op;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN, leaders_only);
		return NULL;
	}
	if (!kind) {
		request_refuse(req, ERR_NOT_FOUND, "there are no such settings");
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->kind = kind;
	op->key = http_path_value(req, "key");
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- reading ---- */

static void kinds_get(struct http_request *req)
{
	struct json_write w;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN, leaders_only);
		return;
	}
	list_page_begin(req, &w);
	for (const struct setting_kind *kind = setting_kinds; kind->code; kind++) {
		json_t *one = setting_kind_json(kind);

		jw_json(&w, one);
		json_decref(one);
	}
	list_page_reply(req, &w, NULL);
}

static void whole_reply(struct http_request *req, int status, const char *text)
{
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_raw(&w, text);
	jw_flush(&w);
	http_reply(req, status, "application/json; charset=utf-8");
}

static void read_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct setting_op *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_is_null(rows, 0, 0))
		request_refuse(op->req, ERR_NOT_FOUND, "there is no such setting");
	else
		whole_reply(op->req, 200, db_rows_text(rows, 0, 0));
}

static void list_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct setting_op *op = op_new(req);

	if (!op)
		return;
	op->call = db_run(worker->desk_pool, &list_query,
		(const char *[]){ session_get(req)->token_hash, op->kind->code },
		read_on_rows, op);
}

static void one_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct setting_op *op = arg;
	json_t *whole;

	if (!err && !db_rows_is_null(rows, 0, 0)) {
		whole = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
		http_set_header(op->req, "ETag",
			arena_printf(http_arena(op->req), "\"%lld\"",
				(long long)json_integer_value(
					json_object_get(whole, "version"))));
		json_decref(whole);
	}
	read_on_rows(rows, err, arg);
}

static void one_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct setting_op *op = op_new(req);

	if (!op)
		return;
	op->call = db_run(worker->desk_pool, &one_query,
		(const char *[]){
			session_get(req)->token_hash, op->kind->code, op->key },
		one_on_rows, op);
}

/* ---- changing ---- */

static const struct {
	const char *outcome;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN,
		"this row is for an administrator, or another board's, to change" },
	{ "missing", ERR_NOT_FOUND, "there is no such setting" },
	{ "conflict", ERR_CONFLICT,
		"somebody has changed it since: read it again, and change it then" },
	{ "exists", ERR_CONFLICT, "there is a row for this already" },
	{ "used", ERR_CONFLICT,
		"something refers to it, or it names what there is not: end its "
		"validity instead" },
	{ "gone", ERR_CONFLICT, "what it referred to then is no more" },
	{ "not-removable", ERR_CONFLICT, "end its validity instead" },
	{ "refused", ERR_CONFLICT, "the values do not go together" },
};

/* Of a text how it will look, too. */
static void change_reply(struct setting_op *op, json_t *whole)
{
	struct http_request *req = op->req;
	const char *key = json_string_value(json_object_get(whole, "key"));
	const json_t *after = json_object_get(whole, "after");
	char *text;

	if (op->preview == 1 && json_object_get(after, "wording") &&
		!strcmp(op->kind->code, SETTING_TEXTS))
		json_object_set_new(whole, "shown", own_text_preview(req, after));

	if (op->is_made && op->preview != 1)
		http_set_header(req, "Location",
			arena_printf(http_arena(req), "/api/v1/settings/%s/%s",
				op->kind->code, link_encode(http_arena(req), key)));
	text = json_dumps(whole, JSON_COMPACT);
	whole_reply(req, op->is_made && op->preview != 1 ? 201 : 200, text);
	mem_free(text);
}

/* What the database did or would do; NULL: it was answered. */
static json_t *change_done(
	struct setting_op *op, const struct db_rows *rows, const struct error *err)
{
	const char *outcome;
	json_t *whole;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return NULL;
	}
	whole = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	outcome = json_string_value(json_object_get(whole, "outcome"));
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(outcome, refusals[i].outcome) != 0)
			continue;
		http_add_problem(
			op->req, arena_printf(http_arena(op->req), "\"outcome\":\"%s\"",
					 refusals[i].outcome));
		request_refuse(op->req, refusals[i].code, refusals[i].why);
		json_decref(whole);
		return NULL;
	}
	return whole;
}

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct setting_op *op = arg;
	json_t *whole = change_done(op, rows, err);

	if (whole)
		change_reply(op, whole);
	json_decref(whole);
}

static const struct json_field change_fields[] = {
	{ .path = "reason",
		.kind = JSON_FIELD_STRING,
		.max = REASON_MAX,
		.offset = offsetof(struct setting_op, reason) },
	{ .path = "preview",
		.kind = JSON_FIELD_MAYBE,
		.offset = offsetof(struct setting_op, preview) },
	{ .path = "change",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = 9007199254740991,
		.offset = offsetof(struct setting_op, change_id) },
	{ 0 },
};

static struct setting_known known_to(const struct setting_op *op)
{
	const struct worker *worker = http_app(op->req);

	return (struct setting_known){ .city = city_holder_get(worker->city),
		.words = worker->words };
}

/* The key is in the address: a row that is there keeps it. */
static void row_read(struct setting_op *op, json_t *body, struct faults *faults)
{
	const struct setting_known known = known_to(op);
	json_t *columns, *row = json_object_get(body, "row");
	char *text;

	if (!json_is_object(row)) {
		faults_add(faults, "row", "fault.required");
		return;
	}
	for (const struct setting_field *field = op->kind->fields; field->name;
		field++) {
		if (field->is_key && op->key)
			json_object_set_new(row, field->name, json_string(op->key));
	}
	columns = setting_row(op->kind, row, &known, faults);
	text = json_dumps(columns, JSON_COMPACT);
	op->row = arena_dup(http_arena(op->req), text);
	mem_free(text);
	json_decref(columns);
}

static void body_read(
	struct setting_op *op, json_t *body, bool has_row, struct faults *faults)
{
	json_fields_read(body, change_fields, op, faults);
	if (has_row)
		row_read(op, body, faults);
	if (op->names_change && !op->change_id)
		faults_add(faults, "change", "fault.required");
	/* Why is asked for when it is done, not while it is looked at. */
	if (op->preview != 1 &&
		(!op->reason || !op->reason[strspn(op->reason, " \t\r\n")]))
		faults_add(faults, "reason", "fault.required");
}

/* -1: it was answered. */
static int change_read(struct setting_op *op, bool has_row)
{
	struct http_request *req = op->req;
	const struct http_body *given = http_body(req);
	struct error err = { 0 };
	struct faults faults;
	json_t *body;

	if (json_body_parse(given->data ? given->data : "", given->size, &body, &err) <
		0) {
		http_reply_error(req, &err);
		return -1;
	}
	faults_init(&faults, http_arena(req));
	body_read(op, body, has_row, &faults);
	json_decref(body);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return -1;
	}
	return 0;
}

/* A row that is there is changed as it was seen. -1: it was answered. */
static int versions_read(struct setting_op *op)
{
	const char *etag = http_header(op->req, "If-Match");

	if (!etag) {
		http_reply_problem(op->req, 428,
			"send the setting's ETag as If-Match, so that nobody's change "
			"is lost",
			NULL);
		return -1;
	}
	op->versions = if_match_versions(http_arena(op->req), etag);
	return 0;
}

static void change_run(struct setting_op *op)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &change_query,
		(const char *[]){ session_get(op->req)->token_hash, op->kind->code,
			op->key, op->row, op->versions, op->reason,
			op->preview == 1 ? "true" : "false" },
		change_on_done, op);
}

static void row_post(struct http_request *req)
{
	struct setting_op *op = op_new(req);

	if (!op)
		return;
	op->is_made = true;
	if (!op->kind->addable) {
		request_refuse(req, ERR_CONFLICT,
			"rows of this kind have their words in the catalogues");
		return;
	}
	if (change_read(op, true) == 0)
		change_run(op);
}

static void row_put(struct http_request *req)
{
	struct setting_op *op = op_new(req);

	if (op && versions_read(op) == 0 && change_read(op, true) == 0)
		change_run(op);
}

static void removal_post(struct http_request *req)
{
	struct setting_op *op = op_new(req);

	if (op && versions_read(op) == 0 && change_read(op, false) == 0)
		change_run(op);
}

static void reversal_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct setting_op *op = op_new(req);

	if (!op)
		return;
	op->names_change = true;
	if (change_read(op, false) < 0)
		return;
	op->call = db_run(worker->desk_pool, &undo_query,
		(const char *[]){ session_get(req)->token_hash, op->kind->code, op->key,
			arena_printf(http_arena(req), "%lld", (long long)op->change_id),
			op->reason, op->preview == 1 ? "true" : "false" },
		change_on_done, op);
}

/* ---- back to an earlier row ---- */

static void restore_run(struct setting_op *op, bool is_trial, db_done_fn *done)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &restore_query,
		(const char *[]){ session_get(op->req)->token_hash, op->kind->code,
			op->key,
			arena_printf(
				http_arena(op->req), "%lld", (long long)op->change_id),
			op->versions, op->reason, is_trial ? "true" : "false" },
		done, op);
}

/* What the row names and is no more. What else is asked of a new row was not asked of
 * this one when it came to be, by an import perhaps; but words must fit their place. */
static void gone_find(
	const struct setting_op *op, const json_t *row, struct faults *ret)
{
	const struct setting_known known = known_to(op);
	struct faults all;

	faults_init(&all, http_arena(op->req));
	json_decref(setting_row(op->kind, row, &known, &all));
	for (const struct fault *fault = all.first; fault; fault = fault->next) {
		if (!strcmp(fault->key, "fault.unknown-code"))
			faults_add_key(ret, fault->name, fault->key, NULL);
		else if (!strcmp(fault->name, "row.wording") &&
			 !strcmp(op->kind->code, SETTING_TEXTS))
			faults_add(ret, fault->name, "%s", fault->reason);
	}
}

static void restore_on_tried(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct setting_op *op = arg;
	json_t *whole = change_done(op, rows, err);
	struct faults faults;

	if (!whole)
		return;
	faults_init(&faults, http_arena(op->req));
	gone_find(op, json_object_get(whole, "after"), &faults);
	if (faults.n > 0)
		http_reply_faults(op->req, &faults);
	else if (op->preview == 1)
		change_reply(op, whole);
	else
		restore_run(op, false, change_on_done);
	json_decref(whole);
}

static void restoration_post(struct http_request *req)
{
	struct setting_op *op = op_new(req);

	if (!op)
		return;
	op->names_change = true;
	if (versions_read(op) == 0 && change_read(op, false) == 0)
		restore_run(op, true, restore_on_tried);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const match_headers[] = { "X-CSRF-Token", "If-Match", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route setting_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/settings",
		.access = ACCESS_STAFF,
		.handle = kinds_get,
		.summary = "Which settings there are, and their fields",
		.response = "SettingKindList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/settings/{kind}",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary = "All rows of a kind, those of other times too",
		.response = "SettingList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/settings/{kind}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = row_post,
		.summary = "Make a row, or see what it would mean",
		.request = "SettingInput",
		.response = "SettingChanged",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_GET,
		.path = "/api/v1/settings/{kind}/{key}",
		.access = ACCESS_STAFF,
		.handle = one_get,
		.summary = "A row and its last hundred changes, newest first",
		.response = "Setting" },
	{ .method = HTTP_PUT,
		.path = "/api/v1/settings/{kind}/{key}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = row_put,
		.summary = "Change a row, or see what it would mean",
		.request = "SettingInput",
		.response = "SettingChanged",
		.header_names = match_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/settings/{kind}/{key}/removals",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = removal_post,
		.summary = "Take a row away that has no validity to end",
		.request = "SettingRemoval",
		.response = "SettingChanged",
		.header_names = match_headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/settings/{kind}/{key}/reversals",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = reversal_post,
		.summary = "Take a change back, if the row is still what it made of it",
		.request = "SettingReversal",
		.response = "SettingChanged",
		.header_names = headers },
	{ .method = HTTP_POST,
		.path = "/api/v1/settings/{kind}/{key}/restorations",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = restoration_post,
		.summary = "Make a row what it was before any of its changes",
		.request = "SettingReversal",
		.response = "SettingChanged",
		.header_names = match_headers },
	{ 0 },
};
