#include "lib/file_name.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

/* Controls (C0, DEL, C1), soft hyphen, marks of direction (also the embedding and
 * isolating ones), joiners and byte order mark: a name can pose as another by them. */
static bool file_name_is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x00ad, 0x00ad },
		{ 0x061c, 0x061c },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(hidden); i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return true;
	return false;
}

static const char *file_name_base(const char *given)
{
	const char *slash = strrchr(given, '/');
	const char *back = strrchr(given, '\\');

	if (slash && (!back || slash > back))
		return slash + 1;
	return back ? back + 1 : given;
}

const char *file_name_ending(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && strlen(dot) <= FILE_NAME_ENDING_MAX ? dot : "";
}

/* Without what hides, white space at the ends, and bytes that are no UTF-8. */
static char *file_name_clean(struct arena *arena, const char *given)
{
	size_t n = strlen(given), used = 0, at = 0, size;
	char *name = arena_alloc(arena, n + 1);
	uint32_t point;

	while (at < n) {
		size = utf8_decode(given + at, n - at, &point);
		if (size > 0 && !file_name_is_hidden(point) &&
			!(used == 0 && point == ' ')) {
			memcpy(name + used, given + at, size);
			used += size;
		}
		at += size > 0 ? size : 1;
	}
	while (used > 0 && name[used - 1] == ' ')
		used--;
	name[used] = '\0';
	return name;
}

const char *file_name_tidy(struct arena *arena, const char *given, size_t max)
{
	char *name = file_name_clean(arena, given ? file_name_base(given) : "");
	const char *ending;
	size_t n, most;

	if (name[0] == '\0' || strspn(name, ".") == strlen(name))
		return NULL;
	n = strlen(name);
	if (utf8_count(name, n) <= max)
		return name;
	ending = file_name_ending(name);
	most = max - utf8_count(ending, strlen(ending));
	return arena_printf(
		arena, "%.*s%s", (int)utf8_prefix(name, n, most), name, ending);
}
