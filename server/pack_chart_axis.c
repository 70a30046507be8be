#include <math.h>

#include "lib/arena.h"
#include "server/pack_chart_private.h"

double chart_plot_y(const struct chart_plot *plot, double n)
{
	return plot->box.y + plot->box.h * (1 - chart_scale_at(&plot->scale, n));
}

double chart_gutter(const struct chart *c, const struct chart_scale *scale)
{
	double high = chart_text_width(chart_number(c, scale->high));
	double low = chart_text_width(chart_number(c, scale->low));

	return fmax(high, low) + 8;
}

void chart_grid(struct chart *c, const struct chart_plot *plot)
{
	const struct chart_box *box = &plot->box;

	for (double n = plot->scale.low; n <= plot->scale.high * 1.000001;
		n += plot->scale.step) {
		double y = chart_plot_y(plot, n);

		if (n != 0)
			chart_line(c, LOOK_GRID,
				(struct chart_box){ box->x, y, box->w, 0 });
		chart_text(c, LOOK_SOFT,
			(struct chart_at){ box->x - 7, y + 5, ANCHOR_END },
			chart_number(c, n));
	}
}

void chart_base(struct chart *c, const struct chart_plot *plot)
{
	chart_line(c, LOOK_AXIS,
		(struct chart_box){
			plot->box.x, chart_plot_y(plot, 0), plot->box.w, 0 });
}

/* ---- months ---- */

struct time_axis {
	const struct chart_plot *plot;
	double pitch;
	double y; /* the base of the first line of text */
	size_t every;
};

static const char *short_name(const struct chart *c, size_t column)
{
	long month = chart_column_month(c, column);

	return month < 0 ? chart_column_title(c, column) : c->words->months[month % 12];
}

/* Every column has its name if there is room; else every second, third, … counted from
 * the last, which always has. */
static size_t names_every(const struct chart *c, double pitch)
{
	static const size_t tried[] = { 1, 2, 3, 4, 6 };
	double widest = 0;

	for (size_t i = 0; i < c->n_columns; i++)
		widest = fmax(widest, chart_text_width(short_name(c, i)));
	for (size_t i = 0; i < sizeof(tried) / sizeof(*tried); i++)
		if (pitch * (double)tried[i] >= widest + 5)
			return tried[i];
	return 12;
}

static void year_mark(struct chart *c, const struct time_axis *axis, size_t column)
{
	double x = axis->plot->box.x + axis->pitch * (double)column;
	double base = chart_plot_y(axis->plot, 0);
	long year = chart_column_month(c, column) / 12;
	const char *text = arena_printf(c->arena, "%ld", year);
	struct chart_at at = { x, axis->y + CHART_LINE, ANCHOR_START };

	if (at.x + chart_text_width(text) > CHART_WIDTH) {
		at.x = CHART_WIDTH;
		at.anchor = ANCHOR_END;
	}
	chart_line(c, LOOK_AXIS, (struct chart_box){ x, base, 0, 7 });
	chart_text(c, LOOK_SOFT, at, text);
}

/* The year stands where it begins, and under the first month if there is room. */
static void years(struct chart *c, const struct time_axis *axis)
{
	size_t first_january = c->n_columns;

	for (size_t i = c->n_columns; i > 0; i--)
		if (chart_column_month(c, i - 1) % 12 == 0)
			first_january = i - 1;
	if ((double)first_january * axis->pitch > 42 || first_january == c->n_columns)
		year_mark(c, axis, 0);
	for (size_t i = first_january; i < c->n_columns; i += 12)
		year_mark(c, axis, i);
}

double chart_time_axis(struct chart *c, const struct chart_plot *plot)
{
	struct time_axis axis = { .plot = plot, .y = plot->box.y + plot->box.h + 20 };
	size_t last = c->n_columns - 1;

	axis.pitch = plot->box.w / (double)c->n_columns;
	axis.every = names_every(c, axis.pitch);
	for (size_t i = 0; i < c->n_columns; i++) {
		struct chart_at at = { plot->box.x + axis.pitch * ((double)i + 0.5),
			axis.y, ANCHOR_MIDDLE };

		if ((last - i) % axis.every == 0)
			chart_text(c, i == last ? LOOK_STRONG : LOOK_SOFT, at,
				short_name(c, i));
	}
	if (chart_column_month(c, 0) < 0)
		return CHART_LINE + 7;
	years(c, &axis);
	return 2 * CHART_LINE + 7;
}
