/*
 * file_name - file names from strangers, made fit to show.
 *
 * A name says nothing about a file's type; it is only kept because whoever sent the
 * file knows it by that.
 */
#ifndef SYNPUNKT_LIB_FILE_NAME_H
#define SYNPUNKT_LIB_FILE_NAME_H

#include <stddef.h>

struct arena;

#define FILE_NAME_ENDING_MAX 8 /* bytes with the dot; longer is no ending */

/* What follows the last slash or backslash, without control characters and those that
 * turn the writing direction or show nothing, at most max code points with the ending
 * kept. NULL if nothing is left. Letters of every alphabet stay. */
const char *file_name_tidy(struct arena *arena, const char *given, size_t max);

/* The ending with its dot, "" if there is none. */
const char *file_name_ending(const char *name);

#endif
