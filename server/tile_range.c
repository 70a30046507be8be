#include "server/tile_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* More digits than a file has octets. */
#define DIGITS_MAX 18

/* *text moves past the digits; false if there are none, or too many. */
static bool number_take(const char **text, uint64_t *ret)
{
	const char *start = *text;

	*ret = 0;
	while (**text >= '0' && **text <= '9' && *text - start <= DIGITS_MAX)
		*ret = *ret * 10 + (uint64_t)(*(*text)++ - '0');
	return *text > start && *text - start <= DIGITS_MAX;
}

static struct tile_range part_of(uint64_t first, uint64_t last, uint64_t size)
{
	if (first >= size)
		return (struct tile_range){ .kind = TILE_RANGE_OUTSIDE };
	return (struct tile_range){ .kind = TILE_RANGE_PART,
		.first = first,
		.last = last < size ? last : size - 1 };
}

/* "-500": the last so many. */
static struct tile_range end_of(uint64_t n, uint64_t size)
{
	if (n == 0 || size == 0)
		return (struct tile_range){ .kind = TILE_RANGE_OUTSIDE };
	return part_of(n < size ? size - n : 0, size - 1, size);
}

struct tile_range tile_range_read(
	const char *range, const char *if_range, const char *etag, uint64_t size)
{
	static const struct tile_range whole = { .kind = TILE_RANGE_WHOLE };
	static const char unit[] = "bytes=";
	uint64_t first, last = UINT64_MAX;

	if (!range || strncasecmp(range, unit, sizeof(unit) - 1) != 0 ||
		(if_range && strcmp(if_range, etag) != 0))
		return whole;
	range += sizeof(unit) - 1;
	if (strchr(range, ','))
		return (struct tile_range){ .kind = TILE_RANGE_OUTSIDE };
	if (*range == '-') {
		range++;
		if (!number_take(&range, &first) || *range)
			return whole;
		return end_of(first, size);
	}
	if (!number_take(&range, &first) || *range++ != '-')
		return whole;
	if (*range && (!number_take(&range, &last) || *range || last < first))
		return whole;
	return part_of(first, last, size);
}
