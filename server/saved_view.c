#include "server/saved_view.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/case_watch.h"
#include "server/desk_http.h"
#include "server/list_page.h"
#include "server/options.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (4 * KIB)
#define NAME_MAX_CHARS 60
#define CODE_MAX 100 /* characters of one filter */
#define ID_DIGITS_MAX 18

static const char media_json[] = "application/json; charset=utf-8";

static const struct db_query list_query = {
	.name = "saved_view_list",
	.sql = "SELECT v.view FROM synpunkt_desk.views($1::text) v",
	.n_params = 1,
};

static const struct db_query counts_query = {
	.name = "saved_view_counts",
	.sql = "SELECT c.id, c.n FROM synpunkt_desk.view_counts($1::text, $2::integer,"
	       " $3::integer) c",
	.n_params = 3,
};

static const struct db_query add_query = {
	.name = "saved_view_add",
	.sql = "SELECT a.outcome, a.view FROM synpunkt_desk.view_add($1::text, $2::text,"
	       " $3::text, $4::jsonb, $5::integer, $6::integer) a",
	.n_params = 6,
};

static const struct db_query change_query = {
	.name = "saved_view_change",
	.sql = "SELECT c.outcome, c.view FROM synpunkt_desk.view_change($1::text,"
	       " $2::bigint, $3::text, $4::jsonb) c",
	.n_params = 4,
};

static const struct db_query remove_query = {
	.name = "saved_view_remove",
	.sql = "SELECT r FROM synpunkt_desk.view_remove($1::text, $2::bigint) r",
	.n_params = 2,
};

struct view_op {
	struct http_request *req;
	struct db_call *call;
	int status; /* of the answer when it was done */
};

static void view_on_gone(void *arg)
{
	db_cancel(((struct view_op *)arg)->call);
}

/* NULL: it was answered. */
static struct view_op *view_op_new(struct http_request *req)
{
	struct view_op *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req))
		return NULL;
	op->req = req;
	http_on_close(req, view_on_gone, op);
	return op;
}

static struct db_pool *pool_of(struct http_request *req)
{
	return ((struct worker *)http_app(req))->desk_pool;
}

static const char *token_of(struct http_request *req)
{
	return session_get(req)->token_hash;
}

/* ---- reading ---- */

static void list_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct view_op *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++)
		jw_raw(&w, db_rows_text(rows, i, 0));
	list_page_reply(op->req, &w, NULL);
}

static void view_list(struct http_request *req)
{
	struct view_op *op = view_op_new(req);

	if (op)
		op->call = db_run(pool_of(req), &list_query,
			(const char *[]){ token_of(req) }, list_on_rows, op);
}

static void counts_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct view_op *op = arg;
	struct json_write w;

	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	list_page_begin(op->req, &w);
	for (int i = 0; i < db_rows_count(rows); i++) {
		int64_t n = db_rows_int64(rows, i, 1);
		bool more = n > SAVED_VIEW_COUNT_MAX;

		jw_object(&w);
		jw_key_int(&w, "id", db_rows_int64(rows, i, 0));
		jw_key_int(&w, "count", more ? SAVED_VIEW_COUNT_MAX : n);
		jw_key_bool(&w, "more", more);
		jw_object_end(&w);
	}
	list_page_reply(op->req, &w, NULL);
}

static const char *int_text(struct http_request *req, int n)
{
	return arena_printf(http_arena(req), "%d", n);
}

static void view_counts(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct view_op *op = view_op_new(req);

	if (op)
		op->call = db_run(pool_of(req), &counts_query,
			(const char *[]){ token_of(req),
				int_text(req, (int)worker->options->near_due_days),
				int_text(req, SAVED_VIEW_COUNT_MAX + 1) },
			counts_on_rows, op);
}

/* ---- writing ---- */

struct view_draft {
	const char *name, *board;
	bool has_filters;
	/* As filter_names[]. */
	const char *filters[10];
};

#define FILTER(i, name_)                                                               \
	.path = "filters." name_, .kind = JSON_FIELD_STRING, .max = CODE_MAX,          \
	.offset = offsetof(struct view_draft, filters[i])

static const char *const sorts[] = { "answerBy", "receivedAt", NULL };
static const char *const truths[] = { "true", "false", NULL };

/* A new one has both name and filters; a change what it changes. */
#define DRAFT_FIELDS(is_new)                                                           \
	{ .path = "name",                                                              \
		.kind = JSON_FIELD_STRING,                                             \
		.required = is_new,                                                    \
		.not_blank = true,                                                     \
		.max = NAME_MAX_CHARS,                                                 \
		.offset = offsetof(struct view_draft, name) },                         \
		{ .path = "board",                                                     \
			.kind = JSON_FIELD_STRING,                                     \
			.max = CODE_MAX,                                               \
			.offset = offsetof(struct view_draft, board) },                \
		{ .path = "filters",                                                   \
			.kind = JSON_FIELD_OBJECT,                                     \
			.required = is_new,                                            \
			.offset = offsetof(struct view_draft, has_filters) },          \
		{ FILTER(0, "board") }, { FILTER(1, "status") },                       \
		{ FILTER(2, "category") },                                             \
		{ FILTER(3, "type"), .one_of = case_types },                           \
		{ FILTER(4, "district") }, { FILTER(5, "handler") },                   \
		{ FILTER(6, "overdue"), .one_of = truths },                            \
		{ FILTER(7, "attention"), .one_of = case_attention_filters },          \
		{ FILTER(8, "sort"), .one_of = sorts }, { FILTER(9, "q") },            \
	{                                                                              \
		0                                                                      \
	}

static const struct json_field new_fields[] = { DRAFT_FIELDS(true) };
static const struct json_field change_fields[] = { DRAFT_FIELDS(false) };

static const char *const filter_names[] = { "board", "status", "category", "type",
	"district", "handler", "overdue", "attention", "sort" };

/* "received,assigned" or "any". */
static bool are_statuses(struct http_request *req, const char *given)
{
	if (!strcmp(given, "any"))
		return true;
	for (const char *at = given; *at;) {
		size_t n = strcspn(at, ",");

		if (!case_status_of(arena_dup_n(http_arena(req), at, n)))
			return false;
		at += n + (at[n] == ',');
	}
	return true;
}

/* NULL when nothing was said of them. */
static const char *filters_text(
	struct http_request *req, const struct view_draft *draft)
{
	json_t *object;

	if (!draft->has_filters)
		return NULL;
	object = json_object();
	for (size_t i = 0; i < ARRAY_LEN(filter_names); i++) {
		if (draft->filters[i] && draft->filters[i][0])
			json_object_set_new(object, filter_names[i],
				json_string(draft->filters[i]));
	}
	return json_text(http_arena(req), object);
}

/* 0, or the request has been answered. */
static int draft_read(struct http_request *req, bool is_new, struct view_draft *ret)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	if (request_fields(req, is_new ? new_fields : change_fields, ret, &faults) < 0)
		return -1;
	if (!is_new && ret->board)
		faults_add(&faults, "board", "stays what it is");
	if (ret->filters[1] && !are_statuses(req, ret->filters[1]))
		faults_add(&faults, "filters.status", "is not a status");
	if (ret->filters[9])
		faults_add(&faults, "filters.q",
			"is not kept: words that are searched for may name somebody");
	if (faults.n == 0)
		return 0;
	http_reply_faults(req, &faults);
	return -1;
}

static const struct {
	const char *outcome;
	enum err_code code;
	const char *text;
} refusals[] = {
	{ "gone", ERR_UNAUTHORIZED, "sign in first, or again" },
	{ "forbidden", ERR_FORBIDDEN,
		"a board's saved filters are for its coordinators and managers to change" },
	{ "missing", ERR_NOT_FOUND, "there is no such saved filter" },
	{ "full", ERR_CONFLICT,
		"there are as many saved filters as there may be; remove one first" },
};

static void view_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct view_op *op = arg;
	struct error err = { 0 };
	struct json_write w;
	const char *outcome;

	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(refusals[i].outcome, outcome) != 0)
			continue;
		error_set(&err, refusals[i].code, "%s", refusals[i].text);
		http_reply_error(op->req, &err);
		return;
	}
	if (op->status == 204) {
		http_reply(op->req, 204, NULL);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_raw(&w, db_rows_text(rows, 0, 1));
	jw_flush(&w);
	http_reply(op->req, op->status, media_json);
}

static void view_add(struct http_request *req)
{
	struct view_op *op = view_op_new(req);
	struct view_draft draft = { 0 };

	if (!op || draft_read(req, true, &draft) < 0)
		return;
	op->status = 201;
	op->call = db_run(pool_of(req), &add_query,
		(const char *[]){ token_of(req), draft.board, draft.name,
			filters_text(req, &draft), int_text(req, SAVED_VIEW_OWN_MAX),
			int_text(req, SAVED_VIEW_SHARED_MAX) },
		view_on_done, op);
}

/* "0", which none has, for what is no number. */
static const char *id_of(struct http_request *req)
{
	const char *id = http_path_value(req, "id");
	size_t digits = strspn(id, "0123456789");

	return digits > 0 && digits <= ID_DIGITS_MAX && !id[digits] ? id : "0";
}

static void view_change(struct http_request *req)
{
	struct view_op *op = view_op_new(req);
	struct view_draft draft = { 0 };

	if (!op || draft_read(req, false, &draft) < 0)
		return;
	op->status = 200;
	op->call = db_run(pool_of(req), &change_query,
		(const char *[]){ token_of(req), id_of(req), draft.name,
			filters_text(req, &draft) },
		view_on_done, op);
}

static void view_remove(struct http_request *req)
{
	struct view_op *op = view_op_new(req);

	if (!op)
		return;
	op->status = 204;
	op->call = db_run(pool_of(req), &remove_query,
		(const char *[]){ token_of(req), id_of(req) }, view_on_done, op);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const csrf_headers[] = { "X-CSRF-Token", NULL };

const struct http_route saved_view_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/views",
		.access = ACCESS_STAFF,
		.handle = view_list,
		.summary = "Saved filters of the queue: the boards', then one's own",
		.response = "SavedViewList" },
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/views/counts",
		.access = ACCESS_STAFF,
		.handle = view_counts,
		.summary = "How many cases each of them shows",
		.response = "SavedViewCounts" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/views",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = json_media,
		.handle = view_add,
		.summary =
			"Save filters for oneself, or with board for all there, which its coordinators and managers may",
		.request = "NewSavedView",
		.response = "SavedView",
		.header_names = csrf_headers,
		.success = 201 },
	{ .method = HTTP_PATCH,
		.path = "/api/v1/desk/views/{id}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = json_media,
		.handle = view_change,
		.summary = "Another name, other filters",
		.request = "SavedViewChange",
		.response = "SavedView",
		.header_names = csrf_headers },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/desk/views/{id}",
		.access = ACCESS_STAFF,
		.handle = view_remove,
		.summary = "Remove saved filters",
		.header_names = csrf_headers,
		.success = 204 },
	{ 0 },
};
