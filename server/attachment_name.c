#include "server/attachment_name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/file_name.h"
#include "server/attachment.h"
#include "server/xlsx_file.h"

const char *attachment_name_tidy(struct arena *arena, const char *given)
{
	const char *name = file_name_tidy(arena, given, ATTACHMENT_NAME_MAX);

	return name ? name : "bilaga";
}

/* ---- for saving ---- */

static const struct {
	const char *type;
	const char *endings[3]; /* the first is added if it has none of them */
} types[] = {
	{ "image/jpeg", { ".jpg", ".jpeg" } }, { "image/png", { ".png" } },
	{ "image/webp", { ".webp" } }, { "application/pdf", { ".pdf" } },
	{ "text/plain", { ".txt" } },
	{ "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		{ ".docx" } },
	{ "application/vnd.oasis.opendocument.text", { ".odt" } },
	{ XLSX_FILE_TYPE, { ".xlsx" } }, /* what we make ourselves */
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
	const char *ending = file_name_ending(name);
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

const char *attachment_name_saved(
	struct arena *arena, const char *name, const char *type)
{
	return arena_printf(
		arena, "%s%s", name, attachment_name_wanted_ending(name, type));
}

const char *attachment_name_disposition(
	struct arena *arena, const char *name, const char *type)
{
	return arena_printf(arena, "%s; filename*=UTF-8''%s",
		strncmp(type, "image/", 6) == 0 ? "inline" : "attachment",
		attachment_name_encode(
			arena, attachment_name_saved(arena, name, type)));
}
