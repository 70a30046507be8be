/*
 * Everything that changes a case from the desk.
 *
 *   act_begin      If-Match, the body
 *   act_run        what is wrong with it; else the database does it
 *   act_on_done    the database's word; a conflict reads the case as it is now
 *   act_on_read    the case after the change, or 409 with it as "current"
 */
#include "server/desk_http.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/body_text.h"
#include "server/day.h"
#include "server/desk_correct.h"
#include "server/desk_earlier.h"
#include "server/desk_store.h"
#include "server/if_match.h"
#include "server/marking.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/submission.h"
#include "server/worker.h"

#define ACT_BODY_MAX (256 * KIB)

struct act_draft {
	const char *text, *category, *type, *quality, *user, *board, *ground, *reason,
		*close, *expected_by, *document, *section, *until;
	struct json_strings send;
	int64_t sensitivity;
	bool has_sensitivity, has_send, dismiss, overrule, lift;
	bool no_category, no_quality; /* null was sent */
	json_t *correction;           /* given up by change_text() */
};

struct act {
	struct http_request *req;
	struct body_text *text; /* of a body that lies in a file */
	struct db_call *call;
	struct desk_act what;
	int64_t version;      /* after it */
	const char *conflict; /* why it was not done, or NULL */
	bool of_interest;     /* it is a conflict of interest */
};

#define TEXT_FIELD(path_, member)                                                      \
	.path = path_, .kind = JSON_FIELD_STRING,                                      \
	.offset = offsetof(struct act_draft, member)

#define BOOL_FIELD(path_, member)                                                      \
	{                                                                              \
		.path = path_, .kind = JSON_FIELD_BOOL,                                \
		.offset = offsetof(struct act_draft, member)                           \
	}

static const struct json_field change_fields[] = {
	{ TEXT_FIELD("category", category), .max = 100 },
	{ TEXT_FIELD("type", type), .one_of = case_types },
	{ .path = "sensitivity",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = 4,
		.offset = offsetof(struct act_draft, sensitivity),
		.given = offsetof(struct act_draft, has_sensitivity) },
	{ TEXT_FIELD("qualityDimension", quality), .one_of = case_quality_dimensions },
	{ 0 },
};
static const struct json_field no_fields[] = { { 0 } };
static const struct json_field text_fields[] = { { TEXT_FIELD("text", text) }, { 0 } };
static const struct json_field reply_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("close", close), .one_of = case_closure_reasons }, { 0 } };
static const struct json_field assign_fields[] = { { TEXT_FIELD("user", user),
							   .max = 100 },
	BOOL_FIELD("overrule", overrule), { TEXT_FIELD("reason", text) }, { 0 } };
static const struct json_field flag_fields[] = { BOOL_FIELD("lift", lift), { 0 } };
static const struct json_field concern_fields[] = {
	{ TEXT_FIELD("user", user), .required = true, .max = 100 },
	BOOL_FIELD("lift", lift), { 0 }
};
static const struct json_field reader_fields[] = {
	{ TEXT_FIELD("user", user), .required = true, .max = 100 }, { 0 }
};
static const struct json_field transfer_fields[] = {
	{ TEXT_FIELD("board", board), .required = true, .max = 100 },
	{ TEXT_FIELD("ground", ground), .required = true,
		.one_of = case_transfer_grounds },
	{ .path = "send",
		.kind = JSON_FIELD_STRINGS,
		.one_of = case_parts,
		.offset = offsetof(struct act_draft, send),
		.given = offsetof(struct act_draft, has_send) },
	{ TEXT_FIELD("text", text) }, { 0 }
};
static const struct json_field consent_fields[] = {
	{ TEXT_FIELD("board", board), .required = true, .max = 100 },
	{ TEXT_FIELD("text", text) }, { 0 }
};
static const struct json_field close_fields[] = {
	{ TEXT_FIELD("reason", reason), .required = true,
		.one_of = case_closure_reasons },
	{ 0 },
};
static const struct json_field delay_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("expectedBy", expected_by), .max = 10 }, { 0 } };
static const struct json_field hold_fields[] = { { TEXT_FIELD("text", text) },
	{ TEXT_FIELD("until", until), .max = 10 }, { 0 } };
static const struct json_field retry_fields[] = { BOOL_FIELD("dismiss", dismiss),
	{ 0 } };

static const struct json_field mark_fields[] = { { TEXT_FIELD("document", document),
							 .max = MARKING_DOCUMENT_MAX },
	{ TEXT_FIELD("section", section), .required = true,
		.max = MARKING_SECTION_MAX },
	{ 0 } };
static const struct json_field unmark_fields[] = {
	{ TEXT_FIELD("document", document), .max = MARKING_DOCUMENT_MAX }, { 0 }
};

static const struct {
	const struct json_field *fields;
	bool needs_text;
} bodies[CASE_ACTIONS] = {
	[CASE_CHANGE] = { change_fields, false },
	[CASE_ACKNOWLEDGE] = { text_fields, false },
	[CASE_ASK] = { text_fields, true },
	[CASE_REPLY] = { reply_fields, true },
	[CASE_NOTE] = { text_fields, true },
	[CASE_ASSIGN] = { assign_fields, false },
	[CASE_TRANSFER] = { transfer_fields, false },
	[CASE_RETURN] = { text_fields, false },
	[CASE_CLOSE] = { close_fields, false },
	[CASE_REOPEN] = { text_fields, false },
	[CASE_NOTIFY_DELAY] = { delay_fields, false },
	[CASE_RETRY_MAIL] = { retry_fields, false },
	[CASE_WAIT] = { text_fields, false },
	[CASE_RESUME] = { text_fields, false },
	[CASE_ACCEPT] = { no_fields, false },
	[CASE_NAME_READER] = { reader_fields, false },
	[CASE_REMOVE_READER] = { reader_fields, false },
	[CASE_MARK] = { mark_fields, false },
	[CASE_UNMARK] = { unmark_fields, false },
	[CASE_APPROVE] = { no_fields, false },
	[CASE_REJECT_APPROVAL] = { text_fields, true },
	[CASE_WITHDRAW_APPROVAL] = { text_fields, false },
	[CASE_CONCERN] = { concern_fields, false },
	[CASE_HOLD] = { hold_fields, true },
	[CASE_RELEASE_HOLD] = { text_fields, false },
	[CASE_FLAG_THREAT] = { flag_fields, false },
	[CASE_PROTECT] = { flag_fields, false },
	[CASE_ASK_CONSENT] = { consent_fields, false },
	[CASE_CORRECT] = { text_fields, true },
};

static void act_on_gone(void *arg)
{
	struct act *op = arg;

	db_cancel(op->call);
	body_text_free(op->text);
}

static void act_fail(struct act *op, enum err_code code, const char *text)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", text);
	http_reply_error(op->req, &err);
}

/* A case that went to a board that is not the caller's is out of sight. */
static void act_reply_gone(struct act *op)
{
	struct json_write w;

	if (op->conflict) {
		act_fail(op, ERR_NOT_FOUND, "your boards hold no such case");
		return;
	}
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "number", http_path_value(op->req, "number"));
	jw_key_int(&w, "version", op->version);
	jw_object_end(&w);
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

static void act_on_read(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct act *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_count(rows) == 0)
		act_reply_gone(op);
	else if (!op->conflict)
		desk_case_reply(
			op->req, op->what.action == CASE_CHANGE ? 200 : 201, rows);
	else
		http_reply_problem(op->req, 409, op->conflict,
			arena_printf(http_arena(op->req), "\"current\":%s%s",
				desk_case_text(op->req, rows),
				op->of_interest ? ",\"conflictOfInterest\":true" : ""));
}

/* Words of act() that are an answer by themselves. */
static const struct {
	const char *outcome;
	enum err_code code;
	const char *field, *text;
} outcomes[] = {
	{ "gone", ERR_UNAUTHORIZED, "", "sign in first, or again" },
	{ "missing", ERR_NOT_FOUND, "", "your boards hold no such case" },
	{ "forbidden", ERR_FORBIDDEN, "",
		"none of your roles at the board may do this" },
	{ "user", ERR_INVALID, "user", "has no role at the board that takes cases" },
	{ "board", ERR_INVALID, "board", "is not another board that takes cases" },
	{ "category", ERR_INVALID, "category", "is not a category" },
	{ "contact", ERR_INVALID, "contact", "there is none to correct" },
	{ "place", ERR_INVALID, "place", "there is none to correct" },
	{ "document", ERR_INVALID, "document",
		"is not a document of the case that this can be done with" },
	{ "protected", ERR_INVALID, "sensitivity",
		"is 4 for as long as the identity is protected" },
	{ "signed", ERR_INVALID, "text",
		"holds a colleague's name, which is not told where there is a threat" },
	{ "own-draft", ERR_FORBIDDEN, "",
		"another manager must approve what you wrote yourself" },
};

static void act_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct act *op = arg;
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };
	const char *outcome;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	outcome = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (strcmp(outcomes[i].outcome, outcome) != 0)
			continue;
		error_set(&err, outcomes[i].code, "%s", outcomes[i].text);
		error_set_field(&err, outcomes[i].field);
		http_reply_error(op->req, &err);
		return;
	}
	if (!strcmp(outcome, "passed")) /* somebody at the board was first */
		return desk_earlier_reply(
			op->req, &op->what.about, DESK_EARLIER_CONFLICT);
	if (!strcmp(outcome, "stale"))
		op->conflict = "somebody has changed the case since you read it";
	else if (!strcmp(outcome, "status"))
		op->conflict = "this cannot be done with the case as it is now";
	op->of_interest = !strcmp(outcome, "conflict");
	if (op->of_interest)
		op->conflict = "the case names the colleague or concerns them; "
			       "another, who is a manager of the board, may give it "
			       "to them with overrule and a reason";
	else if (!strcmp(outcome, "disposed"))
		op->conflict = "the case has been disposed of, and nothing more can be "
			       "done with it";
	op->version = db_rows_int64(rows, 0, 1);
	op->call = desk_store_read(worker->desk_pool, http_arena(op->req),
		&op->what.about, act_on_read, op);
}

static json_t *strings_json(const struct json_strings *strings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < strings->n; i++)
		json_array_append_new(list, json_string(strings->items[i]));
	return list;
}

static const char *change_text(struct act *op, const struct act_draft *draft)
{
	json_t *change = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, "
				   "s:s*, s:s*, s:s*, s:s*, s:b, s:b, s:b}",
		"text", draft->text, "category", draft->category, "type", draft->type,
		"qualityDimension", draft->quality, "user", draft->user, "board",
		draft->board, "ground", draft->ground, "reason",
		draft->close ? draft->close : draft->reason, "expectedBy",
		draft->expected_by, "document", draft->document, "section",
		draft->section, "until", draft->until, "dismiss", draft->dismiss,
		"overrule", draft->overrule, "lift", draft->lift);
	const char *copy;
	char *text;

	if (draft->has_send)
		json_object_set_new(change, "send", strings_json(&draft->send));
	if (draft->has_sensitivity)
		json_object_set_new(
			change, "sensitivity", json_integer(draft->sensitivity));
	json_object_update(change, draft->correction);
	json_decref(draft->correction);
	if (draft->no_category)
		json_object_set_new(change, "category", json_null());
	if (draft->no_quality)
		json_object_set_new(change, "qualityDimension", json_null());
	text = json_dumps(change, JSON_COMPACT);
	copy = arena_dup(http_arena(op->req), text);
	mem_free(text);
	json_decref(change);
	return copy;
}

/* A day that an answer can be expected by, or that a hold ends with, is not over yet.
 */
static void day_judge(const char *text, const char *name, struct faults *faults)
{
	int32_t day;

	if (!text)
		return;
	if (day_parse(text, &day, NULL) < 0)
		faults_add(faults, name, "is not a date, YYYY-MM-DD");
	else if (day < day_of_instant(stamp_now() / 1000000))
		faults_add(faults, name, "has passed already");
}

/* Null takes back what a case can be without; the rest it must have. */
static void nulls_read(
	const json_t *object, struct act_draft *ret, struct faults *faults)
{
	static const char *const needed[] = { "type", "sensitivity" };

	ret->no_category = json_is_null(json_object_get(object, "category"));
	ret->no_quality = json_is_null(json_object_get(object, "qualityDimension"));
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (json_is_null(json_object_get(object, needed[i])))
			faults_add(faults, needed[i], "cannot be taken away");
	}
}

/* 0, or the request has been answered. An empty body is an empty object. */
static int draft_read(
	struct act *op, const char *bytes, size_t n, struct act_draft *ret)
{
	enum case_action action = op->what.action;
	struct error err = { 0 };
	struct faults faults;
	json_t *object;

	faults_init(&faults, http_arena(op->req));
	if (json_body_parse(n ? bytes : "{}", n ? n : 2, &object, &err) < 0) {
		http_reply_error(op->req, &err);
		return -1;
	}
	json_fields_read(object, bodies[action].fields, ret, &faults);
	if (action == CASE_ASSIGN && !json_object_get(object, "user"))
		faults_add(&faults, "user", "is required; null gives the case back");
	if (ret->overrule && !ret->text)
		faults_add(
			&faults, "reason", "is required: why it is right all the same");
	if (action == CASE_CHANGE)
		nulls_read(object, ret, &faults);
	if (action == CASE_CORRECT)
		ret->correction = desk_correction_read(object, &faults);
	json_decref(object);
	day_judge(ret->expected_by, "expectedBy", &faults);
	day_judge(ret->until, "until", &faults);
	marking_judge(ret->document, ret->section, &faults);
	if (faults.n == 0 && (bodies[action].needs_text || ret->text))
		submission_text_judge(
			ret->text, action == CASE_ASSIGN ? "reason" : "text", &faults);
	if (faults.n == 0)
		return 0;
	json_decref(ret->correction);
	http_reply_faults(op->req, &faults);
	return -1;
}

static void act_run(struct act *op, const char *bytes, size_t n)
{
	struct worker *worker = http_app(op->req);
	struct act_draft draft = { 0 };

	if (draft_read(op, bytes, n, &draft) < 0)
		return;
	op->what.change = change_text(op, &draft);
	op->call = desk_store_act(
		worker->desk_pool, http_arena(op->req), &op->what, act_on_done, op);
}

static void act_on_text(const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct act *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else
		act_run(op, bytes, n);
	body_text_free(text);
}

/* 10,000 characters written as \ud83d\ude00 lie in a file. */
static void act_read_body(struct act *op)
{
	struct worker *worker = http_app(op->req);
	const struct http_body *body = http_body(op->req);
	struct error err = { 0 };

	if (body->fd < 0) {
		act_run(op, body->data ? body->data : "", body->size);
		return;
	}
	op->text = body_text_read(op->req,
		&(struct body_text_call){
			.work = worker->work, .done = act_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(op->req, &err);
}

static void act_begin(struct http_request *req, enum case_action action)
{
	struct act *op = arena_alloc(http_arena(req), sizeof(*op));
	const char *etag = http_header(req, "If-Match");

	if (desk_refuse_outsider(req) || desk_refuse_unconfirmed(req, action))
		return;
	op->req = req;
	op->what.action = action;
	op->what.about.session = session_get(req);
	case_number_parse(http_path_value(req, "number"), &op->what.about.number);
	if (!etag) {
		http_reply_problem(req, 428,
			"send the case's ETag as If-Match, so that nobody's change "
			"is lost",
			NULL);
		return;
	}
	op->what.versions = if_match_versions(http_arena(req), etag);
	http_on_close(req, act_on_gone, op);
	act_read_body(op);
}

/* The last word of the path says which. */
static const struct {
	const char *word;
	enum case_action action;
} words[] = {
	{ "acknowledgements", CASE_ACKNOWLEDGE },
	{ "questions", CASE_ASK },
	{ "replies", CASE_REPLY },
	{ "notes", CASE_NOTE },
	{ "assignments", CASE_ASSIGN },
	{ "transfers", CASE_TRANSFER },
	{ "returns", CASE_RETURN },
	{ "closures", CASE_CLOSE },
	{ "reopenings", CASE_REOPEN },
	{ "delay-notices", CASE_NOTIFY_DELAY },
	{ "mail-retries", CASE_RETRY_MAIL },
	{ "waits", CASE_WAIT },
	{ "resumptions", CASE_RESUME },
	{ "acceptances", CASE_ACCEPT },
	{ "readers", CASE_NAME_READER },
	{ "reader-removals", CASE_REMOVE_READER },
	{ "markings", CASE_MARK },
	{ "marking-removals", CASE_UNMARK },
	{ "approvals", CASE_APPROVE },
	{ "rejections", CASE_REJECT_APPROVAL },
	{ "withdrawals", CASE_WITHDRAW_APPROVAL },
	{ "concerns", CASE_CONCERN },
	{ "holds", CASE_HOLD },
	{ "hold-releases", CASE_RELEASE_HOLD },
	{ "threats", CASE_FLAG_THREAT },
	{ "protections", CASE_PROTECT },
	{ "consent-requests", CASE_ASK_CONSENT },
	{ "corrections", CASE_CORRECT },
};

static void act_handle(struct http_request *req)
{
	const char *last = strrchr(http_route(req)->path, '/') + 1;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].word, last)) {
			act_begin(req, words[i].action);
			return;
		}
	}
	act_begin(req, CASE_CHANGE);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const act_headers[] = { "If-Match", "X-CSRF-Token", NULL };

#define ACT(word, request_, summary_)                                                  \
	{                                                                              \
		.method = HTTP_POST, .path = "/api/v1/desk/cases/{number}/" word,      \
		.access = ACCESS_STAFF, .max_body = ACT_BODY_MAX, .media = json_media, \
		.handle = act_handle, .summary = summary_, .request = request_,        \
		.response = "DeskCase", .header_names = act_headers, .success = 201    \
	}

const struct http_route desk_act_routes[] = {
	{ .method = HTTP_PATCH,
		.path = "/api/v1/desk/cases/{number}",
		.access = ACCESS_STAFF,
		.max_body = ACT_BODY_MAX,
		.media = json_media,
		.handle = act_handle,
		.summary = "Change what a case is about",
		.request = "CaseChange",
		.response = "DeskCase",
		.header_names = act_headers },
	ACT("acknowledgements", "OptionalText",
		"Tell the complainant that it has come"),
	ACT("questions", "NewMessage", "Ask the complainant"),
	ACT("replies", "NewReply",
		"Answer, and with close end it; where a manager approves answers first, "
		"it waits and the status says so"),
	ACT("notes", "NewMessage", "Write a note for colleagues"),
	ACT("assignments", "NewAssignment", "Give it to somebody, or back"),
	ACT("transfers", "NewTransfer", "Pass it on to another board"),
	ACT("returns", "OptionalText", "Return a transfer to its sender"),
	ACT("closures", "NewClosure", "Close it"),
	ACT("reopenings", "OptionalText", "Open it again"),
	ACT("delay-notices", "NewDelayNotice",
		"Tell the complainant that the answer will be late"),
	ACT("mail-retries", "MailRetry",
		"Send again, or let be, letters that could not be sent"),
	ACT("waits", "OptionalText", "Wait for somebody but the complainant"),
	ACT("resumptions", "OptionalText", "Go on with a case that waits"),
	ACT("acceptances", NULL, "Accept a transfer"),
	ACT("readers", "NewReader",
		"Name somebody who may read it whatever their role"),
	ACT("consent-requests", "NewConsentRequest", "Ask whether it may go elsewhere"),
	ACT("reader-removals", "NewReader", "Take back that somebody may read it"),
	ACT("markings", "NewMarking",
		"Mark it, or a document of it, as perhaps secret: a warning"),
	ACT("marking-removals", "MarkingRemoval", "Take such a marking away"),
	ACT("concerns", "CaseConcern",
		"Mark a colleague as concerned by it, or no longer"),
	ACT("threats", "CaseFlag", "Flag it as a threat, or lift the flag"),
	ACT("protections", "CaseFlag",
		"Protect the identity of whom it is about, or lift the protection"),
	ACT("approvals", NULL,
		"Let a reply go that awaits approval, as it was written"),
	ACT("approvals/rejections", "NewMessage",
		"Send a reply that awaits approval back, with words to whoever wrote it"),
	ACT("approvals/withdrawals", "OptionalText",
		"Take a reply back that awaits approval"),
	ACT("holds", "NewHold", "Keep it from being disposed of"),
	ACT("hold-releases", "OptionalText", "Release what keeps it"),
	ACT("corrections", "NewCorrection", "Correct contact details and place"),
	{ 0 },
};
