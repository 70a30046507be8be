/*
 * error - what went wrong, in terms a caller can act on.
 *
 * A function that can fail returns 0 or -1 (or NULL) and fills a struct error on
 * failure; its outputs are then untouched. The text may be shown to the caller,
 * so database messages, paths and addresses never go in: they go to the log.
 */
#ifndef SYNPUNKT_LIB_ERROR_H
#define SYNPUNKT_LIB_ERROR_H

enum err_code {
	ERR_NONE,
	ERR_INVALID,      /* the input is wrong; text says how */
	ERR_UNAUTHORIZED, /* no credentials, or dead ones */
	ERR_FORBIDDEN,
	ERR_NOT_FOUND,
	ERR_CONFLICT,    /* stale version, duplicate key */
	ERR_TOO_LARGE,   /* a named limit was passed */
	ERR_UNSUPPORTED, /* a media or attachment type that is not taken */
	ERR_BUSY,        /* the caller asks too often */
	ERR_UNAVAILABLE, /* try again later */
	ERR_INTERNAL,    /* our fault; text is logged, never sent */
};

struct error {
	enum err_code code;
	char field[64]; /* path of the culprit member ("place.lat"), "" if none */
	char text[200];
	const char *where; /* "file:line" of the first error_set() */
	/* From the database, for deciding and for the log, never shown: */
	char sqlstate[6];    /* "" if it did not come from there */
	char constraint[64]; /* the one that was broken, "" if none */
};

#define ERROR_STRING_(x) #x
#define ERROR_STRING(x) ERROR_STRING_(x)
#define ERROR_HERE __FILE__ ":" ERROR_STRING(__LINE__)

/* Fills err and returns -1, so that a failing path is one line. err may be NULL.
 * A second error_set() on the same err is a bug: the first cause is kept. */
#define error_set(err, code, ...) error_fill(err, code, ERROR_HERE, __VA_ARGS__)

int error_fill(struct error *err, enum err_code code, const char *where,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Names the culprit of an error that is set already. Returns -1. */
int error_set_field(struct error *err, const char *field);

#endif
