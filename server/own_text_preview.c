#include "server/own_text_preview.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/template_set.h"
#include "server/day.h"
#include "server/mail_text.h"
#include "server/own_text.h"
#include "server/page.h"
#include "server/page_child.h"
#include "server/page_city.h"
#include "server/page_words.h"
#include "server/public_url.h"
#include "server/stamp.h"
#include "server/worker.h"

static const char sample_number[] = "2026-104233";
static const char sample_code[] = "ABCD-EFGH-JKMN";

#define SAMPLE_DAYS 14 /* from today to the answer of the example */

struct showing {
	struct http_request *req;
	const struct own_text *text;
	const struct catalogue *catalogue;
	const char *language;
};

static const char *sample_day(const struct showing *s, int32_t days)
{
	char *day = arena_alloc(http_arena(s->req), DAY_TEXT);

	day_format(day_of_instant(stamp_now() / 1000000) + days, day);
	return day;
}

static void letter_show(const struct showing *s, json_t *out)
{
	const struct worker *worker = http_app(s->req);
	const struct mail_sender sender = {
		.catalogue = s->catalogue,
		.templates = worker->templates,
		.url = public_url(s->req),
	};
	const struct mail_case c = {
		.kind = s->text->shown,
		.number = sample_number,
		.language = s->language,
		.received_on = sample_day(s, 0),
		.answer_by = sample_day(s, SAMPLE_DAYS),
		.shown_code = sample_code,
	};
	struct mail_words words;
	struct error err = { 0 };

	if (mail_text_words(http_arena(s->req), &sender, &c, &words, &err) < 0)
		return;
	json_object_set_new(out, "subject", json_string(words.subject));
	json_object_set_new(out, "text", json_string(words.body));
}

/* What the parts of pages ask for besides their texts. */
static void samples_add(struct page *page, const struct showing *s)
{
	json_t *day = page_words_day(page, sample_day(s, SAMPLE_DAYS));
	const char *date = json_string_value(json_object_get(day, "text"));

	page_city_add_promise(page);
	json_object_set_new(page->data, "next_answer",
		json_string(page_format(
			page, "receipt.next-2", TEXT_VALUES({ "date", date }))));
	json_decref(day);
	json_object_set_new(page->data, "case",
		json_pack("{s:s, s:s, s:s, s:b}", "number", sample_number, "code",
			sample_code, "follow", "/folj", "wants_reply", 1));
	json_object_set_new(
		page->data, "form", json_pack("{s:{s:s}}", "text", "value", ""));
}

/* The header and the footer have colours and measures of their own. */
static const char *where_of(const struct own_text *text)
{
	if (!strcmp(text->shown, "announcement"))
		return "at_top";
	return !strcmp(text->shown, "footer_note") ? "at_bottom" : "in_main";
}

/* Adds what the template makes of the page's data to it, as text. */
static int part_render(
	struct page *page, const char *name, struct evbuffer *buffer, struct error *err)
{
	return template_set_render(
		page->worker->templates, name, page->data, buffer, err);
}

static void page_show(const struct showing *s, json_t *out)
{
	struct evbuffer *part = evbuffer_new(), *whole = evbuffer_new();
	struct error err = { 0 };
	struct page page;

	page_make(&page, s->req, s->catalogue, s->language);
	if (!strcmp(s->text->place, "child"))
		page_for_child(&page);
	samples_add(&page, s);
	if (part_render(&page, s->text->shown, part, &err) == 0) {
		json_object_set_new(page.data, "html",
			json_stringn((const char *)evbuffer_pullup(part, -1),
				evbuffer_get_length(part)));
		json_object_set_new(page.data, where_of(s->text), json_true());
		if (part_render(&page, "fragment", whole, &err) == 0)
			json_object_set_new(out, "html",
				json_stringn((const char *)evbuffer_pullup(whole, -1),
					evbuffer_get_length(whole)));
	}
	json_decref(page.data);
	evbuffer_free(part);
	evbuffer_free(whole);
}

json_t *own_text_preview(struct http_request *req, const json_t *row)
{
	const struct worker *worker = http_app(req);
	struct showing s = { .req = req,
		.text = own_text_find(json_string_value(json_object_get(row, "text"))),
		.language = json_string_value(json_object_get(row, "language")) };
	struct catalogue *with;
	json_t *out;

	if (!s.text)
		return json_null();
	with = catalogue_with(worker->catalogue,
		&(const struct catalogue_own){ .language = s.language,
			.key = s.text->code,
			.text = json_string_value(json_object_get(row, "wording")),
			.paragraphs = s.text->form == OWN_TEXT_PARAGRAPHS },
		1);
	s.catalogue = with;
	out = json_object();
	if (own_text_is_letter(s.text))
		letter_show(&s, out);
	else
		page_show(&s, out);
	catalogue_free(with);
	return out;
}
