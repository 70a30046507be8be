#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/compare.h"
#include "server/compare_view.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/report_view.h"
#include "server/report_words.h"
#include "server/type_compare.h"

struct types_doc {
	const struct type_compare *types;
	struct pack_view view; /* of the city */
	const struct report_period *period;
	const char *const *items; /* the types, most first */
	json_t *section;
};

static struct arena *arena_of(const struct types_doc *doc)
{
	return http_arena(doc->view.page->req);
}

/* ---- columns ---- */

/* Each type in the period, then in the one before; group and year are the title apart.
 */
static void type_columns(
	const struct types_doc *doc, json_t *table, const char *id, const char *name)
{
	struct arena *arena = arena_of(doc);

	for (int back = 0; back < 2; back++) {
		const char *year = arena_printf(arena, "%d", doc->period->year - back);

		json_array_append_new(json_object_get(table, "columns"),
			json_pack("{s:s, s:s, s:s, s:s, s:s}", "id",
				arena_printf(
					arena, "%s%s", id, back ? "-last-year" : ""),
				"title", arena_printf(arena, "%s %s", name, year),
				"kind", "count", "group", name, "year", year));
	}
}

static void columns(const struct types_doc *doc, json_t *table)
{
	for (const char *const *item = doc->items; *item; item++)
		type_columns(doc, table, item[0][0] ? *item : "none",
			pack_name(&doc->view, "type", *item));
	type_columns(doc, table, "all", page_text(doc->view.page, "pack.all"));
}

/* ---- rows ---- */

static void cells_pair(
	const struct pack_view *view, json_t *row, const char *part, const char *item)
{
	pack_cell_count(view, row, pack_now(view, part, item, "received"));
	if (pack_last_year(view->pack))
		pack_cell_count(view, row, pack_before(view, part, item, "received"));
	else
		pack_cell_none(row);
}

static void cells(const struct types_doc *doc, json_t *row, const struct pack *pack)
{
	struct pack_view view = doc->view;

	view.pack = pack;
	for (const char *const *item = doc->items; *item; item++)
		cells_pair(&view, row, "type", *item);
	cells_pair(&view, row, "whole", "");
}

static void table_make(const struct types_doc *doc)
{
	const struct compare *compare = doc->types->compare;
	const struct page *page = doc->view.page;
	json_t *table = json_pack("{s:s, s:s, s:s, s:[], s:[]}", "id", "boards-types",
		"title", report_word("table.boards-types"), "head",
		page_text(page, "compare.board"), "columns", "rows");
	json_t *row;

	json_array_append_new(json_object_get(doc->section, "tables"), table);
	columns(doc, table);
	for (size_t i = 0; i < compare->n_boards; i++)
		cells(doc,
			pack_row(table, compare->boards[i].code,
				compare->boards[i].name),
			compare->boards[i].pack);
	row = pack_row(table, "all", page_text(page, "statistics.city"));
	json_object_set_new(row, "total", json_true());
	cells(doc, row, compare->city);
}

static void section_make(struct types_doc *doc)
{
	const struct compare *compare = doc->types->compare;

	doc->section = json_pack("{s:s, s:s, s:s, s:s, s:[], s:[]}", "code", "A", "id",
		"types", "title", report_word("types.boards"), "text", "", "tables",
		"notes");
	json_array_append_new(doc->view.sections, doc->section);
	if (!doc->view.pack) {
		pack_note_said(doc->section, report_word("not-begun"));
		return;
	}
	doc->items = pack_sorted(&doc->view, "type", "received");
	table_make(doc);
	pack_note_said(doc->section, report_word("types.once"));
	pack_note_said(doc->section, report_word("small"));
	for (size_t i = 0; i < compare->n_boards; i++)
		compare_ended_note(doc->view.page, doc->section, &compare->boards[i]);
}

/* ---- the whole ---- */

json_t *type_compare_view(const struct page *page, const struct report_period *period,
	const struct type_compare *types)
{
	struct types_doc doc = { .types = types,
		.view = { page, types->compare->city, json_array() },
		.period = period };
	json_t *whole =
		report_view_frame(page, &(struct report_source){ .period = *period,
						.board = "",
						.board_name = "",
						.sum = &types->city });

	section_make(&doc);
	json_object_set_new(whole, "title",
		json_string(page_fill(page, report_word("types.title"),
			TEXT_VALUES({ "name", report_name(page, period) }))));
	json_object_set_new(whole, "sections", doc.view.sections);
	json_object_del(whole, "board");
	json_object_del(whole, "mayWrite");
	return whole;
}
