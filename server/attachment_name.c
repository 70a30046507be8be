#include "server/attachment_name.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"
#include "server/attachment.h"

#define NAME_ENDING_MAX 8 /* bytes with the dot; longer is no ending */

/* ---- for display ---- */

/* Controls (C0, DEL, C1), soft hyphen, marks of direction (also the embedding and
 * isolating ones), joiners and byte order mark: a name can pose as another by them. */
static bool attachment_name_is_hidden(uint32_t point)
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

static const char *attachment_name_base(const char *given)
{
	const char *slash = strrchr(given, '/');
	const char *back = strrchr(given, '\\');

	if (slash && (!back || slash > back))
		return slash + 1;
	return back ? back + 1 : given;
}

/* The ending with its dot, "" if there is none. */
static const char *attachment_name_ending(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && strlen(dot) <= NAME_ENDING_MAX ? dot : "";
}

/* Without what hides, white space at the ends, and bytes that are no UTF-8. */
static char *attachment_name_clean(struct arena *arena, const char *given)
{
	size_t n = strlen(given), used = 0, at = 0, size;
	char *name = arena_alloc(arena, n + 1);
	uint32_t point;

	while (at < n) {
		size = utf8_decode(given + at, n - at, &point);
		if (size > 0 && !attachment_name_is_hidden(point) &&
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

const char *attachment_name_tidy(struct arena *arena, const char *given)
{
	char *name =
		attachment_name_clean(arena, given ? attachment_name_base(given) : "");
	const char *ending;
	size_t n, most;

	if (name[0] == '\0' || strspn(name, ".") == strlen(name))
		return "bilaga";
	n = strlen(name);
	if (utf8_count(name, n) <= ATTACHMENT_NAME_MAX)
		return name;
	ending = attachment_name_ending(name);
	most = ATTACHMENT_NAME_MAX - utf8_count(ending, strlen(ending));
	return arena_printf(
		arena, "%.*s%s", (int)utf8_prefix(name, n, most), name, ending);
}

/* ---- for saving ---- */

static const struct {
	const char *type;
	const char *endings[3]; /* the first is added if it has none of them */
} types[] = {
	{ "image/jpeg", { ".jpg", ".jpeg" } },
	{ "image/png", { ".png" } },
	{ "image/webp", { ".webp" } },
	{ "application/pdf", { ".pdf" } },
	{ "text/plain", { ".txt" } },
	{ "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		{ ".docx" } },
	{ "application/vnd.oasis.opendocument.text", { ".odt" } },
};

static bool attachment_name_has(const char *const endings[3], const char *ending)
{
	size_t i;

	for (i = 0; i < 3 && endings[i]; i++)
		if (strcasecmp(ending, endings[i]) == 0)
			return true;
	return false;
}

static const char *attachment_name_wanted_ending(const char *name, const char *type)
{
	const char *ending = attachment_name_ending(name);
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].type, type) != 0)
			continue;
		return attachment_name_has(types[i].endings, ending)
			       ? ""
			       : types[i].endings[0];
	}
	return ".bin";
}

/* RFC 8187, 3.2.1: attr-char as it is, every other byte as %XX. */
static char *attachment_name_encode(struct arena *arena, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789!#$&+-.^_`|~";
	static const char digits[] = "0123456789ABCDEF";
	char *ret = arena_alloc(arena, 3 * strlen(text) + 1), *p = ret;

	for (; *text; text++) {
		if (strchr(plain, *text)) {
			*p++ = *text;
			continue;
		}
		*p++ = '%';
		*p++ = digits[(unsigned char)*text >> 4];
		*p++ = digits[(unsigned char)*text & 15];
	}
	return ret;
}

const char *attachment_name_disposition(
	struct arena *arena, const char *name, const char *type)
{
	const char *whole = arena_printf(
		arena, "%s%s", name, attachment_name_wanted_ending(name, type));

	return arena_printf(arena, "%s; filename*=UTF-8''%s",
		strncmp(type, "image/", 6) == 0 ? "inline" : "attachment",
		attachment_name_encode(arena, whole));
}
