#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"
#include "server/city.h"

#define POINT_SPACE 0x20
#define POINT_NOTHING 0

/* Lower case without accent of U+00E0 to U+00FE; 0 where there is no such letter. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuyt";

/* What a base letter becomes with a combining mark after it (NFD, as some systems
 * send Swedish text). Marks that are not here are dropped. */
static const struct {
	uint32_t base, mark, composed;
} composed[] = {
	{ 'a', 0x308, 0xe4 },
	{ 'a', 0x30a, 0xe5 },
	{ 'e', 0x301, 0xe9 },
	{ 'o', 0x308, 0xf6 },
	{ 'u', 0x308, 0xfc },
};

static bool is_mark(uint32_t point)
{
	return point >= 0x300 && point <= 0x36f;
}

static uint32_t lower_ascii(uint32_t point)
{
	if (point >= 'A' && point <= 'Z')
		return point + 0x20;
	if ((point >= 'a' && point <= 'z') || (point >= '0' && point <= '9'))
		return point;
	return POINT_SPACE;
}

/* Latin Extended-A goes in pairs: upper case is even, in two stretches odd. */
static uint32_t lower_extended(uint32_t point)
{
	bool odd = (point >= 0x139 && point <= 0x148) || point >= 0x179;

	if (point == 0x178)
		return 0xff;
	if (point == 0x130 || point == 0x131 || point == 0x138 || point >= 0x17f)
		return point;
	return (point & 1) == (odd ? 1U : 0U) ? point + 1 : point;
}

/* One code point as it is compared: a letter or digit, a space, or nothing. */
static uint32_t fold(uint32_t point)
{
	if (point < 0x80)
		return lower_ascii(point);
	if (point == 0xad || is_mark(point)) /* soft hyphen; a mark without a base */
		return POINT_NOTHING;
	if (point == 0xd7 || point == 0xf7)
		return POINT_SPACE;
	if (point >= 0xc0 && point <= 0xde)
		return point + 0x20;
	if (point >= 0x100 && point <= 0x17f)
		return lower_extended(point);
	if (point < 0xc0 || (point >= 0x2000 && point <= 0x206f) ||
		(point >= 0x3000 && point <= 0x303f))
		return POINT_SPACE;
	return point;
}

static uint32_t compose(uint32_t base, uint32_t mark)
{
	for (size_t i = 0; i < ARRAY_LEN(composed); i++) {
		if (composed[i].base == base && composed[i].mark == mark)
			return composed[i].composed;
	}
	return base;
}

/* The next code point with the marks that belong to it, folded. */
static uint32_t fold_next(const char **text, const char *end)
{
	uint32_t point = 0, mark;
	size_t n = utf8_decode(*text, (size_t)(end - *text), &point);

	*text += n > 0 ? n : 1;
	if (n == 0)
		return POINT_SPACE;
	point = fold(point);
	for (;;) {
		n = utf8_decode(*text, (size_t)(end - *text), &mark);
		if (n == 0 || !is_mark(mark))
			return point;
		point = compose(point, mark);
		*text += n;
	}
}

char *city_text_fold(struct arena *arena, const char *text)
{
	const char *end = text + strlen(text);
	/* No folded code point is longer than what it was made of. */
	char *out = arena_alloc(arena, (size_t)(end - text) + 3), *to = out;

	*to++ = ' ';
	while (text < end) {
		uint32_t point = fold_next(&text, end);

		if (point == POINT_NOTHING || (point == POINT_SPACE && to[-1] == ' '))
			continue;
		to += utf8_encode(point, to);
	}
	if (to[-1] != ' ')
		*to++ = ' ';
	*to = '\0';
	return out;
}

/* The letter or digit that stands for a folded code point in a code; 0 for none. */
static char code_letter(uint32_t point)
{
	if (point < 0x80)
		return point == POINT_SPACE ? '\0' : (char)point;
	if (point >= 0xe0 && point < 0xe0 + sizeof(plain) - 1)
		return plain[point - 0xe0];
	return '\0';
}

char *city_code_of(struct arena *arena, const char *name)
{
	const char *folded = city_text_fold(arena, name);
	const char *end = folded + strlen(folded);
	char *out = arena_alloc(arena, strlen(folded) + 1), *to = out;

	while (folded < end) {
		char letter;

		/* The legal form is no part of a company's name. */
		if (strncmp(folded, " ab ", 4) == 0)
			folded += 3;
		letter = code_letter(fold_next(&folded, end));
		if (letter != '\0')
			*to++ = letter;
		else if (to > out && to[-1] != '-')
			*to++ = '-';
	}
	while (to > out && to[-1] == '-')
		to--;
	*to = '\0';
	return out;
}
