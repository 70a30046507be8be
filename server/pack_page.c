#include "server/pack_page.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/day.h"
#include "server/pack_chart.h"
#include "server/page.h"
#include "server/report_page.h"
#include "server/session.h"
#include "server/stamp.h"
#include "server/statistics_page.h"
#include "server/statistics_view.h"
#include "server/worker.h"

/* Other months and the files of it are told the same way. */
static const char *query_of(const struct pack_around *around)
{
	return around->is_mapped ? "?som=idag" : "";
}

/* The board that has an ended one's tasks today; its own otherwise. */
static const char *board_today(const struct page *page, const char *board)
{
	const struct city *city = city_holder_get(page->worker->city);
	const struct city_board *today =
		city ? city_board_on(city, board, day_of_instant(stamp_now() / 1000000))
		     : NULL;

	return today ? today->code : board;
}

static bool may_see(struct http_request *req, const char *board)
{
	const struct session *session = session_get(req);
	bool may = session_has_role(session, "analyst", NULL);

	for (size_t i = 0; i < session->n_roles; i++)
		may = may || (!session->roles[i].unit &&
				     !strcmp(session->roles[i].board, board));
	return may;
}

/* The way from as it was to today's codes and back. */
static void other_way(struct page *page, const struct pack_around *around)
{
	const char *board =
		around->is_mapped ? around->board : board_today(page, around->board);
	const char *href = statistics_page_href(page->req, board, around->month);

	if (!around->is_mapped)
		href = arena_printf(http_arena(page->req), "%s?som=idag", href);
	json_object_set_new(page->data, "mapped", json_boolean(around->is_mapped));
	json_object_set_new(page->data, "query", json_string(query_of(around)));
	json_object_set_new(page->data, "otherWay",
		may_see(page->req, board) ? json_string(href) : json_null());
}

static json_t *link_json(
	const struct page *page, const struct pack_around *around, const char *month)
{
	json_t *link = statistics_view_month(page, month);

	json_object_set_new(link, "href",
		json_string(arena_printf(http_arena(page->req), "%s%s",
			statistics_page_href(page->req, around->board, month),
			query_of(around))));
	return link;
}

/* The months before and after, as far as there are figures and at least to today's. */
static void month_links(struct page *page, const struct pack_around *around)
{
	const char *now = statistics_page_month_now(http_arena(page->req));
	const char *before = statistics_view_step(page, around->month, -1);
	const char *after = statistics_view_step(page, around->month, 1);
	const char *last = around->last;

	if (!last || strcmp(last, now) < 0)
		last = now;
	json_object_set_new(page->data, "before",
		around->first && strcmp(before, around->first) >= 0
			? link_json(page, around, before)
			: json_null());
	json_object_set_new(page->data, "after",
		strcmp(after, last) <= 0 ? link_json(page, around, after)
					 : json_null());
	json_object_set_new(
		page->data, "running", json_boolean(strcmp(around->month, now) == 0));
	json_object_set_new(
		page->data, "ahead", json_boolean(strcmp(around->month, now) > 0));
	json_object_set_new(page->data, "href",
		json_string(
			statistics_page_href(page->req, around->board, around->month)));
}

static const char *chart_text(const void *page, const char *key)
{
	return page_text(page, key);
}

/* What templates ask for by a name that is there or not. */
static void table_flags(const struct page *page, json_t *table)
{
	struct pack_chart_words words;
	const char *svg;
	json_t *row, *cell;
	size_t i, k;

	pack_chart_words_fill(&words, chart_text, page);
	svg = pack_chart(http_arena(page->req), table, &words);
	json_object_set_new(table, "svg", svg ? json_string(svg) : json_null());
	json_object_set_new(table, "many",
		json_boolean(json_array_size(json_object_get(table, "columns")) > 7));
	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		json_array_foreach(json_object_get(row, "cells"), k, cell)
		{
			const char *mark =
				json_string_value(json_object_get(cell, "mark"));

			json_object_set_new(cell, "hidden",
				json_boolean(!strcmp(mark, "few") ||
					     !strcmp(mark, "withheld")));
		}
	}
}

/* A copy that the template may have its flags in. */
static json_t *sections_json(const struct page *page, const json_t *doc)
{
	json_t *sections = json_deep_copy(json_object_get(doc, "sections"));
	json_t *section, *table;
	size_t i, k;

	json_array_foreach(sections, i, section)
	{
		json_array_foreach(json_object_get(section, "tables"), k, table)
			table_flags(page, table);
	}
	return sections;
}

void pack_page_doc(struct page *page, const json_t *doc)
{
	static const char *const members[] = { "title", "boardName", "monthName",
		"month", "state", "hash", "frozen", "corrections", "definitions",
		NULL };

	for (size_t i = 0; members[i]; i++)
		json_object_set(
			page->data, members[i], json_object_get(doc, members[i]));
	json_object_set_new(page->data, "sections", sections_json(page, doc));
	json_object_set_new(page->data, "corrected",
		json_boolean(json_array_size(json_object_get(doc, "corrections")) > 0));
}

void pack_page_reply(
	struct page *page, const json_t *doc, const struct pack_around *around)
{
	pack_page_doc(page, doc);
	json_object_set_new(page->data, "city", json_boolean(!around->board[0]));
	json_object_set_new(page->data, "comparison",
		around->board[0] ? json_null()
				 : json_string(statistics_page_comparison(
					   page->req, around->month)));
	json_object_set_new(page->data, "reports",
		around->board[0]
			? json_string(report_page_root(page->req, around->board))
			: json_null());
	json_object_set_new(page->data, "board", json_string(around->board));
	json_object_set_new(page->data, "csrf", json_string(around->csrf));
	json_object_set_new(page->data, "correct",
		json_boolean(around->may_correct && around->differs > 0));
	json_object_set_new(page->data, "subscription",
		around->letters != PACK_LETTERS_NOWHERE
			? json_pack("{s:b, s:s}", "on",
				  around->letters == PACK_LETTERS_ON, "code",
				  statistics_page_code(around->board))
			: json_null());
	month_links(page, around);
	other_way(page, around);
	page_reply(page, 200, "month");
}

int pack_page_print(
	struct page *page, const json_t *doc, struct evbuffer *out, struct error *err)
{
	pack_page_doc(page, doc);
	return page_render(page, "month_pdf", out, err);
}
