/*
 * Everything that changes a case from the desk.
 *
 *   act_begin      If-Match, the body
 *   act_on_form    of a reply with files: they are stored once the rest is right
 *   act_on_stored  ClamAV looks at them: what it does not find clean is not sent
 *   act_judge      what is wrong with it
 *   act_run        the database does it
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
#include "lib/json_write.h"
#include "server/attachment.h"
#include "server/attachment_scan.h"
#include "server/body_text.h"
#include "server/desk_act_body.h"
#include "server/desk_earlier.h"
#include "server/desk_store.h"
#include "server/form_body.h"
#include "server/if_match.h"
#include "server/reply_file.h"
#include "server/session.h"
#include "server/worker.h"

#define ACT_BODY_MAX (256 * KIB)

struct act {
	struct http_request *req;
	struct body_text *text; /* of a body that lies in a file */
	struct form_body *form; /* of one with files */
	struct db_call *call;
	struct desk_act what;
	int64_t version;      /* after it */
	const char *conflict; /* why it was not done, or NULL */
	bool of_interest;     /* it is a conflict of interest */
};

static void act_on_gone(void *arg)
{
	struct act *op = arg;

	db_cancel(op->call);
	body_text_free(op->text);
	form_body_free(op->form);
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
	{ "attachment", ERR_INVALID, "attachment", "is not a picture of the case" },
	{ "full", ERR_CONFLICT, "", "there are as many masked copies as are kept" },
	{ "ground", ERR_INVALID, "ground", "is missing for another board" },
	{ "followers", ERR_INVALID, "followers",
		"are told nothing of a case that may not be public" },
	{ "document", ERR_INVALID, "document",
		"is not a document of the case that this can be done with" },
	{ "protected", ERR_INVALID, "sensitivity",
		"is 4 for as long as the identity is protected" },
	{ "mentions", ERR_INVALID, "mentions",
		"names somebody who may not read the case" },
	{ "signed", ERR_INVALID, "text",
		"holds a colleague's name, which is not told where there is a threat" },
	{ "contractor", ERR_INVALID, "contractor",
		"is no contractor of the board's today" },
	{ "order", ERR_CONFLICT, "",
		"there is no such order, or this cannot be done with it as it is now" },
	{ "order-ground", ERR_INVALID, "ground",
		"is missing, or lets no pictures out, for a case of this class" },
	{ "order-identity", ERR_INVALID, "text", "tells who wrote the case" },
	{ "order-pictures", ERR_INVALID, "pictures",
		"are not pictures of the case, or cannot be sent that way" },
	{ "order-protected", ERR_FORBIDDEN, "",
		"of a case with protected identity nothing is ordered here" },
	{ "orders-full", ERR_CONFLICT, "",
		"as many orders of the case are open as may be" },
	{ "own-draft", ERR_FORBIDDEN, "",
		"another manager must approve what you wrote yourself" },
};

/* Of a merge, with the outcome in the answer: which of them it is, is for the desk to
 * say in its own words. */
static const struct {
	const char *outcome;
	enum err_code code;
	const char *field, *text;
} merge_outcomes[] = {
	{ "merge-none", ERR_INVALID, "parent",
		"is no other case that you may do the same with" },
	{ "merge-self", ERR_INVALID, "parent", "is the case itself" },
	{ "merge-board", ERR_INVALID, "parent", "is another board's" },
	{ "merge-merged", ERR_INVALID, "parent",
		"is merged into another case itself: merge it into that one" },
	{ "merge-closed", ERR_INVALID, "parent",
		"is closed and gives no answer any more: open it again first" },
	{ "merge-answered", ERR_INVALID, "parent",
		"has been answered already: answer this one by itself" },
	{ "merge-sensitive", ERR_INVALID, "parent",
		"is of a class whose answer is not for others to read" },
	{ "merge-parent", ERR_INVALID, "parent",
		"would leave those that wait for the answer of this one: merge it the other way round" },
	{ "merge-full", ERR_INVALID, "parent",
		"has as many cases that wait for its answer as it can" },
	{ "merge-names", ERR_INVALID, "text",
		"names whoever wrote the case, or has its number, and goes to others too" },
	{ "merge-approval", ERR_FORBIDDEN, "",
		"a manager approves the answer to a case that waits for this one's" },
};

static bool merge_refuse(struct act *op, const char *outcome)
{
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(merge_outcomes); i++) {
		if (strcmp(merge_outcomes[i].outcome, outcome) != 0)
			continue;
		http_add_problem(op->req, arena_printf(http_arena(op->req),
						  "\"outcome\":\"%s\"", outcome));
		error_set(&err, merge_outcomes[i].code, "%s", merge_outcomes[i].text);
		error_set_field(&err, merge_outcomes[i].field);
		http_reply_error(op->req, &err);
		return true;
	}
	return false;
}

/* Why a case cannot be done this with as it is, or NULL. */
static const char *conflict_of(const char *outcome)
{
	static const char *const texts[][2] = {
		{ "stale", "somebody has changed the case since you read it" },
		{ "status", "this cannot be done with the case as it is now" },
		{ "conflict", "the case names the colleague or concerns them; "
			      "another, who is a manager of the board, may give it "
			      "to them with overrule and a reason" },
		{ "disposed", "the case has been disposed of, and nothing more can be "
			      "done with it" },
		{ "unmerge-late",
			"it was merged more than 30 days ago: open it again instead" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!strcmp(texts[i][0], outcome))
			return texts[i][1];
	}
	return NULL;
}

static void act_settle(struct act *op, const char *outcome)
{
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (strcmp(outcomes[i].outcome, outcome) != 0)
			continue;
		error_set(&err, outcomes[i].code, "%s", outcomes[i].text);
		error_set_field(&err, outcomes[i].field);
		http_reply_error(op->req, &err);
		return;
	}
	if (merge_refuse(op, outcome))
		return;
	if (!strcmp(outcome, "passed")) /* somebody at the board was first */
		return desk_earlier_reply(
			op->req, &op->what.about, DESK_EARLIER_CONFLICT);
	op->conflict = conflict_of(outcome);
	op->of_interest = !strcmp(outcome, "conflict");
	op->call = desk_store_read(worker->desk_pool, http_arena(op->req),
		&op->what.about, act_on_read, op);
}

static void act_on_done(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct act *op = arg;

	op->call = NULL;
	if (db_err) {
		http_reply_error(op->req, db_err);
		return;
	}
	op->version = db_rows_int64(rows, 0, 1);
	act_settle(op, db_rows_text(rows, 0, 0));
}

void desk_act_reply(struct http_request *req, const struct desk_act *what,
	const char *outcome, int64_t version)
{
	struct act *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->what = *what;
	op->version = version;
	http_on_close(req, act_on_gone, op);
	act_settle(op, outcome);
}

static void act_run(struct act *op)
{
	struct worker *worker = http_app(op->req);

	op->call = desk_store_act(
		worker->desk_pool, http_arena(op->req), &op->what, act_on_done, op);
}

/* False: it has been answered, and op has gone with the request. */
static bool act_judge(struct act *op, const char *bytes, size_t n)
{
	const char *change = desk_act_body_read(op->req, op->what.action, bytes, n);

	if (change)
		op->what.change = change;
	return change;
}

static void act_on_text(const char *bytes, size_t n, const struct error *err, void *arg)
{
	struct act *op = arg;
	struct body_text *text = steal(op->text);

	if (err)
		http_reply_error(op->req, err);
	else if (act_judge(op, bytes, n))
		act_run(op);
	body_text_free(text);
}

/* err may be the form's. */
static void act_refuse_form(struct act *op, const struct error *err)
{
	struct error copy = *err;

	form_body_free(steal(op->form));
	http_reply_error(op->req, &copy);
}

static void act_on_scanned(const struct error *err, const char *outcome, void *arg)
{
	struct act *op = arg;

	if (err) {
		http_add_problem(op->req, arena_printf(http_arena(op->req),
						  "\"outcome\":\"%s\"", outcome));
		act_refuse_form(op, err);
		return;
	}
	form_body_free(steal(op->form));
	act_run(op);
}

static void act_on_stored(const struct error *store_err, void *arg)
{
	struct act *op = arg;
	struct attachment_set *set = form_body_attachments(op->form);
	const char *files = NULL;
	struct error err = { 0 };

	if (!store_err)
		files = reply_file_list(http_arena(op->req), set, &err);
	if (!files) {
		act_refuse_form(op, store_err ? store_err : &err);
		return;
	}
	op->what.files = files[0] ? files : NULL;
	if (!attachment_set_scan(set, act_on_scanned, op))
		act_on_scanned(NULL, NULL, op);
}

static void act_on_form(struct form_body *form, const struct error *form_err, void *arg)
{
	struct act *op = arg;
	struct error err = { 0 };
	const char *json = NULL;

	op->form = NULL; /* until it is known that op lives on */
	if (form_err)
		err = *form_err;
	else
		json = reply_file_json(form, &err);
	if (!json) {
		http_reply_error(op->req, &err);
	} else if (act_judge(op, json, strlen(json))) {
		op->form = form;
		attachment_set_store(form_body_attachments(form), act_on_stored, op);
		return;
	}
	form_body_free(form);
}

static void act_read_form(struct act *op)
{
	struct worker *worker = http_app(op->req);
	struct error err = { 0 };

	op->form = form_body_read(op->req,
		&(struct form_body_call){ .work = worker->work,
			.attachments = worker->attachments,
			.done = act_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(op->req, &err);
}

/* 10,000 characters written as \ud83d\ude00 lie in a file. */
static void act_read_body(struct act *op)
{
	struct worker *worker = http_app(op->req);
	const struct http_body *body = http_body(op->req);
	struct error err = { 0 };

	if (reply_file_is_form(op->req)) {
		act_read_form(op);
		return;
	}
	if (body->size > ACT_BODY_MAX) {
		act_fail(op, ERR_TOO_LARGE, "without files it is at most 256 KiB");
		return;
	}
	if (body->fd < 0) {
		if (act_judge(op, body->data ? body->data : "", body->size))
			act_run(op);
		return;
	}
	op->text = body_text_read(op->req,
		&(struct body_text_call){
			.work = worker->work, .done = act_on_text, .arg = op },
		&err);
	if (!op->text)
		http_reply_error(op->req, &err);
}

bool desk_refuse_unseen(struct http_request *req, const char **ret)
{
	const char *etag = http_header(req, "If-Match");

	if (etag) {
		*ret = if_match_versions(http_arena(req), etag);
		return false;
	}
	http_reply_problem(req, 428,
		"send the case's ETag as If-Match, so that nobody's change is lost",
		NULL);
	return true;
}

static void act_begin(struct http_request *req, enum case_action action)
{
	struct act *op = arena_alloc(http_arena(req), sizeof(*op));

	if (desk_refuse_outsider(req) || desk_refuse_unconfirmed(req, action) ||
		desk_refuse_unseen(req, &op->what.versions))
		return;
	op->req = req;
	op->what.action = action;
	op->what.about.session = session_get(req);
	case_number_parse(http_path_value(req, "number"), &op->what.about.number);
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
	{ "interim-replies", CASE_INTERIM_REPLY },
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
	{ "publications", CASE_SHOW_CASE },
	{ "merges", CASE_MERGE },
	{ "merge-removals", CASE_UNMERGE },
	{ "hand-offs", CASE_HAND_OFF },
};

static void act_handle(struct http_request *req)
{
	const char *last = strrchr(http_route(req)->path, '/') + 1;

	if (http_path_value(req, "n")) {
		act_begin(req, CASE_SHOW_PHOTO); /* the only one about a part of it */
		return;
	}

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].word, last)) {
			act_begin(req, words[i].action);
			return;
		}
	}
	act_begin(req, CASE_CHANGE);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const form_media[] = { "application/json", "multipart/form-data",
	NULL };
static const char *const act_headers[] = { "If-Match", "X-CSRF-Token", NULL };

#define ACT_OF(word, request_, form_, summary_, most_, media_)                         \
	{                                                                              \
		.method = HTTP_POST, .path = "/api/v1/desk/cases/{number}/" word,      \
		.access = ACCESS_STAFF, .max_body = most_, .media = media_,            \
		.handle = act_handle, .summary = summary_, .request = request_,        \
		.form = form_, .response = "DeskCase", .header_names = act_headers,    \
		.success = 201                                                         \
	}
#define ACT(word, request_, summary_)                                                  \
	ACT_OF(word, request_, NULL, summary_, ACT_BODY_MAX, json_media)
#define ACT_FILES(word, request_, summary_)                                            \
	ACT_OF(word, request_, request_ "Form", summary_, ATTACHMENT_BODY_MAX,         \
		form_media)

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
	ACT_FILES("replies", "NewReply",
		"Answer, and with close end it; where a manager approves answers first, "
		"it waits and the status says so. As multipart/form-data with files"),
	ACT("notes", "NewNote",
		"Write a note for colleagues, and mention some, who are told of it"),
	ACT("assignments", "NewAssignment", "Give it to somebody, or back"),
	ACT("transfers", "NewTransfer", "Pass it on to another board"),
	ACT("returns", "OptionalText", "Return a transfer to its sender"),
	ACT("closures", "NewClosure", "Close it"),
	ACT("reopenings", "OptionalText", "Open it again"),
	ACT("delay-notices", "NewDelayNotice",
		"Tell the complainant that the answer will be late"),
	ACT_FILES("interim-replies", "NewInterimReply",
		"Answer in part: the case stays open and its answer is still awaited; where a manager approves answers, theirs alone. As multipart/form-data with files"),
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
	ACT("publications", "NewPublication",
		"Show it on the public map, where it may be, or not"),
	ACT("attachments/{n}/publications", "NewPublication",
		"Show a picture to anybody while the case is public, or not"),
	ACT("corrections", "NewCorrection", "Correct contact details and place"),
	ACT("merges", "NewMerge",
		"Close it as the same thing as another case, with whose answer its complainant is answered"),
	ACT("merge-removals", NULL,
		"Undo that, for 30 days: it is open again as it was"),
	ACT("hand-offs", "NewHandOff",
		"Say that it was handed to lex Sarah, lex Maria, the police or another authority: months count these, and its complainant is told nothing"),
	{ 0 },
};
