/*
 * zip_entry - one small entry of a ZIP file (APPNOTE.TXT 6.3), to tell what kind of
 * package it is. Not for unpacking: no ZIP64, no encryption, no parts.
 */
#ifndef SYNPUNKT_LIB_ZIP_ENTRY_H
#define SYNPUNKT_LIB_ZIP_ENTRY_H

#include <stddef.h>

struct error;

#define ZIP_ENTRY_ENTRIES_MAX 4096
#define ZIP_ENTRY_DIRECTORY_MAX ((size_t)1024 * 1024)
#define ZIP_ENTRY_READ_MAX ((size_t)256 * 1024)

struct zip_entry_text {
	char *bytes; /* room for the content */
	size_t room;
	size_t n; /* out */
};

/*
 * Writes the content of the first entry of that exact name to text. ERR_NOT_FOUND if
 * there is none; ERR_TOO_LARGE if it, its packed form or the directory is larger than
 * the limits or the room; ERR_INVALID if the file is no such ZIP; ERR_INTERNAL if it
 * cannot be read. The fd's offset is neither used nor changed. The CRC is not checked.
 */
int zip_entry_read(
	int fd, const char *name, struct zip_entry_text *text, struct error *err);

#endif
