#include "lib/qr.h"

#include <string.h>

#include <event2/buffer.h>
#include <qrencode.h>

#include "lib/arena.h"
#include "lib/error.h"

/* Pixels a module where nobody says how large it is to be. */
#define SVG_SCALE 8

int qr_make(struct arena *arena, const char *text, struct qr *ret, struct error *err)
{
	size_t n = strlen(text);
	unsigned char *dark;
	QRcode *code;

	if (n == 0 || n > QR_TEXT_MAX)
		return error_set(err, ERR_INVALID, "a QR code holds 1 to %d characters",
			QR_TEXT_MAX);
	code = QRcode_encodeData(
		(int)n, (const unsigned char *)text, /* version= */ 0, QR_ECLEVEL_Q);
	if (!code)
		return error_set(err, ERR_INTERNAL, "the QR code could not be made");
	n = (size_t)code->width * (size_t)code->width;
	dark = arena_alloc(arena, n);
	for (size_t i = 0; i < n; i++)
		dark[i] = code->data[i] & 1; /* the rest is how it was made */
	ret->width = code->width;
	ret->dark = dark;
	QRcode_free(code);
	return 0;
}

bool qr_is_dark(const struct qr *qr, int x, int y)
{
	return qr->dark[y * qr->width + x];
}

static void svg_add_text(struct evbuffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			evbuffer_add_printf(out, "&amp;");
		else if (*text == '<')
			evbuffer_add_printf(out, "&lt;");
		else if (*text == '>')
			evbuffer_add_printf(out, "&gt;");
		else if ((unsigned char)*text >= ' ') /* no other is in XML */
			evbuffer_add(out, text, 1);
	}
}

/* How many modules from there on are as this one. */
static int run_length(const struct qr *qr, int x, int y)
{
	int n = 1;

	while (x + n < qr->width && qr_is_dark(qr, x + n, y) == qr_is_dark(qr, x, y))
		n++;
	return n;
}

/* One path for all: a run of dark modules is a rectangle. */
static void svg_add_row(struct evbuffer *out, const struct qr *qr, int y)
{
	for (int x = 0, n; x < qr->width; x += n) {
		n = run_length(qr, x, y);
		if (qr_is_dark(qr, x, y))
			evbuffer_add_printf(out, "M%d %dh%dv1h-%dz", x + QR_QUIET,
				y + QR_QUIET, n, n);
	}
}

void qr_svg_write(const struct qr *qr, const char *title, struct evbuffer *out)
{
	int side = qr->width + 2 * QR_QUIET;

	evbuffer_add_printf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"title\" "
		"shape-rendering=\"crispEdges\">\n<title id=\"title\">",
		side * SVG_SCALE, side * SVG_SCALE, side, side);
	svg_add_text(out, title);
	evbuffer_add_printf(out,
		"</title>\n<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>\n"
		"<path fill=\"#000\" d=\"",
		side, side);
	for (int y = 0; y < qr->width; y++)
		svg_add_row(out, qr, y);
	evbuffer_add_printf(out, "\"/>\n</svg>\n");
}
