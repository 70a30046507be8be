/*
 * Drawing: every shape has a class, for chart.css, and the same in attributes, which
 * any rule of a style sheet outweighs. Attributes alone serve what reads no sheet of
 * the page inside an <svg>, such as weasyprint, and a picture that was copied out.
 */
#include <math.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_format.h"
#include "lib/utf8.h"
#include "server/pack_chart_private.h"

#define INK "#17212b"
#define SOFT "#46525f"
#define LINE "#75808b"
#define ACCENT "#0b5261"
#define SURFACE "#ffffff"
#define PALE "#d5dadd"

#define FILL(colour) "fill=\"" colour "\""
#define SHADE(colour, opacity) "fill=\"" colour "\" fill-opacity=\"" opacity "\""
#define EDGED(colour, opacity, edge)                                                   \
	SHADE(colour, opacity) " stroke=\"" edge "\" stroke-width=\"1\""
#define STROKE(colour, width)                                                          \
	"fill=\"none\" stroke=\"" colour "\" stroke-width=\"" width "\""

static const struct {
	const char *class, *attributes;
} looks[LOOKS] = {
	[LOOK_TEXT] = { "chart-text", FILL(INK) },
	[LOOK_SOFT] = { "chart-soft", FILL(SOFT) },
	[LOOK_STRONG] = { "chart-strong", FILL(INK) " font-weight=\"700\"" },
	[LOOK_ON] = { "chart-on", FILL(SURFACE) },
	[LOOK_BAR] = { "chart-bar", FILL(ACCENT) },
	[LOOK_PALE] = { "chart-pale", EDGED(ACCENT, ".35", ACCENT) },
	[LOOK_WHOLE] = { "chart-whole", EDGED(SURFACE, "1", LINE) },
	[LOOK_GRID] = { "chart-grid", STROKE(PALE, "1") },
	[LOOK_AXIS] = { "chart-axis", STROKE(SOFT, "1.5") },
	[LOOK_LAST] = { "chart-last", STROKE(INK, "2.5") },
	[LOOK_HALO] = { "chart-halo", STROKE(SURFACE, "6") },
	[LOOK_BACK] = { "chart-back", FILL(SURFACE) },
	[LOOK_FEW] = { "chart-few", STROKE(SOFT, "1.25") },
	[LOOK_OUTLINE] = { "chart-outline",
		STROKE(SOFT, "1.25") " stroke-dasharray=\"3 2\"" },
	[LOOK_LINE] = { "chart-line",
		STROKE(ACCENT,
			"2.5") " stroke-linecap=\"round\" stroke-linejoin=\"round\"" },
	[LOOK_LEADER] = { "chart-leader", STROKE(LINE, "1") },
	[LOOK_MEDIAN] = { "chart-median",
		STROKE(INK, "2") " stroke-dasharray=\"5 3\"" },
	[LOOK_DOT] = { "chart-dot", FILL(ACCENT) },
	[LOOK_RING] = { "chart-ring",
		FILL(SURFACE) " stroke=\"" INK "\" stroke-width=\"2\"" },
	[LOOK_PART_1] = { "chart-part-1", EDGED(ACCENT, "1", ACCENT) },
	[LOOK_PART_2] = { "chart-part-2", EDGED(ACCENT, ".3", ACCENT) },
	[LOOK_PART_3] = { "chart-part-3", EDGED(ACCENT, ".65", ACCENT) },
	[LOOK_PART_4] = { "chart-part-4", EDGED(ACCENT, ".08", ACCENT) },
	[LOOK_STEP_0] = { "chart-step-0", EDGED(SURFACE, "1", PALE) },
	[LOOK_STEP_1] = { "chart-step-1", SHADE(ACCENT, ".126") },
	[LOOK_STEP_2] = { "chart-step-2", SHADE(ACCENT, ".351") },
	[LOOK_STEP_3] = { "chart-step-3", SHADE(ACCENT, ".57") },
	[LOOK_STEP_4] = { "chart-step-4", SHADE(ACCENT, ".785") },
	[LOOK_STEP_5] = { "chart-step-5", FILL(ACCENT) },
};

static const char *const anchors[] = {
	[ANCHOR_START] = "start",
	[ANCHOR_MIDDLE] = "middle",
	[ANCHOR_END] = "end",
};

/* ---- text ---- */

static const char *entity(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* XML has no way to say a control character, U+FFFE or U+FFFF. */
static bool is_sayable(uint32_t point)
{
	return point >= ' ' && point != 0xfffe && point != 0xffff;
}

const char *chart_escape(struct arena *arena, const char *text)
{
	size_t left = strlen(text);
	char *safe = arena_alloc(arena, left * strlen("&quot;") + 1), *to = safe;

	while (left > 0) {
		uint32_t point = 0;
		size_t n = utf8_decode(text, left, &point);
		const char *as = n == 1 ? entity(*text) : NULL;

		if (n == 0 || !is_sayable(point))
			as = "\xef\xbf\xbd"; /* U+FFFD */
		n = n ? n : 1;
		memcpy(to, as ? as : text, as ? strlen(as) : n);
		to += as ? strlen(as) : n;
		text += n;
		left -= n;
	}
	return safe;
}

void chart_text(
	struct chart *c, enum chart_look look, struct chart_at at, const char *text)
{
	evbuffer_add_printf(c->out,
		"<text class=\"%s\" %s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
		looks[look].class, looks[look].attributes, at.x, at.y,
		anchors[at.anchor], chart_escape(c->arena, text));
}

double chart_text_lines(struct chart *c, enum chart_look look, struct chart_at at,
	const struct chart_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		chart_text(c, look, at, lines->line[i]);
		at.y += CHART_LINE;
	}
	return at.y;
}

void chart_text_slant(struct chart *c, struct chart_at at, const char *text)
{
	evbuffer_add_printf(c->out,
		"<text class=\"chart-text\" " FILL(
			INK) " x=\"%.1f\" y=\"%.1f\" transform=\"rotate(-45 %.1f %.1f)\">%s</text>",
		at.x, at.y, at.x, at.y, chart_escape(c->arena, text));
}

/* ---- shapes ---- */

void chart_rect(struct chart *c, enum chart_look look, struct chart_box box)
{
	evbuffer_add_printf(c->out,
		"<rect class=\"%s\" %s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		looks[look].class, looks[look].attributes, box.x, box.y, box.w, box.h);
}

void chart_path(struct chart *c, enum chart_look look, const char *d)
{
	evbuffer_add_printf(c->out, "<path class=\"%s\" %s d=\"%s\"/>",
		looks[look].class, looks[look].attributes, d);
}

void chart_line(struct chart *c, enum chart_look look, struct chart_box by)
{
	chart_path(c, look,
		arena_printf(c->arena, "M%.1f %.1fL%.1f %.1f", by.x, by.y, by.x + by.w,
			by.y + by.h));
}

void chart_dot(struct chart *c, enum chart_look look, double x, double y)
{
	evbuffer_add_printf(c->out,
		"<circle class=\"%s\" %s cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
		looks[look].class, looks[look].attributes, x, y);
}

/* Strokes at 45 degrees, each from edge to edge of the box: drawn, not a pattern or a
 * clipping, which not all that reads SVG knows. */
void chart_hatch(struct chart *c, struct chart_box box)
{
	static const double apart = 5;
	const char *d = arena_printf(c->arena, "M%.1f %.1fh%.1fv%.1fh%.1fz", box.x,
		box.y, box.w, box.h, -box.w);

	for (double k = apart; k < box.w + box.h; k += apart)
		d = arena_printf(c->arena, "%sM%.1f %.1fL%.1f %.1f", d,
			box.x + fmin(k, box.w), box.y + fmax(k - box.w, 0),
			box.x + fmax(k - box.h, 0), box.y + fmin(k, box.h));
	chart_path(c, LOOK_FEW, d);
}

/* ---- keys ---- */

static double key_sign(struct chart *c, enum chart_look look, double x, double y)
{
	struct chart_box box = { x + 0.5, y - 11.5, 18, CHART_STUB_SHORT };

	switch (look) {
	case LOOK_TEXT:
		return 0;
	case LOOK_LAST:
		chart_line(c, look, (struct chart_box){ x + 3, y - 14, 0, 17 });
		return 10;
	case LOOK_RING:
	case LOOK_DOT:
		chart_dot(c, look, x + 6, y - 5);
		return 16;
	case LOOK_FEW:
		box.w = CHART_STUB_LONG;
		chart_hatch(c, box);
		break;
	default:
		chart_rect(c, look, box);
	}
	return box.w + 6;
}

double chart_keys(struct chart *c, double y, const struct chart_key *keys, size_t n)
{
	double x = 0;

	for (size_t i = 0; i < n; i++) {
		double sign = keys[i].look == LOOK_TEXT ? 0 : CHART_STUB_LONG + 6;
		double room = sign + chart_text_width(keys[i].text);

		if (x > 0 && x + room > c->width) {
			x = 0;
			y += CHART_LINE + 4;
		}
		x += key_sign(c, keys[i].look, x, y);
		chart_text(c, LOOK_SOFT, (struct chart_at){ .x = x, .y = y },
			keys[i].text);
		x += chart_text_width(keys[i].text) + 14;
	}
	return n ? y + CHART_LINE + 4 : y;
}

/* ---- the whole ---- */

const char *chart_svg(struct chart *c, const struct chart_frame *frame)
{
	char *drawn = arena_dup_n(c->arena, (const char *)evbuffer_pullup(c->out, -1),
		evbuffer_get_length(c->out));
	const char *title = chart_escape(c->arena, frame->title);
	const char *desc = chart_escape(c->arena, frame->desc);

	evbuffer_drain(c->out, evbuffer_get_length(c->out));
	/* The width is that of the text around it: em of the page, not of the picture,
	 * whose own size of letters is therefore told further in. */
	return arena_printf(c->arena,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart chart-%s\" "
		"viewBox=\"0 0 %.0f %.0f\" width=\"%.1fem\" height=\"%.1fem\" "
		"direction=\"ltr\" role=\"img\" "
		"aria-labelledby=\"%s%s-title %s%s-desc\">"
		"<title id=\"%s%s-title\">%s</title><desc id=\"%s%s-desc\">%s</desc>"
		"<g font-size=\"%.0f\" font-family=\"Liberation Sans, Arial, sans-serif\">"
		"%s</g></svg>",
		frame->kind, frame->width, frame->height, frame->width / CHART_EM,
		frame->height / CHART_EM, c->id, frame->part, c->id, frame->part, c->id,
		frame->part, title, c->id, frame->part, desc, CHART_EM, drawn);
}
