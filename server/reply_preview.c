#include "server/reply_preview.h"

#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/day.h"
#include "server/desk_http.h"
#include "server/desk_store.h"
#include "server/mail_text.h"
#include "server/public_url.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/template_http.h"
#include "server/worker.h"

#define TEXT_MAX 10000 /* characters */
#define CLASS_SENSITIVE 3

/* The code itself is the complainant's alone. */
static const char code_hidden[] = "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2";

struct preview {
	struct http_request *req;
	struct db_call *call;
	struct desk_case about;
	const char *action, *text, *close, *expected_by;
};

static const struct json_field preview_fields[] = {
	{ .path = "action",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.one_of = template_kinds,
		.offset = offsetof(struct preview, action) },
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.line_ends = true,
		.max = TEXT_MAX,
		.offset = offsetof(struct preview, text) },
	{ .path = "close",
		.kind = JSON_FIELD_STRING,
		.one_of = case_closure_reasons,
		.offset = offsetof(struct preview, close) },
	{ .path = "expectedBy",
		.kind = JSON_FIELD_STRING,
		.max = 10,
		.offset = offsetof(struct preview, expected_by) },
	{ 0 },
};

static void preview_on_gone(void *arg)
{
	db_cancel(((struct preview *)arg)->call);
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const struct case_move *move_of(const char *action)
{
	for (unsigned i = 0; i < CASE_ACTIONS; i++) {
		if (!strcmp(case_moves[i].action, action))
			return &case_moves[i];
	}
	return NULL;
}

static bool is_withheld(const json_t *whole, const char *part)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(whole, "withheld"), i, one)
	{
		if (!strcmp(json_string_value(one), part))
			return true;
	}
	return false;
}

/* Why no letter goes out, or NULL; as act() decides it. Where the contact was not sent
 * to the board there may be an address, which is not the board's to know: the letter is
 * shown as it would go. */
static const char *no_letter(const json_t *whole)
{
	if (is_withheld(whole, "contact"))
		return json_is_true(json_object_get(whole, "wantsReply"))
			       ? NULL
			       : "no-reply-wanted";
	if (!member(json_object_get(whole, "contact"), "email"))
		return "no-address";
	return json_is_true(json_object_get(whole, "wantsReply")) ? NULL
								  : "no-reply-wanted";
}

/* Letters have the link when the case came with an address: its receipt has the code.
 */
static bool has_code(const json_t *whole)
{
	const json_t *letter;
	size_t i;

	json_array_foreach(json_object_get(whole, "mail"), i, letter)
	{
		if (!strcmp(member(letter, "kind"), "receipt"))
			return true;
	}
	return false;
}

/* The questions after an answer stand in it (0073_satisfaction.sql), unless the person
 * was asked of late: which is not the desk's to know, for it may have been of another
 * board's case. */
static bool may_ask(const struct preview *op, const json_t *whole)
{
	static const char *const unasked[] = { "redirected", "duplicate",
		"not-a-case" };

	for (size_t i = 0; op->close && i < ARRAY_LEN(unasked); i++) {
		if (!strcmp(op->close, unasked[i]))
			return false;
	}
	return !strcmp(move_of(op->action)->outbox, "reply") &&
	       !json_is_true(json_object_get(whole, "fromChild")) &&
	       !json_is_true(json_object_get(whole, "threat")) &&
	       !json_is_true(json_object_get(whole, "protectedIdentity"));
}

static int letter_make(const struct preview *op, const json_t *whole,
	struct mail_words *ret, struct error *err)
{
	const struct worker *worker = http_app(op->req);
	const struct mail_sender sender = {
		.catalogue = worker->catalogue,
		.templates = worker->templates,
		.url = public_url(op->req),
	};
	const struct mail_case c = {
		.kind = move_of(op->action)->outbox,
		.number = member(whole, "number"),
		.language = member(whole, "language"),
		.sensitive = json_integer_value(json_object_get(
				     whole, "sensitivity")) >= CLASS_SENSITIVE,
		.from_child = json_is_true(json_object_get(whole, "fromChild")),
		.board_name = member(whole, "boardName"),
		.shown_code = has_code(whole) ? code_hidden : NULL,
		.words = op->text,
		.expected_by = op->expected_by,
		.survey = may_ask(op, whole) ? code_hidden : NULL,
	};

	return mail_text_words(http_arena(op->req), &sender, &c, ret, err);
}

static const char *status_after(const struct preview *op, const json_t *whole)
{
	const char *to = move_of(op->action)->to;

	if (op->close)
		return "closed";
	return to ? to : member(whole, "status");
}

/* ---- the page ---- */

struct page_voice {
	struct arena *arena;
	const struct catalogue *catalogue;
	const char *language;
	bool is_child;
};

/* A child's own words for it, where there are some: as page_find() does. */
static const char *page_says(const struct page_voice *voice, const char *key,
	const struct text_value *values)
{
	const char *own = arena_printf(voice->arena, "child.%s", key);

	if (voice->is_child && catalogue_find(voice->catalogue, voice->language, own))
		key = own;
	return catalogue_format(
		voice->arena, voice->catalogue, voice->language, key, values);
}

static void page_write(const struct preview *op, const json_t *whole,
	const struct page_voice *voice, struct json_write *w)
{
	const char *status = status_after(op, whole);

	jw_key(w, "page");
	jw_object(w);
	jw_key_string(w, "status",
		page_says(voice, arena_printf(voice->arena, "status.%s.name", status),
			NULL));
	jw_key_string(w, "statusText",
		page_says(voice, arena_printf(voice->arena, "status.%s.text", status),
			NULL));
	jw_key_string(w, "from",
		page_says(voice, "follow.city",
			TEXT_VALUES({ "board", member(whole, "boardName") })));
	jw_key_string(w, "text", op->text);
	jw_object_end(w);
}

/* ---- the answer ---- */

static void preview_reply(const struct preview *op, const json_t *whole)
{
	const struct worker *worker = http_app(op->req);
	const struct page_voice voice = {
		.arena = http_arena(op->req),
		.catalogue = worker->catalogue,
		.language = catalogue_choose(
			worker->catalogue, member(whole, "language"), NULL),
		.is_child = json_is_true(json_object_get(whole, "fromChild")),
	};
	const char *why = no_letter(whole);
	struct mail_words letter;
	struct error err = { 0 };
	struct json_write w;

	if (!why && letter_make(op, whole, &letter, &err) < 0) {
		http_reply_error(op->req, &err);
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "language", voice.language);
	jw_key_string(&w, "noLetter", why);
	if (why) {
		jw_key_null(&w, "letter");
	} else {
		jw_key(&w, "letter");
		jw_object(&w);
		jw_key_string(&w, "subject", letter.subject);
		jw_key_string(&w, "text", letter.body);
		jw_object_end(&w);
	}
	page_write(op, whole, &voice, &w);
	jw_object_end(&w);
	http_reply(op->req, 200, "application/json; charset=utf-8");
}

static void preview_on_read(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct preview *op = arg;
	struct error err = { 0 };
	json_t *whole;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	if (db_rows_count(rows) == 0 || db_rows_bool(rows, 0, DESK_READ_RESTRICTED)) {
		error_set(&err, ERR_NOT_FOUND, "no such case that is yours to read");
		http_reply_error(op->req, &err);
		return;
	}
	whole = json_loads(db_rows_text(rows, 0, DESK_READ_WHOLE), 0, NULL);
	preview_reply(op, whole);
	json_decref(whole);
}

static void preview_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct preview *op = arena_alloc(http_arena(req), sizeof(*op));
	struct faults faults;
	int32_t day;

	if (desk_refuse_outsider(req))
		return;
	op->req = req;
	op->about.session = session_get(req);
	case_number_parse(http_path_value(req, "number"), &op->about.number);
	faults_init(&faults, http_arena(req));
	if (request_fields(req, preview_fields, op, &faults) < 0)
		return;
	if (op->expected_by && day_parse(op->expected_by, &day, NULL) < 0)
		faults_add(&faults, "expectedBy", "is not a date, YYYY-MM-DD");
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	http_on_close(req, preview_on_gone, op);
	op->call = desk_store_read(
		worker->desk_pool, http_arena(req), &op->about, preview_on_read, op);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route reply_preview_routes[] = {
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/cases/{number}/previews",
		.access = ACCESS_STAFF,
		.max_body = HTTP_BODY_MEMORY,
		.media = media,
		.handle = preview_post,
		.summary =
			"What the complainant will see of a reply or the like: letter and page; nothing is stored",
		.request = "NewReplyPreview",
		.response = "ReplyPreview",
		.header_names = headers,
		.success = 200 },
	{ 0 },
};
