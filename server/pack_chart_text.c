#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"
#include "server/pack_chart_private.h"

/* In ems. No font is asked: widths are those of DejaVu Sans, the widest of the common
 * ones, for what has room in it has room in all. */
static double glyph_width(uint32_t point)
{
	if (point < 128 && strchr(" .,:;'|!iljItfr-()/", (int)point))
		return 0.4;
	if (point < 128 && strchr("mwMW%@", (int)point))
		return 1;
	if (point >= 'A' && point <= 'Z')
		return 0.73;
	if (point >= 0x300 && point <= 0x36f)
		return 0; /* joins the one before */
	if (point >= 0x1100 && point < 0x2000)
		return 1;
	return point >= 0x2e80 ? 1 : 0.63;
}

static double glyphs_width(const char *text, size_t n)
{
	double width = 0;

	while (n > 0) {
		uint32_t point = 0xfffd;
		size_t step = utf8_decode(text, n, &point);

		step = step ? step : 1;
		width += glyph_width(point);
		text += step;
		n -= step;
	}
	return width * CHART_EM;
}

double chart_text_width(const char *text)
{
	return glyphs_width(text, strlen(text));
}

double chart_strong_width(const char *text)
{
	return chart_text_width(text) * 1.13;
}

/* The longest start of the text that is at most so wide, at least one letter. */
static size_t fits(const char *text, double width)
{
	size_t all = strlen(text), n = 0;

	while (n < all) {
		size_t step = utf8_decode(text + n, all - n, NULL);

		step = step ? step : 1;
		if (n > 0 && glyphs_width(text, n + step) > width)
			break;
		n += step;
	}
	return n;
}

/* Where the line ends that may be n long: after its last space or hyphen; n if it is
 * all one word. */
static size_t line_end(const char *text, size_t n)
{
	if (!text[n] || text[n] == ' ')
		return n;
	for (size_t i = n; i > 0; i--)
		if (text[i - 1] == ' ' || text[i - 1] == '-' || text[i - 1] == '/')
			return i;
	return n;
}

/* A word that is too long by itself is torn, where the room ends. */
static bool is_torn(const char *text, size_t end)
{
	return text[end] && text[end] != ' ' && !strchr(" -/", text[end - 1]);
}

/* No less than three letters of a torn word go to the next line. */
static size_t tear(const char *text, size_t end)
{
	size_t rest = strcspn(text + end, " -/");

	if (!is_torn(text, end))
		return end;
	for (size_t left = utf8_count(text + end, rest); left < 3 && end > 3; left++) {
		end--;
		while (end > 1 && ((unsigned char)text[end] & 0xc0) == 0x80)
			end--;
	}
	return end;
}

static const char *cut(const struct chart *c, const char *text, double width)
{
	size_t n = fits(text, width - chart_text_width("…"));

	while (n > 0 && text[n - 1] == ' ')
		n--;
	return arena_printf(c->arena, "%.*s…", (int)n, text);
}

struct chart_lines chart_wrap(
	const struct chart *c, const char *text, double width, size_t max)
{
	struct chart_lines lines = { 0 };

	while (*text == ' ')
		text++;
	while (*text && lines.n < max && lines.n < CHART_MAX_LINES) {
		size_t n = fits(text, width), end = tear(text, line_end(text, n)),
		       shown = end;
		bool last = lines.n + 1 == max || lines.n + 1 == CHART_MAX_LINES;

		if (last && text[n]) {
			lines.line[lines.n++] = cut(c, text, width);
			break;
		}
		while (shown > 0 && text[shown - 1] == ' ')
			shown--;
		lines.line[lines.n++] = arena_printf(c->arena, "%.*s%s", (int)shown,
			text, is_torn(text, end) ? "-" : "");
		text += end;
		while (*text == ' ')
			text++;
	}
	return lines;
}
