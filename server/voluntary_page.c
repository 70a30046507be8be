/*
 * POST /kvitto/{number}/{code}/fragor
 *
 *   voluntary_page_send   the body is read off the loop
 *   answer_on_form        what was chosen; counted
 *   answer_on_counted     303 to the receipt
 *
 * A form that nothing was chosen in leaves the questions as they are. "none" is chosen,
 * too: they do not come again, and nothing is counted of it.
 */
#include "server/voluntary_page.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "server/case_read.h"
#include "server/follow_code.h"
#include "server/form_body.h"
#include "server/page.h"
#include "server/page_frame.h"
#include "server/worker.h"

#define NONE "none" /* would rather not say */
#define PART "#fragor"

static const struct db_query answer_query = {
	.name = "about_answer",
	.sql = "SELECT synpunkt_about.answer($1::bigint, $2::smallint, $3::bytea,"
	       " $4::text, $5::text)",
	.n_params = 5,
};

/* The questions, as the form's fields, texts and sums have them; an age is a band's
 * first. */
static const struct question {
	const char *id;
	const char *answers[6];
} questions[] = {
	{ "sex", { "woman", "man", "other", NONE, NULL } },
	{ "age", { "0", "25", "45", "65", NONE, NULL } },
};

static const char *receipt_path(struct arena *arena, const struct case_key *key)
{
	return arena_printf(arena, "/kvitto/%s/%s", link_encode(arena, key->number),
		link_encode(arena, key->code));
}

/* ---- the questions ---- */

static json_t *question_json(const struct page *page, const struct question *question)
{
	struct arena *arena = http_arena(page->req);
	json_t *options = json_array();

	for (size_t i = 0; question->answers[i]; i++)
		json_array_append_new(options,
			json_pack("{s:s, s:s}", "value", question->answers[i], "name",
				page_text(page,
					arena_printf(arena, "voluntary.%s-%s",
						question->id, question->answers[i]))));
	return json_pack("{s:s, s:s, s:o}", "id", question->id, "question",
		page_text(page, arena_printf(arena, "voluntary.%s", question->id)),
		"options", options);
}

static json_t *ask_json(
	const struct page *page, const struct case_key *key, bool nothing_chosen)
{
	struct arena *arena = http_arena(page->req);
	json_t *list = json_array();
	const char *action = arena_printf(arena, "%s/fragor", receipt_path(arena, key));

	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		json_array_append_new(list, question_json(page, &questions[i]));
	return json_pack("{s:s, s:b, s:o}", "action",
		page_frame_link(page->req, action, page->language), "nothing",
		nothing_chosen, "questions", list);
}

void voluntary_page_add(
	struct page *page, const json_t *case_json, const struct case_key *key)
{
	const json_t *about = json_object_get(case_json, "page");
	bool asks = json_is_true(json_object_get(about, "voluntary"));
	const char *said = http_query_value(page->req, "svar");

	json_object_set_new(page->data, "ask",
		asks ? ask_json(page, key, said && !strcmp(said, "inget"))
		     : json_false());
	json_object_set_new(page->data, "answered",
		json_boolean(!asks && said && !strcmp(said, "tack")));
}

/* ---- the answer ---- */

struct answer {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	struct case_key key;
	struct db_call *call;
	struct form_body *form;
	const char *language;                     /* of the form that was sent */
	const char *chosen[ARRAY_LEN(questions)]; /* one of the answers, or NULL */
};

static void answer_on_gone(void *arg)
{
	struct answer *op = arg;

	db_cancel(op->call);
	form_body_free(steal(op->form));
}

static void answer_end(const struct answer *op, const char *what)
{
	struct arena *arena = http_arena(op->req);
	const char *to = link_make(arena, receipt_path(arena, &op->key),
		TEXT_VALUES({ "svar", what },
			{ "ram", page_frame_asked(op->req) ? "1" : NULL },
			{ "lang", op->language }));

	http_reply_redirect(op->req, arena_printf(arena, "%s%s", to, PART));
}

/* Answered before, or too late: the receipt says nothing of it. */
static void answer_on_counted(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct answer *op = arg;

	(void)rows;
	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else
		answer_end(op, "tack");
}

static const char *said(const struct answer *op, size_t question)
{
	const char *chosen = op->chosen[question];

	return chosen && strcmp(chosen, NONE) != 0 ? chosen : NULL;
}

static void answer_count(struct answer *op)
{
	struct arena *arena = http_arena(op->req);
	char code_hash[FOLLOW_HASH_SIZE];
	struct case_number number;

	case_number_parse(op->key.number, &number);
	follow_code_hash(op->worker->secret, &number, op->key.code, code_hash);
	op->call = db_run(op->worker->read_pool, &answer_query,
		(const char *[]){ arena_printf(arena, "%" PRId64, number.serial),
			arena_printf(arena, "%d", number.year), code_hash, said(op, 0),
			said(op, 1) },
		answer_on_counted, op);
}

/* NULL for what is none of the answers. */
static const char *answer_of(const struct question *question, const char *text)
{
	for (size_t i = 0; text && question->answers[i]; i++) {
		if (!strcmp(question->answers[i], text))
			return question->answers[i];
	}
	return NULL;
}

static void answer_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct answer *op = arg;
	struct error refused = { 0 };
	const char *language = err ? NULL : form_body_value(form, "language");
	bool any = false;

	op->form = NULL;
	if (err)
		refused = *err; /* it goes with the form */
	for (size_t i = 0; !err && i < ARRAY_LEN(questions); i++) {
		op->chosen[i] = answer_of(
			&questions[i], form_body_value(form, questions[i].id));
		any = any || op->chosen[i];
	}
	if (language)
		op->language = arena_dup(http_arena(op->req), language);
	form_body_free(form);
	if (refused.code != ERR_NONE)
		http_reply_error(op->req, &refused);
	else if (any)
		answer_count(op);
	else
		answer_end(op, "inget");
}

void voluntary_page_send(struct http_request *req)
{
	struct answer *op = arena_alloc(http_arena(req), sizeof(*op));
	struct error err = { 0 };

	op->req = req;
	op->worker = http_app(req);
	op->key = (struct case_key){ .number = http_path_value(req, "number"),
		.code = http_path_value(req, "code") };
	http_on_close(req, answer_on_gone, op);
	op->form = form_body_read(req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = answer_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(req, &err);
}
