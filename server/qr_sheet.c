#include "server/qr_sheet.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/qr.h"
#include "lib/text_format.h"
#include "server/qr_link.h"

/* On paper nobody can choose a language. */
#define FIRST "sv"
#define SECOND "en"

static const char *words(const struct catalogue *cat, const char *key)
{
	return catalogue_text(cat, FIRST, key);
}

static const char *subject_of(const struct qr_link *link)
{
	return link->unit ? link->unit : link->category;
}

static const char *title_of(
	struct arena *arena, const struct catalogue *cat, const struct qr_link *link)
{
	const char *subject = subject_of(link);

	if (!subject)
		return words(cat, "sheet.title-plain");
	return text_format(
		arena, words(cat, "sheet.title"), TEXT_VALUES({ "subject", subject }));
}

const char *qr_sheet_picture(struct arena *arena, const struct catalogue *cat,
	const char *language, const struct qr_link *link)
{
	return text_format(arena, catalogue_text(cat, language, "sheet.picture"),
		TEXT_VALUES({ "address", link->address }));
}

json_t *qr_sheet_words(const struct qr_sheet *sheet)
{
	const struct catalogue *cat = sheet->catalogue;
	const struct qr_link *link = sheet->link;
	struct arena *arena = arena_new();
	json_t *ret = json_pack(
		"{s:b, s:s, s:s, s:s*, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "label",
		sheet->kind == QR_SHEET_LABEL, "title", title_of(arena, cat, link),
		"heading", words(cat, "sheet.heading"), "subject", subject_of(link),
		"how", words(cat, "sheet.how"), "picture",
		qr_sheet_picture(arena, cat, FIRST, link), "type",
		words(cat, "sheet.type"), "typed", link->typed, "address",
		link->address, "other", catalogue_text(cat, SECOND, "sheet.line"),
		"sender",
		arena_printf(arena, "%s %s", words(cat, "site.name"),
			words(cat, "site.city")));

	arena_free(arena);
	return ret;
}

int qr_sheet_svg(const struct qr_sheet *sheet, struct evbuffer *out, struct error *err)
{
	struct arena *arena = arena_new();
	struct qr qr;
	int rc = qr_make(arena, sheet->link->address, &qr, err);

	if (rc == 0)
		qr_svg_write(&qr, title_of(arena, sheet->catalogue, sheet->link), out);
	arena_free(arena);
	return rc;
}

int qr_sheet_kind_of(const char *format, const char *size, enum qr_sheet_kind *ret,
	const char **wrong)
{
	static const struct {
		const char *format, *size;
		enum qr_sheet_kind kind;
	} rows[] = {
		{ "svg", NULL, QR_SHEET_SVG },
		{ "pdf", NULL, QR_SHEET_POSTER },
		{ "pdf", "poster", QR_SHEET_POSTER },
		{ "pdf", "label", QR_SHEET_LABEL },
	};

	*wrong = "format";
	for (size_t i = 0; format && i < ARRAY_LEN(rows); i++) {
		if (strcmp(format, rows[i].format) != 0)
			continue;
		*wrong = "size";
		if (size ? rows[i].size && !strcmp(size, rows[i].size)
			 : !rows[i].size) {
			*ret = rows[i].kind;
			return 0;
		}
	}
	return -1;
}
