/*
 * POST /folj/{number}/{code}, and …/oppna
 *
 *   resident_message     the body is read off the loop
 *   message_on_form      judged; added
 *   message_on_added     303 back to the case, or the case again with what is wrong
 *   message_on_case
 *
 * A step answers only as its last act; follow_on_gone() drops what is in flight.
 */
#include "server/resident_case.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "server/attachment.h"
#include "server/case_read.h"
#include "server/form_body.h"
#include "server/intake_limit.h"
#include "server/page.h"
#include "server/page_case.h"
#include "server/page_child.h"
#include "server/page_city.h"
#include "server/submission.h"
#include "server/voluntary_page.h"
#include "server/worker.h"

struct follow {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	struct case_key key;
	struct case_query *query;
	struct form_body *form; /* of a POST */
	const char *text;       /* the message as typed, or NULL */
	bool reopens;           /* it opens the case again */
	const char *fault;      /* what is wrong with it, in words */
	const char *language;   /* of a child's message form, or NULL */
	int status;
};

static void follow_on_gone(void *arg)
{
	struct follow *op = arg;

	case_query_cancel(steal(op->query));
	form_body_free(steal(op->form));
}

static struct follow *follow_new(struct http_request *req)
{
	struct follow *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->worker = http_app(req);
	op->status = 200;
	op->key.number = http_path_value(req, "number");
	op->key.code = http_path_value(req, "code");
	http_on_close(req, follow_on_gone, op);
	return op;
}

/* ---- finding a case ---- */

static json_t *find_field(const char *value, const char *fault)
{
	return json_pack("{s:s, s:s?}", "value", value ? value : "", "fault", fault);
}

struct find {
	const char *number, *code;             /* as typed */
	const char *number_fault, *code_fault; /* in words, or NULL */
	bool no_match;
};

static json_t *find_summary(const struct page *page, const struct find *find)
{
	json_t *faults = json_array();

	if (find->number_fault)
		json_array_append_new(faults, json_pack("{s:s, s:s}", "id", "number",
						      "reason", find->number_fault));
	if (find->code_fault)
		json_array_append_new(faults, json_pack("{s:s, s:s}", "id", "code",
						      "reason", find->code_fault));
	return json_pack("{s:s, s:s?, s:b, s:o, s:n, s:n, s:n}", "heading",
		page_text(page, find->no_match ? "find.no-match" : "summary.heading"),
		"text", find->no_match ? page_text(page, "find.no-match-text") : NULL,
		"faulty", json_array_size(faults) > 0, "faults", faults, "files_lost",
		"send_anyway", "send_again");
}

static void find_reply(struct page *page, const struct find *find, int status)
{
	bool faulty = find->number_fault || find->code_fault || find->no_match;

	page_title(page, "find.title");
	json_object_set_new(page->data, "find",
		json_pack("{s:o, s:o}", "number",
			find_field(find->number, find->number_fault), "code",
			find_field(find->code, find->code_fault)));
	json_object_set_new(page->data, "faulty", json_boolean(faulty));
	if (faulty)
		json_object_set_new(page->data, "summary", find_summary(page, find));
	page_reply(page, status, "find");
}

void resident_find(struct http_request *req)
{
	struct page page;

	page_init(&page, req, NULL);
	page_may_be_kept(&page);
	find_reply(&page, &(struct find){ 0 }, 200);
}

static void find_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct follow *op = arg;
	struct find find = { 0 };
	struct page page;
	const char *to;

	if (err) {
		struct error copy = *err; /* it goes with the form */

		form_body_free(steal(op->form));
		http_reply_error(op->req, &copy);
		return;
	}
	find.number = form_body_value(form, "number");
	find.code = form_body_value(form, "code");
	page_init(&page, op->req, form_body_value(form, "language"));
	if (!find.number || !find.number[0])
		find.number_fault = page_text(&page, "find.number-missing");
	if (!find.code || !find.code[0])
		find.code_fault = page_text(&page, "find.code-missing");
	op->form = NULL;
	if (find.number_fault || find.code_fault) {
		find_reply(&page, &find, 422);
	} else {
		op->key = (struct case_key){ .number = find.number, .code = find.code };
		to = page_case_follow_path(http_arena(op->req), &op->key);
		json_decref(page.data);
		http_reply_redirect(op->req, to);
	}
	form_body_free(form);
}

static void follow_read_form(struct follow *op, form_body_fn *done)
{
	struct error err = { 0 };

	op->form = form_body_read(op->req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = done,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(op->req, &err);
}

void resident_find_send(struct http_request *req)
{
	follow_read_form(follow_new(req), find_on_form);
}

/* ---- showing a case ---- */

/* A child's case speaks to the child, in the language that the child's form had:
 * no cookie remembers it. */
static void case_page_init(
	struct page *page, struct http_request *req, const json_t *case_json)
{
	const json_t *about = json_object_get(case_json, "page");
	const char *language = json_string_value(json_object_get(about, "language"));
	bool child = json_is_true(json_object_get(about, "fromChild"));

	page_init(page, req, child && !http_query_value(req, "lang") ? language : NULL);
	if (child)
		page_for_child(page);
}

static void follow_show(struct follow *op, json_t *case_json);

/* A wrong number and a wrong code look the same, and the way back is at hand. */
static void case_missing(struct follow *op, const struct error *err)
{
	struct find find = { .number = op->key.number, .no_match = true };
	struct page page;

	if (err->code != ERR_NOT_FOUND) {
		http_reply_error(op->req, err);
		return;
	}
	page_init(&page, op->req, NULL);
	find_reply(&page, &find, 404);
}

static void receipt_on_case(json_t *case_json, const struct error *err, void *arg)
{
	struct follow *op = arg;
	struct page page;
	const char *by;

	op->query = NULL;
	if (err) {
		case_missing(op, err);
		return;
	}
	if (json_object_get(case_json, "disposedOn")) {
		follow_show(op, case_json); /* what comes next has been */
		return;
	}
	case_page_init(&page, op->req, case_json);
	page_title(&page, "receipt.title");
	page_case_add(&page, case_json, &op->key);
	by = json_string_value(json_object_get(
		json_object_get(json_object_get(page.data, "case"), "answer"), "text"));
	json_object_set_new(page.data, "next_answer",
		json_string(page_format(
			&page, "receipt.next-2", TEXT_VALUES({ "date", by }))));
	voluntary_page_add(&page, case_json, &op->key);
	page_reply(&page, 200, "receipt");
}

void resident_receipt(struct http_request *req)
{
	struct follow *op = follow_new(req);

	op->query =
		case_read(op->worker, http_arena(req), &op->key, receipt_on_case, op);
}

/* why: what is written says why the case is opened again. */
static json_t *message_json(const struct follow *op, bool why)
{
	return json_pack("{s:{s:s, s:s?, s:b, s:b}}", "text", "value",
		op->text ? op->text : "", "fault", op->fault, "why", why, "apart", 0);
}

static const char *reopen_path(struct arena *arena, const struct case_key *key)
{
	return arena_printf(arena, "%s/oppna", page_case_follow_path(arena, key));
}

static json_t *message_summary(const struct page *page, const struct follow *op)
{
	return json_pack("{s:s, s:n, s:b, s:[{s:s, s:s}], s:n, s:n, s:n}", "heading",
		page_text(page, "summary.heading"), "text", "faulty", 1, "faults", "id",
		"text", "reason", op->fault, "files_lost", "send_anyway", "send_again");
}

/* Not stored, but not lost either: the message as it was typed, to be sent again. The
 * case itself need not be read for that. */
static void message_keep(struct follow *op, int status, const char *why)
{
	struct arena *arena = http_arena(op->req);
	struct page page;

	page_init(&page, op->req, op->language);
	if (op->language)
		page_for_child(&page);
	page_title(&page, op->reopens ? "follow.reopen" : "follow.add");
	json_object_set_new(page.data, "follow",
		json_string(op->reopens ? reopen_path(arena, &op->key)
					: page_case_follow_path(arena, &op->key)));
	json_object_set_new(page.data, "message", message_json(op, op->reopens));
	json_object_set_new(page.data, "summary",
		json_pack("{s:s, s:s, s:b, s:n, s:n, s:b}", "heading",
			page_text(&page, arena_printf(arena, "warning.%s", why)),
			"text",
			page_text(&page, arena_printf(arena, "warning.%s-text", why)),
			"faulty", 0, "files_lost", "send_anyway", "send_again", 1));
	page_reply(&page, status, "message");
}

/* Why there is no case to show. */
static void follow_fail(struct follow *op, const struct error *err)
{
	if (err->code != ERR_NOT_FOUND && op->text)
		message_keep(op, 503, "away");
	else
		case_missing(op, err);
}

static bool is_open(const json_t *case_json)
{
	return json_is_true(
		json_object_get(json_object_get(case_json, "page"), "open"));
}

/* Why an answer came too late. */
static const char *late_text(const json_t *case_json)
{
	if (json_object_get(case_json, "disposedOn"))
		return "consent.disposed-text";
	return is_open(case_json) ? "consent.late-text" : "consent.closed-text";
}

/* What was just done, as the address says. */
static json_t *thanks_json(
	const struct page *page, const json_t *case_json, const char *what)
{
	const char *heading = "follow.added", *text = "follow.added-text";

	if (!strcmp(what, "samtycke")) {
		text = "consent.saved";
	} else if (!strcmp(what, "for-sent")) {
		heading = "consent.late";
		text = late_text(case_json);
	} else if (!strcmp(what, "oppnat")) {
		heading = "follow.reopened";
		text = "follow.reopened-text";
	}
	return json_pack("{s:s, s:s}", "heading", page_text(page, heading), "text",
		page_text(page, text));
}

static void follow_show(struct follow *op, json_t *case_json)
{
	const char *thanks = http_query_value(op->req, "tack");
	struct page page;
	json_t *message;

	case_page_init(&page, op->req, case_json);
	page_case_add(&page, case_json, &op->key);
	page_case_add_story(&page, case_json);
	message = message_json(op, !is_open(case_json));
	json_object_set_new(json_object_get(message, "text"), "apart",
		json_copy(
			json_object_get(json_object_get(page.data, "case"), "merged")));
	json_object_set_new(page.data, "message", message);
	json_object_set_new(page.data, "reopen",
		json_string(reopen_path(http_arena(op->req), &op->key)));
	json_object_set_new(page.data, "reopening_late",
		json_boolean(page_case_reopening(case_json) == PAGE_REOPENING_LATE));
	json_object_set_new(page.data, "thanks",
		thanks && !op->fault ? thanks_json(&page, case_json, thanks)
				     : json_false());
	if (op->fault) {
		json_object_set_new(page.data, "faulty", json_true());
		json_object_set_new(page.data, "summary", message_summary(&page, op));
	}
	page_reply(&page, op->status, "follow");
}

static void follow_on_case(json_t *case_json, const struct error *err, void *arg)
{
	struct follow *op = arg;

	op->query = NULL;
	if (err)
		follow_fail(op, err);
	else
		follow_show(op, case_json);
}

void resident_follow(struct http_request *req)
{
	struct follow *op = follow_new(req);

	op->query =
		case_read(op->worker, http_arena(req), &op->key, follow_on_case, op);
}

/* ---- adding to it ---- */

/* The case again, with what was typed and what is wrong with it. */
static void message_show(struct follow *op, int status, const char *fault)
{
	op->status = status;
	op->fault = fault;
	op->query = case_read(
		op->worker, http_arena(op->req), &op->key, follow_on_case, op);
}

static const char *message_language(struct follow *op)
{
	return catalogue_choose(op->worker->catalogue,
		op->language ? op->language : http_cookie(op->req, "lang"),
		http_header(op->req, "accept-language"));
}

static const char *message_text(struct follow *op, const char *key)
{
	const struct catalogue *cat = op->worker->catalogue;
	const char *language = message_language(op), *text = NULL;

	if (op->language)
		text = catalogue_find(cat, language,
			arena_printf(http_arena(op->req), "child.%s", key));
	return text ? text : catalogue_text(cat, language, key);
}

/* Why words were not taken, by what the case is now. */
static const char *conflict_text(const struct follow *op, const json_t *case_json)
{
	enum page_reopening reopening = page_case_reopening(case_json);

	if (json_object_get(case_json, "disposedOn"))
		return "follow.disposed-fault";
	if (op->reopens && reopening != PAGE_REOPENING_YES)
		return reopening == PAGE_REOPENING_NONE ? "follow.reopen-open-fault"
							: "follow.reopen-late-fault";
	if (op->reopens || is_open(case_json))
		return "follow.full-fault";
	return reopening == PAGE_REOPENING_YES ? "follow.closed-reopen-fault"
					       : "follow.closed-fault";
}

static void message_on_conflict(json_t *case_json, const struct error *err, void *arg)
{
	struct follow *op = arg;

	if (!err)
		op->fault = message_text(op, conflict_text(op, case_json));
	follow_on_case(case_json, err, op);
}

static void message_on_added(json_t *case_json, const struct error *err, void *arg)
{
	struct follow *op = arg;
	struct arena *arena = http_arena(op->req);

	(void)case_json;
	op->query = NULL;
	if (!err) {
		http_reply_redirect(
			op->req, arena_printf(arena, "%s?tack=%s",
					 page_case_follow_path(arena, &op->key),
					 op->reopens ? "oppnat" : "1"));
	} else if (err->code == ERR_CONFLICT) {
		op->status = 409;
		op->query =
			case_read(op->worker, arena, &op->key, message_on_conflict, op);
	} else {
		follow_fail(op, err);
	}
}

static void message_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct follow *op = arg;
	struct arena *arena = http_arena(op->req);
	struct error refused = { 0 };
	struct faults faults;

	op->form = NULL;
	faults_init(&faults, arena);
	if (err)
		refused = *err;
	else
		op->text = arena_dup(arena, form_body_value(form, "text"));
	if (form_body_value(form, "child"))
		op->language = arena_dup(arena, form_body_value(form, "language"));
	form_body_free(form);
	if (refused.code != ERR_NONE) {
		http_reply_error(op->req, &refused);
		return;
	}
	if (submission_text_judge(op->text, "text", &faults) < 0) {
		message_show(op, 422,
			catalogue_fault(arena, op->worker->catalogue,
				message_language(op), faults.first));
		return;
	}
	if (intake_limit_take(op->req, NULL) < 0) {
		message_keep(op, 429, "too-many");
		return;
	}
	op->query = (op->reopens ? case_reopen : case_message_add)(op->worker, arena,
		&(struct case_message){ .key = op->key, .text = op->text },
		message_on_added, op);
}

void resident_message(struct http_request *req)
{
	follow_read_form(follow_new(req), message_on_form);
}

void resident_reopen(struct http_request *req)
{
	struct follow *op = follow_new(req);

	op->reopens = true;
	follow_read_form(op, message_on_form);
}

/* ---- its files ---- */

static void attachment_on_found(json_t *found, const struct error *err, void *arg)
{
	struct follow *op = arg;

	op->query = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	attachment_reply(op->req, op->worker->attachments,
		&(struct attachment_file){
			.sha256 = json_string_value(json_object_get(found, "sha256")),
			.type = json_string_value(json_object_get(found, "type")),
			.name = json_string_value(json_object_get(found, "name")),
		});
}

/* 0, which no file has, for what is no number or more than any case has files. */
static int file_number(const char *text)
{
	if (!text[0] || strlen(text) > 4 || text[strspn(text, "0123456789")])
		return 0;
	return (int)strtol(text, NULL, 10);
}

static void file_find(struct http_request *req, bool of_reply)
{
	struct follow *op = follow_new(req);

	op->query = case_attachment_find(op->worker, http_arena(req),
		&(struct case_attachment){ .key = op->key,
			.n = file_number(http_path_value(req, "n")),
			.of_reply = of_reply },
		attachment_on_found, op);
}

void resident_attachment(struct http_request *req)
{
	file_find(req, false);
}

void resident_reply_file(struct http_request *req)
{
	file_find(req, true);
}
