#include "server/desk_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "lib/text_list.h"
#include "lib/utf8.h"
#include "server/access.h"
#include "server/attachment.h"
#include "server/case_watch.h"
#include "server/day.h"
#include "server/desk_earlier.h"
#include "server/desk_events.h"
#include "server/desk_store.h"
#include "server/desk_watch.h"
#include "server/list_page.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/worker.h"

#define QUERY_MAX 200 /* characters of a search */

static const char media_json[] = "application/json; charset=utf-8";

struct desk_get {
	struct http_request *req;
	struct db_call *call;
	struct desk_case about;
	size_t limit;
	bool by_received;
};

static void desk_get_on_gone(void *arg)
{
	db_cancel(((struct desk_get *)arg)->call);
}

/* Some roles are for figures, settings or control, not for cases: those that are 0 in
 * synpunkt.role_reads(). */
static bool role_reads_cases(const char *role)
{
	static const char *const outsiders[] = { "analyst", "administrator", "auditor",
		"data-protection-officer", NULL };

	return !text_list_has(outsiders, role);
}

bool desk_refuse_outsider(struct http_request *req)
{
	const struct session *session = session_get(req);
	struct error err = { 0 };

	for (size_t i = 0; i < session->n_roles; i++) {
		if (role_reads_cases(session->roles[i].role))
			return false;
	}
	error_set(&err, ERR_FORBIDDEN, "none of your roles reads cases");
	http_reply_error(req, &err);
	return true;
}

bool desk_refuse_unconfirmed(struct http_request *req, enum case_action action)
{
	if (action == CASE_NAME_READER)
		return sensitive_refuse(req, SENSITIVE_CASE_READERS);
	return action == CASE_UNMARK && sensitive_refuse(req, SENSITIVE_MARKING_REMOVE);
}

/* NULL: it was answered. */
static struct desk_get *desk_get_new(struct http_request *req)
{
	struct desk_get *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return NULL;
	op->req = req;
	op->about.session = session_get(req);
	http_on_close(req, desk_get_on_gone, op);
	return op;
}

/* ---- the queue ---- */

/* ?status=received,assigned; "any" is all of them. */
static const char *statuses_read(struct http_request *req, struct faults *faults)
{
	struct arena *arena = http_arena(req);
	const char *given = http_query_value(req, "status");
	struct db_array *array = db_array_new(arena);

	if (!given || !*given)
		return NULL;
	for (size_t i = 0; !strcmp(given, "any") && case_statuses[i]; i++)
		db_array_text(array, case_statuses[i]);
	for (const char *at = given; *at && strcmp(given, "any") != 0;) {
		size_t n = strcspn(at, ",");
		const char *code = arena_dup_n(arena, at, n);

		if (!case_status_of(code)) {
			faults_add(faults, "status", "is not a status");
			break;
		}
		db_array_text(array, code);
		at += n + (at[n] == ',');
	}
	return db_array_literal(array);
}

static bool is_below(const char *two, int limit)
{
	return strspn(two, "0123456789") >= 2 &&
	       (two[0] - '0') * 10 + two[1] - '0' < limit;
}

/* " 10:04:05.123456+01": what the database prints after the day of an instant. */
static bool is_time(const char *text)
{
	size_t digits;

	if (text[0] != ' ' || !is_below(text + 1, 24) || text[3] != ':' ||
		!is_below(text + 4, 60) || text[6] != ':' || !is_below(text + 7, 60))
		return false;
	text += 9;
	digits = *text == '.' ? strspn(text + 1, "0123456789") : 0;
	if (digits > 6 || (*text == '.' && digits == 0))
		return false;
	text += digits ? digits + 1 : 0;
	if ((*text != '+' && *text != '-') || !is_below(text + 1, 15))
		return false;
	text += 3;
	return !*text || (*text == ':' && is_below(text + 1, 60) && !text[3]);
}

/* The key and id of the page before's last row, as list_write() put them together. */
static void after_read(struct desk_filter *filter, struct arena *arena,
	const char *after, struct faults *faults)
{
	const char *tilde = after ? strchr(after, '~') : NULL;
	size_t digits = tilde ? strspn(tilde + 1, "0123456789") : 0;
	size_t n = tilde ? (size_t)(tilde - after) : 0;
	const char *key;
	int32_t day;

	if (!after)
		return;
	key = arena_dup_n(arena, after, n);
	if (digits == 0 || digits > 15 || tilde[1 + digits] || n < 10 ||
		day_parse(arena_dup_n(arena, key, 10), &day, NULL) < 0 ||
		(filter->by_received ? !is_time(key + 10) : n != 10)) {
		faults_add(faults, "after", "is not a cursor of this list");
		return;
	}
	filter->after_key = key;
	filter->after_id = tilde + 1;
}

static void filter_read(
	struct desk_get *op, struct desk_filter *ret, struct faults *faults)
{
	struct http_request *req = op->req;
	const char *sort = request_value(req, "sort"),
		   *overdue = request_value(req, "overdue"),
		   *part = request_value(req, "part");
	const struct worker *worker = http_app(req);
	struct list_page page = { 0 };

	*ret = (struct desk_filter){ .session = op->about.session,
		.board = request_value(req, "board"),
		.category = request_value(req, "category"),
		.type = request_value(req, "type"),
		.district = request_value(req, "district"),
		.handler = request_value(req, "handler"),
		.q = request_value(req, "q"),
		.attention = request_value(req, "attention"),
		.near_days = worker->options->near_due_days,
		.statuses = statuses_read(req, faults),
		.overdue = overdue && !strcmp(overdue, "true"),
		.by_received = sort && !strcmp(sort, "receivedAt"),
		.earlier = part && !strcmp(part, "earlier") };
	if (ret->handler && !strcmp(ret->handler, "me"))
		ret->handler = op->about.session->username;
	if (ret->type && !text_list_has(case_types, ret->type))
		faults_add(faults, "type", "is not a type");
	if (sort && !ret->by_received && strcmp(sort, "answerBy") != 0)
		faults_add(faults, "sort", "must be answerBy or receivedAt");
	if (part && !ret->earlier && strcmp(part, "present") != 0)
		faults_add(faults, "part", "must be present or earlier");
	/* Its cursor is an instant, too: when the case went. */
	ret->by_received = ret->by_received || ret->earlier;
	if (ret->attention && !text_list_has(case_attention_filters, ret->attention))
		faults_add(faults, "attention", "is not something to attend to");
	if (overdue && !ret->overdue && strcmp(overdue, "false") != 0)
		faults_add(faults, "overdue", "must be true or false");
	if (ret->q && utf8_count(ret->q, strlen(ret->q)) > QUERY_MAX)
		faults_add(faults, "q", "is longer than %d characters", QUERY_MAX);
	if (list_page_read(req, &page, faults) == 0)
		op->limit = page.limit;
	after_read(ret, http_arena(req), request_value(req, "after"), faults);
	ret->most = op->limit + 1; /* one more tells whether there is a next page */
	op->by_received = ret->by_received;
}

static void item_write(
	struct desk_get *op, struct json_write *w, const struct db_rows *rows, int i)
{
	static const struct desk_watch_columns watched = {
		.acknowledge_by = DESK_LIST_ACKNOWLEDGE_BY,
		.answer_by = DESK_LIST_ANSWER_BY,
		.waiting_since = DESK_LIST_WAITING_SINCE,
		.acknowledged = DESK_LIST_ACKNOWLEDGED,
		.answered = DESK_LIST_ANSWERED,
		.wants_reply = DESK_LIST_WANTS_REPLY,
		.mail_failed = DESK_LIST_MAIL_FAILED,
		.status = DESK_LIST_STATUS,
	};
	char stamp[STAMP_SIZE], number[CASE_NUMBER_SIZE];
	struct case_number parts = {
		.year = (int)db_rows_int64(rows, i, DESK_LIST_YEAR),
		.serial = db_rows_int64(rows, i, DESK_LIST_ID),
	};
	static const struct {
		const char *name;
		enum desk_list_column column;
	} texts[] = {
		{ "type", DESK_LIST_TYPE },
		{ "category", DESK_LIST_CATEGORY },
		{ "board", DESK_LIST_BOARD },
		{ "status", DESK_LIST_STATUS },
		{ "acknowledgeBy", DESK_LIST_ACKNOWLEDGE_BY },
		{ "answerBy", DESK_LIST_ANSWER_BY },
		{ "handler", DESK_LIST_HANDLER },
		{ "handlerName", DESK_LIST_HANDLER_NAME },
	};

	case_number_print(&parts, number);
	stamp_print(db_rows_int64(rows, i, DESK_LIST_RECEIVED_AT), stamp);
	jw_object(w);
	jw_key_string(w, "number", number);
	for (size_t t = 0; t < ARRAY_LEN(texts); t++)
		jw_key_string(
			w, texts[t].name, db_rows_text(rows, i, (int)texts[t].column));
	jw_key_string(w, "receivedAt", stamp);
	jw_key_bool(w, "overdue", db_rows_bool(rows, i, DESK_LIST_OVERDUE));
	jw_key_bool(w, "marked", db_rows_bool(rows, i, DESK_LIST_MARKED));
	jw_key_bool(w, "threat", db_rows_bool(rows, i, DESK_LIST_THREAT));
	jw_key_bool(w, "protectedIdentity", db_rows_bool(rows, i, DESK_LIST_PROTECTED));
	jw_key_bool(w, "urgent", db_rows_bool(rows, i, DESK_LIST_URGENT));
	jw_key_bool(w, "needsHuman", db_rows_bool(rows, i, DESK_LIST_NEEDS_HUMAN));
	jw_key_string(w, "snippet",
		db_rows_is_null(rows, i, DESK_LIST_SNIPPET)
			? ""
			: db_rows_text(rows, i, DESK_LIST_SNIPPET));
	jw_key_int(w, "version", db_rows_int64(rows, i, DESK_LIST_VERSION));
	jw_key_bool(w, "restricted", db_rows_bool(rows, i, DESK_LIST_RESTRICTED));
	jw_key_int(w, "supporters", db_rows_int64(rows, i, DESK_LIST_SUPPORTERS));
	desk_watch_write(op->req, w, &watched, rows, i);
	jw_key_string(w, "channel", db_rows_text(rows, i, DESK_LIST_CHANNEL));
	jw_key_string(w, "unitName", db_rows_text(rows, i, DESK_LIST_UNIT_NAME));
	jw_key_string(
		w, "districtName", db_rows_text(rows, i, DESK_LIST_DISTRICT_NAME));
	if (!db_rows_is_null(rows, i, DESK_LIST_MATCH))
		jw_key_raw(w, "match", db_rows_text(rows, i, DESK_LIST_MATCH));
	if (!db_rows_is_null(rows, i, DESK_LIST_ENDED_AT)) {
		stamp_print(db_rows_int64(rows, i, DESK_LIST_ENDED_AT), stamp);
		jw_key_string(w, "leftAt", stamp);
		jw_key_string(
			w, "leftFor", db_rows_text(rows, i, DESK_LIST_NEXT_BOARD));
	}
	jw_object_end(w);
}

static const char *cursor_of(
	const struct desk_get *op, const struct db_rows *rows, int i)
{
	int key = op->by_received ? DESK_LIST_KEY : DESK_LIST_ANSWER_BY;

	return arena_printf(http_arena(op->req), "%s~%s", db_rows_text(rows, i, key),
		db_rows_text(rows, i, DESK_LIST_ID));
}

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct desk_get *op = arg;
	struct json_write w;
	int n, shown;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	n = db_rows_count(rows);
	shown = n > (int)op->limit ? (int)op->limit : n;
	list_page_begin(op->req, &w);
	for (int i = 0; i < shown; i++)
		item_write(op, &w, rows, i);
	list_page_reply(
		op->req, &w, shown == n ? NULL : cursor_of(op, rows, shown - 1));
}

static void desk_list(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct desk_get *op = desk_get_new(req);
	struct desk_filter filter;
	struct faults faults;

	if (!op)
		return;
	faults_init(&faults, http_arena(req));
	filter_read(op, &filter, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	op->call = desk_store_list(
		worker->desk_pool, http_arena(req), &filter, list_on_rows, op);
}

/* ---- one case ---- */

const char *desk_case_text(struct http_request *req, const struct db_rows *rows)
{
	const char *whole = db_rows_text(rows, 0, DESK_READ_WHOLE);
	const char *board = db_rows_text(rows, 0, DESK_READ_BOARD);
	const char *unit = db_rows_is_null(rows, 0, DESK_READ_UNIT)
				   ? NULL
				   : db_rows_text(rows, 0, DESK_READ_UNIT);
	struct case_state state = {
		.status = db_rows_text(rows, 0, DESK_READ_STATUS),
		.acknowledged = db_rows_bool(rows, 0, DESK_READ_ACKNOWLEDGED),
		.answered = db_rows_bool(rows, 0, DESK_READ_ANSWERED),
		.returnable = db_rows_bool(rows, 0, DESK_READ_RETURNABLE),
		.mail_failed = db_rows_bool(rows, 0, DESK_READ_MAIL_FAILED),
		.marked = db_rows_bool(rows, 0, DESK_READ_MARKED),
		.approvable = !db_rows_is_null(rows, 0, DESK_READ_DRAFT_BY) &&
			      db_rows_int64(rows, 0, DESK_READ_DRAFT_BY) !=
				      session_get(req)->user_id,
		.held = db_rows_bool(rows, 0, DESK_READ_HELD),
		.undoable = db_rows_bool(rows, 0, DESK_READ_UNDOABLE),
		.disposed = db_rows_bool(rows, 0, DESK_READ_DISPOSED),
	};
	static const struct desk_watch_columns watched = {
		.acknowledge_by = DESK_READ_ACKNOWLEDGE_BY,
		.answer_by = DESK_READ_ANSWER_BY,
		.waiting_since = DESK_READ_WAITING_SINCE,
		.acknowledged = DESK_READ_ACKNOWLEDGED,
		.answered = DESK_READ_ANSWERED,
		.wants_reply = DESK_READ_WANTS_REPLY,
		.mail_failed = DESK_READ_MAIL_FAILED,
		.status = DESK_READ_STATUS,
	};
	bool restricted = db_rows_bool(rows, 0, DESK_READ_RESTRICTED);
	/* Who has a protected person's case is a manager's to say, unread. */
	bool gives = db_rows_bool(rows, 0, DESK_READ_PROTECTED) &&
		     session_has_role_for(session_get(req), "manager", board, NULL);
	const char *actions = "";

	for (unsigned i = 0; i < CASE_ACTIONS; i++) {
		if (restricted && !(gives && i == CASE_ASSIGN))
			continue;
		if (case_flow_allows((enum case_action)i, &state) &&
			access_allows(
				session_get(req), (enum case_action)i, board, unit))
			actions = arena_printf(http_arena(req), "%s%s\"%s\"", actions,
				*actions ? "," : "", case_moves[i].action);
	}
	return arena_printf(http_arena(req), "%.*s,%s,\"actions\":[%s]}",
		(int)strlen(whole) - 1, whole, desk_watch_text(req, &watched, rows, 0),
		actions);
}

void desk_case_reply(struct http_request *req, int status, const struct db_rows *rows)
{
	desk_answer_reply(req, status, db_rows_text(rows, 0, DESK_READ_VERSION),
		desk_case_text(req, rows));
}

/* What is not the boards' now may have been. */
static void read_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct desk_get *op = arg;

	op->call = NULL;
	if (db_err)
		http_reply_error(op->req, db_err);
	else if (db_rows_count(rows) == 0)
		desk_earlier_reply(op->req, &op->about, DESK_EARLIER_SHOWN);
	else
		desk_case_reply(op->req, 200, rows);
}

static void desk_read(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct desk_get *op = desk_get_new(req);

	if (!op)
		return;
	case_number_parse(http_path_value(req, "number"), &op->about.number);
	op->call = desk_store_read(
		worker->desk_pool, http_arena(req), &op->about, read_on_rows, op);
}

static void attachment_on_rows(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct desk_get *op = arg;
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };
	bool small;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		error_set(&err, ERR_NOT_FOUND, "there is no such attachment");
		http_reply_error(op->req, &err);
		return;
	}
	small = http_query_value(op->req, "thumbnail") && !db_rows_is_null(rows, 0, 4);
	attachment_reply(op->req, worker->attachments,
		&(struct attachment_file){
			.sha256 = db_rows_text(rows, 0, small ? 4 : 3),
			.type = small ? "image/jpeg" : db_rows_text(rows, 0, 1),
			.name = db_rows_text(rows, 0, 0) });
}

static void file_find(struct http_request *req, bool of_reply)
{
	struct worker *worker = http_app(req);
	struct desk_get *op = desk_get_new(req);
	const char *n;

	if (!op)
		return;
	n = http_path_value(req, "n");
	if (strspn(n, "0123456789") != strlen(n) || strlen(n) > 4)
		n = "0";
	op->about.attachment = n;
	op->about.of_reply = of_reply;
	op->about.masked = http_query_value(req, "masked") != NULL;
	case_number_parse(http_path_value(req, "number"), &op->about.number);
	op->call = desk_store_attachment(
		worker->desk_pool, http_arena(req), &op->about, attachment_on_rows, op);
}

static void desk_attachment(struct http_request *req)
{
	file_find(req, false);
}

static void desk_reply_file(struct http_request *req)
{
	file_find(req, true);
}

/* ---- who and what ---- */

static void colleagues_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct desk_get *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++) {
		jw_object(&w);
		jw_key_string(&w, "user", db_rows_text(rows, i, 0));
		jw_key_string(&w, "name", db_rows_text(rows, i, 1));
		jw_key_raw(&w, "boards", db_rows_text(rows, i, 2));
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static void desk_colleagues(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct desk_get *op = desk_get_new(req);

	if (op)
		op->call = desk_store_colleagues(
			worker->desk_pool, op->about.session, colleagues_on_rows, op);
}

static void desk_access(struct http_request *req)
{
	json_t *table = access_json();
	struct json_write w;

	jw_init(&w, http_out(req));
	jw_json(&w, table);
	json_decref(table);
	http_reply(req, 200, media_json);
}

static void desk_events(struct http_request *req)
{
	struct desk_get *op = desk_get_new(req);

	if (op)
		desk_events_open(req);
}

static const char *const list_query_names[] = { "board", "status", "category", "type",
	"district", "handler", "overdue", "attention", "part", "q", "sort", "limit",
	"after", NULL };
static const char *const thumbnail_query[] = { "thumbnail", NULL };
static const char *const attachment_query[] = { "masked", "thumbnail", NULL };
static const char *const events_headers[] = { "Last-Event-ID", NULL };

static const char *const file_media[] = { "*/*", NULL };
static const char *const stream_media[] = { "text/event-stream", NULL };

const struct http_route desk_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases",
		.access = ACCESS_STAFF,
		.handle = desk_list,
		.summary =
			"The queue: open cases of one's boards, soonest answer first; with part=earlier those that they have passed on, latest first",
		.response = "DeskCaseList",
		.query = list_query_names },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}",
		.access = ACCESS_STAFF,
		.handle = desk_read,
		.summary =
			"One case, whole; of one that the board has passed on its own part",
		.response = "DeskCase" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/attachments/{n}",
		.access = ACCESS_STAFF,
		.handle = desk_attachment,
		.summary =
			"An attachment, or with thumbnail its small picture; with masked the copy with parts covered",
		.query = attachment_query,
		.answers = file_media },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/reply-files/{n}",
		.access = ACCESS_STAFF,
		.handle = desk_reply_file,
		.summary =
			"A file that went with a reply or awaits approval with one, or with thumbnail its small picture",
		.query = thumbnail_query,
		.answers = file_media },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/colleagues",
		.access = ACCESS_STAFF,
		.handle = desk_colleagues,
		.summary = "Who a case can be given to",
		.response = "ColleagueList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/access",
		.access = ACCESS_STAFF,
		.handle = desk_access,
		.summary = "Which roles may do what, from which status",
		.response = "AccessTable" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/events",
		.access = ACCESS_STAFF,
		.handle = desk_events,
		.summary =
			"Changes as server-sent events: case-changed {number, version}; presence {number}, when something is new of who has an open case open",
		.header_names = events_headers,
		.answers = stream_media },
	{ 0 },
};
