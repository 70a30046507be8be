#include "lib/utf8.h"

#include <string.h>

#include "lib/base.h"

static bool utf8_is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* How many bytes the first one announces (RFC 3629, 4); 0: it cannot be first. */
static size_t utf8_announced(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t utf8_decode(const char *bytes, size_t n, uint32_t *ret)
{
	static const unsigned char first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = n > 0 ? utf8_announced((unsigned char)bytes[0]) : 0;
	uint32_t point;

	if (length == 0 || length > n)
		return 0;
	point = (unsigned char)bytes[0] & first_bits[length];
	for (size_t i = 1; i < length; i++) {
		if (!utf8_is_tail(bytes[i]))
			return 0;
		point = point << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff)
		return 0;
	if (point >= 0xd800 && point <= 0xdfff)
		return 0;
	if (ret)
		*ret = point;
	return length;
}

size_t utf8_encode(uint32_t point, char ret[static UTF8_MAX])
{
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		point = 0xfffd;
	if (point < 0x80) {
		ret[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		ret[0] = (char)(0xc0 | point >> 6);
		ret[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		ret[0] = (char)(0xe0 | point >> 12);
		ret[1] = (char)(0x80 | (point >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | point >> 18);
	ret[1] = (char)(0x80 | (point >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (point >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* Eight bytes at a time while they are ASCII: most of what arrives is. */
static size_t utf8_ascii_run(const char *bytes, size_t n)
{
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, bytes + i, sizeof(eight));
		if (eight & 0x8080808080808080U)
			break;
	}
	return i;
}

bool utf8_is_valid(const char *bytes, size_t n)
{
	size_t i = utf8_ascii_run(bytes, n), length;

	for (; i < n; i += length) {
		length = utf8_decode(bytes + i, n - i, NULL);
		if (length == 0)
			return false;
	}
	return true;
}

bool utf8_is_text(const char *bytes, size_t n)
{
	return (n == 0 || !memchr(bytes, '\0', n)) && utf8_is_valid(bytes, n);
}

size_t utf8_count(const char *bytes, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !utf8_is_tail(bytes[i]);
	return count;
}

size_t utf8_prefix(const char *bytes, size_t n, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (utf8_is_tail(bytes[i]))
			continue;
		if (count++ == max)
			return i;
	}
	return n;
}

/* White_Space of the Unicode Character Database (PropList.txt), and the characters
 * with no width that are not in it. */
static bool utf8_is_white(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} white[] = {
		{ 0x09, 0x0d },
		{ 0x20, 0x20 },
		{ 0x85, 0x85 },
		{ 0xa0, 0xa0 },
		{ 0x1680, 0x1680 },
		{ 0x2000, 0x200d },
		{ 0x2028, 0x2029 },
		{ 0x202f, 0x202f },
		{ 0x205f, 0x2060 },
		{ 0x3000, 0x3000 },
		{ 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < ARRAY_LEN(white); i++) {
		if (point >= white[i].first && point <= white[i].last)
			return true;
	}
	return false;
}

bool utf8_is_blank(const char *bytes, size_t n)
{
	uint32_t point = 0;
	size_t length;

	for (size_t i = 0; i < n; i += length) {
		length = utf8_decode(bytes + i, n - i, &point);
		if (length == 0 || !utf8_is_white(point))
			return false;
	}
	return true;
}
