/*
 * One lying bar a row, its name above it: a telephone has no room for names beside.
 * "bars" from nought to the highest, the number at the end of the bar; "gauge" on a
 * whole of 100 %, the number at the end of the name's line.
 */
#include <math.h>

#include "lib/arena.h"
#include "server/pack_chart_private.h"

#define BAR 14.0
#define NAME_TO_BAR 5.0
#define BAR_TO_NAME 13.0
#define TICKS 4

struct bars {
	struct chart *c;
	bool gauge;
	size_t column, compare; /* n_columns if there is none */
	struct chart_scale scale;
	double width; /* of the scale */
	double y;
	struct chart_found found;
};

/* A share is drawn in per cent of its whole. */
static double drawn(const struct bars *b, const struct chart_cell *cell)
{
	if (!b->gauge)
		return cell->n;
	return cell->of > 0 ? 100 * cell->n / cell->of : 0;
}

static struct chart_cell cell_of(
	const struct bars *b, const struct chart_row *row, size_t column)
{
	struct chart_cell cell = chart_cell(row, column);

	if (column >= b->c->n_columns)
		return (struct chart_cell){ .text = "", .note = "" };
	if (b->gauge && cell.mark == MARK_SHOWN && !(cell.of > 0))
		cell.mark = MARK_NONE;
	return cell;
}

static double bar_x(const struct bars *b, double n)
{
	return chart_scale_at(&b->scale, n) * b->width;
}

/* ---- what is at hand ---- */

static void measure(struct bars *b)
{
	const struct chart *c = b->c;
	double low = 0, high = 0, widest = 0;

	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_cell now = cell_of(b, &c->rows[i], b->column);
		struct chart_cell before = cell_of(b, &c->rows[i], b->compare);
		struct chart_cell asked = now;

		asked.n = drawn(b, &now);
		chart_find(&b->found, c->rows[i].name, &asked);
		widest = fmax(widest, chart_strong_width(now.text));
		if (now.mark == MARK_SHOWN) {
			low = fmin(low, now.n);
			high = fmax(high, now.n);
		}
		if (before.mark == MARK_SHOWN) {
			low = fmin(low, before.n);
			high = fmax(high, before.n);
		}
	}
	if (b->gauge) {
		b->scale = (struct chart_scale){ 0, 100, 50 };
		b->width = CHART_WIDTH - 2;
		return;
	}
	/* The longest bar takes all the room: its number is at its end, no tick. */
	b->scale = chart_scale_make(low, high, TICKS);
	if (high > low) {
		b->scale.high = high;
		b->scale.low = low;
	}
	b->width = fmax(CHART_WIDTH - widest - 10, CHART_WIDTH / 3);
}

/* ---- the head: what the signs mean, and the scale ---- */

static void draw_keys(struct bars *b)
{
	struct chart *c = b->c;
	struct chart_key keys[3] = { { LOOK_TEXT, chart_column_title(c, b->column) } };
	size_t n = 1;

	if (b->compare < c->n_columns) {
		keys[0].look = LOOK_BAR;
		keys[n++] = (struct chart_key){ LOOK_LAST,
			chart_column_title(c, b->compare) };
	}
	if (b->found.hidden)
		keys[n++] = (struct chart_key){ LOOK_FEW, c->words->hidden };
	b->y = chart_keys(c, CHART_EM, keys, n);
}

static double first_tick(const struct bars *b)
{
	return ceil(b->scale.low / b->scale.step) * b->scale.step;
}

static void draw_tick_names(struct bars *b)
{
	struct chart *c = b->c;

	for (double n = first_tick(b); n <= b->scale.high; n += b->scale.step) {
		struct chart_at at = { bar_x(b, n), b->y, ANCHOR_MIDDLE };

		if (at.x < chart_text_width(chart_number(c, n)) / 2) {
			at.x = 0;
			at.anchor = ANCHOR_START;
		}
		if (b->gauge && n == b->scale.high)
			at.anchor = ANCHOR_END;
		chart_text(c, LOOK_SOFT, at,
			b->gauge ? chart_percent(c, n) : chart_number(c, n));
	}
	b->y += 7;
}

/* The lines of the scale pass behind the bars alone, so that no name stands on one. */
static void draw_ticks(struct bars *b, double top)
{
	const char *d = "";

	for (double n = first_tick(b); n <= b->scale.high; n += b->scale.step)
		if (n != 0)
			d = arena_printf(b->c->arena, "%sM%.1f %.1fv%.1f", d,
				bar_x(b, n), top - 4, BAR + 8);
	chart_path(b->c, LOOK_GRID, d);
}

/* ---- rows ---- */

static void draw_name(
	struct bars *b, const struct chart_row *row, const struct chart_cell *cell)
{
	struct chart *c = b->c;
	struct chart_at at = { .y = b->y + CHART_EM };
	double room = CHART_WIDTH, number = 0, note = 0;
	struct chart_lines lines;

	if (b->gauge) {
		number = chart_strong_width(cell->text);
		note = *cell->note ? chart_text_width(cell->note) + 8 : 0;
		room -= number + note + 10;
	}
	lines = chart_wrap(c, row->name, fmax(room, CHART_WIDTH / 3), 2);
	b->y = chart_text_lines(c, LOOK_TEXT, at, &lines) - CHART_EM;
	if (!b->gauge)
		return;
	at = (struct chart_at){ CHART_WIDTH, b->y - CHART_LINE + CHART_EM, ANCHOR_END };
	if (note > 0) {
		chart_text(c, LOOK_SOFT, at, cell->note);
		at.x -= note;
	}
	chart_text(c, LOOK_STRONG, at, cell->text);
}

/* Returns where the bar ends. */
static double draw_bar(struct bars *b, const struct chart_cell *cell)
{
	double zero = bar_x(b, 0), end = bar_x(b, drawn(b, cell));

	if (b->gauge && cell->mark == MARK_SHOWN)
		chart_rect(b->c, LOOK_WHOLE,
			(struct chart_box){ 0.5, b->y + 0.5, b->width, BAR - 1 });
	if (cell->mark == MARK_HIDDEN) {
		chart_hatch(b->c, (struct chart_box){ zero + 1, b->y + 1,
					  CHART_STUB_LONG, CHART_STUB_SHORT });
		return zero + 1 + CHART_STUB_LONG;
	}
	if (cell->mark == MARK_SHOWN && end != zero)
		chart_rect(b->c, LOOK_BAR,
			(struct chart_box){
				fmin(zero, end), b->y, fabs(end - zero), BAR });
	return fmax(zero, end);
}

static void draw_row(struct bars *b, const struct chart_row *row)
{
	struct chart *c = b->c;
	struct chart_cell now = cell_of(b, row, b->column);
	struct chart_cell before = cell_of(b, row, b->compare);
	double end;

	draw_name(b, row, &now);
	b->y += NAME_TO_BAR;
	if (!b->gauge)
		draw_ticks(b, b->y);
	end = draw_bar(b, &now);
	chart_line(c, LOOK_AXIS,
		(struct chart_box){ fmax(bar_x(b, 0), 0.75), b->y - 4, 0, BAR + 8 });
	if (before.mark == MARK_SHOWN) {
		double x = bar_x(b, drawn(b, &before));

		struct chart_box mark = { fmax(x, 1.5), b->y - 3, 0, BAR + 6 };

		chart_line(c, LOOK_HALO, mark);
		chart_line(c, LOOK_LAST, mark);
		end = fmax(end, x);
	}
	if (!b->gauge)
		chart_text(c, LOOK_STRONG,
			(struct chart_at){ .x = end + 7, .y = b->y + BAR - 2 },
			now.text);
	b->y += BAR + BAR_TO_NAME;
}

static const char *draw(struct bars *b)
{
	struct chart *c = b->c;
	struct chart_frame frame = { .part = "", .width = CHART_WIDTH };

	b->column = chart_column(c, "column");
	b->compare = chart_column(c, "compare");
	measure(b);
	if (!b->found.shown)
		return NULL;
	draw_keys(b);
	draw_tick_names(b);
	for (size_t i = 0; i < c->n_rows; i++)
		if (cell_of(b, &c->rows[i], b->column).mark != MARK_NONE)
			draw_row(b, &c->rows[i]);
	frame.kind = b->gauge ? "gauge" : "bars";
	frame.title = chart_title(c, "");
	frame.desc = chart_found_text(c, &b->found);
	frame.height = b->y - BAR_TO_NAME + 6;
	return chart_svg(c, &frame);
}

const char *chart_bars(struct chart *c)
{
	struct bars b = { .c = c };

	return draw(&b);
}

const char *chart_gauge(struct chart *c)
{
	struct bars b = { .c = c, .gauge = true };

	return draw(&b);
}
