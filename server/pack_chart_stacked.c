/*
 * One standing bar a month, made of its parts from the base line up in the order of the
 * table. The parts are named beside the last month, at their height. What is hidden is
 * left out; if the month's total is shown, a dashed outline reaches up to it, which
 * tells no more than the table does.
 */
#include <math.h>

#include "lib/arena.h"
#include "server/pack_chart_private.h"

#define HEIGHT 200.0
#define TICKS 4
#define NAMES 128.0 /* room for the parts' names, with the lines that lead to them */
#define LEADER 12.0

struct stacked {
	struct chart *c;
	struct chart_plot plot;
	double pitch, bar;
	double top; /* the highest bar */
	bool any_hidden;
};

struct month {
	double sum; /* of what is shown */
	size_t hidden, shown;
	struct chart_cell total;
};

static struct month month_of(const struct stacked *s, size_t column)
{
	const struct chart *c = s->c;
	struct month m = { .total = chart_cell(&c->total, column) };

	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_cell cell = chart_cell(&c->rows[i], column);

		m.hidden += cell.mark == MARK_HIDDEN;
		m.shown += cell.mark == MARK_SHOWN;
		m.sum += fmax(cell.n, 0);
	}
	return m;
}

static size_t measure(struct stacked *s)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->c->n_columns; i++) {
		struct month m = month_of(s, i);

		shown += m.shown;
		s->any_hidden = s->any_hidden || m.hidden > 0;
		s->top = fmax(s->top, fmax(m.sum, m.total.n));
	}
	s->plot.scale = chart_scale_make(0, s->top, TICKS);
	return shown;
}

static double bar_x(const struct stacked *s, size_t column)
{
	return s->plot.box.x + s->pitch * (double)column + (s->pitch - s->bar) / 2;
}

/* "124" of the table's own total; else of the parts, if none is hidden. */
static const char *total_text(const struct stacked *s, const struct month *m)
{
	if (m->total.mark == MARK_SHOWN)
		return m->total.text;
	return m->hidden || !m->shown ? NULL : chart_number(s->c, m->sum);
}

/* ---- bars ---- */

static enum chart_look part_look(const struct stacked *s, size_t row, size_t column)
{
	static const enum chart_look looks[] = { LOOK_PART_1, LOOK_PART_2, LOOK_PART_3,
		LOOK_PART_4 };

	if (s->c->n_rows > 1)
		return looks[row % 4];
	return column + 1 == s->c->n_columns ? LOOK_BAR : LOOK_PALE;
}

static void draw_parts(struct stacked *s, size_t column)
{
	const struct chart *c = s->c;
	double from = 0;

	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_cell cell = chart_cell(&c->rows[i], column);
		double y = chart_plot_y(&s->plot, from + cell.n);
		double h = chart_plot_y(&s->plot, from) - y;

		if (cell.mark != MARK_SHOWN || cell.n <= 0)
			continue;
		chart_rect(s->c, part_look(s, i, column),
			(struct chart_box){ bar_x(s, column), y, s->bar, h });
		from += cell.n;
	}
}

static void draw_month(struct stacked *s, size_t column)
{
	struct month m = month_of(s, column);
	struct chart_box box = { bar_x(s, column), chart_plot_y(&s->plot, m.sum),
		s->bar, CHART_STUB_SHORT };

	chart_rect(s->c, LOOK_BACK,
		(struct chart_box){
			box.x, box.y, s->bar, chart_plot_y(&s->plot, 0) - box.y });
	draw_parts(s, column);
	if (m.hidden && m.total.mark == MARK_SHOWN) {
		box.y = chart_plot_y(&s->plot, m.total.n);
		box.h = chart_plot_y(&s->plot, m.sum) - box.y;
		chart_rect(s->c, LOOK_OUTLINE, box);
	} else if (m.hidden) {
		box.y -= box.h + 1;
		chart_hatch(s->c, box);
	}
}

/* ---- names of the parts ---- */

struct part_name {
	struct chart_lines lines;
	enum chart_look look;
	double y, h; /* of its middle; its height */
	double at;   /* the middle of the part of the last month; < 0 if not drawn */
};

/* The name on at most two lines, and its number on the last or on one of its own. */
static struct part_name name_lines(const struct chart *c, const char *text,
	const char *number, enum chart_look look)
{
	double room = (NAMES - LEADER - 4) / (look == LOOK_STRONG ? 1.13 : 1);
	struct part_name name = {
		.lines = chart_wrap(c, text, room, 2), .at = -1, .look = look
	};
	const char **last = &name.lines.line[name.lines.n ? name.lines.n - 1 : 0];
	const char *joined =
		arena_printf(c->arena, "%s\u00a0%s", name.lines.n ? *last : "", number);

	if (name.lines.n > 0 && chart_text_width(joined) <= room)
		*last = joined;
	else
		name.lines.line[name.lines.n++] = number;
	name.h = (double)name.lines.n * CHART_LINE;
	return name;
}

static struct part_name part_name(
	const struct stacked *s, const struct chart_row *row, double *from)
{
	struct chart_cell cell = chart_cell(row, s->c->n_columns - 1);
	struct part_name name = name_lines(s->c, row->name, cell.text, LOOK_TEXT);

	if (cell.mark == MARK_SHOWN && cell.n > 0) {
		name.at = chart_plot_y(&s->plot, *from + cell.n / 2);
		*from += cell.n;
	}
	return name;
}

/* The last month's total, named at the top of its bar. */
static struct part_name total_name(const struct stacked *s)
{
	struct month m = month_of(s, s->c->n_columns - 1);
	const char *text = s->c->n_rows > 1 ? s->c->total.name : NULL;
	struct part_name name =
		name_lines(s->c, text ? text : "", total_text(s, &m), LOOK_STRONG);

	name.at = chart_plot_y(&s->plot, fmax(m.sum, m.total.n)) + 1;
	return name;
}

/* From the base line up each as near to its part as those below it let it; then from
 * the top down, if they came out above the picture. */
static void settle(const struct stacked *s, struct part_name *names, size_t n)
{
	double floor = s->plot.box.y + s->plot.box.h + 6;
	double ceiling = s->plot.box.y - 20;

	for (size_t i = 0; i < n; i++) {
		double lowest = floor - names[i].h / 2;

		names[i].y = names[i].at < 0 ? lowest : fmin(names[i].at, lowest);
		floor = names[i].y - names[i].h / 2;
	}
	for (size_t i = n; i > 0; i--) {
		names[i - 1].y = fmax(names[i - 1].y, ceiling + names[i - 1].h / 2);
		ceiling = names[i - 1].y + names[i - 1].h / 2;
	}
}

static void draw_name(struct stacked *s, const struct part_name *name)
{
	double x = bar_x(s, s->c->n_columns - 1) + s->bar;
	struct chart_at at = { .x = x + LEADER + 3,
		.y = name->y - name->h / 2 + CHART_LINE - 4 };

	if (name->at >= 0)
		chart_line(s->c, LOOK_LEADER,
			(struct chart_box){
				x + 1, name->at, LEADER, name->y - name->at });
	chart_text_lines(s->c, name->look, at, &name->lines);
}

static void draw_names(struct stacked *s)
{
	struct chart *c = s->c;
	struct part_name *names = arena_array(c->arena, c->n_rows + 1, sizeof(*names));
	struct month last = month_of(s, c->n_columns - 1);
	double from = 0;
	size_t n = 0;

	/* Parts that are not drawn come after those that are, below the total. */
	if (c->n_rows > 1)
		for (size_t i = 0; i < c->n_rows; i++)
			names[n++] = part_name(s, &c->rows[i], &from);
	if (total_text(s, &last))
		names[n++] = total_name(s);
	settle(s, names, n);
	for (size_t i = 0; i < n; i++)
		draw_name(s, &names[i]);
}

/* ---- the whole ---- */

/* "oktober 2026: 124. oktober 2025: 98. Störst är Klagomål: 45." */
static const char *desc(const struct stacked *s)
{
	const struct chart *c = s->c;
	size_t at[] = { c->n_columns - 1, 0 };
	struct chart_found found = { 0 };
	const char *text = "";

	for (size_t i = 0; i < 2; i++) {
		struct month m = month_of(s, at[i]);
		const char *total = total_text(s, &m);

		if (total)
			text = arena_printf(c->arena, "%s%s ", text,
				chart_value_text(
					c, chart_column_name(c, at[i]), total));
	}
	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_cell cell = chart_cell(&c->rows[i], c->n_columns - 1);

		chart_find(&found, c->rows[i].name, &cell);
	}
	if (!found.shown || c->n_rows == 1)
		return arena_printf(
			c->arena, "%s%s", text, chart_hidden_text(c, found.hidden));
	return arena_printf(c->arena, "%s%s", text, chart_found_text(c, &found));
}

static void draw_keys(struct stacked *s)
{
	struct chart *c = s->c;
	struct chart_key keys[] = { { LOOK_FEW, c->words->hidden } };

	s->plot.box.y = CHART_EM + 8;
	if (s->any_hidden)
		s->plot.box.y += chart_keys(c, CHART_EM, keys, 1);
}

/* One part alone is named by its number. */
static double names_room(const struct stacked *s)
{
	struct month last = month_of(s, s->c->n_columns - 1);
	const char *total = total_text(s, &last);

	if (s->c->n_rows > 1)
		return NAMES;
	return total ? LEADER + chart_strong_width(total) : 0;
}

static void lay_out(struct stacked *s)
{
	struct chart *c = s->c;
	double names = 0;

	for (size_t i = 0; i < c->n_rows; i++)
		names += part_name(s, &c->rows[i], &(double){ 0 }).h;
	s->plot.box.x = chart_gutter(c, &s->plot.scale);
	s->plot.box.w = CHART_WIDTH - s->plot.box.x - names_room(s);
	s->plot.box.h = fmax(HEIGHT, c->n_rows > 1 ? names : 0);
	s->pitch = s->plot.box.w / (double)c->n_columns;
	s->bar = fmin(s->pitch * 0.76, 48);
}

const char *chart_stacked(struct chart *c)
{
	struct stacked s = { .c = c };
	struct chart_frame frame = {
		.kind = "stacked", .part = "", .width = CHART_WIDTH
	};

	if (!measure(&s))
		return NULL;
	draw_keys(&s);
	lay_out(&s);
	chart_grid(c, &s.plot);
	for (size_t i = 0; i < c->n_columns; i++)
		draw_month(&s, i);
	chart_base(c, &s.plot);
	frame.height = s.plot.box.y + s.plot.box.h + chart_time_axis(c, &s.plot) + 4;
	draw_names(&s);
	frame.title = chart_title(c, "");
	frame.desc = desc(&s);
	return chart_svg(c, &frame);
}
