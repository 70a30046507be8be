/*
 * form_data - reads a submitted HTML form while it arrives: multipart/form-data (RFC
 * 7578, boundaries of RFC 2046, 5.1.1) and application/x-www-form-urlencoded, both
 * through the same callbacks. Memory is bounded whatever arrives: about 6 KiB.
 *
 * Strict: lines end in CRLF, headers are not folded, the closing boundary must come.
 * How the bytes are cut into feeds makes no difference, except to the number of
 * part_data() calls and to how much of a value was told before an error. filename* is
 * passed over (RFC 7578, 4.2).
 */
#ifndef SYNPUNKT_LIB_FORM_DATA_H
#define SYNPUNKT_LIB_FORM_DATA_H

#include <stddef.h>

struct error;
struct form_data;

#define FORM_PARTS_MAX 100
#define FORM_HEADER_MAX 4096   /* bytes of all header lines of one part */
#define FORM_NAME_MAX 100      /* bytes, decoded */
#define FORM_FILENAME_MAX 1024 /* bytes, decoded: 255 UTF-16 units take up to 765 */
#define FORM_TYPE_MAX 255      /* bytes of a part's content type */
#define FORM_BOUNDARY_MAX 70   /* RFC 2046, 5.1.1 */
#define FORM_PREAMBLE_MAX 1024 /* bytes before the first boundary */

/* Valid during part_begin() only. Names are valid UTF-8 without control characters. */
struct form_part {
	const char *name;
	const char *filename; /* NULL: a plain field; "": no file was chosen. The last
			       * part of a path, "%22" and \" read as a quote */
	const char *content_type; /* as sent, NULL if not said */
};

/* A callback that returns -1 with err filled ends the reading with that error. */
struct form_handler {
	int (*part_begin)(const struct form_part *part, void *arg, struct error *err);
	/* n > 0; the content as sent, not checked for UTF-8 */
	int (*part_data)(const char *bytes, size_t n, void *arg, struct error *err);
	int (*part_end)(void *arg, struct error *err);
};

/* content_type is the request's. ERR_UNSUPPORTED if it is neither of the two,
 * ERR_INVALID for a boundary that is missing or wrong. handler must outlive it. */
struct form_data *form_data_new(const char *content_type,
	const struct form_handler *handler, void *arg, struct error *err);
void form_data_free(struct form_data *form); /* NULL is fine */

/* ERR_INVALID for a broken form, ERR_TOO_LARGE for a limit above, or the callback's.
 * After an error only form_data_free() may follow. */
int form_data_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err);
/* The body is over. ERR_INVALID if the form is not. */
int form_data_finish(struct form_data *form, struct error *err);

#endif
