#include "server/pack_doc.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/page.h"
#include "server/page_number.h"

#define FEW "<5"
#define WITHHELD "··"

static const char *keyed(const struct pack_view *view, const char *before,
	const char *id, const char *after)
{
	return arena_printf(http_arena(view->page->req), "%s%s%s", before, id, after);
}

json_t *pack_section(struct pack_view *view, const char *code, const char *id)
{
	const char *title = page_text(view->page, keyed(view, "pack.", id, ".title"));
	const char *intro = page_find(view->page, keyed(view, "pack.", id, ".intro"));
	json_t *section = json_pack("{s:s, s:s, s:s, s:[], s:[], s:[]}", "code", code,
		"id", id, "title", title, "tables", "notes", "quotes");

	if (intro && intro[0])
		json_object_set_new(section, "intro", json_string(intro));
	json_array_append_new(view->sections, section);
	return section;
}

void pack_note_said(json_t *section, const char *text)
{
	json_array_append_new(json_object_get(section, "notes"), json_string(text));
}

void pack_quote(json_t *section, const struct pack_quote *quote)
{
	json_array_append_new(json_object_get(section, "quotes"),
		json_pack("{s:s?, s:s, s:s}", "title", quote->title, "text",
			quote->text, "lang", quote->language));
}

void pack_note(const struct pack_view *view, json_t *section, const char *key)
{
	pack_note_said(section, page_text(view->page, key));
}

json_t *pack_table(
	const struct pack_view *view, json_t *section, const char *id, const char *head)
{
	json_t *table = json_pack("{s:s, s:s, s:s, s:[], s:[]}", "id", id, "title",
		page_text(view->page, keyed(view, "pack.table.", id, "")), "head",
		page_text(view->page, head), "columns", "rows");

	json_array_append_new(json_object_get(section, "tables"), table);
	return table;
}

void pack_column_named(
	json_t *table, const char *id, const char *title, const char *kind)
{
	json_array_append_new(json_object_get(table, "columns"),
		json_pack("{s:s, s:s, s:s}", "id", id, "title", title, "kind", kind));
}

void pack_column(const struct pack_view *view, json_t *table, const char *id,
	const char *key, const char *kind)
{
	pack_column_named(table, id, page_text(view->page, key), kind);
}

json_t *pack_row(json_t *table, const char *id, const char *name)
{
	json_t *row = json_pack("{s:s, s:s, s:[]}", "id", id, "name", name, "cells");

	json_array_append_new(json_object_get(table, "rows"), row);
	return row;
}

void pack_chart_set(
	json_t *table, const char *kind, const char *column, const char *compare)
{
	json_t *chart = json_pack("{s:s}", "kind", kind);

	if (column)
		json_object_set_new(chart, "column", json_string(column));
	if (compare)
		json_object_set_new(chart, "compare", json_string(compare));
	json_object_set_new(table, "chart", chart);
}

/* ---- cells ---- */

static void cell_add(json_t *row, json_t *cell)
{
	json_array_append_new(json_object_get(row, "cells"), cell);
}

static void cell_hidden(json_t *row, enum suppress_mark mark)
{
	cell_add(row, json_pack("{s:n, s:s, s:s}", "n", "text",
			      mark == SUPPRESS_FEW ? FEW : WITHHELD, "mark",
			      mark == SUPPRESS_FEW ? "few" : "withheld"));
}

void pack_cell_none(json_t *row)
{
	cell_add(row, json_pack("{s:n, s:s, s:s}", "n", "text", PAGE_NUMBER_NONE,
			      "mark", "none"));
}

static void cell_shown(json_t *row, int64_t n, const char *text)
{
	cell_add(row, json_pack("{s:I, s:s, s:s}", "n", (json_int_t)n, "text", text,
			      "mark", "shown"));
}

void pack_cell_count(
	const struct pack_view *view, json_t *row, struct pack_figure figure)
{
	if (figure.mark != SUPPRESS_SHOWN)
		cell_hidden(row, figure.mark);
	else
		cell_shown(row, figure.n, page_number(view->page, figure.n));
}

void pack_cell_days(
	const struct pack_view *view, json_t *row, struct pack_figure figure)
{
	if (figure.known)
		cell_shown(row, figure.n, page_number(view->page, figure.n));
	else
		pack_cell_none(row);
}

void pack_cell_share(const struct pack_view *view, json_t *row, struct pack_figure part,
	struct pack_figure whole)
{
	const struct page *page = view->page;

	if (part.mark != SUPPRESS_SHOWN || whole.mark != SUPPRESS_SHOWN) {
		cell_hidden(row, SUPPRESS_WITHHELD);
		return;
	}
	if (whole.n == 0) {
		pack_cell_none(row);
		return;
	}
	cell_add(row, json_pack("{s:I, s:I, s:s, s:s, s:s}", "n", (json_int_t)part.n,
			      "of", (json_int_t)whole.n, "text",
			      page_share(page, part.n, whole.n), "note",
			      page_format(page, "pack.of",
				      TEXT_VALUES({ "n", page_number(page, part.n) },
					      { "of", page_number(page, whole.n) })),
			      "mark", "shown"));
}

/* With one decimal, of tenths. */
static void cell_tenths(
	const struct page *page, json_t *row, int64_t tenths, const char *note)
{
	cell_add(row,
		json_pack("{s:f, s:s, s:s?, s:s}", "n", (double)tenths / 10, "text",
			page_format(page, "pack.decimal",
				TEXT_VALUES({ "n", page_number(page, tenths / 10) },
					{ "tenths", page_number(page, tenths % 10) })),
			"note", note, "mark", "shown"));
}

void pack_cell_index(const struct pack_view *view, json_t *row,
	struct pack_figure points, struct pack_figure answers)
{
	if (answers.mark == SUPPRESS_SHOWN && answers.n == 0)
		pack_cell_none(row);
	else if (answers.mark != SUPPRESS_SHOWN || !points.known)
		cell_hidden(row, SUPPRESS_WITHHELD);
	else
		cell_tenths(view->page, row,
			(20 * points.n + answers.n) / (2 * answers.n), NULL);
}

void pack_cell_rate(const struct pack_view *view, json_t *row, struct pack_figure part,
	struct pack_figure whole, const char *note)
{
	if (!whole.known || whole.n <= 0) {
		pack_cell_none(row);
		return;
	}
	if (part.mark != SUPPRESS_SHOWN) {
		cell_hidden(row, SUPPRESS_WITHHELD);
		return;
	}
	cell_tenths(view->page, row, (20000 * part.n + whole.n) / (2 * whole.n), note);
}

void pack_cell_change(const struct pack_view *view, json_t *row, struct pack_figure now,
	struct pack_figure before)
{
	if (now.mark != SUPPRESS_SHOWN || before.mark != SUPPRESS_SHOWN) {
		cell_hidden(row, SUPPRESS_WITHHELD);
		return;
	}
	cell_shown(row, now.n - before.n,
		page_number_signed(view->page, now.n - before.n));
}
