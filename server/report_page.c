#include "server/report_page.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/page.h"
#include "server/page_staff.h"
#include "server/page_words.h"
#include "server/report_text.h"
#include "server/report_width.h"
#include "server/report_words.h"
#include "server/session.h"
#include "server/statistics_page.h"
#include "server/worker.h"

#define LANGUAGE "sv"

static const char *string_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

const char *report_page_root(struct http_request *req, const char *board)
{
	return arena_printf(http_arena(req), STATISTICS_ROOT "%s/rapport", board);
}

/* ---- what templates ask for by a name that is there or not ---- */

static void cells_flag(json_t *row, const json_t *columns)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(row, "cells"), i, cell)
	{
		const char *mark = string_of(cell, "mark");
		const char *kind = string_of(json_array_get(columns, i), "kind");

		json_object_set_new(cell, "hidden",
			json_boolean(
				!strcmp(mark, "few") || !strcmp(mark, "withheld")));
		json_object_set_new(cell, "words", json_boolean(!strcmp(kind, "text")));
	}
}

static void table_flag(json_t *table)
{
	json_t *columns = json_object_get(table, "columns"), *column, *row;
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
		cells_flag(row, columns);
	json_array_foreach(columns, i, column) json_object_set_new(column, "words",
		json_boolean(!strcmp(string_of(column, "kind"), "text")));
	report_width(table);
}

json_t *report_page_sections(const json_t *report)
{
	json_t *sections = json_deep_copy(json_object_get(report, "sections"));
	json_t *section, *table;
	size_t i, k;

	json_array_foreach(sections, i, section)
	{
		json_object_set_new(section, "blocks",
			report_text_blocks(string_of(section, "text")));
		json_array_foreach(json_object_get(section, "tables"), k, table)
			table_flag(table);
	}
	return sections;
}

/* "Version 3, sparad 4 maj 2026 kl. 10.12 av Siv Ek." */
static json_t *saved_json(const struct page *page, const json_t *report)
{
	struct arena *arena = http_arena(page->req);
	json_t *at, *text;
	json_int_t version = json_integer_value(json_object_get(report, "version"));

	if (version == 0)
		return json_null();
	at = page_words_instant(page, string_of(report, "savedAt"));
	text = json_string(page_fill(page, report_word("page.saved"),
		TEXT_VALUES({ "n", arena_printf(arena, "%lld", (long long)version) },
			{ "at", string_of(at, "text") },
			{ "by", string_of(report, "savedBy") })));
	json_decref(at);
	return text;
}

/* Frames are in the reader's language, the report is not. */
static json_t *saved_in_swedish(const struct page *page, const json_t *report)
{
	struct page swedish;
	json_t *text;

	page_make(&swedish, page->req, page->catalogue, LANGUAGE);
	text = saved_json(&swedish, report);
	json_decref(swedish.data);
	return text;
}

static void report_add(struct page *page, const json_t *report)
{
	static const char *const members[] = { "title", "name", "state", "complete",
		"board", "latest" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_set(
			page->data, members[i], json_object_get(report, members[i]));
	json_object_set_new(page->data, "saved", saved_in_swedish(page, report));
	json_object_set_new(page->data, "w", report_words_page());
}

/* The way to all boards beside each other, for those who may see it; NULL JSON for
 * others. */
static json_t *types_link(struct http_request *req, const char *period)
{
	if (!session_has_role(session_get(req), "analyst", NULL))
		return json_null();
	return json_string(arena_printf(http_arena(req), STATISTICS_ROOT "typer%s%s",
		period[0] ? "?period=" : "", period));
}

static void links_add(struct page *page, const json_t *report, const char *query)
{
	const char *root = report_page_root(
		page->req, string_of(json_object_get(report, "board"), "code"));

	json_object_set_new(page->data, "root", json_string(root));
	json_object_set_new(page->data, "href",
		json_string(arena_printf(http_arena(page->req), "%s/%s", root,
			string_of(report, "period"))));
	json_object_set_new(page->data, "query", json_string(query));
	json_object_set_new(page->data, "types",
		types_link(page->req, string_of(report, "period")));
}

/* ---- the pages ---- */

void report_page_reply(
	struct http_request *req, const json_t *report, const char *query)
{
	struct page page;

	page_staff_init(&page, req, STATISTICS_ROOT);
	report_add(&page, report);
	links_add(&page, report, query);
	json_object_set_new(page.data, "sections", report_page_sections(report));
	page_reply(&page, 200, "report");
}

void report_page_ils(struct http_request *req, const json_t *report, const char *query)
{
	struct page page;

	page_staff_init(&page, req, STATISTICS_ROOT);
	report_add(&page, report);
	links_add(&page, report, query);
	json_object_set_new(page.data, "groups", report_text_ils(report));
	page_reply(&page, 200, "report_ils");
}

int report_page_print(struct http_request *req, const json_t *report, bool for_paper,
	struct evbuffer *out, struct error *err)
{
	const struct worker *worker = http_app(req);
	struct page page;

	page_make(&page, req, worker->catalogue, LANGUAGE);
	report_add(&page, report);
	json_object_set_new(page.data, "sections", report_page_sections(report));
	return page_render(&page, for_paper ? "report_pdf" : "report_doc", out, err);
}

void report_page_list(struct http_request *req, const json_t *items, const char *board)
{
	struct page page;
	json_t *list = json_deep_copy(items), *item;
	const char *root = report_page_root(req, board);
	size_t i;

	page_staff_init(&page, req, STATISTICS_ROOT);
	json_array_foreach(list, i, item)
	{
		json_object_set_new(item, "href",
			json_string(arena_printf(http_arena(req), "%s/%s", root,
				string_of(item, "period"))));
		json_object_set_new(item, "saved", saved_in_swedish(&page, item));
	}
	json_object_set_new(page.data, "boardName",
		json_string(statistics_page_board_name(&page, board)));
	json_object_set_new(page.data, "title",
		json_string(page_fill(&page, report_word("page.list"),
			TEXT_VALUES({ "board",
				statistics_page_board_name(&page, board) }))));
	json_object_set_new(page.data, "w", report_words_page());
	json_object_set_new(
		page.data, "empty", json_boolean(json_array_size(list) == 0));
	json_object_set_new(page.data, "items", list);
	json_object_set_new(page.data, "types", types_link(req, ""));
	page_reply(&page, 200, "reports");
}
