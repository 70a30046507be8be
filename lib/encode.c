#include "lib/encode.h"

#include <string.h>

/* A code is short; a text that a person typed is cut off here. */
#define ENCODE_CHARS_MAX 128

static const char hex_digits[] = "0123456789abcdef";
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void encode_hex(const void *bytes, size_t n, char *ret)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		*ret++ = hex_digits[p[i] >> 4];
		*ret++ = hex_digits[p[i] & 15];
	}
	*ret = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int encode_hex_parse(const char *text, void *ret, size_t n)
{
	unsigned char *p = ret;

	for (size_t i = 0; i < 2 * n; i++) {
		if (hex_value(text[i]) < 0) /* the NUL too */
			return -1;
	}
	if (text[2 * n] != '\0')
		return -1;
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(hex_value(text[2 * i]) << 4 |
				       hex_value(text[2 * i + 1]));
	return 0;
}

static void group_mark(size_t i, size_t group, char **out)
{
	if (group > 0 && i > 0 && i % group == 0)
		*(*out)++ = '-';
}

void encode_base32(const unsigned char *bytes, size_t chars, size_t group, char *ret)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < chars; i++) {
		if (have < 5) {
			bits = bits << 8 | *bytes++;
			have += 8;
		}
		group_mark(i, group, &ret);
		have -= 5;
		*ret++ = crockford[bits >> have & 31];
	}
	*ret = '\0';
}

/* What the letter stands for, or NUL. */
static char base32_tidy(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(crockford, c) ? c : '\0';
}

/* People paste a code with whatever stood around it; a no-break space and the
 * dashes of word processors are UTF-8 of two and three bytes. */
static size_t base32_filler(const char *p)
{
	static const char *const fillers[] = { "-", " ", "\t", "\r", "\n", "\u00a0",
		"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", NULL };

	for (size_t i = 0; fillers[i]; i++) {
		size_t n = strlen(fillers[i]);

		if (strncmp(p, fillers[i], n) == 0)
			return n;
	}
	return 0;
}

/* The characters without filler, or -1; ret has chars + 1 bytes. */
static int base32_read(const char *text, size_t chars, char *ret)
{
	size_t n = 0;

	while (*text) {
		size_t skip = base32_filler(text);

		if (skip > 0) {
			text += skip;
			continue;
		}
		if (n == chars || !base32_tidy(*text))
			return -1;
		ret[n++] = base32_tidy(*text++);
	}
	ret[n] = '\0';
	return n == chars ? 0 : -1;
}

int encode_base32_tidy(const char *text, size_t chars, size_t group, char *ret)
{
	char plain[ENCODE_CHARS_MAX + 1];

	if (chars > ENCODE_CHARS_MAX || base32_read(text, chars, plain) < 0)
		return -1;
	for (size_t i = 0; i < chars; i++) {
		group_mark(i, group, &ret);
		*ret++ = plain[i];
	}
	*ret = '\0';
	return 0;
}

int encode_base32_parse(const char *text, size_t chars, unsigned char *ret)
{
	char plain[ENCODE_CHARS_MAX + 1];
	unsigned bits = 0, have = 0;

	if (chars > ENCODE_CHARS_MAX || base32_read(text, chars, plain) < 0)
		return -1;
	for (size_t i = 0; i < chars; i++) {
		bits = bits << 5 | (unsigned)(strchr(crockford, plain[i]) - crockford);
		have += 5;
		if (have >= 8) {
			have -= 8;
			*ret++ = (unsigned char)(bits >> have);
		}
	}
	if (have > 0)
		*ret = (unsigned char)(bits << (8 - have));
	return 0;
}
