/*
 * pack_doc - the document that every form of the monthly pack is made of: page, files
 * and API. Sections hold tables, tables rows, rows cells; a cell has a number (n, of a
 * share also "of"), the text that people read and its mark. A number that is not shown
 * is not in the document.
 *
 *   {sections: [{code, id, title, intro, tables: [{id, title, head, columns: [{id,
 *   title, kind}], rows: [{id, name, total, cells: [{n, of, text, note, mark}]}],
 *   chart: {kind, column, compare}}], notes: [text], quotes: [{title, text, lang}]}]}
 *
 * Makers return borrowed references: the document owns them.
 */
#ifndef SYNPUNKT_SERVER_PACK_DOC_H
#define SYNPUNKT_SERVER_PACK_DOC_H

#include <jansson.h>

#include "server/pack.h"

struct page;

struct pack_view {
	const struct page *page; /* whose language the texts are in */
	const struct pack *pack;
	json_t *sections;
};

/* Texts are keys of the catalogue: "pack.{id}.title" and ".intro", if there is one. */
json_t *pack_section(struct pack_view *view, const char *code, const char *id);
void pack_note(const struct pack_view *view, json_t *section, const char *key);
void pack_note_said(json_t *section, const char *text);

/* What staff or residents wrote, after the notes. */
struct pack_quote {
	const char *title; /* or NULL */
	const char *text, *language;
};
void pack_quote(json_t *section, const struct pack_quote *quote);

/* "pack.table.{id}" is its title, head the key of what its rows are. */
json_t *pack_table(const struct pack_view *view, json_t *section, const char *id,
	const char *head);
/* kind: "count", "share", "change", "days", "rate". */
void pack_column(const struct pack_view *view, json_t *table, const char *id,
	const char *key, const char *kind);
/* The same with a title at hand. */
void pack_column_named(
	json_t *table, const char *id, const char *title, const char *kind);
json_t *pack_row(json_t *table, const char *id, const char *name);
void pack_chart_set(
	json_t *table, const char *kind, const char *column, const char *compare);

/* Cells of a row, in the order of the columns. */
void pack_cell_count(
	const struct pack_view *view, json_t *row, struct pack_figure figure);
void pack_cell_none(json_t *row);
/* Working days: known only where a figure is. */
void pack_cell_days(
	const struct pack_view *view, json_t *row, struct pack_figure figure);
/* Per thousand of whole, when part is shown and whole known; note is for the cell. */
void pack_cell_rate(const struct pack_view *view, json_t *row, struct pack_figure part,
	struct pack_figure whole, const char *note);
/* Mean of so many answers that have so many points, with one decimal: where those may
 * be told. */
void pack_cell_index(const struct pack_view *view, json_t *row,
	struct pack_figure points, struct pack_figure answers);
/* Shown only when both are. */
void pack_cell_share(const struct pack_view *view, json_t *row, struct pack_figure part,
	struct pack_figure whole);
void pack_cell_change(const struct pack_view *view, json_t *row, struct pack_figure now,
	struct pack_figure before);

#endif
