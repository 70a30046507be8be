#include "server/result_page.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/pack_chart.h"
#include "server/page.h"
#include "server/result.h"
#include "server/result_view.h"

void result_page_may_be_kept(struct page *page)
{
	if (page->remember)
		page_may_be_kept(page);
	else
		http_set_header(page->req, "Cache-Control", "public, max-age=3600");
}

static const char *chart_text(const void *page, const char *key)
{
	return page_text(page, key);
}

/* The table of months in the form that pictures are drawn from. */
static json_t *months_table(const struct page *page, const json_t *months)
{
	json_t *rows = json_array();
	const json_t *month;
	size_t i;

	json_array_foreach(months, i, month)
	{
		json_array_append_new(
			rows, json_pack("{s:O, s:O, s:[O]}", "id",
				      json_object_get(month, "month"), "name",
				      json_object_get(month, "name"), "cells",
				      json_object_get(month, "received")));
	}
	return json_pack("{s:s, s:s, s:s, s:[{s:s, s:s, s:s}], s:o, s:{s:s, s:s}}",
		"id", "months", "title", page_text(page, "results.months"), "head",
		page_text(page, "results.month"), "columns", "id", "received", "title",
		page_text(page, "results.count"), "kind", "count", "rows", rows,
		"chart", "kind", "bars", "column", "received");
}

static json_t *months_svg(const struct page *page, const json_t *months)
{
	struct pack_chart_words words;
	json_t *table = months_table(page, months);
	const char *svg;

	pack_chart_words_fill(&words, chart_text, page);
	svg = pack_chart(http_arena(page->req), table, &words);
	json_decref(table);
	return svg ? json_string(svg) : json_null();
}

/* The period before and after the one that is shown. */
static void steps_add(struct page *page, const json_t *doc)
{
	const json_t *periods = json_object_get(doc, "periods"), *period;
	const char *now = json_string_value(
		json_object_get(json_object_get(doc, "period"), "from"));
	const char *code = json_string_value(
		json_object_get(json_object_get(doc, "district"), "code"));
	size_t i;

	json_array_foreach(periods, i, period)
	{
		const char *from = json_string_value(json_object_get(period, "from"));
		int order = strcmp(from, now);
		json_t *step;

		if (order == 0 || (order > 0 && json_object_get(page->data, "after")))
			continue;
		step = json_pack("{s:s, s:O}", "href",
			arena_printf(http_arena(page->req), "/resultat/%s?period=%s",
				code, from),
			"text", json_object_get(period, "name"));
		json_object_set_new(page->data, order < 0 ? "before" : "after", step);
	}
}

void result_page_reply(struct http_request *req, const struct result *result,
	const struct city_district *district)
{
	json_t *doc;
	struct page page;

	page_init(&page, req, NULL);
	result_page_may_be_kept(&page);
	json_object_set_new(page.data, "title",
		json_string(page_format(&page, "results.title-of",
			TEXT_VALUES({ "district", district->name }))));
	json_object_set_new(page.data, "robots", json_string("index,follow"));
	json_object_set_new(page.data, "foreign", json_boolean(page_is_foreign(&page)));
	doc = result_view(&page, result, district);
	if (result->n_shown > 0) {
		steps_add(&page, doc);
		json_object_set_new(
			doc, "svg", months_svg(&page, json_object_get(doc, "months")));
	}
	json_object_set_new(page.data, "some", json_boolean(result->n_shown > 0));
	json_object_set_new(page.data, "results", doc);
	page_reply(&page, 200, "results");
}
