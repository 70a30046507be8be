/* webp_strip - takes the metadata out of a WebP file (RFC 9649, 2.7). */
#ifndef SYNPUNKT_LIB_WEBP_STRIP_H
#define SYNPUNKT_LIB_WEBP_STRIP_H

#include <stddef.h>

/* Removes, in place, every chunk but those that hold the picture (VP8X, ALPH, VP8,
 * VP8L) and takes back what the header says of the others. Returns the new length, 0
 * if the n bytes are no still WebP picture. */
size_t webp_strip(void *bytes, size_t n);

#endif
