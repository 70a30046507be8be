/*
 * qr_sheet - a link as a QR code, in one of the forms that it is asked for: a picture
 * for the city's own signs, a poster, a label. The words are the residents' texts.
 */
#ifndef SYNPUNKT_SERVER_QR_SHEET_H
#define SYNPUNKT_SERVER_QR_SHEET_H

#include <jansson.h>

struct arena;
struct catalogue;
struct error;
struct evbuffer;
struct qr_link;

enum qr_sheet_kind {
	QR_SHEET_SVG,
	QR_SHEET_POSTER,
	QR_SHEET_LABEL,
};

struct qr_sheet {
	const struct catalogue *catalogue; /* only read */
	const struct qr_link *link;
	enum qr_sheet_kind kind;
};

/* The code alone. Not for the loop (lib/qr.h). */
int qr_sheet_svg(const struct qr_sheet *sheet, struct evbuffer *out, struct error *err);

/* What stands on a poster or label, as qr_poster.h draws it. A new reference. */
json_t *qr_sheet_words(const struct qr_sheet *sheet);

/* "QR-kod som leder till …", in that language. */
const char *qr_sheet_picture(struct arena *arena, const struct catalogue *cat,
	const char *language, const struct qr_link *link);

/* By the words of the API and the tool: format "svg" or "pdf", size "poster", "label"
 * or NULL. -1 and the name of the one that is wrong. */
int qr_sheet_kind_of(const char *format, const char *size, enum qr_sheet_kind *ret,
	const char **wrong);

#endif
