#include "server/image_wire.h"

#include <stddef.h>

static const char *const reasons[IMAGE_OUTCOMES] = {
	[IMAGE_UNDECODABLE] = "cannot-be-decoded",
	[IMAGE_TOO_LARGE] = "too-many-pixels",
	[IMAGE_CRASHED] = "cannot-be-decoded",
	[IMAGE_TIMED_OUT] = "took-too-long",
	[IMAGE_FAILED] = "could-not-be-handled",
	[IMAGE_UNANSWERED] = "could-not-be-handled",
};

const char *image_outcome_reason(enum image_outcome outcome)
{
	return outcome < IMAGE_OUTCOMES ? reasons[outcome] : reasons[IMAGE_FAILED];
}

/* Written so that no sum can run over. */
bool image_area_fits(const struct image_area *area, uint32_t width, uint32_t height)
{
	return area->width > 0 && area->height > 0 && area->left < width &&
	       area->top < height && area->width <= width - area->left &&
	       area->height <= height - area->top;
}
