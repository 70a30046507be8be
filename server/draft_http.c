#include "server/draft_http.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "lib/utf8.h"
#include "server/access.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/session.h"
#include "server/worker.h"

#define DRAFTS_MAX "200" /* of one colleague */
#define FIELDS_MAX 20
#define FIELD_NAME_MAX 40
#define FIELD_TEXT_MAX 10000 /* characters, as of what is sent */
#define ACTION_MAX 40

static const struct db_query list_query = {
	.name = "draft_list",
	.sql = "SELECT l.whole FROM synpunkt_desk.draft_list($1::text, $2::smallint,"
	       " $3::bigint) l",
	.n_params = 3,
};

/* The instant as it is written everywhere, so that it can be given back. */
static const struct db_query put_query = {
	.name = "draft_put",
	.sql = "SELECT p.outcome, synpunkt_desk.stamp(p.saved_at), p.fields"
	       " FROM synpunkt_desk.draft_put($1::text, $2::smallint, $3::bigint,"
	       " $4::text, $5::jsonb, $6::timestamptz, " DRAFTS_MAX ") p",
	.n_params = 6,
};

struct draft_op {
	struct http_request *req;
	struct db_call *call;
	const char *session, *year, *serial, *action; /* NULL: all of them */
	bool is_removal;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct draft_op *)arg)->call);
}

static bool is_action(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '-' && !isalpha((unsigned char)text[i]))
			return false;
	}
	return n > 0 && n <= ACTION_MAX;
}

static void reply_missing(struct http_request *req)
{
	struct error err = { 0 };

	error_set(&err, ERR_NOT_FOUND, "no such case that is yours to read");
	http_reply_error(req, &err);
}

/* NULL: it was answered. */
static struct draft_op *op_new(struct http_request *req)
{
	const char *text = http_path_value(req, "number");
	struct case_number number = { 0 };
	struct draft_op *op;

	if (desk_refuse_outsider(req))
		return NULL;
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	op->session = session_get(req)->token_hash;
	op->action = http_path_value(req, "action");
	if ((text && case_number_parse(text, &number) < 0) ||
		(op->action && !is_action(op->action))) {
		reply_missing(req);
		return NULL;
	}
	if (text) {
		op->year = arena_printf(http_arena(req), "%d", (int)number.year);
		op->serial =
			arena_printf(http_arena(req), "%lld", (long long)number.serial);
	}
	http_on_close(req, op_on_gone, op);
	return op;
}

/* ---- reading ---- */

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct draft_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++)
		jw_raw(&w, db_rows_text(rows, i, 0));
	list_page_reply(op->req, &w, NULL);
}

static void drafts_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct draft_op *op = op_new(req);

	if (op)
		op->call = db_run(worker->desk_pool, &list_query,
			(const char *[]){ op->session, op->year, op->serial },
			list_on_rows, op);
}

/* ---- keeping ---- */

static void put_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct draft_op *op = arg;
	struct http_request *req = op->req;
	struct error err = { 0 };
	const char *outcome;
	struct json_write w;

	op->call = NULL;
	if (db_err) {
		http_reply_error(req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	if (!strcmp(outcome, "stale")) {
		http_reply_problem(req, 409,
			"another device has written something else",
			arena_printf(http_arena(req),
				"\"current\":{\"savedAt\":\"%s\",\"fields\":%s}",
				db_rows_text(rows, 0, 1), db_rows_text(rows, 0, 2)));
		return;
	}
	if (!strcmp(outcome, "missing"))
		return reply_missing(req);
	if (!strcmp(outcome, "gone"))
		error_set(&err, ERR_UNAUTHORIZED, "sign in first, or again");
	else if (!strcmp(outcome, "full"))
		error_set(&err, ERR_CONFLICT,
			"you have " DRAFTS_MAX " drafts; send or remove one first");
	if (err.code != ERR_NONE) {
		http_reply_error(req, &err);
		return;
	}
	if (op->is_removal) {
		http_reply(req, 204, NULL);
		return;
	}
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "savedAt", db_rows_text(rows, 0, 1));
	jw_object_end(&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static void draft_run(struct draft_op *op, const char *fields, const char *seen)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, &put_query,
		(const char *[]){
			op->session, op->year, op->serial, op->action, fields, seen },
		put_on_done, op);
}

/* "2026-11-22T03:36:54.123Z", as the database's stamp() makes it, which also refuses
 * what is no instant all the same. */
static bool is_stamp(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '0' ? !isdigit((unsigned char)text[i])
				   : text[i] != form[i])
			return false;
	}
	return true;
}

static void fields_judge(const json_t *fields, struct faults *faults)
{
	const char *name;
	json_t *value;

	if (!json_is_object(fields)) {
		faults_add(faults, "fields", "is required: an object of texts");
		return;
	}
	if (json_object_size(fields) > FIELDS_MAX)
		faults_add(faults, "fields", "has over %d members", FIELDS_MAX);
	json_object_foreach((json_t *)fields, name, value)
	{
		const char *text = json_string_value(value);
		size_t n = json_string_length(value);

		if (!text || strlen(text) != n || strlen(name) > FIELD_NAME_MAX)
			faults_add(faults, "fields", "is not an object of texts");
		else if (utf8_count(text, n) > FIELD_TEXT_MAX)
			faults_add(faults, "fields", "has a text over %d characters",
				FIELD_TEXT_MAX);
	}
}

static void draft_put(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	struct draft_op *op = op_new(req);
	const char *fields = NULL, *seen = NULL;
	struct error err = { 0 };
	struct faults faults;
	json_t *object, *given;

	if (!op)
		return;
	if (json_body_parse(body->data ? body->data : "", body->size, &object, &err) <
		0) {
		http_reply_error(req, &err);
		return;
	}
	faults_init(&faults, http_arena(req));
	fields_judge(json_object_get(object, "fields"), &faults);
	given = json_object_get(object, "seen");
	if (given && !json_is_null(given)) {
		seen = json_string_value(given);
		if (!seen || !is_stamp(seen))
			faults_add(&faults, "seen", "is not an instant of ours");
		else
			seen = arena_dup(http_arena(req), seen);
	}
	if (faults.n == 0)
		fields = json_text(http_arena(req),
			json_incref(json_object_get(object, "fields")));
	json_decref(object);
	if (faults.n > 0)
		http_reply_faults(req, &faults);
	else
		draft_run(op, fields, seen);
}

static void draft_delete(struct http_request *req)
{
	struct draft_op *op = op_new(req);

	if (!op)
		return;
	op->is_removal = true;
	draft_run(op, NULL, NULL);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route draft_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/drafts",
		.access = ACCESS_STAFF,
		.handle = drafts_get,
		.summary = "What the caller has written and not sent, latest first",
		.response = "DeskDraftList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/drafts",
		.access = ACCESS_STAFF,
		.handle = drafts_get,
		.summary = "The same in one case",
		.response = "DeskDraftList" },
	{ .method = HTTP_PUT,
		.path = "/api/v1/desk/cases/{number}/drafts/{action}",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = draft_put,
		.summary =
			"Keep what is being written; 409 with what another device has written since",
		.request = "NewDeskDraft",
		.response = "DeskDraftSaved",
		.header_names = headers },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/desk/cases/{number}/drafts/{action}",
		.access = ACCESS_STAFF,
		.handle = draft_delete,
		.summary = "Throw it away",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
