/*
 * A section's sheet: title, state, what is said of it, then table after table, each
 * with its chart beside it where there is room within the page, else under it.
 */
#include <math.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_format.h"
#include "server/pack_xlsx_private.h"

#define NAME_WIDTH_MIN 20.0
#define NAME_WIDTH_MAX 44.0
#define CELL_WIDTH_MIN 9.0
#define CELL_WIDTH_MAX 18.0
#define HEAD_LINES_AIM 2
#define CHART_GAP 24

static const struct {
	const char *name;
	enum pack_xlsx_format format;
} kinds[] = {
	[PACK_XLSX_KIND_COUNT] = { "count", PACK_XLSX_COUNT },
	[PACK_XLSX_KIND_CHANGE] = { "change", PACK_XLSX_CHANGE },
	[PACK_XLSX_KIND_SHARE] = { "share", PACK_XLSX_SHARE },
	[PACK_XLSX_KIND_DAYS] = { "days", PACK_XLSX_DAYS },
	[PACK_XLSX_KIND_RATE] = { "rate", PACK_XLSX_PART },
};

static enum pack_xlsx_kind kind_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return (enum pack_xlsx_kind)i;
	return PACK_XLSX_KIND_COUNT;
}

/* ---- what a table is ---- */

static void columns_read(struct pack_xlsx_book *book, struct pack_xlsx_table *table)
{
	const json_t *columns = json_object_get(table->json, "columns"), *column;
	lxw_col_t col = 1;
	size_t i;

	table->n_columns = json_array_size(columns);
	table->columns =
		arena_array(book->arena, table->n_columns + 1, sizeof(*table->columns));
	json_array_foreach(columns, i, column)
	{
		struct pack_xlsx_column *c = &table->columns[i];

		c->id = pack_xlsx_string(column, "id");
		c->title = pack_xlsx_clean(book, pack_xlsx_string(column, "title"));
		c->kind = kind_of(pack_xlsx_string(column, "kind"));
		c->col = col;
		col += c->kind == PACK_XLSX_KIND_SHARE ? 3 : 1;
	}
	table->last_col = col - 1;
}

static void rows_read(struct pack_xlsx_book *book, struct pack_xlsx_table *table)
{
	const json_t *rows = json_object_get(table->json, "rows"), *row;
	size_t i, total = 0;

	table->n_rows = json_array_size(rows);
	table->rows = arena_array(book->arena, table->n_rows + 1, sizeof(*table->rows));
	json_array_foreach(rows, i, row)
	{
		if (json_is_true(json_object_get(row, "total")))
			total++;
		else
			table->rows[table->n_drawn++] = row;
	}
	total = table->n_drawn;
	json_array_foreach(rows, i, row)
	{
		if (json_is_true(json_object_get(row, "total")))
			table->rows[total++] = row;
	}
}

static void table_read(
	struct pack_xlsx_book *book, const json_t *json, struct pack_xlsx_table *table)
{
	const json_t *chart = json_object_get(json, "chart");

	table->json = json;
	table->title = pack_xlsx_clean(book, pack_xlsx_string(json, "title"));
	table->chart = json_is_object(chart) ? chart : NULL;
	columns_read(book, table);
	rows_read(book, table);
}

/* ---- widths ---- */

static void widen(double *width, double chars, double min, double max)
{
	if (chars < min)
		chars = min;
	if (chars > max)
		chars = max;
	if (*width < chars)
		*width = chars;
}

static const char *head_text(
	struct pack_xlsx_book *book, const struct pack_xlsx_column *column, int part)
{
	const struct text_value *values = TEXT_VALUES({ "name", column->title });

	if (part == 0)
		return column->title;
	return text_format(book->arena,
		part == 1 ? book->words->part : book->words->whole, values);
}

static int parts_of(const struct pack_xlsx_column *column)
{
	return column->kind == PACK_XLSX_KIND_SHARE ? 3 : 1;
}

/* The least width at which a heading takes only so many lines. */
static double head_width(const char *text)
{
	double chars = CELL_WIDTH_MIN;

	while (chars < CELL_WIDTH_MAX &&
		pack_xlsx_lines(text, chars - 1) > HEAD_LINES_AIM)
		chars++;
	for (const char *p = text; *p;
		p += strcspn(p, " ") + (p[strcspn(p, " ")] == ' '))
		widen(&chars, (double)strcspn(p, " ") + 1.5, chars, CELL_WIDTH_MAX);
	return chars;
}

static void columns_measure(
	struct pack_xlsx_book *book, const struct pack_xlsx_table *table, double *width)
{
	for (size_t i = 0; i < table->n_columns; i++)
		for (int part = 0; part < parts_of(&table->columns[i]); part++)
			widen(&width[table->columns[i].col + part],
				head_width(head_text(book, &table->columns[i], part)),
				CELL_WIDTH_MIN, CELL_WIDTH_MAX);
}

static void table_measure(
	struct pack_xlsx_book *book, const struct pack_xlsx_table *table, double *width)
{
	widen(&width[0],
		(double)pack_xlsx_length(pack_xlsx_string(table->json, "head")) + 2,
		NAME_WIDTH_MIN, NAME_WIDTH_MAX);
	for (size_t i = 0; i < table->n_rows; i++)
		widen(&width[0],
			(double)pack_xlsx_length(
				pack_xlsx_string(table->rows[i], "name")) +
				2,
			NAME_WIDTH_MIN, NAME_WIDTH_MAX);
	columns_measure(book, table, width);
}

/* ---- a table on the sheet ---- */

/* The headings of one column; lines becomes what they take if that is more. */
static void head_cells(struct pack_xlsx_sheet *sheet,
	const struct pack_xlsx_column *column, unsigned *lines)
{
	for (int part = 0; part < parts_of(column); part++) {
		lxw_col_t col = column->col + (lxw_col_t)part;
		const char *text = head_text(sheet->book, column, part);
		unsigned n = pack_xlsx_lines(text, sheet->width[col] - 1);

		pack_xlsx_write(sheet, sheet->row, col, text, PACK_XLSX_HEAD_RIGHT);
		if (n > *lines)
			*lines = n;
	}
}

static void head_write(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table)
{
	const char *head = pack_xlsx_string(table->json, "head");
	unsigned lines = pack_xlsx_lines(head, sheet->width[0] - 1);

	pack_xlsx_write(sheet, sheet->row, 0, head, PACK_XLSX_HEAD);
	for (size_t i = 0; i < table->n_columns; i++)
		head_cells(sheet, &table->columns[i], &lines);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW * lines + 4);
}

static void number_write(struct pack_xlsx_sheet *sheet, lxw_col_t col, double value,
	enum pack_xlsx_format format)
{
	pack_xlsx_try(sheet->book, worksheet_write_number(sheet->sheet, sheet->row, col,
					   value, sheet->book->formats[format]));
}

static void blank_write(
	struct pack_xlsx_sheet *sheet, lxw_col_t col, enum pack_xlsx_format format)
{
	pack_xlsx_try(sheet->book, worksheet_write_blank(sheet->sheet, sheet->row, col,
					   sheet->book->formats[format]));
}

/* The fraction that the two numbers make, so that the cell can be reckoned with. */
static void share_write(struct pack_xlsx_sheet *sheet,
	const struct pack_xlsx_column *column, const json_t *cell, int total)
{
	double n = json_number_value(json_object_get(cell, "n"));
	double of = json_number_value(json_object_get(cell, "of"));

	number_write(sheet, column->col, n / of, PACK_XLSX_SHARE + total);
	number_write(sheet, column->col + 1, n, PACK_XLSX_COUNT + total);
	number_write(sheet, column->col + 2, of, PACK_XLSX_COUNT + total);
}

static bool is_number(const struct pack_xlsx_column *column, const json_t *cell)
{
	return pack_xlsx_is_shown(cell) &&
	       (column->kind != PACK_XLSX_KIND_SHARE ||
		       json_number_value(json_object_get(cell, "of")) > 0);
}

static void cell_write(struct pack_xlsx_sheet *sheet,
	const struct pack_xlsx_column *column, const json_t *cell, int total)
{
	double n = json_number_value(json_object_get(cell, "n"));
	enum pack_xlsx_format format = kinds[column->kind].format;

	if (!is_number(column, cell)) {
		pack_xlsx_write(sheet, sheet->row, column->col,
			pack_xlsx_string(cell, "text"), PACK_XLSX_MARK + total);
		for (int part = 1; part < parts_of(column); part++)
			blank_write(sheet, column->col + part, PACK_XLSX_MARK + total);
		return;
	}
	if (column->kind == PACK_XLSX_KIND_SHARE) {
		share_write(sheet, column, cell, total);
		return;
	}
	if (n != floor(n))
		format = format == PACK_XLSX_CHANGE ? PACK_XLSX_CHANGE_PART
						    : PACK_XLSX_PART;
	number_write(sheet, column->col, n, format + total);
}

static void row_write(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table, size_t i)
{
	const json_t *row = table->rows[i], *cells = json_object_get(row, "cells");
	const char *name = pack_xlsx_string(row, "name");
	int total = i < table->n_drawn ? 0 : PACK_XLSX_TOTAL_NAME - PACK_XLSX_NAME;

	pack_xlsx_write(sheet, sheet->row, 0, name, PACK_XLSX_NAME + total);
	for (size_t c = 0; c < table->n_columns; c++)
		cell_write(sheet, &table->columns[c], json_array_get(cells, c), total);
	pack_xlsx_row_end(
		sheet, PACK_XLSX_ROW * pack_xlsx_lines(name, sheet->width[0] - 1));
}

/* ---- and its chart ---- */

static double table_width(
	const struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table)
{
	double width = 0;

	for (lxw_col_t col = 0; col <= table->last_col; col++)
		width += pack_xlsx_width(sheet, col);
	return width;
}

/* Beside the table if the page has room for it there, else under. */
static void chart_place(
	const struct pack_xlsx_sheet *sheet, struct pack_xlsx_table *table)
{
	double left = table_width(sheet, table) + CHART_GAP;

	pack_xlsx_chart_measure(table, true);
	table->is_beside = left + table->chart_width <= PACK_XLSX_PAGE_WIDTH;
	if (table->is_beside)
		table->chart_left = left;
	else
		pack_xlsx_chart_measure(table, false);
}

/* Rows left empty so that what comes next is below that many pixels. */
static void rows_skip(struct pack_xlsx_sheet *sheet, double until)
{
	while (sheet->below < until)
		pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
}

/* What is to stay on one page: the table with its chart if one page holds both, else
 * the table, else its beginning with the chart beside it. */
static double kept_height(
	const struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table)
{
	double most = sheet->page_height - PACK_XLSX_ROW;
	double rows = PACK_XLSX_ROW * (double)(table->n_rows + 4);
	double chart = table->chart_height;

	if (table->is_beside)
		return rows > chart && rows <= most ? rows : chart + 3 * PACK_XLSX_ROW;
	if (rows + chart <= most)
		return rows + chart;
	return rows <= most ? rows : 8 * PACK_XLSX_ROW;
}

static void cut_tell(struct pack_xlsx_sheet *sheet)
{
	struct arena *arena = sheet->book->arena;
	const char *n = arena_printf(arena, "%d", PACK_XLSX_LINES_MAX);

	pack_xlsx_paragraph(sheet,
		text_format(arena, sheet->book->words->first, TEXT_VALUES({ "n", n })),
		PACK_XLSX_SUBTITLE);
}

/* The rows that the chart takes, from the table's headings if it is beside. */
static void chart_room(
	struct pack_xlsx_sheet *sheet, struct pack_xlsx_table *table, double head_top)
{
	double top = head_top;

	table->chart_row = table->head_row;
	if (!table->is_beside && table->chart_height > 0) {
		rows_skip(sheet, sheet->below + 1);
		pack_xlsx_keep(sheet, table->chart_height + PACK_XLSX_ROW);
		table->chart_row = sheet->row;
		top = sheet->below;
	}
	rows_skip(sheet, top + table->chart_height);
	if (pack_xlsx_chart_is_cut(table))
		cut_tell(sheet);
}

static void table_write(struct pack_xlsx_sheet *sheet, struct pack_xlsx_table *table)
{
	double top;

	table->title_row = sheet->row;
	pack_xlsx_write(sheet, sheet->row, 0, table->title, PACK_XLSX_HEADING);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW + 6);
	table->head_row = sheet->row;
	top = sheet->below;
	head_write(sheet, table);
	table->first_row = sheet->row;
	for (size_t i = 0; i < table->n_rows; i++)
		row_write(sheet, table, i);
	if (pack_xlsx_is_heat(table))
		pack_xlsx_heat(sheet, table);
	chart_room(sheet, table, top);
	rows_skip(sheet, sheet->below + 1);
}

/* ---- the sheet ---- */

static void head_of_sheet(struct pack_xlsx_sheet *sheet, const json_t *section)
{
	const json_t *doc = sheet->book->doc;
	const char *intro = pack_xlsx_string(section, "intro");

	pack_xlsx_write(
		sheet, 0, 0, pack_xlsx_string(section, "title"), PACK_XLSX_TITLE);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW + 10);
	pack_xlsx_write(sheet, 1, 0,
		arena_printf(sheet->book->arena, "%s. %s",
			pack_xlsx_string(doc, "title"), pack_xlsx_string(doc, "state")),
		PACK_XLSX_SUBTITLE);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	pack_xlsx_write_link(
		sheet, 2, 0, sheet->book->words->overview, sheet->book->words->back);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	if (*intro)
		pack_xlsx_paragraph(sheet, intro, PACK_XLSX_TEXT);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
}

/* What stays in view and is printed again: of one table its headings too; several have
 * none in common. */
static void freeze(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *tables, size_t n)
{
	lxw_row_t last = n == 1 ? tables[0].head_row : 1;

	worksheet_freeze_panes(sheet->sheet, last + 1, 1);
	pack_xlsx_try(sheet->book,
		worksheet_repeat_rows(sheet->sheet, n == 1 ? last : 0, last));
}

static void widths_set(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *tables, size_t n)
{
	double width[PACK_XLSX_SHEET_COLUMNS] = { 0 }, total = 0;

	for (size_t i = 0; i < n; i++)
		table_measure(sheet->book, &tables[i], width);
	for (lxw_col_t col = 0; col < PACK_XLSX_SHEET_COLUMNS && width[col] > 0;
		col++) {
		pack_xlsx_set_width(sheet, col, width[col]);
		total += pack_xlsx_width(sheet, col);
	}
	/* The page shows more rows when its width makes everything smaller. */
	if (total > PACK_XLSX_PAGE_WIDTH)
		sheet->page_height *= total / PACK_XLSX_PAGE_WIDTH;
}

static void notes_write(struct pack_xlsx_sheet *sheet, const json_t *notes)
{
	const json_t *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		pack_xlsx_paragraph(sheet,
			json_is_string(note) ? json_string_value(note) : "",
			PACK_XLSX_TEXT);
	}
}

/* "Title: text" each; a text is as long as somebody wrote it. */
static void quotes_write(struct pack_xlsx_sheet *sheet, const json_t *quotes)
{
	const json_t *quote;
	size_t i;

	json_array_foreach(quotes, i, quote)
	{
		const char *title = pack_xlsx_string(quote, "title");
		const char *text = pack_xlsx_string(quote, "text");

		pack_xlsx_paragraph(sheet,
			*title ? arena_printf(sheet->book->arena, "%s: %s", title, text)
			       : text,
			PACK_XLSX_TEXT);
	}
}

void pack_xlsx_section(
	struct pack_xlsx_book *book, const json_t *section, const char *name)
{
	const json_t *list = json_object_get(section, "tables"), *json;
	size_t n = json_array_size(list), i;
	struct pack_xlsx_table *tables =
		arena_array(book->arena, n + 1, sizeof(*tables));
	struct pack_xlsx_sheet *sheet = pack_xlsx_sheet_new(book, name);

	if (!sheet)
		return;
	json_array_foreach(list, i, json)
	{
		table_read(book, json, &tables[i]);
	}
	widths_set(sheet, tables, n);
	head_of_sheet(sheet, section);
	for (i = 0; i < n; i++) {
		chart_place(sheet, &tables[i]);
		/* The first one stays with the sheet's title. */
		if (i > 0)
			pack_xlsx_keep(sheet, kept_height(sheet, &tables[i]));
		table_write(sheet, &tables[i]);
	}
	notes_write(sheet, json_object_get(section, "notes"));
	quotes_write(sheet, json_object_get(section, "quotes"));
	freeze(sheet, tables, n);
	/* Last, for what they may need in hidden rows comes after everything. */
	for (i = 0; i < n; i++)
		pack_xlsx_chart_draw(sheet, &tables[i]);
	pack_xlsx_sheet_end(sheet);
}
