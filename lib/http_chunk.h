/*
 * http_chunk - the chunked transfer coding (RFC 9112 section 7.1), strictly: plain
 * hexadecimal sizes, no extensions, bounded trailers. No input or output.
 *
 * Only for the files of lib/http*.
 */
#ifndef SYNPUNKT_LIB_HTTP_CHUNK_H
#define SYNPUNKT_LIB_HTTP_CHUNK_H

#include "lib/http_parse.h"

enum http_chunk_state {
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_SIZE_LF,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_DATA_CR,
	HTTP_CHUNK_DATA_LF,
	HTTP_CHUNK_TRAILERS,
	HTTP_CHUNK_DONE,
	HTTP_CHUNK_REFUSED, /* status and what say why */
};

struct http_chunk {
	enum http_chunk_state state;
	uint64_t left; /* of the chunk */
	unsigned digits;
	int status;
	const char *what;
	struct http_parse trailers; /* read and dropped */
};

void http_chunk_init(struct http_chunk *c, struct arena *arena);

/* Takes bytes up to the end of a run of data, of the body, or of the input; returns
 * how many. *ret_n > 0: a run of data stands at *ret_data, inside the input. */
size_t http_chunk_feed(struct http_chunk *c, const char *in, size_t n,
	const char **ret_data, size_t *ret_n);

#endif
