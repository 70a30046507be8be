/* How many took how long: one standing bar a bin, close together, and the median. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/text_format.h"
#include "server/pack_chart_private.h"

#define HEIGHT 180.0
#define TICKS 4

struct histogram {
	struct chart *c;
	struct chart_plot plot;
	double pitch;
	struct chart_found found;
};

static double bin_x(const struct histogram *h, size_t bin)
{
	return h->plot.box.x + h->pitch * (double)bin;
}

static void measure(struct histogram *h)
{
	const struct chart *c = h->c;

	for (size_t i = 0; i < c->n_rows; i++) {
		struct chart_cell cell = chart_cell(&c->rows[i], 0);

		chart_find(&h->found, c->rows[i].name, &cell);
	}
	h->plot.scale = chart_scale_make(0, h->found.high, TICKS);
}

static void draw_bin(struct histogram *h, size_t bin)
{
	struct chart *c = h->c;
	struct chart_cell cell = chart_cell(&c->rows[bin], 0);
	double gap = h->pitch > 5 ? 1.5 : 0.4, base = chart_plot_y(&h->plot, 0);
	struct chart_box box = { bin_x(h, bin) + gap / 2, base - CHART_STUB_SHORT,
		h->pitch - gap, CHART_STUB_SHORT };

	/* As wide as every bin, and as high whatever it hides. */
	if (cell.mark == MARK_HIDDEN)
		chart_hatch(c, box);
	if (cell.mark != MARK_SHOWN || cell.n <= 0)
		return;
	box.y = chart_plot_y(&h->plot, cell.n);
	box.h = base - box.y;
	chart_rect(c, LOOK_BAR, box);
}

/* ---- names of bins ---- */

static size_t names_every(const struct histogram *h)
{
	static const size_t tried[] = { 1, 2, 5, 10, 20, 50 };
	double widest = 0;

	for (size_t i = 0; i < h->c->n_rows; i++)
		widest = fmax(widest, chart_text_width(h->c->rows[i].name));
	for (size_t i = 0; i < sizeof(tried) / sizeof(*tried); i++)
		if (h->pitch * (double)tried[i] >= widest + 8)
			return tried[i];
	return 100;
}

/* Every so many have their names, and the last, which is often open ("41+"). */
static void draw_names(struct histogram *h)
{
	struct chart *c = h->c;
	size_t every = names_every(h), last = c->n_rows - 1;
	double width = fmin(fmax(h->pitch * (double)every, CHART_STUB_LONG), 90) - 4;
	double room = chart_text_width(c->rows[last].name) + 10;
	double y = h->plot.box.y + h->plot.box.h;

	for (size_t i = 0; i <= last; i++) {
		struct chart_at at = { bin_x(h, i) + h->pitch / 2, y + 20,
			ANCHOR_MIDDLE };
		bool crowds = (double)(last - i) * h->pitch < room;
		struct chart_lines name = chart_wrap(c, c->rows[i].name, width, 1);

		if (!name.n || (i != last && (i % every != 0 || crowds)))
			continue;
		if (i == last && at.x + room / 2 > CHART_WIDTH) {
			at.x = CHART_WIDTH;
			at.anchor = ANCHOR_END;
		}
		if (at.anchor == ANCHOR_MIDDLE)
			at.x = fmax(at.x, chart_text_width(name.line[0]) / 2);
		chart_line(c, LOOK_AXIS,
			(struct chart_box){ bin_x(h, i) + h->pitch / 2, y, 0, 5 });
		chart_text(c, LOOK_SOFT, at, name.line[0]);
	}
	chart_text(c, LOOK_SOFT,
		(struct chart_at){ CHART_WIDTH, y + 20 + CHART_LINE, ANCHOR_END },
		chart_string(c->table, "head"));
}

/* ---- the median ---- */

/* The last bin that begins at or below n; n_rows if there is none. */
static size_t bin_of(const struct chart *c, double n)
{
	size_t found = c->n_rows;

	for (size_t i = 0; i < c->n_rows; i++) {
		char *end;
		double from = strtod(c->rows[i].id, &end);

		if (end != c->rows[i].id && from <= n)
			found = i;
	}
	return found;
}

static const char *median_text(const struct histogram *h)
{
	const json_t *median = json_object_get(h->c->about, "median");

	if (!json_is_number(median))
		return NULL;
	return text_format(h->c->arena, h->c->words->median,
		TEXT_VALUES({ "n", chart_number(h->c, json_number_value(median)) }));
}

static void draw_median(struct histogram *h)
{
	struct chart *c = h->c;
	const char *text = median_text(h);
	size_t bin = bin_of(c, json_number_value(json_object_get(c->about, "median")));
	struct chart_at at = { .y = h->plot.box.y - 8 };
	struct chart_cell cell;
	double x;

	if (!text || bin == c->n_rows)
		return;
	x = bin_x(h, bin) + h->pitch / 2;
	at.x = x - 4;
	if (x + chart_strong_width(text) > CHART_WIDTH) {
		at.x = x + 4;
		at.anchor = ANCHOR_END;
	}
	/* Down to the bar, which is left whole. */
	cell = chart_cell(&c->rows[bin], 0);
	chart_line(c, LOOK_MEDIAN,
		(struct chart_box){ x, h->plot.box.y - 4, 0,
			chart_plot_y(&h->plot, cell.n) - h->plot.box.y + 2 });
	chart_text(c, LOOK_STRONG, at, text);
}

static void draw_keys(struct histogram *h)
{
	struct chart *c = h->c;
	struct chart_key keys[2] = { { LOOK_TEXT, chart_column_title(c, 0) } };
	size_t n = 1;

	if (h->found.hidden)
		keys[n++] = (struct chart_key){ LOOK_FEW, c->words->hidden };
	h->plot.box.y = chart_keys(c, CHART_EM, keys, n) + 14;
}

static const char *desc(const struct histogram *h)
{
	const struct chart *c = h->c;
	const char *median = median_text(h);

	return arena_printf(c->arena, "%s%s%s%s",
		chart_value_text(c, h->found.high_name, h->found.high_text),
		chart_hidden_text(c, h->found.hidden), median ? " " : "",
		median ? arena_printf(c->arena, "%s.", median) : "");
}

const char *chart_histogram(struct chart *c)
{
	struct histogram h = { .c = c };
	struct chart_frame frame = {
		.kind = "histogram", .part = "", .width = CHART_WIDTH
	};

	measure(&h);
	if (!h.found.shown)
		return NULL;
	draw_keys(&h);
	h.plot.box.x = chart_gutter(c, &h.plot.scale);
	h.plot.box.w = CHART_WIDTH - h.plot.box.x;
	h.plot.box.h = HEIGHT;
	h.pitch = h.plot.box.w / (double)c->n_rows;
	chart_grid(c, &h.plot);
	for (size_t i = 0; i < c->n_rows; i++)
		draw_bin(&h, i);
	chart_base(c, &h.plot);
	draw_names(&h);
	draw_median(&h);
	frame.title = chart_title(c, "");
	frame.desc = desc(&h);
	frame.height = h.plot.box.y + HEIGHT + 20 + CHART_LINE + 6;
	return chart_svg(c, &frame);
}
