/*
 * GET, and POST, /uppdrag/{token}
 *
 *   order_page_send      the body is read off the loop
 *   order_on_form        what is said, to which state
 *   order_on_answered    303 to the page, with what was said last
 *   order_on_found       the order as it is; shown
 *
 * Reading it, also by a machine that follows links, answers nothing: that takes a
 * button. Each answer is to the state that the page showed, so that a second press, or
 * an old page, changes nothing. A wrong token and one of an order that is gone look
 * the same.
 */
#include "server/order_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/utf8.h"
#include "server/attachment.h"
#include "server/form_body.h"
#include "server/order_key.h"
#include "server/page.h"
#include "server/page_words.h"
#include "server/request_read.h"
#include "server/worker.h"

#define WORDS_MAX 2000 /* characters */

static const struct db_query find_query = {
	.name = "order_find",
	.sql = "SELECT f.state, f.number, f.board_name, f.subject, f.words, f.address,"
	       " f.lat, f.lon, f.pictures, f.ordered_on"
	       " FROM synpunkt_order.find($1::bytea) f",
	.n_params = 1,
};

enum find_column {
	FIND_STATE,
	FIND_NUMBER,
	FIND_BOARD_NAME,
	FIND_SUBJECT,
	FIND_WORDS,
	FIND_ADDRESS,
	FIND_LAT,
	FIND_LON,
	FIND_PICTURES,
	FIND_ORDERED_ON,
};

static const struct db_query answer_query = {
	.name = "order_answer",
	.sql = "SELECT synpunkt_order.answer($1::bytea, $2::text, $3::text, $4::text)",
	.n_params = 4,
};

struct order_visit {
	struct http_request *req; /* its arena owns this struct */
	struct worker *worker;
	struct db_call *call;
	struct form_body *form;
	const char *language;    /* of the form that was sent, or NULL */
	const char *seen, *says; /* of a POST */
	const char *words;       /* as they were written */
	const char *fault;       /* key of what is wrong with them, or NULL */
	char hash[ORDER_HASH_SIZE];
};

static void visit_on_gone(void *arg)
{
	struct order_visit *op = arg;

	db_cancel(op->call);
	form_body_free(steal(op->form));
}

static struct order_visit *visit_new(struct http_request *req)
{
	struct order_visit *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->worker = http_app(req);
	op->words = "";
	order_token_hash(http_path_value(req, "token"), op->hash);
	http_on_close(req, visit_on_gone, op);
	return op;
}

static const char *visit_path(const struct order_visit *op, const char *rest)
{
	return arena_printf(http_arena(op->req), ORDER_PAGE_ROOT "/%s%s",
		page_token(op->req, "token", ORDER_TOKEN_CHARS), rest);
}

/* ---- the page ---- */

static json_t *pictures_json(
	const struct order_visit *op, const struct page *page, const char *list)
{
	json_t *files = json_loads(list, 0, NULL), *shown = json_array();
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		int n = (int)json_integer_value(json_object_get(file, "n"));

		json_array_append_new(shown,
			json_pack("{s:s, s:s}", "path",
				visit_path(op, arena_printf(http_arena(op->req),
						       "/bild/%d", n)),
				"name",
				page_format(page, "order.picture",
					TEXT_VALUES(
						{ "n", arena_printf(http_arena(op->req),
							       "%zu", i + 1) }))));
	}
	json_decref(files);
	if (json_array_size(shown) > 0)
		return json_pack("{s:o}", "items", shown);
	json_decref(shown);
	return json_null();
}

static const char *text_at(const struct db_rows *rows, int column)
{
	return db_rows_is_null(rows, 0, column) ? NULL : db_rows_text(rows, 0, column);
}

/* "59,33258, 18.06490" is what every map takes when it is pasted. */
static const char *position_at(const struct order_visit *op, const struct db_rows *rows)
{
	if (db_rows_is_null(rows, 0, FIND_LAT))
		return NULL;
	return arena_printf(http_arena(op->req), "%.5f, %.5f",
		strtod(db_rows_text(rows, 0, FIND_LAT), NULL),
		strtod(db_rows_text(rows, 0, FIND_LON), NULL));
}

static json_t *answers_json(
	const struct order_visit *op, const struct page *page, const char *state)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:s?}", "action", visit_path(op, ""),
		"seen", state, "takes", !strcmp(state, "sent"), "typed", op->words,
		"fault", op->fault ? page_text(page, op->fault) : NULL);
}

/* By then nothing is told but that it has ended, and how. */
static bool has_ended(const char *state)
{
	return !strcmp(state, "done") || !strcmp(state, "refused") ||
	       !strcmp(state, "recalled");
}

static json_t *summary_json(const struct page *page, const char *fault)
{
	return json_pack("{s:s, s:n, s:b, s:[{s:s, s:s}], s:n, s:n, s:n}", "heading",
		page_text(page, "summary.heading"), "text", "faulty", 1, "faults", "id",
		"words", "reason", page_text(page, fault), "files_lost", "send_anyway",
		"send_again");
}

static void visit_show(const struct order_visit *op, const struct db_rows *rows)
{
	const char *state = db_rows_text(rows, 0, FIND_STATE);
	bool ended = has_ended(state);
	struct page page;

	page_init(&page, op->req, op->language);
	page_title(&page, ended ? arena_printf(http_arena(op->req), "order.%s", state)
				: "order.title");
	json_object_update_new(page.data,
		json_pack("{s:s, s:s?, s:s, s:s?, s:s?, s:s?, s:o, s:o, s:s}", "number",
			db_rows_text(rows, 0, FIND_NUMBER), "board",
			text_at(rows, FIND_BOARD_NAME), "subject",
			db_rows_text(rows, 0, FIND_SUBJECT), "words",
			text_at(rows, FIND_WORDS), "address",
			text_at(rows, FIND_ADDRESS), "position", position_at(op, rows),
			"pictures",
			pictures_json(op, &page, db_rows_text(rows, 0, FIND_PICTURES)),
			"ordered",
			page_words_day(&page, db_rows_text(rows, 0, FIND_ORDERED_ON)),
			"now",
			page_text(&page, arena_printf(http_arena(op->req),
						 "order.is-%s", state))));
	json_object_set_new(page.data, "answers",
		ended ? json_null() : answers_json(op, &page, state));
	json_object_set_new(page.data, "again",
		json_boolean(http_query_value(op->req, "igen") != NULL));
	json_object_set_new(page.data, "said",
		json_boolean(http_query_value(op->req, "sagt") != NULL));
	if (op->fault) {
		json_object_set_new(page.data, "faulty", json_true());
		json_object_set_new(
			page.data, "summary", summary_json(&page, op->fault));
	}
	page_reply(&page, op->fault ? 422 : 200, "order");
}

static void visit_gone(const struct order_visit *op)
{
	struct page page;

	page_init(&page, op->req, op->language);
	page_title(&page, "order.gone");
	json_object_set_new(page.data, "answers", json_null());
	json_object_set_new(page.data, "subject", json_null());
	json_object_set_new(
		page.data, "now", json_string(page_text(&page, "order.is-gone")));
	page_reply(&page, 404, "order");
}

static void visit_on_found(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_visit *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (db_rows_count(rows) == 0)
		visit_gone(op);
	else
		visit_show(op, rows);
}

static void visit_find(struct order_visit *op)
{
	op->call = db_run(op->worker->read_pool, &find_query,
		(const char *[]){ op->hash }, visit_on_found, op);
}

void order_page_show(struct http_request *req)
{
	visit_find(visit_new(req));
}

/* ---- an answer ---- */

static void visit_on_answered(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_visit *op = arg;
	const char *word;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	word = db_rows_text(rows, 0, 0);
	if (!strcmp(word, "gone"))
		visit_gone(op);
	else
		http_reply_redirect(op->req,
			visit_path(op, !strcmp(word, "done") ? "?sagt=1" : "?igen=1"));
}

/* What the contractor must say in words: what was done, or why it is not theirs. */
static const char *words_fault(const char *says, const char *words)
{
	if (utf8_count(words, strlen(words)) > WORDS_MAX)
		return "order.words-long";
	if (strcmp(says, "accepted") != 0 && words[strspn(words, " \t\r\n")] == '\0')
		return "order.words-missing";
	return NULL;
}

static void visit_answer(struct order_visit *op)
{
	op->fault = words_fault(op->says, op->words);
	if (op->fault)
		visit_find(op);
	else
		op->call = db_run(op->worker->read_pool, &answer_query,
			(const char *[]){ op->hash, op->seen, op->says, op->words },
			visit_on_answered, op);
}

static const char *value_of(
	const struct order_visit *op, const struct form_body *form, const char *name)
{
	const char *value = form_body_value(form, name);

	return arena_dup(http_arena(op->req), value ? value : "");
}

static void order_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct order_visit *op = arg;
	struct error refused = { 0 };

	op->form = NULL;
	if (err) {
		refused = *err; /* it goes with the form */
	} else {
		op->language = value_of(op, form, "language");
		op->seen = value_of(op, form, "seen");
		op->says = value_of(op, form, "says");
		op->words = value_of(op, form, "words");
	}
	form_body_free(form);
	if (refused.code != ERR_NONE)
		http_reply_error(op->req, &refused);
	else
		visit_answer(op);
}

void order_page_send(struct http_request *req)
{
	struct order_visit *op = visit_new(req);
	struct error err = { 0 };

	op->form = form_body_read(req,
		&(struct form_body_call){ .work = op->worker->work,
			.attachments = op->worker->attachments,
			.done = order_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(req, &err);
}

/* ---- a picture ---- */

/* The one with that number among those that were chosen, or NULL. */
static const json_t *picture_find(const json_t *files, const char *n)
{
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (json_integer_value(json_object_get(file, "n")) ==
			strtol(n, NULL, 10))
			return file;
	}
	return NULL;
}

static const char *member(
	const struct order_visit *op, const json_t *file, const char *name)
{
	return arena_dup(
		http_arena(op->req), json_string_value(json_object_get(file, name)));
}

static void picture_on_found(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_visit *op = arg;
	const json_t *file = NULL;
	json_t *files = NULL;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (db_rows_count(rows) > 0)
		files = json_loads(db_rows_text(rows, 0, FIND_PICTURES), 0, NULL);
	file = picture_find(files, http_path_value(op->req, "n"));
	if (!file)
		request_refuse(op->req, ERR_NOT_FOUND, "there is no such picture");
	else
		attachment_reply(op->req, op->worker->attachments,
			&(struct attachment_file){ .sha256 = member(op, file, "sha256"),
				.type = member(op, file, "type"),
				.name = member(op, file, "name") });
	json_decref(files);
}

void order_page_picture(struct http_request *req)
{
	struct order_visit *op = visit_new(req);

	op->call = db_run(op->worker->read_pool, &find_query,
		(const char *[]){ op->hash }, picture_on_found, op);
}
