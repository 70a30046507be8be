#include "server/qr_poster.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/qr.h"
#include "server/pdf_tags.h"
#include "server/poster_fonts.h"

enum size {
	POSTER,
	LABEL,
};

struct qr_poster {
	int label;
	const char *title, *heading, *subject, *how, *picture, *type, *typed, *address,
		*other, *sender;
	struct qr qr;
	struct poster_fonts *fonts;
};

#define POINTS_MM (72 / 25.4)
#define LINE 1.3 /* times the size of its letters */

/* Sizes in points. A label stands sideways: the code to the left, the words to the
 * right. least is for a name that is too long for its lines. */
static const struct measure {
	double width, height, margin, code;
	double heading, subject, least, text, small;
	int lines; /* of a name, if it is not of the least size */
	bool sideways;
} measures[] = {
	[POSTER] = { 210 * POINTS_MM, 297 * POINTS_MM, 20 * POINTS_MM, 135 * POINTS_MM,
		38, 28, 13, 20, 15, 3, false },
	[LABEL] = { 105 * POINTS_MM, 74 * POINTS_MM, 5 * POINTS_MM, 47 * POINTS_MM, 15,
		12, 6.5, 9.5, 8, 2, true },
};

struct drawing {
	cairo_t *cr;
	const struct poster_fonts *fonts;
	struct arena *arena;
	const struct measure *measure;
	double left, width, y; /* of the column that is written in */
};

static void set_font(struct drawing *d, double size, bool bold)
{
	cairo_set_font_face(d->cr,
		bold ? poster_fonts_bold(d->fonts) : poster_fonts_regular(d->fonts));
	cairo_set_font_size(d->cr, size);
}

static double width_of(struct drawing *d, const char *text, size_t n)
{
	cairo_text_extents_t extents;

	cairo_text_extents(d->cr, arena_dup_n(d->arena, text, n), &extents);
	return extents.x_advance;
}

/* Of one word that is too long for a line, as many letters as there is room for. */
static size_t word_cut(struct drawing *d, const char *text)
{
	size_t fits = 0;

	for (size_t n = 1; text[n - 1]; n++) {
		if (((unsigned char)text[n] & 0xc0) == 0x80)
			continue; /* in the middle of a letter */
		if (fits > 0 && width_of(d, text, n) > d->width)
			break;
		fits = n;
	}
	return fits;
}

/* How much of text goes on a line: whole words. */
static size_t line_length(struct drawing *d, const char *text)
{
	size_t fits = 0, n = 0;

	while (text[n]) {
		n += strspn(text + n, " ");
		n += strcspn(text + n, " ");
		if (width_of(d, text, n) > d->width)
			break;
		fits = n;
	}
	return fits > 0 ? fits : word_cut(d, text);
}

static int lines_of(struct drawing *d, const char *text)
{
	int lines = 0;

	for (; *text; lines++) {
		text += line_length(d, text);
		text += strspn(text, " ");
	}
	return lines;
}

/* The space at the end of a line is drawn too: who listens hears two words. */
static void put_line(struct drawing *d, const char *text, size_t n, double size)
{
	double x = d->left;

	if (!d->measure->sideways)
		x += (d->width - width_of(d, text, n)) / 2;
	d->y += size * LINE;
	cairo_move_to(d->cr, x, d->y);
	cairo_show_text(d->cr, arena_dup_n(d->arena, text, n + strspn(text + n, " ")));
}

static void put_lines(struct drawing *d, const char *text, double size)
{
	while (*text) {
		size_t n = line_length(d, text);

		put_line(d, text, n, size);
		text += n;
		text += strspn(text, " ");
	}
}

/* One structure element, over as many lines as it takes. */
static void put_text(struct drawing *d, const char *tag, const char *text, double size)
{
	set_font(d, size, !strcmp(tag, "H1"));
	cairo_tag_begin(d->cr, tag, NULL);
	put_lines(d, text, size);
	cairo_tag_end(d->cr, tag);
}

/* A name is anybody's: a long one is written smaller, so that all of it has room. */
static void put_name(struct drawing *d, const char *text)
{
	const struct measure *m = d->measure;
	double size = m->subject;

	for (set_font(d, size, false); size > m->least && lines_of(d, text) > m->lines;
		set_font(d, size, false))
		size = size * 0.9 > m->least ? size * 0.9 : m->least;
	put_text(d, "P", text, size);
}

static void put_code(struct drawing *d, const struct qr *qr, double x, double y)
{
	double side = d->measure->code / (qr->width + 2 * QR_QUIET);

	cairo_tag_begin(d->cr, "Figure", NULL);
	for (int i = 0; i < qr->width * qr->width; i++) {
		int column = i % qr->width, row = i / qr->width;

		if (qr_is_dark(qr, column, row))
			cairo_rectangle(d->cr, x + (column + QR_QUIET) * side,
				y + (row + QR_QUIET) * side, side, side);
	}
	/* All at once: no hairlines between neighbours. */
	cairo_fill(d->cr);
	cairo_tag_end(d->cr, "Figure");
}

/* The address can be pressed, too, by who reads this on a screen. */
static void put_address(struct drawing *d, const struct qr_poster *poster, double size)
{
	set_font(d, size, true);
	cairo_tag_begin(d->cr, "P", NULL);
	cairo_tag_begin(d->cr, CAIRO_TAG_LINK,
		arena_printf(d->arena, "uri='%s'", poster->address));
	put_lines(d, poster->typed, size);
	cairo_tag_end(d->cr, CAIRO_TAG_LINK);
	cairo_tag_end(d->cr, "P");
}

static void put_heading(struct drawing *d, const struct qr_poster *poster)
{
	const struct measure *m = d->measure;

	put_text(d, "H1", poster->heading, m->heading);
	if (!poster->subject)
		return;
	d->y += m->subject * 0.3;
	put_name(d, poster->subject);
}

/* The English line is the last paragraph but one, as pdf_tags.h is told. */
#define FOREIGN_FROM_END 2

static void put_words(struct drawing *d, const struct qr_poster *poster)
{
	const struct measure *m = d->measure;

	put_text(d, "P", poster->how, m->text);
	d->y += m->text * 0.5;
	put_text(d, "P", poster->type, m->small);
	put_address(d, poster, m->small);
	d->y += m->small * 0.6;
	put_text(d, "P", poster->other, m->small);
	d->y += m->small * 0.3;
	put_text(d, "P", poster->sender, m->small);
}

static void draw_poster(struct drawing *d, const struct qr_poster *poster)
{
	const struct measure *m = d->measure;

	d->left = m->margin;
	d->width = m->width - 2 * m->margin;
	d->y = m->margin;
	put_heading(d, poster);
	put_code(d, &poster->qr, (m->width - m->code) / 2, d->y);
	d->y += m->code;
	put_words(d, poster);
}

static void draw_label(struct drawing *d, const struct qr_poster *poster)
{
	const struct measure *m = d->measure;

	put_code(d, &poster->qr, m->margin / 2, (m->height - m->code) / 2);
	d->left = m->margin / 2 + m->code;
	d->width = m->width - d->left - m->margin;
	d->y = m->margin;
	put_heading(d, poster);
	d->y += m->text * 0.5;
	put_words(d, poster);
}

static cairo_status_t on_bytes(void *out, const unsigned char *bytes, unsigned n)
{
	return evbuffer_add(out, bytes, n) < 0 ? CAIRO_STATUS_WRITE_ERROR
					       : CAIRO_STATUS_SUCCESS;
}

static void draw(cairo_surface_t *surface, const struct qr_poster *poster,
	const struct measure *m)
{
	struct drawing d = {
		.cr = cairo_create(surface),
		.fonts = poster->fonts,
		.arena = arena_new(),
		.measure = m,
	};

	cairo_set_source_rgb(d.cr, 0, 0, 0);
	cairo_tag_begin(d.cr, "Document", NULL);
	if (m->sideways)
		draw_label(&d, poster);
	else
		draw_poster(&d, poster);
	cairo_tag_end(d.cr, "Document");
	cairo_show_page(d.cr);
	cairo_destroy(d.cr);
	arena_free(d.arena);
}

static int poster_write(
	const struct qr_poster *poster, struct evbuffer *out, struct error *err)
{
	const struct measure *m = &measures[poster->label ? LABEL : POSTER];
	struct evbuffer *drawn = evbuffer_new();
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		on_bytes, drawn, m->width, m->height);
	cairo_status_t status;
	int rc;

	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_TITLE, poster->title);
	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_CREATOR, poster->sender);
	draw(surface, poster, m);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		rc = pdf_tags_complete(drawn,
			&(struct pdf_tags){ .language = "sv",
				.picture = poster->picture,
				.foreign = FOREIGN_FROM_END,
				.foreign_language = "en" },
			out, err);
	else
		rc = error_set(err, ERR_INTERNAL, "the page could not be drawn: %s",
			cairo_status_to_string(status));
	evbuffer_free(drawn);
	return rc;
}

int qr_poster_write(const json_t *words, struct evbuffer *out, struct error *err)
{
	struct arena *arena = arena_new();
	struct qr_poster poster = { 0 };
	int rc = -1;

	if (json_unpack((json_t *)(uintptr_t)words,
		    "{s:b, s:s, s:s, s?:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "label",
		    &poster.label, "title", &poster.title, "heading", &poster.heading,
		    "subject", &poster.subject, "how", &poster.how, "picture",
		    &poster.picture, "type", &poster.type, "typed", &poster.typed,
		    "address", &poster.address, "other", &poster.other, "sender",
		    &poster.sender) < 0)
		error_set(err, ERR_INVALID, "a poster lacks words");
	else if (qr_make(arena, poster.address, &poster.qr, err) == 0)
		poster.fonts = poster_fonts_new(err);
	if (poster.fonts)
		rc = poster_write(&poster, out, err);
	poster_fonts_free(poster.fonts);
	arena_free(arena);
	return rc;
}
