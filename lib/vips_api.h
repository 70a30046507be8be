/*
 * vips_api - libvips, loaded when it is needed and by whom it is needed.
 *
 * It brings about a hundred libraries and 24 MiB with it, for one process that works
 * on a picture now and then. So the program is not linked with it: the process that
 * decodes loads it (30 ms), and the others never know it.
 *
 * Loading is for a process that has one thread, ends soon and frees nothing.
 */
#ifndef SYNPUNKT_LIB_VIPS_API_H
#define SYNPUNKT_LIB_VIPS_API_H

#include <stdbool.h>

#include <vips/vips.h>

struct error;

/* The functions that are used, by the library's own declarations. */
struct vips_api {
	__typeof__(vips_init) *init;
	__typeof__(vips_version) *version;
	__typeof__(vips_concurrency_set) *concurrency_set;
	__typeof__(vips_cache_set_max) *cache_set_max;
	__typeof__(g_log_set_writer_func) *log_set_writer_func;
	__typeof__(vips_operation_block_set) *operation_block_set;
	__typeof__(vips_image_new_from_buffer) *image_new_from_buffer;
	__typeof__(vips_image_new_from_memory) *image_new_from_memory;
	__typeof__(vips_image_write_to_memory) *image_write_to_memory;
	__typeof__(vips_image_get_width) *image_get_width;
	__typeof__(vips_image_get_height) *image_get_height;
	__typeof__(vips_image_get_bands) *image_get_bands;
	__typeof__(vips_image_hasalpha) *image_hasalpha;
	__typeof__(vips_array_double_newv) *array_double_newv;
	__typeof__(vips_thumbnail_buffer) *thumbnail_buffer;
	__typeof__(vips_thumbnail_image) *thumbnail_image;
	__typeof__(vips_colourspace) *colourspace;
	__typeof__(vips_cast) *cast;
	__typeof__(vips_flatten) *flatten;
	__typeof__(vips_copy) *copy;
	__typeof__(vips_jpegsave_buffer) *jpegsave_buffer;
	__typeof__(vips_pngsave_buffer) *pngsave_buffer;
	__typeof__(vips_webpsave_buffer) *webpsave_buffer;
};

/*
 * Loads and starts libvips without its modules, which bring decoders for dozens of
 * formats; with heif, the one for HEIF is loaded too. One thread at work, no cache, no
 * code made at run time, nothing said on standard error.
 * ERR_INTERNAL if the library is not there.
 */
int vips_api_load(struct vips_api *ret, bool heif, struct error *err);

/* Permits one loader by the name of its class ("VipsForeignLoadJpeg") and no other. */
void vips_api_permit(const struct vips_api *api, const char *loader);

#endif
