/*
 * qr_poster - a QR code on paper, as PDF: a poster of A4, or a label of 105 by 74 mm
 * for a lamp post or a door. Tagged, with title, language and words for the picture, so
 * that it can be listened to as well.
 *
 * Drawn by cairo; what its version in Debian 12 does not write (languages, the
 * picture's words) is put in by qpdf. In synpunktctl alone: loaded in each process of
 * the server these libraries would cost megabytes. The server runs it
 * (poster_client.h).
 */
#ifndef SYNPUNKT_SERVER_QR_POSTER_H
#define SYNPUNKT_SERVER_QR_POSTER_H

#include <jansson.h>

struct error;
struct evbuffer;

/*
 * words: label (true: the label, else the poster), title (the document's), heading,
 * subject (the unit's name, perhaps), how, picture (words in place of the code), type,
 * typed (the address to type), address (where the code leads), other (in English; all
 * else is Swedish), sender. ERR_INVALID when one is missing.
 */
int qr_poster_write(const json_t *words, struct evbuffer *out, struct error *err);

#endif
