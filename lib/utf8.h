/*
 * utf8 - strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF. U+0000 is a character like any other here; who must not have it uses
 * utf8_is_text().
 */
#ifndef SYNPUNKT_LIB_UTF8_H
#define SYNPUNKT_LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes that one code point takes. */
#define UTF8_MAX 4

/* The length of the code point at the start of bytes, 1 to 4; 0 if there is none that
 * is whole and valid, or if n is 0. ret may be NULL. */
size_t utf8_decode(const char *bytes, size_t n, uint32_t *ret);

/* Writes one code point and returns its length; U+FFFD for what is none. */
size_t utf8_encode(uint32_t point, char ret[static UTF8_MAX]);

bool utf8_is_valid(const char *bytes, size_t n);

/* Valid and without U+0000: fit to be a C string and a PostgreSQL text. */
bool utf8_is_text(const char *bytes, size_t n);

/* Code points; bytes must be valid. */
size_t utf8_count(const char *bytes, size_t n);

/* The length of the longest start of bytes that has at most max code points. */
size_t utf8_prefix(const char *bytes, size_t n, size_t max);

/* Nothing but white space (the Unicode property White_Space) and characters that
 * show nothing: U+200B to U+200D, U+2060 and U+FEFF. Empty is blank. */
bool utf8_is_blank(const char *bytes, size_t n);

#endif
