/*
 * poster_fonts - the letters of posters: two files of DejaVu Sans, read by FreeType as
 * they are. Not looked for by fontconfig, which would read the machine's settings, take
 * another font where it pleased, and never give back what it keeps.
 *
 * They are a poster's: opened for it.
 */
#ifndef SYNPUNKT_SERVER_POSTER_FONTS_H
#define SYNPUNKT_SERVER_POSTER_FONTS_H

#include <cairo.h>

struct error;
struct poster_fonts;

/* NULL with ERR_UNAVAILABLE when a file is missing (Debian: fonts-dejavu-core). */
struct poster_fonts *poster_fonts_new(struct error *err);
void poster_fonts_free(struct poster_fonts *fonts); /* NULL is fine */

cairo_font_face_t *poster_fonts_regular(const struct poster_fonts *fonts);
cairo_font_face_t *poster_fonts_bold(const struct poster_fonts *fonts);

#endif
