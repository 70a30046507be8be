/*
 * qr - a text as a QR code (ISO/IEC 18004), by libqrencode, and the code as an SVG
 * picture. Made for signs outdoors: a quarter of it may be worn away (level Q).
 *
 * Takes a millisecond or so for a long text: not for the loop.
 */
#ifndef SYNPUNKT_LIB_QR_H
#define SYNPUNKT_LIB_QR_H

#include <stdbool.h>

struct arena;
struct error;
struct evbuffer;

#define QR_TEXT_MAX 600 /* bytes; more would be too fine for a telephone's camera */
#define QR_QUIET 4      /* modules of white that must be around it */

struct qr {
	int width;                 /* modules a side, without the white */
	const unsigned char *dark; /* width times width, 1 for dark */
};

/* ERR_INVALID for a text that is empty or too long. */
int qr_make(struct arena *arena, const char *text, struct qr *ret, struct error *err);

bool qr_is_dark(const struct qr *qr, int x, int y);

/* A document of its own; title says in words what the code leads to. */
void qr_svg_write(const struct qr *qr, const char *title, struct evbuffer *out);

#endif
