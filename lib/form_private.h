/* form_private - what the files of the form reader share; nobody else includes it. */
#ifndef SYNPUNKT_LIB_FORM_PRIVATE_H
#define SYNPUNKT_LIB_FORM_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/form_data.h"

/* Each state says what the next byte is. */
enum multipart_state {
	MULTIPART_PREAMBLE,    /* before the first boundary; passed over */
	MULTIPART_BOUNDARY,    /* right after a boundary: "--", padding or CRLF */
	MULTIPART_CLOSE_DASH,  /* the second dash of the closing boundary */
	MULTIPART_PADDING,     /* blanks after a boundary, then CRLF */
	MULTIPART_BOUNDARY_LF, /* the LF that ends the boundary's line */
	MULTIPART_HEADER,      /* header lines of a part, up to an empty one */
	MULTIPART_BODY,        /* content of a part */
	MULTIPART_EPILOGUE,    /* after the closing boundary; passed over */
};

struct multipart {
	enum multipart_state state;
	char delimiter[4 + FORM_BOUNDARY_MAX]; /* CR LF - - boundary */
	size_t n_delimiter;
	size_t matched; /* bytes of the delimiter seen and not passed on */
	size_t skipped; /* bytes of the preamble and of padding */
	char header[FORM_HEADER_MAX + 1];
	size_t n_header;
};

#define URLENCODED_CHUNK 512

struct urlencoded {
	bool in_value;
	unsigned escape; /* digits still to come after a "%" */
	int high;        /* the first of them */
	char name[FORM_NAME_MAX + 1];
	size_t n_name;
	char value[URLENCODED_CHUNK]; /* decoded and not passed on yet */
	size_t n_value;
};

struct form_data {
	const struct form_handler *handler;
	void *arg;
	bool is_multipart;
	bool failed;
	size_t parts;
	union {
		struct multipart multipart;
		struct urlencoded urlencoded;
	};
};

int form_fail(struct error *err, const char *what); /* ERR_INVALID, -1 */

/* Checks the part and starts it with the caller. */
int form_part_begin(
	struct form_data *form, const struct form_part *part, struct error *err);

int multipart_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err);
int multipart_finish(struct form_data *form, struct error *err);
int urlencoded_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err);
int urlencoded_finish(struct form_data *form, struct error *err);

/* The value of a header up to its first ;, trimmed. *ret_params is what follows the ;,
 * NULL if there is none. Works in the text, which it changes. */
char *form_value_first(char *text, char **ret_params);

/* The next name=value of *params, which moves on. Works in the text. Returns 1, 0 at
 * the end, -1 if it is none. */
struct form_param {
	char *name, *value;
};
int form_param_next(char **params, struct form_param *ret);

/* Reads the header lines of a part, NUL-terminated and ending in an empty line, in
 * place. The result points into header. */
int form_header_parse(char *header, struct form_part *ret, struct error *err);

#endif
