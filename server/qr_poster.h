/*
 * qr_poster - a QR code on paper, as PDF: a poster of A4, or a label of 105 by 74 mm
 * for a lamp post or a door. Tagged, with title, language and words for the picture, so
 * that it can be listened to as well.
 *
 * Drawn by cairo; what its version in Debian 12 does not write (languages, the
 * picture's words) is put in by qpdf. Takes tens of milliseconds: not for the loop.
 */
#ifndef SYNPUNKT_SERVER_QR_POSTER_H
#define SYNPUNKT_SERVER_QR_POSTER_H

struct error;
struct evbuffer;
struct poster_fonts;
struct qr;

enum qr_poster_size {
	QR_POSTER_A4,
	QR_POSTER_LABEL,
};

/* Texts in Swedish but for `other`, which is in English. */
struct qr_poster {
	enum qr_poster_size size;
	const struct poster_fonts *fonts;
	const struct qr *qr;
	const char *title;   /* the document's */
	const char *heading; /* "Berätta vad du tycker" */
	const char *subject; /* the unit's name, or NULL */
	const char *how;     /* "Rikta mobilens kamera mot rutan" */
	const char *picture; /* "QR-kod som leder till …" */
	const char *type;    /* "Eller skriv adressen" */
	const char *typed;   /* "synpunkt.example/lamna" */
	const char *address; /* where the code leads */
	const char *other;
	const char *sender; /* "Synpunkt Stockholm" */
};

int qr_poster_write(
	const struct qr_poster *poster, struct evbuffer *out, struct error *err);

#endif
