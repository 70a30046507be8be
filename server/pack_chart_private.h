/* What the files of pack_chart share. Lengths are in units of the viewBox: text is
 * CHART_EM high, and a picture CHART_WIDTH wide has text of 12 px at the narrowest
 * telephone, of the page's own size where there is room. */
#ifndef SYNPUNKT_SERVER_PACK_CHART_PRIVATE_H
#define SYNPUNKT_SERVER_PACK_CHART_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/pack_chart.h"

#define CHART_EM 15.0
#define CHART_LINE 18.0 /* from one line of text to the next */
#define CHART_WIDTH 360.0
/* The size of a hatched mark: the same whatever it hides. */
#define CHART_STUB_LONG 26.0
#define CHART_STUB_SHORT 12.0
#define CHART_MAX_LINES 3

struct evbuffer;

enum chart_mark {
	MARK_NONE,   /* nothing to show */
	MARK_SHOWN,  /* n may be drawn */
	MARK_HIDDEN, /* there is a number, and nobody may measure it */
};

struct chart_cell {
	enum chart_mark mark;
	double n, of;
	const char *text, *note; /* never NULL; "" */
};

struct chart_row {
	const char *name;
	const char *id;
	const json_t *cells;
};

struct chart {
	struct arena *arena;
	struct evbuffer *out; /* what is drawn so far of the present <svg> */
	const json_t *table, *about, *columns;
	const struct pack_chart_words *words;
	const char *id;         /* "chart-…", fit for an attribute */
	const char *title;      /* of the table */
	double width;           /* of its keys: CHART_WIDTH unless a kind says more */
	struct chart_row *rows; /* without totals */
	size_t n_rows, n_columns;
	struct chart_row total; /* cells NULL if there is none */
};

/* ---- pack_chart_data.c: what the table says ---- */

void chart_read(struct chart *c);
/* The member of the object; "" if it is no string. */
const char *chart_string(const json_t *object, const char *member);
struct chart_cell chart_cell(const struct chart_row *row, size_t column);
/* The column that is named by member of the chart; n_columns if there is none. */
size_t chart_column(const struct chart *c, const char *member);
const char *chart_column_title(const struct chart *c, size_t column);
/* "2026-10" is 2026 * 12 + 9; -1 if the column is no month. */
long chart_column_month(const struct chart *c, size_t column);
/* "okt 2026", or the column's title. */
const char *chart_column_name(const struct chart *c, size_t column);

/* What a description tells of the numbers of a picture. */
struct chart_found {
	double high, low;
	const char *high_name, *low_name, *high_text, *low_text;
	size_t shown, hidden;
};

void chart_find(
	struct chart_found *found, const char *name, const struct chart_cell *cell);
/* "Diagram: De vanligaste ämnena, Park"; part may be "". */
const char *chart_title(const struct chart *c, const char *part);
/* "Störst är …. Minst är …. 2 tal är dolda." */
const char *chart_found_text(const struct chart *c, const struct chart_found *found);
const char *chart_value_text(
	const struct chart *c, const char *name, const char *value);
const char *chart_hidden_text(const struct chart *c, size_t hidden);

/* ---- pack_chart_scale.c: axes and numbers ---- */

struct chart_scale {
	double low, high, step; /* low is 0 unless a number is negative */
};

/* At most ticks + 1 round steps from 0 to the first above high. */
struct chart_scale chart_scale_make(double low, double high, int ticks);
/* 0 to 1: where n stands between low and high. */
double chart_scale_at(const struct chart_scale *scale, double n);
/* "12 345": to the nearest whole. */
const char *chart_number(const struct chart *c, double n);
const char *chart_percent(const struct chart *c, double n);

/* ---- pack_chart_text.c: how wide a text is ---- */

struct chart_lines {
	const char *line[CHART_MAX_LINES];
	size_t n;
};

/* A little more than most fonts need. */
double chart_text_width(const char *text);
double chart_strong_width(const char *text); /* of LOOK_STRONG */
/* At most max lines of at most that width; what does not fit ends in "…". */
struct chart_lines chart_wrap(
	const struct chart *c, const char *text, double width, size_t max);

/* ---- pack_chart_svg.c: drawing ---- */

/* Each is a class of chart.css and, for what reads no style sheet, attributes. */
enum chart_look {
	LOOK_TEXT,
	LOOK_SOFT,
	LOOK_STRONG,
	LOOK_ON, /* text on the dark steps */
	LOOK_BAR,
	LOOK_PALE,
	LOOK_WHOLE,
	LOOK_GRID,
	LOOK_AXIS,
	LOOK_LAST,
	LOOK_HALO, /* keeps a mark apart from what it stands on */
	LOOK_BACK, /* keeps the grid from shining through */
	LOOK_FEW,
	LOOK_OUTLINE,
	LOOK_LINE,
	LOOK_LEADER,
	LOOK_MEDIAN,
	LOOK_DOT,
	LOOK_RING,
	LOOK_PART_1,
	LOOK_PART_2,
	LOOK_PART_3,
	LOOK_PART_4,
	LOOK_STEP_0,
	LOOK_STEP_1,
	LOOK_STEP_2,
	LOOK_STEP_3,
	LOOK_STEP_4,
	LOOK_STEP_5,
	LOOKS
};

enum chart_anchor {
	ANCHOR_START,
	ANCHOR_MIDDLE,
	ANCHOR_END,
};

struct chart_at {
	double x, y;
	enum chart_anchor anchor;
};

struct chart_box {
	double x, y, w, h;
};

void chart_text(
	struct chart *c, enum chart_look look, struct chart_at at, const char *text);
/* Returns the y of the line after the last. */
double chart_text_lines(struct chart *c, enum chart_look look, struct chart_at at,
	const struct chart_lines *lines);
/* Turned so that it rises from left to right. */
void chart_text_slant(struct chart *c, struct chart_at at, const char *text);
void chart_rect(struct chart *c, enum chart_look look, struct chart_box box);
/* From x, y by w, h. */
void chart_line(struct chart *c, enum chart_look look, struct chart_box by);
void chart_dot(struct chart *c, enum chart_look look, double x, double y);
void chart_hatch(struct chart *c, struct chart_box box);
/* A path of several moves, with its "d". */
void chart_path(struct chart *c, enum chart_look look, const char *d);

struct chart_key {
	enum chart_look look; /* LOOK_TEXT: words only */
	const char *text;
};

/* One after the other on as many lines as they need, the first with its base at y;
 * returns the y of the base of the line after. */
double chart_keys(struct chart *c, double y, const struct chart_key *keys, size_t n);

struct chart_frame {
	const char *kind; /* "bars": a class, chart-bars */
	const char *part; /* "" or what sets its ids apart from others of the table */
	const char *title, *desc;
	double width, height;
};

/* The <svg> around what was drawn since the last, which is then forgotten. */
const char *chart_svg(struct chart *c, const struct chart_frame *frame);
/* Fit for text and attributes. */
const char *chart_escape(struct arena *arena, const char *text);

/* ---- one file a kind; NULL if there is no number ---- */

const char *chart_bars(struct chart *c);
const char *chart_gauge(struct chart *c);
const char *chart_histogram(struct chart *c);
const char *chart_stacked(struct chart *c);
const char *chart_heat(struct chart *c);
const char *chart_multiples(struct chart *c);

/* pack_chart_axis.c: what upright pictures share. */
struct chart_plot {
	struct chart_box box; /* where numbers are drawn */
	struct chart_scale scale;
};

double chart_plot_y(const struct chart_plot *plot, double n);
/* Room at the left for the numbers of the scale. */
double chart_gutter(const struct chart *c, const struct chart_scale *scale);
/* Lines across and their numbers; the base line is drawn last, by chart_base(). */
void chart_grid(struct chart *c, const struct chart_plot *plot);
void chart_base(struct chart *c, const struct chart_plot *plot);
/* Months, or titles, under the base line, and the years; returns the height used. */
double chart_time_axis(struct chart *c, const struct chart_plot *plot);

#endif
