/*
 * GET, and POST, /stod/{link}
 *
 *   support_page_send     the body is read off the loop
 *   letter_on_form        yes or no
 *   letter_on_found       was the link made for that address? Shown, or answered
 *   letter_on_answered    303 back to the page, which says so
 *
 * Reading a letter, also by a machine that follows links, answers nothing: that takes
 * the button. A wrong link and one whose address is forgotten look the same.
 */
#include "server/support_page.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/form_body.h"
#include "server/mail_text.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/support_store.h"
#include "server/worker.h"

struct letter {
	struct http_request *req; /* its arena owns this struct */
	const char *link;
	struct db_call *call;
	struct form_body *form;
	const char *said; /* of a POST: "ja", "nej" */
	struct support_answer answer;
};

static void letter_on_gone(void *arg)
{
	struct letter *op = arg;

	db_cancel(op->call);
	form_body_free(steal(op->form));
}

static struct letter *letter_new(struct http_request *req)
{
	struct letter *op = arena_alloc(http_arena(req), sizeof(*op));

	op->req = req;
	op->link = page_token(req, "link", SUPPORT_TOKEN_CHARS);
	op->answer.id = support_link_id(op->link);
	http_on_close(req, letter_on_gone, op);
	return op;
}

static void letter_missing(struct letter *op, int status)
{
	struct page page;

	page_init(&page, op->req, NULL);
	page_title(&page, "support.gone");
	json_object_set_new(
		page.data, "text", json_string(page_text(&page, "support.gone-text")));
	json_object_set_new(page.data, "letter", json_false());
	page_reply(&page, status, "support");
}

/* "Gatubelysning, kom in november 2026", where that may be told. */
static json_t *letter_json(
	const struct page *page, const struct db_rows *rows, const char *action)
{
	bool told = !db_rows_is_null(rows, 0, 2);
	json_t *letter = json_pack(
		"{s:s, s:b}", "action", action, "confirmed", db_rows_bool(rows, 0, 1));

	if (told) {
		json_object_set_new(letter, "category",
			json_string(
				page_city_category(page, db_rows_text(rows, 0, 2))));
		json_object_set_new(letter, "month",
			json_string(
				mail_text_month(http_arena(page->req), page->catalogue,
					page->language, db_rows_text(rows, 0, 3))));
	}
	json_object_set_new(letter, "told", json_boolean(told));
	return letter;
}

static void letter_show(struct letter *op, const struct db_rows *rows)
{
	bool confirmed = db_rows_bool(rows, 0, 1);
	struct page page;

	page_init(&page, op->req, NULL);
	page_title(&page, confirmed ? "support.follows" : "support.ask");
	json_object_set_new(page.data, "text",
		json_string(page_text(&page,
			confirmed ? "support.follows-text" : "support.ask-text")));
	json_object_set_new(page.data, "letter",
		letter_json(&page, rows,
			arena_printf(http_arena(op->req), "/stod/%s",
				arena_dup_n(http_arena(op->req), op->link,
					SUPPORT_TOKEN_CHARS))));
	page_reply(&page, 200, "support");
}

static void letter_on_answered(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct letter *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (!db_rows_bool(rows, 0, 0) || !op->answer.yes)
		letter_missing(op, 200);
	else
		http_reply_redirect(op->req,
			arena_printf(http_arena(op->req), "/stod/%s", op->link));
}

static void letter_on_found(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct letter *op = arg;
	const struct worker *worker = http_app(op->req);
	const char *address;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	address = db_rows_count(rows) > 0 ? db_rows_text(rows, 0, 0) : "";
	if (!support_link_signed(worker->secret, op->link, address)) {
		letter_missing(op, 404);
		return;
	}
	if (!op->said) {
		letter_show(op, rows);
		return;
	}
	op->answer.address = arena_dup(http_arena(op->req), address);
	op->answer.yes = !strcmp(op->said, "ja");
	op->call = support_store_answer(worker->read_pool, http_arena(op->req),
		&op->answer, letter_on_answered, op);
}

static void letter_find(struct letter *op)
{
	const struct worker *worker = http_app(op->req);

	op->call = support_store_letter(worker->read_pool, http_arena(op->req),
		op->answer.id, letter_on_found, op);
}

void support_page_show(struct http_request *req)
{
	letter_find(letter_new(req));
}

static void letter_on_form(struct form_body *form, const struct error *err, void *arg)
{
	struct letter *op = arg;
	struct error refused = { 0 };
	const char *said = err ? NULL : form_body_value(form, "svar");

	op->form = NULL;
	if (err)
		refused = *err; /* it goes with the form */
	if (said && (!strcmp(said, "ja") || !strcmp(said, "nej")))
		op->said = arena_dup(http_arena(op->req), said);
	form_body_free(form);
	if (refused.code != ERR_NONE)
		http_reply_error(op->req, &refused);
	else
		letter_find(op);
}

void support_page_send(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct letter *op = letter_new(req);
	struct error err = { 0 };

	op->form = form_body_read(req,
		&(struct form_body_call){ .work = worker->work,
			.attachments = worker->attachments,
			.done = letter_on_form,
			.arg = op },
		&err);
	if (!op->form)
		http_reply_error(req, &err);
}
