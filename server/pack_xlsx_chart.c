/*
 * Charts as Excel draws them, of the sheet's own cells.
 *
 * A cell with text would be drawn as 0, which "<5" is not, and a share's numbers do not
 * lie side by side. Where a chart has either, it draws a copy in hidden rows at the end
 * of the sheet, in which what is not told is empty: a gap. The name of such a bar says
 * why. They are copies and not formulas, for the library puts a chart's numbers into
 * the file a second time, and knows them only of plain cells.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_format.h"
#include "lib/utf8.h"
#include "server/pack_xlsx_private.h"

#define ALT_MAX 250
#define COMPARED 0x9fb4bb
#define WIDTH_BESIDE 520
#define WIDTH_UNDER 860
#define HEIGHT 320
#define BAR_HEIGHT 26
#define FRAME 3         /* so that none is printed on the page before */
#define BARS_AROUND 110 /* title, axis and legend */
#define BARS_HEIGHT_MAX 1400

/* The library's charts, which are scaled to what is wanted. */
#define LIBRARY_WIDTH 480.0
#define LIBRARY_HEIGHT 288.0

enum shape {
	SHAPE_BARS,    /* a bar a row, of one column */
	SHAPE_COLUMNS, /* the same, upright */
	SHAPE_STACKED, /* a series a row, over the columns */
	SHAPE_LINES,   /* the same, as lines */
};

struct chart_kind {
	const char *name;
	enum shape shape;
	uint8_t type;
	bool whole; /* the axis goes from 0 to 100 % */
};

/* A kind that is not here ("heat", too) has no chart: the table says all of it. */
static const struct chart_kind chart_kinds[] = {
	{ "bars", SHAPE_BARS, LXW_CHART_BAR, false },
	{ "gauge", SHAPE_BARS, LXW_CHART_BAR, true },
	{ "histogram", SHAPE_COLUMNS, LXW_CHART_COLUMN, false },
	{ "stacked", SHAPE_STACKED, LXW_CHART_COLUMN_STACKED, false },
	{ "multiples", SHAPE_LINES, LXW_CHART_LINE, false },
};

/* Apart by lightness too: neighbours stay so in print without colour. */
static const lxw_color_t palette[] = { 0x0b5261, 0xe0a526, 0x7a1fa2, 0x5fb3bf, 0xa3161f,
	0x8a949e, 0x2f6f3e, 0xd98a6b, 0x1d3f8a, 0x9bc53d };
static const uint8_t markers[] = { LXW_CHART_MARKER_CIRCLE, LXW_CHART_MARKER_SQUARE,
	LXW_CHART_MARKER_DIAMOND, LXW_CHART_MARKER_TRIANGLE, LXW_CHART_MARKER_X };

/* Where a chart's cells are. */
struct source {
	lxw_row_t head;
	lxw_row_t first;
	bool is_copy; /* columns side by side, without a share's counts */
};

struct drawing {
	struct pack_xlsx_sheet *sheet;
	const struct pack_xlsx_table *table;
	const struct chart_kind *kind;
	struct source source;
	lxw_chart *chart;
};

static const struct chart_kind *kind_of(const struct pack_xlsx_table *table)
{
	const char *name = pack_xlsx_string(table->chart, "kind");

	if (table->n_drawn == 0 || table->n_columns == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(chart_kinds); i++)
		if (!strcmp(chart_kinds[i].name, name))
			return &chart_kinds[i];
	return NULL;
}

static bool is_by_row(const struct chart_kind *kind)
{
	return kind->shape == SHAPE_STACKED || kind->shape == SHAPE_LINES;
}

static size_t column_find(const struct pack_xlsx_table *table, const char *id)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (!strcmp(table->columns[i].id, id))
			return i;
	return table->n_columns;
}

/* The column that bars are of: the one named, or the first. */
static size_t column_main(const struct pack_xlsx_table *table)
{
	size_t i = column_find(table, pack_xlsx_string(table->chart, "column"));

	return i < table->n_columns ? i : 0;
}

static size_t column_compared(const struct pack_xlsx_table *table)
{
	return column_find(table, pack_xlsx_string(table->chart, "compare"));
}

static size_t rows_drawn(
	const struct pack_xlsx_table *table, const struct chart_kind *kind)
{
	if (kind->shape == SHAPE_LINES && table->n_drawn > PACK_XLSX_LINES_MAX)
		return PACK_XLSX_LINES_MAX;
	return table->n_drawn;
}

bool pack_xlsx_chart_is_cut(const struct pack_xlsx_table *table)
{
	const struct chart_kind *kind = kind_of(table);

	return kind && rows_drawn(table, kind) < table->n_drawn;
}

void pack_xlsx_chart_measure(struct pack_xlsx_table *table, bool is_beside)
{
	const struct chart_kind *kind = kind_of(table);
	size_t bars;

	if (!kind)
		return;
	table->chart_width = is_beside ? WIDTH_BESIDE : WIDTH_UNDER;
	table->chart_height = HEIGHT;
	if (kind->shape == SHAPE_LINES)
		table->chart_height = HEIGHT + 30; /* for the legend */
	if (kind->shape != SHAPE_BARS)
		return;
	bars = table->n_drawn;
	if (column_compared(table) < table->n_columns)
		bars += table->n_drawn / 2;
	table->chart_height = BARS_AROUND + BAR_HEIGHT * (double)bars;
	if (table->chart_height > BARS_HEIGHT_MAX)
		table->chart_height = BARS_HEIGHT_MAX;
}

/* ---- the cells that are drawn ---- */

static const json_t *cell_at(
	const struct pack_xlsx_table *table, size_t row, size_t col)
{
	return json_array_get(json_object_get(table->rows[row], "cells"), col);
}

static bool is_drawn(const struct drawing *d, size_t col)
{
	return is_by_row(d->kind) || col == column_main(d->table) ||
	       col == column_compared(d->table);
}

static bool is_whole(const struct drawing *d, size_t col)
{
	if (is_by_row(d->kind) && d->table->columns[col].kind == PACK_XLSX_KIND_SHARE)
		return false;
	for (size_t row = 0; row < d->table->n_drawn; row++)
		if (!pack_xlsx_is_shown(cell_at(d->table, row, col)))
			return false;
	return true;
}

static bool needs_copy(const struct drawing *d)
{
	for (size_t col = 0; col < d->table->n_columns; col++)
		if (is_drawn(d, col) && !is_whole(d, col))
			return true;
	return false;
}

static void copy_row_hide(struct pack_xlsx_sheet *sheet)
{
	lxw_row_col_options hidden = { .hidden = 1 };

	pack_xlsx_try(sheet->book, worksheet_set_row_opt(sheet->sheet, sheet->row,
					   LXW_DEF_ROW_HEIGHT, NULL, &hidden));
	sheet->row++;
}

static const char *copy_name(const struct drawing *d, size_t row)
{
	const char *name = pack_xlsx_string(d->table->rows[row], "name");
	const json_t *cell = cell_at(d->table, row, column_main(d->table));

	if (is_by_row(d->kind) || pack_xlsx_is_shown(cell))
		return name;
	return arena_printf(
		d->sheet->book->arena, "%s (%s)", name, pack_xlsx_string(cell, "text"));
}

static void copy_cell(const struct drawing *d, size_t row, size_t col)
{
	const json_t *cell = cell_at(d->table, row, col);
	double n = json_number_value(json_object_get(cell, "n"));
	double of = json_number_value(json_object_get(cell, "of"));

	if (!is_drawn(d, col) || !pack_xlsx_is_shown(cell))
		return;
	if (d->table->columns[col].kind == PACK_XLSX_KIND_SHARE) {
		if (!(of > 0))
			return;
		n /= of;
	}
	pack_xlsx_try(
		d->sheet->book, worksheet_write_number(d->sheet->sheet, d->sheet->row,
					(lxw_col_t)(col + 1), n, NULL));
}

static struct source copy_write(const struct drawing *d)
{
	struct pack_xlsx_sheet *sheet = d->sheet;
	struct source source = { .head = sheet->row, .is_copy = true };

	for (size_t col = 0; col < d->table->n_columns; col++)
		if (is_drawn(d, col))
			pack_xlsx_write(sheet, sheet->row, (lxw_col_t)(col + 1),
				d->table->columns[col].title, PACK_XLSX_NAME);
	copy_row_hide(sheet);
	source.first = sheet->row;
	for (size_t row = 0; row < d->table->n_drawn; row++) {
		pack_xlsx_write(
			sheet, sheet->row, 0, copy_name(d, row), PACK_XLSX_NAME);
		for (size_t col = 0; col < d->table->n_columns; col++)
			copy_cell(d, row, col);
		copy_row_hide(sheet);
	}
	return source;
}

static lxw_col_t column_of(const struct drawing *d, size_t col)
{
	return d->source.is_copy ? (lxw_col_t)(col + 1) : d->table->columns[col].col;
}

/* ---- the chart ---- */

static const char *code_of(enum pack_xlsx_kind kind)
{
	switch (kind) {
	case PACK_XLSX_KIND_SHARE:
		return PACK_XLSX_CODE_SHARE;
	case PACK_XLSX_KIND_CHANGE:
		return PACK_XLSX_CODE_ANY_CHANGE;
	case PACK_XLSX_KIND_DAYS:
		return PACK_XLSX_CODE_ANY;
	case PACK_XLSX_KIND_COUNT:
		break;
	}
	return PACK_XLSX_CODE_COUNT;
}

static void series_colour(lxw_chart_series *series, lxw_color_t colour, bool is_line)
{
	lxw_chart_fill fill = { .color = colour };
	lxw_chart_line line = { .color = colour, .width = 2 };
	lxw_chart_line none = { .none = 1 };

	if (is_line) {
		chart_series_set_line(series, &line);
		return;
	}
	chart_series_set_fill(series, &fill);
	chart_series_set_line(series, &none);
}

static void series_of_column(
	const struct drawing *d, size_t col, lxw_color_t colour, bool labels)
{
	lxw_chart_series *series = chart_add_series(d->chart, NULL, NULL);
	const char *name = d->sheet->name;
	lxw_row_t first = d->source.first;
	lxw_row_t last = first + (lxw_row_t)d->table->n_drawn - 1;
	lxw_chart_font font = { .size = 9, .color = PACK_XLSX_SOFT };
	lxw_col_t c = column_of(d, col);

	chart_series_set_categories(series, name, first, 0, last, 0);
	chart_series_set_values(series, name, first, c, last, c);
	chart_series_set_name_range(series, name, d->source.head, c);
	series_colour(series, colour, false);
	if (!labels)
		return;
	chart_series_set_labels(series);
	chart_series_set_labels_num_format(
		series, code_of(d->table->columns[col].kind));
	chart_series_set_labels_font(series, &font);
	chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_OUTSIDE_END);
}

static void series_of_row(const struct drawing *d, size_t row)
{
	lxw_chart_series *series = chart_add_series(d->chart, NULL, NULL);
	lxw_color_t colour = palette[row % ARRAY_LEN(palette)];
	const char *name = d->sheet->name;
	lxw_row_t r = d->source.first + (lxw_row_t)row;
	lxw_col_t first = column_of(d, 0);
	lxw_col_t last = column_of(d, d->table->n_columns - 1);
	bool is_line = d->kind->shape == SHAPE_LINES;
	lxw_chart_fill fill = { .color = colour };
	lxw_chart_line line = { .color = colour };

	chart_series_set_categories(
		series, name, d->source.head, first, d->source.head, last);
	chart_series_set_values(series, name, r, first, r, last);
	chart_series_set_name_range(series, name, r, 0);
	series_colour(series, colour, is_line);
	if (!is_line)
		return;
	chart_series_set_marker_type(series, markers[row % ARRAY_LEN(markers)]);
	chart_series_set_marker_size(series, 6);
	chart_series_set_marker_fill(series, &fill);
	chart_series_set_marker_line(series, &line);
}

static void series_add(const struct drawing *d)
{
	size_t compared = column_compared(d->table);
	bool labels = d->kind->shape == SHAPE_BARS;

	if (is_by_row(d->kind)) {
		for (size_t row = 0; row < rows_drawn(d->table, d->kind); row++)
			series_of_row(d, row);
		return;
	}
	series_of_column(d, column_main(d->table), palette[0], labels);
	if (compared < d->table->n_columns)
		series_of_column(d, compared, COMPARED, false);
}

static void axis_style(lxw_chart_axis *axis, bool lines)
{
	lxw_chart_font font = { .size = 9, .color = PACK_XLSX_SOFT };
	lxw_chart_font name = { .size = 9, .color = PACK_XLSX_SOFT };
	lxw_chart_line line = { .color = PACK_XLSX_LINE, .width = 0.75f };

	chart_axis_set_num_font(axis, &font);
	chart_axis_set_name_font(axis, &name);
	chart_axis_set_line(axis, &line);
	chart_axis_major_gridlines_set_visible(axis, lines);
	if (lines)
		chart_axis_major_gridlines_set_line(axis, &line);
}

static const char *axis_word(
	const struct pack_xlsx_words *words, enum pack_xlsx_kind kind)
{
	switch (kind) {
	case PACK_XLSX_KIND_SHARE:
		return words->share;
	case PACK_XLSX_KIND_DAYS:
		return words->days;
	case PACK_XLSX_KIND_COUNT:
	case PACK_XLSX_KIND_CHANGE:
		break;
	}
	return words->number;
}

/* Titles are references to cells where there is one with the text, since a text that
 * begins with '=' would be taken for one. */
static void axes_set(const struct drawing *d)
{
	const struct pack_xlsx_words *words = d->sheet->book->words;
	const struct pack_xlsx_column *column =
		&d->table->columns[is_by_row(d->kind) ? 0 : column_main(d->table)];
	bool lie = d->kind->shape == SHAPE_BARS; /* then x is that of the numbers */
	lxw_chart_axis *x = lie ? d->chart->y_axis : d->chart->x_axis;
	lxw_chart_axis *y = lie ? d->chart->x_axis : d->chart->y_axis;
	const char *name = d->sheet->name;

	axis_style(x, false);
	axis_style(y, true);
	if (is_by_row(d->kind)) {
		chart_axis_set_name(x, words->month);
		chart_axis_set_name(y, axis_word(words, column->kind));
	} else {
		chart_axis_set_name_range(x, name, d->table->head_row, 0);
		chart_axis_set_name_range(y, name, d->table->head_row, column->col);
	}
	chart_axis_set_num_format(y, code_of(column->kind));
	if (lie) {
		/* The first row on top, and the numbers below all the same. */
		chart_axis_set_reverse(x);
		chart_axis_set_crossing_max(x);
	}
	if (column->kind == PACK_XLSX_KIND_CHANGE)
		chart_axis_set_label_position(x, LXW_CHART_AXIS_LABEL_POSITION_LOW);
	else
		chart_axis_set_min(y, 0);
	if (d->kind->whole || column->kind == PACK_XLSX_KIND_SHARE)
		chart_axis_set_max(y, 1);
}

static void looks_set(const struct drawing *d)
{
	lxw_chart_font title = { .size = 11, .bold = 1, .color = PACK_XLSX_ACCENT };
	lxw_chart_font small = { .size = 9, .color = PACK_XLSX_SOFT };
	lxw_chart_line frame = { .color = PACK_XLSX_LINE, .width = 0.75f };
	bool several =
		is_by_row(d->kind) || column_compared(d->table) < d->table->n_columns;

	chart_title_set_name_range(d->chart, d->sheet->name, d->table->title_row, 0);
	chart_title_set_name_font(d->chart, &title);
	chart_legend_set_position(
		d->chart, several ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
	chart_legend_set_font(d->chart, &small);
	chart_chartarea_set_line(d->chart, &frame);
	chart_show_blanks_as(d->chart, LXW_CHART_BLANKS_AS_GAP);
	if (d->source.is_copy)
		chart_show_hidden_data(d->chart);
	if (d->kind->shape == SHAPE_COLUMNS)
		chart_set_series_gap(d->chart, 20);
	else if (d->kind->shape != SHAPE_LINES)
		chart_set_series_gap(d->chart, 50);
}

static char *alt_text(const struct drawing *d)
{
	struct pack_xlsx_book *book = d->sheet->book;
	const char *column = is_by_row(d->kind)
				     ? axis_word(book->words, d->table->columns[0].kind)
				     : d->table->columns[column_main(d->table)].title;
	char *text = text_format(book->arena, book->words->alt,
		TEXT_VALUES({ "title", d->table->title }, { "column", column }));

	text[utf8_prefix(text, strlen(text), ALT_MAX)] = '\0';
	return text;
}

void pack_xlsx_chart_draw(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table)
{
	struct drawing d = { .sheet = sheet, .table = table, .kind = kind_of(table) };
	lxw_chart_options options = {
		.x_offset = (int32_t)table->chart_left,
		.y_offset = FRAME,
		.x_scale = table->chart_width / LIBRARY_WIDTH,
		.y_scale = (table->chart_height - 2 * FRAME) / LIBRARY_HEIGHT,
		.object_position = LXW_OBJECT_MOVE_DONT_SIZE,
	};

	if (!d.kind)
		return;
	d.source.head = table->head_row;
	d.source.first = table->first_row;
	if (needs_copy(&d))
		d.source = copy_write(&d);
	d.chart = workbook_add_chart(sheet->book->workbook, d.kind->type);
	if (!d.chart) {
		pack_xlsx_try(sheet->book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	series_add(&d);
	axes_set(&d);
	looks_set(&d);
	options.description = alt_text(&d);
	pack_xlsx_try(sheet->book, worksheet_insert_chart_opt(sheet->sheet,
					   table->chart_row, 0, d.chart, &options));
}

/* ---- colours in place of a chart ---- */

bool pack_xlsx_is_heat(const struct pack_xlsx_table *table)
{
	return table->n_drawn > 0 && table->n_columns > 0 &&
	       !strcmp(pack_xlsx_string(table->chart, "kind"), "heat");
}

void pack_xlsx_heat(struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table)
{
	lxw_conditional_format scale = {
		.type = LXW_CONDITIONAL_3_COLOR_SCALE,
		.min_color = 0xf3f9fa,
		.mid_color = 0xaed6dc,
		.max_color = 0x5fb3bf,
	};
	lxw_row_t last = table->first_row + (lxw_row_t)table->n_drawn - 1;

	/* A share's counts are in between, so each column has a scale of its own then.
	 */
	for (size_t i = 0; i < table->n_columns; i++) {
		lxw_col_t first_col = table->columns[i].col;

		while (i + 1 < table->n_columns &&
			table->columns[i + 1].col == table->columns[i].col + 1)
			i++;
		pack_xlsx_try(
			sheet->book, worksheet_conditional_format_range(sheet->sheet,
					     table->first_row, first_col, last,
					     table->columns[i].col, &scale));
	}
}
