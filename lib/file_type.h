/*
 * file_type - what a file is, by its content; its name is never asked.
 *
 * libmagic says what the start looks like; what it cannot know is checked here: a
 * text must be text to its end, and a package (ZIP) must name itself as the kind
 * of document it is. Reading is bounded. Blocks on the disk and computes: work
 * threads only; a struct file_types may be used by many threads.
 */
#ifndef SYNPUNKT_LIB_FILE_TYPE_H
#define SYNPUNKT_LIB_FILE_TYPE_H

#include <stdbool.h>

struct error;
struct file_types;

enum file_type {
	FILE_TYPE_OTHER, /* anything that is not below, or is empty */
	FILE_TYPE_JPEG,
	FILE_TYPE_PNG,
	FILE_TYPE_WEBP,
	FILE_TYPE_HEIC, /* ISO/IEC 23008-12 with HEVC inside */
	FILE_TYPE_PDF,
	FILE_TYPE_TEXT, /* UTF-8, or Latin-1 (also as Windows has it), to the end */
	FILE_TYPE_DOCX, /* without macros */
	FILE_TYPE_ODT,
};

/* The database of libmagic is read at the first file_type_find(): a process that
 * never sees a file does not pay for it. */
struct file_types *file_types_new(void);
void file_types_free(struct file_types *types); /* NULL is fine */

/* fd must be seekable; its offset is neither used nor changed. ERR_INTERNAL if it
 * cannot be read or libmagic has no database. */
int file_type_find(
	struct file_types *types, int fd, enum file_type *ret, struct error *err);

/* "image/jpeg"; "application/octet-stream" for FILE_TYPE_OTHER. */
const char *file_type_media(enum file_type type);
bool file_type_is_picture(enum file_type type);

#endif
