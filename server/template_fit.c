#include "server/template_fit.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/follow_code.h"
#include "server/list_page.h"
#include "server/reply_template.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/template_http.h"
#include "server/worker.h"

#define PREVIEW_TEXT_MAX 10000 /* characters */

static const struct db_query fit_query = {
	.name = "template_fit",
	.sql = "SELECT f.fields, f.templates FROM synpunkt_desk.template_fit($1::text,"
	       " $2::smallint, $3::bigint, $4::text) f",
	.n_params = 4,
};

struct fit {
	struct http_request *req;
	struct db_call *call;
};

static void fit_on_gone(void *arg)
{
	db_cancel(((struct fit *)arg)->call);
}

static const char *today_text(struct arena *arena)
{
	char *text = arena_alloc(arena, DAY_TEXT);

	day_format(day_of_instant(stamp_now() / 1000000), text);
	return text;
}

/* Left out if it cannot be filled in: it was imported with something that is no
 * field's. */
static void item_write(struct http_request *req, const json_t *item,
	const json_t *fields, struct json_write *w)
{
	static const char *const same[] = { "id", "name", "language", "board",
		"category", "status", NULL };
	const struct worker *worker = http_app(req);
	const struct reply_values values = {
		.catalogue = worker->catalogue,
		.language = json_string_value(json_object_get(item, "language")),
		.fields = fields,
		.today = today_text(http_arena(req)),
	};
	struct reply_filled filled;
	struct error err = { 0 };

	if (reply_template_fill(http_arena(req),
		    json_string_value(json_object_get(item, "text")), &values, &filled,
		    &err) < 0)
		return;
	jw_object(w);
	for (const char *const *name = same; *name; name++)
		jw_key_json(w, *name, json_object_get(item, *name));
	jw_key_string(w, "text", filled.text);
	jw_key_json(w, "missing", filled.missing);
	jw_object_end(w);
	json_decref(filled.missing);
}

static void fit_on_row(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct fit *op = arg;
	struct error err = { 0 };
	struct json_write w;
	json_t *fields, *items;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		error_set(&err, ERR_NOT_FOUND, "no such case that is yours to read");
		http_reply_error(op->req, &err);
		return;
	}
	fields = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	items = json_loads(db_rows_text(rows, 0, 1), 0, NULL);
	list_page_begin(op->req, &w);
	for (size_t i = 0; i < json_array_size(items); i++)
		item_write(op->req, json_array_get(items, i), fields, &w);
	list_page_reply(op->req, &w, NULL);
	json_decref(fields);
	json_decref(items);
}

static void fit_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *kind = request_value(req, "for");
	struct request_case about;
	struct faults faults;
	struct fit *op;
	bool is_known = false;

	if (desk_refuse_outsider(req))
		return;
	for (const char *const *one = template_kinds; kind && *one; one++)
		is_known = is_known || !strcmp(*one, kind);
	if (!is_known) {
		faults_init(&faults, http_arena(req));
		faults_add(&faults, "for", "is no action that templates are for");
		http_reply_faults(req, &faults);
		return;
	}
	about = request_case(req);
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, fit_on_gone, op);
	op->call = db_run(worker->desk_pool, &fit_query,
		(const char *[]){
			session_get(req)->token_hash, about.year, about.serial, kind },
		fit_on_row, op);
}

/* ---- one under work ---- */

struct preview {
	const char *text, *language;
};

static const struct json_field preview_fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.line_ends = true,
		.max = PREVIEW_TEXT_MAX,
		.offset = offsetof(struct preview, text) },
	{ .path = "language",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = template_languages,
		.offset = offsetof(struct preview, language) },
	{ 0 },
};

/* A case as good as any, of nobody. */
static json_t *sample_fields(const struct session *session)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "number",
		"2026-104233", "registrationNumber", "2026/517", "boardName",
		"Trafiknämnden", "categoryName", "Gatubelysning", "complainantName",
		"Kim Exempel", "receivedOn", "2026-11-02", "acknowledgeBy",
		"2026-11-04", "answerBy", "2026-11-16", "handlerName",
		"Hanna Handläggare", "myName", session->name);
}

static void preview_post(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct preview given = { 0 };
	struct reply_filled filled;
	struct error err = { 0 };
	struct faults faults;
	struct json_write w;
	json_t *fields;
	int failed;

	if (template_refuse_outsider(req))
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, preview_fields, &given, &faults) < 0)
		return;
	if (given.text)
		reply_template_judge(given.text, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	fields = sample_fields(session_get(req));
	failed = reply_template_fill(http_arena(req), given.text,
		&(struct reply_values){ .catalogue = worker->catalogue,
			.language = given.language,
			.fields = fields,
			.today = today_text(http_arena(req)) },
		&filled, &err);
	json_decref(fields);
	if (failed) {
		http_reply_error(req, &err);
		return;
	}
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "text", filled.text);
	jw_key_json(&w, "missing", filled.missing);
	jw_object_end(&w);
	json_decref(filled.missing);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static const char *const fit_names[] = { "for", NULL };
static const char *const post_headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route template_fit_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/cases/{number}/templates",
		.access = ACCESS_STAFF,
		.handle = fit_get,
		.summary =
			"Templates that fit the case, filled in: in its language first, and what says most of it before what is general",
		.response = "FilledTemplateList",
		.query = fit_names },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/template-previews",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = preview_post,
		.summary =
			"What a template under work says, filled in for a made-up case",
		.request = "ReplyTemplatePreview",
		.response = "FilledText",
		.header_names = post_headers,
		.success = 200 },
	{ 0 },
};
