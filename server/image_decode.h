/*
 * image_decode - one picture, decoded and made anew in a process of its own.
 *
 * It starts by loading libvips, then gives up everything it does not need
 * (lib/sandbox.h), and only then looks at the first byte of the picture.
 */
#ifndef SYNPUNKT_SERVER_IMAGE_DECODE_H
#define SYNPUNKT_SERVER_IMAGE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/file_type.h"
#include "server/image_wire.h"

#define IMAGE_SIDE_MAX 4096 /* pixels of the longest side of what is kept */
#define IMAGE_THUMBNAIL_SIDE 400
#define IMAGE_QUALITY 85 /* of JPEG and WebP */
/* Bytes of one file made: 4096 by 4096 pixels with alpha that cannot be packed. */
#define IMAGE_FILE_MAX ((size_t)72 * 1024 * 1024)

struct image_decode {
	int picture;         /* in: what was sent, and the areas after it */
	int made, thumbnail; /* out */
	enum file_type type;
	size_t n_areas;
	size_t memory; /* bytes beyond the libraries */
	uint64_t pixels_max;
	unsigned cpu_seconds;
};

/* In a process just forked, with one thread, which ends with it: nothing is freed. ret:
 * what is told of the picture, by enum image_fact. An area that is not within the
 * picture: IMAGE_OK and the size, and nothing made. */
enum image_outcome image_decode_run(
	const struct image_decode *decode, uint32_t ret[CONFINED_FACTS]);

#endif
