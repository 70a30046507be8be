/*
 * The table itself, each number on a ground that is the darker the higher it is: five
 * steps of one hue, equally wide in numbers and, as nearly as paper and screens allow,
 * in lightness. Who cannot see the grounds reads the numbers.
 */
#include <math.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/text_format.h"
#include "server/pack_chart_private.h"

#define STEPS 5
#define NAMES 150.0
#define CELL 46.0
#define ROW 32.0
#define GAP 2.0
#define SLANT_WIDTH 200.0
#define SLANT 0.7071

struct heat {
	struct chart *c;
	double step; /* the highest number of the lightest ground, and so on */
	double names, cell, row;
	double head; /* where the first row begins */
	double over; /* how far the last slanted name reaches beyond its column */
	bool slanted;
	struct chart_found found;
};

static enum chart_look look_of(const struct heat *h, double n)
{
	double step = fmin(ceil(n / h->step), STEPS);

	return n > 0 ? LOOK_STEP_0 + (unsigned)step : LOOK_STEP_0;
}

/* A fifth of the highest, made rounder as long as the fifth step stays in use. */
static double step_width(double high)
{
	static const double factors[] = { 1, 1.2, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 3,
		3.5, 4, 4.5, 5, 6, 7, 8, 9, 10 };
	double least = ceil(high / STEPS), power;

	if (least < 10)
		return fmax(least, 1);
	power = pow(10, floor(log10(least)));
	for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++)
		if (factors[i] * power >= least)
			return factors[i] * power;
	return 10 * power;
}

static const char *cell_name(const struct heat *h, size_t row, size_t column)
{
	const struct chart *c = h->c;

	return text_format(c->arena, c->words->cell,
		TEXT_VALUES({ "row", c->rows[row].name },
			{ "column", chart_column_name(c, column) }));
}

/* ---- room ---- */

static double widest_cell(struct heat *h)
{
	const struct chart *c = h->c;
	double widest = 0;

	for (size_t i = 0; i < c->n_rows; i++)
		for (size_t j = 0; j < c->n_columns; j++) {
			struct chart_cell cell = chart_cell(&c->rows[i], j);

			widest = fmax(widest, chart_text_width(cell.text));
			chart_find(&h->found, cell_name(h, i, j), &cell);
		}
	return widest;
}

static void measure_names(struct heat *h)
{
	const struct chart *c = h->c;

	h->row = ROW;
	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_lines lines = chart_wrap(c, c->rows[i].name, NAMES, 2);

		for (size_t j = 0; j < lines.n; j++)
			h->names = fmax(h->names, chart_text_width(lines.line[j]) + 8);
		if (lines.n > 1)
			h->row = 2 * CHART_LINE + 4;
	}
	h->names = fmin(h->names, NAMES);
}

/* Names of columns lie if all have room on one line; else all rise. */
static void measure_heads(struct heat *h)
{
	const struct chart *c = h->c;
	double widest = 0, cell = (CHART_WIDTH - h->names) / (double)c->n_columns;

	for (size_t i = 0; i < c->n_columns; i++)
		widest = fmax(widest, chart_text_width(chart_column_name(c, i)));
	h->head = CHART_LINE + 6;
	if (cell >= widest + 6 && cell >= h->cell) {
		h->cell = fmin(cell, 80);
		return;
	}
	widest = fmin(widest, SLANT_WIDTH);
	h->slanted = true;
	h->head = widest * SLANT + CHART_EM;
	h->over = fmax(widest * SLANT - h->cell / 2 + CHART_EM / 2, 0);
}

/* ---- drawing ---- */

static double column_x(const struct heat *h, size_t column)
{
	return h->names + h->cell * (double)column;
}

static void draw_head(struct heat *h, size_t column)
{
	struct chart *c = h->c;
	const char *name = chart_column_name(c, column);
	struct chart_at at = { column_x(h, column) + h->cell / 2, h->head - 8,
		ANCHOR_MIDDLE };
	struct chart_lines lines;

	if (!h->slanted) {
		chart_text(c, LOOK_TEXT, at, name);
		return;
	}
	lines = chart_wrap(c, name, SLANT_WIDTH, 1);
	at.x += 2;
	if (lines.n)
		chart_text_slant(c, at, lines.line[0]);
}

static void draw_cell(struct heat *h, size_t row, size_t column)
{
	struct chart *c = h->c;
	struct chart_cell cell = chart_cell(&c->rows[row], column);
	struct chart_box box = { column_x(h, column), h->head + h->row * (double)row,
		h->cell - GAP, h->row - GAP };
	struct chart_at at = { box.x + box.w / 2, box.y + box.h / 2 + 5,
		ANCHOR_MIDDLE };
	enum chart_look look = look_of(h, cell.n);

	if (cell.mark == MARK_SHOWN)
		chart_rect(c, look, box);
	if (cell.mark == MARK_HIDDEN) {
		at.y -= 4;
		chart_hatch(c, (struct chart_box){
				       box.x + 1, box.y + box.h - 7, box.w - 2, 6 });
	}
	chart_text(c, look >= LOOK_STEP_4 ? LOOK_ON : LOOK_TEXT, at, cell.text);
}

static void draw_row(struct heat *h, size_t row)
{
	struct chart *c = h->c;
	struct chart_lines lines = chart_wrap(c, c->rows[row].name, h->names - 6, 2);
	double middle = h->head + h->row * (double)row + (h->row - GAP) / 2;

	chart_text_lines(c, LOOK_TEXT,
		(struct chart_at){
			.y = middle + 5 - (double)(lines.n - 1) * CHART_LINE / 2 },
		&lines);
	for (size_t i = 0; i < c->n_columns; i++)
		draw_cell(h, row, i);
}

/* The steps' numbers; returns the y below them. */
static double draw_keys(struct heat *h, double y)
{
	struct chart *c = h->c;
	struct chart_key keys[STEPS + 1];
	size_t n = 0;

	for (size_t i = 0; i < STEPS && h->step * (double)i < h->found.high; i++)
		keys[n++] = (struct chart_key){ LOOK_STEP_1 + (unsigned)i,
			arena_printf(c->arena, "%s–%s",
				chart_number(c, h->step * (double)i + 1),
				chart_number(c, h->step * (double)(i + 1))) };
	if (h->found.hidden)
		keys[n++] = (struct chart_key){ LOOK_FEW, c->words->hidden };
	return chart_keys(c, y, keys, n) - CHART_LINE + 2;
}

const char *chart_heat(struct chart *c)
{
	struct heat h = { .c = c };
	struct chart_frame frame = { .kind = "heat", .part = "" };
	const char *svg;

	h.cell = fmax(widest_cell(&h) * 1.1 + 8, CELL);
	if (!h.found.shown)
		return NULL;
	h.step = step_width(h.found.high);
	measure_names(&h);
	measure_heads(&h);
	c->width = fmax(column_x(&h, c->n_columns) + h.over, CHART_WIDTH);
	for (size_t i = 0; i < c->n_columns; i++)
		draw_head(&h, i);
	for (size_t i = 0; i < c->n_rows; i++)
		draw_row(&h, i);
	frame.height = draw_keys(&h, h.head + h.row * (double)c->n_rows + CHART_EM + 8);
	frame.width = c->width;
	frame.title = chart_title(c, "");
	frame.desc = chart_found_text(c, &h.found);
	svg = chart_svg(c, &frame);
	if (frame.width <= CHART_WIDTH)
		return svg;
	return arena_printf(c->arena,
		"<section class=\"chart-scroll\" tabindex=\"0\" "
		"aria-label=\"%s\">%s</section>",
		chart_escape(c->arena, frame.title), svg);
}
