/*
 * GET, and POST, /tyck/{token}
 *
 *   satisfaction_page_send   the body is read off the loop
 *   survey_on_form           what was chosen
 *   survey_on_found          is there such an ask, and is there time left?
 *   survey_on_given          GET: what was answered before; shown
 *   survey_on_answered       POST: 303 to the thanks, or that it came too late
 *
 * POST /folj/{number}/{code}/tyck makes a token and leads there, so that the address
 * has neither number nor code of the case in it.
 *
 * Reading a letter, also by a machine that follows links, answers nothing: that takes
 * the button. A wrong token and one that was taken away look the same.
 */
#include "server/satisfaction_page.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/case_read.h"
#include "server/follow_code.h"
#include "server/form_body.h"
#include "server/page.h"
#include "server/page_case.h"
#include "server/page_words.h"
#include "server/satisfaction_key.h"
#include "server/worker.h"

#define STEPS 5

static const struct db_query find_query = {
	.name = "satisfaction_find",
	.sql = "SELECT f.id, f.is_open, f.open_until"
	       " FROM synpunkt_satisfaction.find($1::bytea) f",
	.n_params = 1,
};

static const struct db_query given_query = {
	.name = "satisfaction_given",
	.sql = "SELECT g.ease, g.clarity"
	       " FROM synpunkt_satisfaction.given($1::bytea, $2::bytea) g",
	.n_params = 2,
};

static const struct db_query answer_query = {
	.name = "satisfaction_answer",
	.sql = "SELECT synpunkt_satisfaction.answer($1::bytea, $2::bytea, $3::integer,"
	       " $4::integer)",
	.n_params = 4,
};

static const struct db_query token_query = {
	.name = "satisfaction_page_token",
	.sql = "SELECT synpunkt_satisfaction.page_token($1::bigint, $2::smallint,"
	       " $3::bytea, $4::bytea)",
	.n_params = 4,
};

/* The questions, as the form's fields and texts have them. */
static const char *const questions[] = { "ease", "clarity" };

struct survey {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	struct db_call *call;
	struct form_body *form;
	const char *language;             /* of the form that was sent, or NULL */
	bool sent;                        /* it is a POST */
	int chosen[ARRAY_LEN(questions)]; /* 1 to STEPS, 0: none */
	const char *until;                /* YYYY-MM-DD */
	char token_hash[SATISFACTION_HASH_SIZE], key[SATISFACTION_HASH_SIZE];
};

static void survey_on_gone(void *arg)
{
	struct survey *op = arg;

	db_cancel(op->call);
	form_body_free(steal(op->form));
}

static struct survey *survey_new(struct http_request *req)
{
	struct survey *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->worker = http_app(req);
	http_on_close(req, survey_on_gone, op);
	return op;
}

static const char *survey_path(const struct survey *op, const char *query)
{
	return arena_printf(http_arena(op->req), "/tyck/%s%s",
		page_token(op->req, "token", SATISFACTION_TOKEN_CHARS), query);
}

/* ---- the pages ---- */

static void page_begin(const struct survey *op, struct page *page, const char *title)
{
	page_init(page, op->req, op->language);
	page_title(page, title);
	json_object_set_new(page->data, "ask", json_false());
	json_object_set_new(page->data, "thanks", json_false());
}

/* Nothing to answer, and why. */
static void survey_end(const struct survey *op, int status, const char *what)
{
	struct arena *arena = http_arena(op->req);
	struct page page;

	page_begin(op, &page, arena_printf(arena, "survey.%s", what));
	json_object_set_new(page.data, "text",
		json_string(
			page_text(&page, arena_printf(arena, "survey.%s-text", what))));
	page_reply(&page, status, "survey");
}

static const char *until_text(const struct survey *op, const struct page *page)
{
	json_t *day = page_words_day(page, op->until);
	const char *words = json_string_value(json_object_get(day, "text"));
	const char *text = page_format(
		page, "survey.until", TEXT_VALUES({ "day", words ? words : "" }));

	json_decref(day);
	return text;
}

static json_t *question_json(
	const struct survey *op, const struct page *page, size_t question, bool faulty)
{
	struct arena *arena = http_arena(op->req);
	const char *id = questions[question];
	json_t *options = json_array();

	for (int step = 1; step <= STEPS; step++)
		json_array_append_new(options,
			json_pack("{s:i, s:s, s:b}", "value", step, "name",
				page_text(page,
					arena_printf(arena, "survey.%s-%d", id, step)),
				"selected", op->chosen[question] == step));
	return json_pack("{s:s, s:s, s:o, s:s?}", "id", id, "question",
		page_text(page, arena_printf(arena, "survey.%s", id)), "options",
		options, "fault",
		faulty && !op->chosen[question]
			? page_text(page, arena_printf(arena, "survey.%s-missing", id))
			: NULL);
}

static json_t *summary_json(const struct survey *op, const struct page *page)
{
	json_t *faults = json_array();

	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		if (op->chosen[i])
			continue;
		json_array_append_new(faults,
			json_pack("{s:s, s:s}", "id", questions[i], "reason",
				page_text(page,
					arena_printf(http_arena(op->req),
						"survey.%s-missing", questions[i]))));
	}
	return json_pack("{s:s, s:n, s:b, s:o, s:n, s:n, s:n}", "heading",
		page_text(page, "summary.heading"), "text", "faulty", 1, "faults",
		faults, "files_lost", "send_anyway", "send_again");
}

static void survey_show(const struct survey *op, bool faulty)
{
	struct page page;
	json_t *asked = json_array();

	page_begin(op, &page, "survey.title");
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		json_array_append_new(asked, question_json(op, &page, i, faulty));
	json_object_set_new(page.data, "ask",
		json_pack("{s:s, s:s, s:o, s:b}", "action", survey_path(op, ""),
			"until", until_text(op, &page), "questions", asked, "again",
			!faulty && op->chosen[0] != 0));
	if (faulty) {
		json_object_set_new(page.data, "faulty", json_true());
		json_object_set_new(page.data, "summary", summary_json(op, &page));
	}
	page_reply(&page, faulty ? 422 : 200, "survey");
}

static void survey_thank(const struct survey *op)
{
	struct page page;

	page_begin(op, &page, "survey.thanks");
	json_object_set_new(page.data, "thanks",
		json_pack("{s:s, s:s}", "change", survey_path(op, ""), "until",
			until_text(op, &page)));
	page_reply(&page, 200, "survey");
}

/* ---- the steps ---- */

static void survey_on_given(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct survey *op = arg;
	bool given = !err && db_rows_count(rows) > 0;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	for (size_t i = 0; given && i < ARRAY_LEN(questions); i++)
		op->chosen[i] = (int)db_rows_int64(rows, 0, (int)i);
	if (given && http_query_value(op->req, "tack"))
		survey_thank(op);
	else
		survey_show(op, false);
}

static void survey_on_answered(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct survey *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (!db_rows_bool(rows, 0, 0))
		survey_end(op, 200, "over");
	else
		http_reply_redirect(op->req, survey_path(op, "?tack=1"));
}

static void survey_answer(struct survey *op)
{
	struct arena *arena = http_arena(op->req);

	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		if (!op->chosen[i]) {
			survey_show(op, true);
			return;
		}
	}
	op->call = db_run(op->worker->read_pool, &answer_query,
		(const char *[]){ op->token_hash, op->key,
			arena_printf(arena, "%d", op->chosen[0]),
			arena_printf(arena, "%d", op->chosen[1]) },
		survey_on_answered, op);
}

static void survey_on_found(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct survey *op = arg;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		survey_end(op, 404, "gone");
		return;
	}
	if (!db_rows_bool(rows, 0, 1)) {
		survey_end(op, 200, "over");
		return;
	}
	op->until = arena_dup(http_arena(op->req), db_rows_text(rows, 0, 2));
	satisfaction_answer_key(op->worker->secret, db_rows_int64(rows, 0, 0), op->key);
	if (op->sent)
		survey_answer(op);
	else
		op->call = db_run(op->worker->read_pool, &given_query,
			(const char *[]){ op->token_hash, op->key }, survey_on_given,
			op);
}

static void survey_find(struct survey *op)
{
	satisfaction_token_hash(http_path_value(op->req, "token"), op->token_hash);
	op->call = db_run(op->worker->read_pool, &find_query,
		(const char *[]){ op->token_hash }, survey_on_found, op);
}

void satisfaction_page_show(struct http_request *req)
{
	survey_find(survey_new(req));
}

/* 0 for what is none of the steps. */
static int step_of(const char *text)
{
	if (!text || text[0] < '1' || text[0] > '0' + STEPS || text[1])
		return 0;
	return text[0] - '0';
}

static void survey_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct survey *op = arg;
	struct error refused = { 0 };
	const char *language = err ? NULL : form_body_value(form, "language");

	op->form = NULL;
	if (err)
		refused = *err; /* it goes with the form */
	for (size_t i = 0; !err && i < ARRAY_LEN(questions); i++)
		op->chosen[i] = step_of(form_body_value(form, questions[i]));
	if (language)
		op->language = arena_dup(http_arena(op->req), language);
	form_body_free(form);
	if (refused.code != ERR_NONE)
		http_reply_error(op->req, &refused);
	else
		survey_find(op);
}

void satisfaction_page_send(struct http_request *req)
{
	struct survey *op = survey_new(req);
	struct error err = { 0 };

	op->sent = true;
	op->form = form_body_read(req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = survey_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(req, &err);
}

/* ---- from the page of a case ---- */

struct way {
	struct http_request *req; /* its arena owns this struct */
	struct db_call *call;
	char token[SATISFACTION_TOKEN_SIZE];
};

static void way_on_gone(void *arg)
{
	struct way *op = arg;

	db_cancel(op->call);
}

/* Who may not answer any more is led back to the case, which says nothing of it. */
static void way_on_made(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct way *op = arg;
	struct arena *arena = http_arena(op->req);
	const struct case_key key = { .number = http_path_value(op->req, "number"),
		.code = http_path_value(op->req, "code") };

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_bool(rows, 0, 0))
		http_reply_redirect(
			op->req, arena_printf(arena, "/tyck/%s", op->token));
	else
		http_reply_redirect(op->req, page_case_follow_path(arena, &key));
}

void satisfaction_page_from_case(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct arena *arena = http_arena(req);
	struct way *op = arena_alloc(arena, sizeof(*op));
	char code_hash[FOLLOW_HASH_SIZE], token_hash[SATISFACTION_HASH_SIZE];
	struct case_number number;

	op->req = req;
	http_on_close(req, way_on_gone, op);
	case_number_parse(http_path_value(req, "number"), &number);
	follow_code_hash(
		worker->secret, &number, http_path_value(req, "code"), code_hash);
	satisfaction_token_new(op->token);
	satisfaction_token_hash(op->token, token_hash);
	op->call = db_run(worker->read_pool, &token_query,
		(const char *[]){ arena_printf(arena, "%" PRId64, number.serial),
			arena_printf(arena, "%d", number.year), code_hash, token_hash },
		way_on_made, op);
}
