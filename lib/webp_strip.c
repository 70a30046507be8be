#include "lib/webp_strip.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base.h"

#define WEBP_HEAD 12    /* "RIFF", length, "WEBP" */
#define WEBP_CHUNK 8    /* name, length */
#define WEBP_ALPHA 0x10 /* the one flag of VP8X that a still, bare picture may have */

static uint32_t webp_get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void webp_put32(unsigned char *p, uint32_t value)
{
	p[0] = (unsigned char)value;
	p[1] = (unsigned char)(value >> 8);
	p[2] = (unsigned char)(value >> 16);
	p[3] = (unsigned char)(value >> 24);
}

static bool webp_is_picture(const unsigned char *chunk)
{
	static const char *const kept[] = { "VP8X", "ALPH", "VP8 ", "VP8L" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(kept); i++)
		if (memcmp(chunk, kept[i], 4) == 0)
			return true;
	return false;
}

/* Bytes of the chunk at p with its head and padding; 0 if it does not fit in n. */
static size_t webp_chunk_size(const unsigned char *p, size_t n)
{
	size_t size;

	if (n < WEBP_CHUNK)
		return 0;
	size = webp_get32(p + 4);
	size = WEBP_CHUNK + size + size % 2;
	return size > n ? 0 : size;
}

size_t webp_strip(void *bytes, size_t n)
{
	unsigned char *p = bytes;
	size_t from = WEBP_HEAD, to = WEBP_HEAD, size;

	if (n < WEBP_HEAD + WEBP_CHUNK || n > UINT32_MAX || memcmp(p, "RIFF", 4) != 0 ||
		memcmp(p + 8, "WEBP", 4) != 0)
		return 0;
	for (; from < n; from += size) {
		size = webp_chunk_size(p + from, n - from);
		if (size == 0)
			return 0;
		if (!webp_is_picture(p + from))
			continue;
		memmove(p + to, p + from, size);
		if (memcmp(p + to, "VP8X", 4) == 0 && size > WEBP_CHUNK)
			p[to + WEBP_CHUNK] &= WEBP_ALPHA;
		to += size;
	}
	webp_put32(p + 4, (uint32_t)(to - 8));
	return to > WEBP_HEAD ? to : 0;
}
