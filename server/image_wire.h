/* image_wire - how a picture fared, and what goes with it over lib/confined_wire.h. */
#ifndef SYNPUNKT_SERVER_IMAGE_WIRE_H
#define SYNPUNKT_SERVER_IMAGE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/confined_wire.h"

enum image_outcome {
	IMAGE_OK = CONFINED_OK,
	IMAGE_UNDECODABLE = CONFINED_UNREADABLE,
	IMAGE_TOO_LARGE = CONFINED_TOO_LARGE, /* more pixels than are taken */
	IMAGE_CRASHED = CONFINED_CRASHED,
	IMAGE_TIMED_OUT = CONFINED_TIMED_OUT,
	IMAGE_FAILED = CONFINED_FAILED,
	IMAGE_UNANSWERED = CONFINED_UNANSWERED,
	IMAGE_OUTCOMES = CONFINED_OUTCOMES,
};

/* "cannot-be-decoded": what is kept with a refused picture; NULL for IMAGE_OK. */
const char *image_outcome_reason(enum image_outcome outcome);

/* Of a request only the type and how many areas. */
enum image_fact {
	IMAGE_FACT_TYPE, /* enum file_type: of the picture sent, of the one made */
	IMAGE_FACT_WIDTH,
	IMAGE_FACT_HEIGHT,
	IMAGE_FACT_AREAS, /* so many struct image_area come after the picture's bytes */
};

#define IMAGE_AREAS_MAX 50

/* To be covered: pixels of the upright picture. */
struct image_area {
	uint32_t left, top, width, height;
};

/* Nothing of it is outside a picture of that size, and there is something of it. */
bool image_area_fits(const struct image_area *area, uint32_t width, uint32_t height);

#endif
