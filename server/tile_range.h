/*
 * tile_range - which part of a file a request wants: Range and If-Range (RFC
 * 9110, 14.2). One range only. Pure.
 */
#ifndef SYNPUNKT_SERVER_TILE_RANGE_H
#define SYNPUNKT_SERVER_TILE_RANGE_H

#include <stdint.h>

enum tile_range_kind {
	TILE_RANGE_WHOLE,   /* no range, or one that does not count */
	TILE_RANGE_PART,    /* first and last are set, within the file */
	TILE_RANGE_OUTSIDE, /* 416: nothing of it is there, or there are several */
};

struct tile_range {
	enum tile_range_kind kind;
	uint64_t first, last; /* octets, both included */
};

/* range and if_range are headers or NULL; etag is the file's, with its quotes. What is
 * not written as it must be is as if it were not there. */
struct tile_range tile_range_read(
	const char *range, const char *if_range, const char *etag, uint64_t size);

#endif
