/*
 * The picture that goes out is made from bare pixels in memory, copied out of
 * what the decoder made. So there is nothing for metadata to hang on: no EXIF, XMP,
 * IPTC, profile, comment or thumbnail within, whatever the encoder would have kept.
 *
 * Nothing is freed: the process ends with the picture.
 */
#include "server/image_decode.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/sandbox.h"
#include "lib/temp_file.h"
#include "lib/vips_api.h"
#include "lib/webp_strip.h"

struct image_work {
	const struct image_decode *order;
	struct vips_api vips;
	void *bytes; /* the file as sent, mapped */
	size_t n;
	const unsigned char *areas; /* after it */
	VipsImage *pixels;          /* upright, sRGB or grey, eight bits, no metadata */
	VipsArrayDouble *white;     /* what shows through where JPEG has no alpha */
	uint32_t width, height;
};

typedef int image_save_fn(
	const struct image_work *work, VipsImage *image, void **ret, size_t *ret_n);

static int image_save_jpeg(
	const struct image_work *work, VipsImage *image, void **ret, size_t *ret_n)
{
	VipsImage *flat = image;

	if (work->vips.image_hasalpha(image) &&
		work->vips.flatten(image, &flat, "background", work->white, NULL) != 0)
		return -1;
	return work->vips.jpegsave_buffer(flat, ret, ret_n, "Q", IMAGE_QUALITY, "strip",
		TRUE, "optimize_coding", TRUE, NULL);
}

static int image_save_png(
	const struct image_work *work, VipsImage *image, void **ret, size_t *ret_n)
{
	return work->vips.pngsave_buffer(image, ret, ret_n, "strip", TRUE, NULL);
}

/* libvips 8.14 adds an EXIF chunk of its own making, even when told to strip. */
static int image_save_webp(
	const struct image_work *work, VipsImage *image, void **ret, size_t *ret_n)
{
	if (work->vips.webpsave_buffer(image, ret, ret_n, "Q", IMAGE_QUALITY, "effort",
		    3, "strip", TRUE, NULL) != 0)
		return -1;
	*ret_n = webp_strip(*ret, *ret_n);
	return *ret_n > 0 ? 0 : -1;
}

static const struct {
	const char *loader; /* libvips' class for it, the only one permitted */
	enum file_type made;
	image_save_fn *save;
} kinds[] = {
	[FILE_TYPE_JPEG] = { "VipsForeignLoadJpeg", FILE_TYPE_JPEG, image_save_jpeg },
	[FILE_TYPE_PNG] = { "VipsForeignLoadPng", FILE_TYPE_PNG, image_save_png },
	[FILE_TYPE_WEBP] = { "VipsForeignLoadWebp", FILE_TYPE_WEBP, image_save_webp },
	[FILE_TYPE_HEIC] = { "VipsForeignLoadHeif", FILE_TYPE_JPEG, image_save_jpeg },
};

/* ---- before the first byte is looked at ---- */

static int image_work_map(struct image_work *work)
{
	size_t areas = work->order->n_areas * sizeof(struct image_area);
	struct stat st;

	if (fstat(work->order->picture, &st) < 0 || st.st_size <= (off_t)areas)
		return -1;
	/* mapped, so that the offset of a file that others have open is not used */
	work->bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
		work->order->picture, 0);
	if (work->bytes == MAP_FAILED)
		return -1;
	work->n = (size_t)st.st_size - areas;
	work->areas = (const unsigned char *)work->bytes + work->n;
	return 0;
}

static int image_work_confine(struct image_work *work, struct error *err)
{
	const struct image_decode *order = work->order;
	struct sandbox_limits limits = { .memory = order->memory,
		.cpu_seconds = order->cpu_seconds,
		.file_size = IMAGE_FILE_MAX };

	if (vips_api_load(&work->vips, order->type == FILE_TYPE_HEIC, err) < 0)
		return -1;
	/* a profile's date is read by localtime(), which would open a file */
	setenv("TZ", "UTC0", 1);
	tzset();
	vips_api_permit(&work->vips, kinds[order->type].loader);
	work->white = work->vips.array_double_newv(1, 255.0);
	if (image_work_map(work) < 0)
		return error_set(err, ERR_INTERNAL, "the picture cannot be mapped");
	return sandbox_confine(&limits, err);
}

/* ---- the picture ---- */

/* Only the head is read here. */
static enum image_outcome image_work_measure(struct image_work *work)
{
	VipsImage *image =
		work->vips.image_new_from_buffer(work->bytes, work->n, "", NULL);
	uint64_t pixels;

	if (!image)
		return IMAGE_UNDECODABLE;
	pixels = (uint64_t)work->vips.image_get_width(image) *
		 (uint64_t)work->vips.image_get_height(image);
	return pixels > work->order->pixels_max ? IMAGE_TOO_LARGE : IMAGE_OK;
}

/* Eight bits, grey or sRGB, with or without alpha. */
static VipsImage *image_work_plain(const struct image_work *work, VipsImage *image)
{
	VipsImage *colours = NULL, *plain = NULL;
	bool grey = work->vips.image_get_bands(image) <= 2;

	if (work->vips.colourspace(image, &colours,
		    grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
		    NULL) != 0)
		return NULL;
	return work->vips.cast(colours, &plain, VIPS_FORMAT_UCHAR, NULL) == 0 ? plain
									      : NULL;
}

/* Copied: they lie wherever the picture's bytes end. */
static struct image_area image_work_area(const struct image_work *work, size_t i)
{
	struct image_area area;

	memcpy(&area, work->areas + i * sizeof(area), sizeof(area));
	return area;
}

static bool image_work_areas_fit(const struct image_work *work)
{
	for (size_t i = 0; i < work->order->n_areas; i++) {
		struct image_area area = image_work_area(work, i);

		if (!image_area_fits(&area, work->width, work->height))
			return false;
	}
	return true;
}

/* Black, and nothing shines through. The area fits. */
static void image_work_black(const struct image_work *work,
	const struct image_area *area, unsigned char *pixels, size_t bands)
{
	unsigned char ink[4] = { 0 };

	if (bands == 2 || bands == 4)
		ink[bands - 1] = 255;
	for (size_t y = area->top; y < area->top + area->height; y++)
		for (size_t x = area->left; x < area->left + area->width; x++)
			memcpy(pixels + (y * work->width + x) * bands, ink, bands);
}

static void image_work_cover(
	const struct image_work *work, unsigned char *pixels, size_t bands)
{
	for (size_t i = 0; i < work->order->n_areas; i++) {
		struct image_area area = image_work_area(work, i);

		image_work_black(work, &area, pixels, bands);
	}
}

/*
 * Scaled while decoding where the format can, turned as its orientation says, its
 * colours taken from its own profile to sRGB. Half a file is none: a decoder that
 * fills the rest with grey would let a cut upload pass for a picture. (The option
 * goes to the loader as text: libvips 8.14 loses it otherwise.)
 */
static VipsImage *image_work_upright(const struct image_work *work)
{
	VipsImage *image = NULL;

	return work->vips.thumbnail_buffer(work->bytes, work->n, &image, IMAGE_SIDE_MAX,
		       "height", IMAGE_SIDE_MAX, "size", VIPS_SIZE_DOWN,
		       "export_profile", "srgb", "option_string", "[fail_on=error]",
		       NULL) == 0
		       ? image
		       : NULL;
}

/* The same of a picture that was made here: it is in sRGB and says so nowhere, and to
 * take it there once more would shift its colours by some steps. */
static VipsImage *image_work_again(const struct image_work *work)
{
	VipsImage *image = NULL;

	return work->vips.thumbnail_buffer(work->bytes, work->n, &image, IMAGE_SIDE_MAX,
		       "height", IMAGE_SIDE_MAX, "size", VIPS_SIZE_DOWN,
		       "option_string", "[fail_on=error]", NULL) == 0
		       ? image
		       : NULL;
}

static enum image_outcome image_work_decode(struct image_work *work)
{
	const struct vips_api *vips = &work->vips;
	VipsImage *image = work->order->n_areas ? image_work_again(work)
						: image_work_upright(work);
	VipsImage *plain = image ? image_work_plain(work, image) : NULL;
	VipsImage *bare = NULL;
	size_t n = 0;
	void *pixels;
	int bands;

	if (!plain)
		return IMAGE_UNDECODABLE;
	bands = vips->image_get_bands(plain);
	pixels = bands > 4 ? NULL : vips->image_write_to_memory(plain, &n);
	if (!pixels)
		return IMAGE_UNDECODABLE;
	work->width = (uint32_t)vips->image_get_width(plain);
	work->height = (uint32_t)vips->image_get_height(plain);
	if (image_work_areas_fit(work))
		image_work_cover(work, pixels, (size_t)bands);
	bare = vips->image_new_from_memory(pixels, n, (int)work->width,
		(int)work->height, bands, VIPS_FORMAT_UCHAR);
	if (!bare ||
		vips->copy(bare, &work->pixels, "interpretation",
			bands <= 2 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
			NULL) != 0)
		return IMAGE_FAILED;
	return IMAGE_OK;
}

static enum image_outcome image_work_save(
	const struct image_work *work, image_save_fn *save, VipsImage *image, int fd)
{
	void *bytes = NULL;
	size_t n = 0;

	if (save(work, image, &bytes, &n) != 0 || n > IMAGE_FILE_MAX)
		return IMAGE_FAILED;
	return temp_file_write(fd, bytes, n, NULL) < 0 ? IMAGE_FAILED : IMAGE_OK;
}

static enum image_outcome image_work_run(struct image_work *work)
{
	enum image_outcome outcome = image_work_measure(work);
	VipsImage *small = NULL;

	if (outcome == IMAGE_OK)
		outcome = image_work_decode(work);
	if (outcome == IMAGE_OK && !image_work_areas_fit(work))
		return IMAGE_OK; /* the size says why nothing is made */
	if (outcome == IMAGE_OK)
		outcome = image_work_save(work, kinds[work->order->type].save,
			work->pixels, work->order->made);
	if (outcome != IMAGE_OK)
		return outcome;
	if (work->vips.thumbnail_image(work->pixels, &small, IMAGE_THUMBNAIL_SIDE,
		    "height", IMAGE_THUMBNAIL_SIDE, "size", VIPS_SIZE_DOWN, NULL) != 0)
		return IMAGE_FAILED;
	return image_work_save(work, image_save_jpeg, small, work->order->thumbnail);
}

enum image_outcome image_decode_run(
	const struct image_decode *order, uint32_t ret[CONFINED_FACTS])
{
	struct image_work work = { .order = order };
	enum image_outcome outcome;

	if (image_work_confine(&work, NULL) < 0)
		return IMAGE_FAILED;
	outcome = image_work_run(&work);
	ret[IMAGE_FACT_TYPE] = kinds[order->type].made;
	ret[IMAGE_FACT_WIDTH] = work.width;
	ret[IMAGE_FACT_HEIGHT] = work.height;
	return outcome;
}
