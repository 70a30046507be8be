/*
 * embed - files that are part of the binary, so that nothing is read at run time.
 *
 * lib/embed.py makes a C file with one table from files named in meson.build (see
 * lib/README.md). A table is sorted by name and ends with a row whose name is NULL.
 */
#ifndef SYNPUNKT_LIB_EMBED_H
#define SYNPUNKT_LIB_EMBED_H

#include <stddef.h>

struct embed_file {
	const char *name;           /* path below the base given to embed.py */
	const unsigned char *bytes; /* followed by a 0 that size does not count */
	size_t size;
	const char *etag; /* strong validator with its quotes (RFC 9110, 8.8.3): 16
			   * hexadecimal digits of the content's SHA-256 */
};

/* NULL if there is none. */
const struct embed_file *embed_find(const struct embed_file *files, const char *name);
size_t embed_count(const struct embed_file *files);

#endif
