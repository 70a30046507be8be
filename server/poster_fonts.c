#include "server/poster_fonts.h"

#include <cairo-ft.h>
#include <ft2build.h>
#include <stddef.h>
#include FT_FREETYPE_H

#include "lib/base.h"
#include "lib/error.h"

#define FOLDER "/usr/share/fonts/truetype/dejavu/"

struct poster_fonts {
	cairo_font_face_t *regular, *bold;
};

/* What a face of cairo's stands on. cairo may hold on to a face after we have let it
 * go, so this goes with the face and not with us. */
struct font_file {
	FT_Library library;
	FT_Face face;
};

static const cairo_user_data_key_t file_key;

static void file_free(void *arg)
{
	struct font_file *file = arg;

	if (file->face)
		FT_Done_Face(file->face);
	if (file->library)
		FT_Done_FreeType(file->library);
	mem_free(file);
}

static cairo_font_face_t *face_open(const char *path, struct error *err)
{
	struct font_file *file = mem_new(sizeof(*file));
	cairo_font_face_t *face;

	if (FT_Init_FreeType(&file->library) != 0 ||
		FT_New_Face(file->library, path, 0, &file->face) != 0) {
		file_free(file);
		error_set(err, ERR_UNAVAILABLE, "the font \"%s\" cannot be read", path);
		return NULL;
	}
	face = cairo_ft_font_face_create_for_ft_face(file->face, 0);
	cairo_font_face_set_user_data(face, &file_key, file, file_free);
	return face;
}

struct poster_fonts *poster_fonts_new(struct error *err)
{
	struct poster_fonts *fonts = mem_new(sizeof(*fonts));

	fonts->regular = face_open(FOLDER "DejaVuSans.ttf", err);
	if (fonts->regular)
		fonts->bold = face_open(FOLDER "DejaVuSans-Bold.ttf", err);
	if (fonts->bold)
		return fonts;
	poster_fonts_free(fonts);
	return NULL;
}

void poster_fonts_free(struct poster_fonts *fonts)
{
	if (!fonts)
		return;
	if (fonts->regular)
		cairo_font_face_destroy(fonts->regular);
	if (fonts->bold)
		cairo_font_face_destroy(fonts->bold);
	mem_free(fonts);
}

cairo_font_face_t *poster_fonts_regular(const struct poster_fonts *fonts)
{
	return fonts->regular;
}

cairo_font_face_t *poster_fonts_bold(const struct poster_fonts *fonts)
{
	return fonts->bold;
}
