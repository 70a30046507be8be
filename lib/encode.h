/*
 * encode - bytes as text and back: hexadecimal and Crockford's base 32.
 *
 * Crockford's alphabet (0-9, A-Z without I, L, O, U) is made for codes that
 * people read aloud and type.
 */
#ifndef SYNPUNKT_LIB_ENCODE_H
#define SYNPUNKT_LIB_ENCODE_H

#include <stddef.h>

/* ret has room for 2 * n + 1. Lower case. */
void encode_hex(const void *bytes, size_t n, char *ret);
/* text must be exactly 2 * n digits of either case, else -1 and ret untouched. */
int encode_hex_parse(const char *text, void *ret, size_t n);

/* Characters that n bytes take: five bits each, the last one filled with zeros. */
#define ENCODE_BASE32_CHARS(n) (((n)*8 + 4) / 5)

/*
 * `chars` characters from the first bits of bytes, which has at least
 * (chars * 5 + 7) / 8 bytes, a hyphen between groups of `group` (0: none).
 * ret has room for chars + chars / group + 1. Twelve characters in threes of
 * four give "ABCD-EFGH-JKMN", 60 bits.
 */
void encode_base32(const unsigned char *bytes, size_t chars, size_t group, char *ret);

/*
 * Reads what a person typed into its plain form: upper case, no hyphens or white
 * space, O as 0, I and L as 1; exactly `chars` characters, grouped by hyphens as
 * above. -1 if it is anything else; ret is then untouched.
 */
int encode_base32_tidy(const char *text, size_t chars, size_t group, char *ret);

/* The bytes of a text as encode_base32() made it, tolerant in the same way; bits
 * past `chars` characters are zero. ret has (chars * 5 + 7) / 8 bytes. */
int encode_base32_parse(const char *text, size_t chars, unsigned char *ret);

#endif
