/*
 * One small picture a row: the line of its months from nought, the first and the last
 * with their numbers. Each is an <svg> of its own, so that as many stand beside each
 * other as there is room for.
 */
#include <math.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/text_format.h"
#include "server/pack_chart_private.h"

#define WIDTH 170.0
#define HEIGHT 60.0
#define STUB 8.0
#define TICKS 10 /* none is drawn: the scale ends near the highest number */

struct multiples {
	struct chart *c;
	struct chart_plot plot; /* the same in all but for its scale */
	double width;
	double top; /* of all rows */
	size_t name_lines;
	bool own_scale;
	bool shares; /* drawn in per cent, on a whole of 100 */
	size_t shown, hidden;
};

/* A share of nothing is none. */
static struct chart_cell cell_at(
	const struct multiples *m, const struct chart_row *row, size_t column)
{
	struct chart_cell cell = chart_cell(row, column);

	if (m->shares && cell.mark == MARK_SHOWN && cell.of > 0)
		cell.n = 100 * cell.n / cell.of;
	return cell;
}

static bool is_share(const struct chart *c)
{
	return !strcmp(chart_string(json_array_get(c->columns, 0), "kind"), "share");
}

static double row_top(struct multiples *m, const struct chart_row *row)
{
	double top = m->shares ? 100 : 0;

	for (size_t i = 0; i < m->c->n_columns; i++) {
		struct chart_cell cell = cell_at(m, row, i);

		m->shown += cell.mark == MARK_SHOWN;
		m->hidden += cell.mark == MARK_HIDDEN;
		top = fmax(top, cell.n);
	}
	return top;
}

static double measure_ends(const struct multiples *m, size_t column)
{
	double widest = 0;

	for (size_t i = 0; i < m->c->n_rows; i++) {
		struct chart_cell cell = chart_cell(&m->c->rows[i], column);

		widest = fmax(widest, chart_strong_width(cell.text));
	}
	return widest + 9;
}

static void measure(struct multiples *m)
{
	const struct chart *c = m->c;

	m->width = c->n_rows == 1 ? CHART_WIDTH : WIDTH;
	m->shares = is_share(c);
	m->own_scale = !strcmp(chart_string(c->about, "scale"), "own");
	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_lines lines = chart_wrap(c, c->rows[i].name, m->width, 2);

		m->name_lines = lines.n > m->name_lines ? lines.n : m->name_lines;
		m->top = fmax(m->top, row_top(m, &c->rows[i]));
	}
	m->plot.scale = chart_scale_make(0, m->top, TICKS);
	if (!c->n_columns)
		return;
	m->plot.box.x = measure_ends(m, 0);
	m->plot.box.w = m->width - m->plot.box.x - measure_ends(m, c->n_columns - 1);
	m->plot.box.y = (double)m->name_lines * CHART_LINE + 14;
	m->plot.box.h = c->n_rows == 1 ? 2 * HEIGHT : HEIGHT;
}

/* ---- one row ---- */

static double month_x(const struct multiples *m, size_t column)
{
	double last = (double)m->c->n_columns - 1;

	return m->plot.box.x + (last > 0 ? m->plot.box.w * (double)column / last : 0);
}

static void draw_line(struct multiples *m, const struct chart_row *row)
{
	struct chart *c = m->c;
	double base = chart_plot_y(&m->plot, 0);
	const char *d = "";
	bool broken = true;

	for (size_t i = 0; i < c->n_columns; i++) {
		struct chart_cell cell = cell_at(m, row, i);
		double x = month_x(m, i), y = chart_plot_y(&m->plot, cell.n);

		if (cell.mark == MARK_HIDDEN)
			chart_hatch(c, (struct chart_box){ x - STUB / 2,
					       base - CHART_STUB_SHORT, STUB,
					       CHART_STUB_SHORT });
		/* A line of no length, with round ends, is a point. */
		if (cell.mark == MARK_SHOWN)
			d = arena_printf(c->arena, "%s%c%.1f %.1f%s", d,
				broken ? 'M' : 'L', x, y, broken ? "h0" : "");
		broken = cell.mark != MARK_SHOWN;
	}
	if (*d)
		chart_path(c, LOOK_LINE, d);
}

static void draw_end(struct multiples *m, const struct chart_row *row, size_t column)
{
	struct chart *c = m->c;
	struct chart_cell cell = cell_at(m, row, column);
	double x = month_x(m, column), y = chart_plot_y(&m->plot, cell.n);
	struct chart_at at = { x - 8, y + 5, ANCHOR_END };

	if (column > 0) {
		at.x = x + 8;
		at.anchor = ANCHOR_START;
	}
	if (cell.mark == MARK_HIDDEN)
		at.y = chart_plot_y(&m->plot, 0) - 2;
	if (cell.mark == MARK_SHOWN)
		chart_dot(c, column ? LOOK_DOT : LOOK_RING, x, y);
	if (cell.mark != MARK_NONE)
		chart_text(c, column ? LOOK_STRONG : LOOK_SOFT, at, cell.text);
}

/* The first month and the last under the line, and a tick where a year begins. */
static void draw_axis(struct multiples *m)
{
	struct chart *c = m->c;
	size_t last = c->n_columns - 1;
	double base = chart_plot_y(&m->plot, 0), y = base + 19;

	for (size_t i = 1; i <= last; i++)
		if (chart_column_month(c, i) % 12 == 0)
			chart_line(c, LOOK_AXIS,
				(struct chart_box){ month_x(m, i), base, 0, 6 });
	if (!m->own_scale)
		chart_line(c, LOOK_GRID,
			(struct chart_box){
				m->plot.box.x, m->plot.box.y, m->plot.box.w, 0 });
	chart_base(c, &m->plot);
	if (last > 0)
		chart_text(c, LOOK_SOFT, (struct chart_at){ .x = 0, .y = y },
			chart_column_name(c, 0));
	chart_text(c, LOOK_SOFT, (struct chart_at){ m->width, y, ANCHOR_END },
		chart_column_name(c, last));
}

/* "okt 2026: 12. okt 2025: 9. 2 tal är dolda." */
static const char *desc(const struct multiples *m, const struct chart_row *row)
{
	const struct chart *c = m->c;
	size_t last = c->n_columns - 1, hidden = 0;
	struct chart_cell now = chart_cell(row, last), before = chart_cell(row, 0);

	for (size_t i = 0; i <= last; i++)
		hidden += chart_cell(row, i).mark == MARK_HIDDEN;
	return arena_printf(c->arena, "%s %s%s",
		chart_value_text(c, chart_column_name(c, last), now.text),
		chart_value_text(c, chart_column_name(c, 0), before.text),
		chart_hidden_text(c, hidden));
}

static const char *scale_text(const struct multiples *m)
{
	const struct chart *c = m->c;
	const char *max = chart_number(c, m->plot.scale.high);

	if (m->own_scale)
		return c->words->own_scale;
	if (m->shares)
		max = text_format(
			c->arena, c->words->percent, TEXT_VALUES({ "n", max }));
	return text_format(c->arena, c->words->same_scale, TEXT_VALUES({ "max", max }));
}

static const char *draw_row(struct multiples *m, size_t at)
{
	struct chart *c = m->c;
	const struct chart_row *row = &c->rows[at];
	struct chart_lines lines = chart_wrap(c, row->name, m->width, 2);
	struct chart_frame frame = { .kind = c->n_rows == 1 ? "single" : "small",
		.width = m->width };

	if (m->own_scale)
		m->plot.scale = chart_scale_make(0, row_top(m, row), TICKS);
	/* The last line of a short name stands as near to its picture as a long one's.
	 */
	chart_text_lines(c, LOOK_TEXT,
		(struct chart_at){ .y = CHART_EM + (double)(m->name_lines - lines.n) *
							   CHART_LINE },
		&lines);
	draw_axis(m);
	draw_line(m, row);
	draw_end(m, row, c->n_columns - 1);
	if (c->n_columns > 1)
		draw_end(m, row, 0);
	frame.part = arena_printf(c->arena, "-%zu", at + 1);
	frame.title = chart_title(c, row->name);
	frame.desc = desc(m, row);
	frame.height = m->plot.box.y + m->plot.box.h + CHART_LINE + 8;
	return chart_svg(c, &frame);
}

const char *chart_multiples(struct chart *c)
{
	struct multiples m = { .c = c };
	const char *note, *pictures = "";

	measure(&m);
	if (!m.shown)
		return NULL;
	note = scale_text(&m);
	if (c->n_rows == 1)
		return draw_row(&m, 0);
	for (size_t i = 0; i < c->n_rows; i++)
		pictures = arena_printf(c->arena, "%s%s\n", pictures, draw_row(&m, i));
	return arena_printf(c->arena,
		"<p class=\"chart-note\">%s%s%s</p>\n<div class=\"chart-smalls\">\n%s</div>",
		chart_escape(c->arena, note), m.hidden ? " " : "",
		m.hidden ? chart_escape(c->arena, c->words->hidden) : "", pictures);
}
