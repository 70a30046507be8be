/*
 * mail_enclose - a file as a part of a letter (RFC 2045 to 2047, 2231), by GMime. It
 * reads a file and makes text of it: for a work thread.
 */
#ifndef SYNPUNKT_LIB_MAIL_ENCLOSE_H
#define SYNPUNKT_LIB_MAIL_ENCLOSE_H

struct error;
struct evbuffer;

struct mail_enclosure {
	int fd;           /* at its beginning; stays the caller's */
	const char *type; /* "application/pdf" */
	const char *name; /* any text */
};

/* Adds header and body of the part, base64, lines ended by CRLF, to be saved and not
 * shown. -1 with ERR_INTERNAL when the file cannot be read. */
int mail_enclose(
	struct evbuffer *out, const struct mail_enclosure *file, struct error *err);

#endif
