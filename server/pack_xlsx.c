#include "server/pack_xlsx.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "server/day.h"
#include "server/pack_xlsx_private.h"
#include "server/xlsx_file.h"

#define DAY_SECONDS 86400

/* Widths are told in digits, and running text has narrower letters. */
#define RUNNING 1.2

/* ---- words ---- */

static const struct {
	const char *key;
	size_t offset;
} word_keys[] = {
#define SHARED(key, name)                                                              \
	{                                                                              \
		key, offsetof(struct pack_xlsx_words, name)                            \
	}
#define WORD(name) SHARED("pack-xlsx." #name, name)
	WORD(overview),
	WORD(definitions),
	WORD(term),
	WORD(meaning),
	SHARED("pack.contents", contents),
	WORD(back),
	SHARED("pack.hash", hash),
	WORD(marks),
	WORD(few),
	WORD(withheld),
	WORD(none),
	SHARED("pack.corrections", corrections),
	WORD(uncorrected),
	WORD(when),
	WORD(reason),
	WORD(figure),
	SHARED("pack.correction-before", before),
	SHARED("pack.correction-now", now),
	WORD(part),
	WORD(whole),
	WORD(month),
	SHARED("statistics.number", number),
	SHARED("pack.share", share),
	SHARED("pack.working-days", days),
	WORD(first),
	WORD(alt),
#undef WORD
#undef SHARED
};

void pack_xlsx_words_read(
	const struct catalogue *cat, const char *language, struct pack_xlsx_words *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(word_keys); i++)
		*(const char **)((char *)ret + word_keys[i].offset) =
			catalogue_text(cat, language, word_keys[i].key);
	ret->right_to_left = catalogue_about(cat, language)->right_to_left;
}

/* ---- ceilings ---- */

static int refuse_over(size_t n, size_t max, const char *what, struct error *err)
{
	if (n <= max)
		return 0;
	return error_set(err, ERR_TOO_LARGE, "%zu %s, the most is %zu", n, what, max);
}

static size_t length_of(const json_t *object, const char *key)
{
	return json_array_size(json_object_get(object, key));
}

static int tables_check(const json_t *section, size_t *cells, struct error *err)
{
	const json_t *table;
	size_t i;

	json_array_foreach(json_object_get(section, "tables"), i, table)
	{
		size_t columns = length_of(table, "columns"),
		       rows = length_of(table, "rows");

		if (refuse_over(columns, PACK_XLSX_COLUMNS_MAX, "columns of a table",
			    err) ||
			refuse_over(rows, PACK_XLSX_ROWS_MAX, "rows of a table", err))
			return -1;
		*cells += (columns + 1) * rows;
	}
	return refuse_over(*cells, PACK_XLSX_CELLS_MAX, "cells", err);
}

static int sections_check(const json_t *doc, struct error *err)
{
	const json_t *section;
	size_t i, cells = 0;

	json_array_foreach(json_object_get(doc, "sections"), i, section)
	{
		if (refuse_over(length_of(section, "tables"), PACK_XLSX_TABLES_MAX,
			    "tables of a section", err) ||
			refuse_over(length_of(section, "notes"), PACK_XLSX_NOTES_MAX,
				"notes of a section", err) ||
			refuse_over(length_of(section, "quotes"), PACK_XLSX_NOTES_MAX,
				"quotes of a section", err) ||
			tables_check(section, &cells, err))
			return -1;
	}
	return 0;
}

static int doc_check(const json_t *doc, struct error *err)
{
	const json_t *correction;
	size_t i, changes = 0;

	if (!json_is_array(json_object_get(doc, "sections")))
		return error_set(err, ERR_INVALID, "the pack has no sections");
	json_array_foreach(json_object_get(doc, "corrections"), i, correction)
	{
		changes += length_of(correction, "changes");
	}
	if (refuse_over(length_of(doc, "sections"), PACK_XLSX_SECTIONS_MAX, "sections",
		    err) ||
		refuse_over(length_of(doc, "definitions"), PACK_XLSX_DEFINITIONS_MAX,
			"definitions", err) ||
		refuse_over(length_of(doc, "corrections"), PACK_XLSX_CORRECTIONS_MAX,
			"corrections", err) ||
		refuse_over(changes, PACK_XLSX_CHANGES_MAX, "corrected figures", err))
		return -1;
	return sections_check(doc, err);
}

/* ---- how cells look ---- */

struct look {
	const char *code;
	double size;
	lxw_color_t colour;
	lxw_color_t fill;
	uint8_t align;
	bool bold;
	bool wrap;
	bool low; /* in a row of several lines */
	bool underline;
	bool line; /* below */
};

static const struct look looks[PACK_XLSX_TOTAL_NAME] = {
	[PACK_XLSX_TITLE] = { .size = 16, .bold = true, .colour = PACK_XLSX_ACCENT },
	[PACK_XLSX_SUBTITLE] = { .colour = PACK_XLSX_SOFT },
	[PACK_XLSX_HEADING] = { .size = 12, .bold = true, .colour = PACK_XLSX_ACCENT },
	[PACK_XLSX_TEXT] = { .wrap = true },
	[PACK_XLSX_TERM] = { .bold = true, .wrap = true },
	[PACK_XLSX_LINK] = { .colour = PACK_XLSX_ACCENT,
		.underline = true,
		.wrap = true },
	[PACK_XLSX_HEAD] = { .bold = true,
		.wrap = true,
		.low = true,
		.fill = 0xe2eff0,
		.line = true },
	[PACK_XLSX_HEAD_RIGHT] = { .bold = true,
		.wrap = true,
		.low = true,
		.fill = 0xe2eff0,
		.line = true,
		.align = LXW_ALIGN_RIGHT },
	[PACK_XLSX_NAME] = { .wrap = true, .line = true },
	[PACK_XLSX_COUNT] = { .code = PACK_XLSX_CODE_COUNT, .line = true },
	[PACK_XLSX_CHANGE] = { .code = PACK_XLSX_CODE_CHANGE, .line = true },
	[PACK_XLSX_SHARE] = { .code = PACK_XLSX_CODE_SHARE, .line = true },
	[PACK_XLSX_DAYS] = { .code = PACK_XLSX_CODE_COUNT, .line = true },
	[PACK_XLSX_PART] = { .code = PACK_XLSX_CODE_PART, .line = true },
	[PACK_XLSX_CHANGE_PART] = { .code = PACK_XLSX_CODE_CHANGE_PART, .line = true },
	[PACK_XLSX_MARK] = { .align = LXW_ALIGN_RIGHT,
		.colour = PACK_XLSX_SOFT,
		.line = true },
};

static lxw_format *format_new(
	lxw_workbook *workbook, const struct look *look, bool total)
{
	lxw_format *format = workbook_add_format(workbook);

	if (!format)
		return NULL;
	format_set_align(
		format, look->low ? LXW_ALIGN_VERTICAL_BOTTOM : LXW_ALIGN_VERTICAL_TOP);
	if (look->code)
		format_set_num_format(format, look->code);
	if (look->size > 0)
		format_set_font_size(format, look->size);
	if (look->colour)
		format_set_font_color(format, look->colour);
	if (look->fill)
		format_set_bg_color(format, look->fill);
	if (look->align)
		format_set_align(format, look->align);
	if (look->bold || total)
		format_set_bold(format);
	if (look->wrap)
		format_set_text_wrap(format);
	if (look->underline)
		format_set_underline(format, LXW_UNDERLINE_SINGLE);
	if (look->line) {
		format_set_bottom(format, LXW_BORDER_THIN);
		format_set_bottom_color(format, PACK_XLSX_LINE);
	}
	if (total) {
		format_set_top(format, LXW_BORDER_THIN);
		format_set_top_color(format, PACK_XLSX_SOFT);
	}
	return format;
}

static void formats_make(struct pack_xlsx_book *book)
{
	for (int i = 0; i < PACK_XLSX_FORMATS; i++) {
		bool total = i >= PACK_XLSX_TOTAL_NAME;
		int look = total ? i - PACK_XLSX_TOTAL_NAME + PACK_XLSX_NAME : i;

		book->formats[i] = format_new(book->workbook, &looks[look], total);
		if (!book->formats[i])
			pack_xlsx_try(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
	}
}

/* ---- the first sheet ---- */

/* A row of two cells, as high as they take. */
static void pair_end(
	struct pack_xlsx_sheet *sheet, const char *first, const char *second)
{
	unsigned lines = pack_xlsx_lines(first, sheet->width[0] * RUNNING);
	unsigned n = pack_xlsx_lines(second, sheet->width[1] * RUNNING);

	pack_xlsx_row_end(sheet, PACK_XLSX_ROW * (n > lines ? n : lines));
}

static void content_write(
	struct pack_xlsx_sheet *sheet, const json_t *section, const char *name)
{
	struct arena *arena = sheet->book->arena;
	const char *title = arena_printf(arena, "%s %s",
		pack_xlsx_string(section, "code"), pack_xlsx_string(section, "title"));
	const char *tables = "";
	const json_t *table;
	size_t i;

	json_array_foreach(json_object_get(section, "tables"), i, table)
	{
		tables = arena_printf(arena, "%s%s%s", tables, i > 0 ? "; " : "",
			pack_xlsx_string(table, "title"));
	}
	pack_xlsx_write_link(sheet, sheet->row, 0, name, title);
	pack_xlsx_write(sheet, sheet->row, 1, tables, PACK_XLSX_TEXT);
	pair_end(sheet, title, tables);
}

static void contents_write(struct pack_xlsx_sheet *sheet, const char *const *names)
{
	const json_t *sections = json_object_get(sheet->book->doc, "sections"),
		     *section;
	const struct pack_xlsx_words *words = sheet->book->words;
	size_t i;

	pack_xlsx_paragraph(sheet, words->contents, PACK_XLSX_HEADING);
	json_array_foreach(sections, i, section)
	{
		content_write(sheet, section, names[i]);
	}
	pack_xlsx_write_link(
		sheet, sheet->row, 0, words->definitions, words->definitions);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
}

static void marks_write(struct pack_xlsx_sheet *sheet)
{
	const struct pack_xlsx_words *words = sheet->book->words;
	const struct {
		const char *mark, *text;
	} marks[] = { { "<5", words->few }, { "··", words->withheld },
		{ "–", words->none } };

	pack_xlsx_paragraph(sheet, words->marks, PACK_XLSX_HEADING);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		pack_xlsx_write(sheet, sheet->row, 0, marks[i].mark, PACK_XLSX_TERM);
		pack_xlsx_write(sheet, sheet->row, 1, marks[i].text, PACK_XLSX_TEXT);
		pair_end(sheet, marks[i].mark, marks[i].text);
	}
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
}

/* One row for each figure, when and why in each of them, so that they can be sorted. */
static void change_write(
	struct pack_xlsx_sheet *sheet, const json_t *correction, const json_t *change)
{
	const struct {
		const char *text;
		enum pack_xlsx_format format;
	} cells[] = {
		{ pack_xlsx_string(correction, "when"), PACK_XLSX_NAME },
		{ pack_xlsx_string(correction, "reason"), PACK_XLSX_NAME },
		{ pack_xlsx_string(change, "name"), PACK_XLSX_NAME },
		{ pack_xlsx_string(change, "before"), PACK_XLSX_MARK },
		{ pack_xlsx_string(change, "now"), PACK_XLSX_MARK },
	};
	unsigned lines = 1, n;

	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		pack_xlsx_write(sheet, sheet->row, (lxw_col_t)i, cells[i].text,
			cells[i].format);
		n = pack_xlsx_lines(cells[i].text, sheet->width[i]);
		if (n > lines)
			lines = n;
	}
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW * lines);
}

static void corrections_list(struct pack_xlsx_sheet *sheet, const json_t *corrections)
{
	const struct pack_xlsx_words *words = sheet->book->words;
	const char *const heads[] = { words->when, words->reason, words->figure,
		words->before, words->now };
	const json_t *correction, *changes, *change;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(heads); i++)
		pack_xlsx_write(sheet, sheet->row, (lxw_col_t)i, heads[i],
			i < 3 ? PACK_XLSX_HEAD : PACK_XLSX_HEAD_RIGHT);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	json_array_foreach(corrections, i, correction)
	{
		changes = json_object_get(correction, "changes");
		if (json_array_size(changes) == 0)
			change_write(sheet, correction, NULL);
		json_array_foreach(changes, j, change)
		{
			change_write(sheet, correction, change);
		}
	}
}

static void corrections_write(struct pack_xlsx_sheet *sheet)
{
	const json_t *doc = sheet->book->doc;
	const json_t *corrections = json_object_get(doc, "corrections");
	const struct pack_xlsx_words *words = sheet->book->words;

	if (json_array_size(corrections) == 0) {
		if (!json_is_true(json_object_get(doc, "frozen")))
			return;
		pack_xlsx_paragraph(sheet, words->corrections, PACK_XLSX_HEADING);
		pack_xlsx_paragraph(sheet, words->uncorrected, PACK_XLSX_TEXT);
		return;
	}
	pack_xlsx_paragraph(sheet, words->corrections, PACK_XLSX_HEADING);
	corrections_list(sheet, corrections);
}

static void overview_write(struct pack_xlsx_book *book, const char *const *names)
{
	static const double widths[] = { 44, 56, 30, 12, 12 };
	struct pack_xlsx_sheet *sheet =
		pack_xlsx_sheet_new(book, book->words->overview);
	const char *hash = pack_xlsx_string(book->doc, "hash");

	if (!sheet)
		return;
	for (size_t i = 0; i < ARRAY_LEN(widths); i++)
		pack_xlsx_set_width(sheet, (lxw_col_t)i, widths[i]);
	pack_xlsx_write(
		sheet, 0, 0, pack_xlsx_string(book->doc, "title"), PACK_XLSX_TITLE);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW + 10);
	pack_xlsx_paragraph(
		sheet, pack_xlsx_string(book->doc, "state"), PACK_XLSX_TEXT);
	if (*hash)
		pack_xlsx_paragraph(sheet,
			arena_printf(book->arena, "%s: %s", book->words->hash, hash),
			PACK_XLSX_SUBTITLE);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	contents_write(sheet, names);
	marks_write(sheet);
	corrections_write(sheet);
	worksheet_set_tab_color(sheet->sheet, PACK_XLSX_ACCENT);
	worksheet_freeze_panes(sheet->sheet, 1, 0);
	pack_xlsx_sheet_end(sheet);
}

/* ---- the last ---- */

static void definitions_write(struct pack_xlsx_book *book)
{
	const struct pack_xlsx_words *words = book->words;
	struct pack_xlsx_sheet *sheet = pack_xlsx_sheet_new(book, words->definitions);
	const json_t *definition;
	size_t i;

	if (!sheet)
		return;
	pack_xlsx_set_width(sheet, 0, 34);
	pack_xlsx_set_width(sheet, 1, 105);
	pack_xlsx_write(sheet, 0, 0, words->definitions, PACK_XLSX_TITLE);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW + 10);
	pack_xlsx_write_link(sheet, 1, 0, words->overview, words->back);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	pack_xlsx_write(sheet, 2, 0, words->term, PACK_XLSX_HEAD);
	pack_xlsx_write(sheet, 2, 1, words->meaning, PACK_XLSX_HEAD);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW);
	json_array_foreach(json_object_get(book->doc, "definitions"), i, definition)
	{
		const char *name = pack_xlsx_string(definition, "name");
		const char *text = pack_xlsx_string(definition, "text");

		pack_xlsx_write(sheet, sheet->row, 0, name, PACK_XLSX_NAME);
		pack_xlsx_write(sheet, sheet->row, 1, text, PACK_XLSX_NAME);
		pair_end(sheet, name, text);
	}
	worksheet_freeze_panes(sheet->sheet, 3, 1);
	pack_xlsx_try(book, worksheet_repeat_rows(sheet->sheet, 2, 2));
	pack_xlsx_sheet_end(sheet);
}

/* ---- the workbook ---- */

/* When it was frozen, or when the month began: not now, for the same pack is to give
 * the same bytes. */
static int created_read(const json_t *doc, time_t *ret, struct error *err)
{
	const char *frozen = pack_xlsx_string(doc, "frozenAt");
	char day[DAY_TEXT];
	int32_t n;

	if (json_is_true(json_object_get(doc, "frozen")) && strlen(frozen) >= 10)
		snprintf(day, sizeof(day), "%.10s", frozen);
	else
		snprintf(day, sizeof(day), "%.7s-01", pack_xlsx_string(doc, "month"));
	if (day_parse(day, &n, err) < 0)
		return -1;
	*ret = (time_t)n * DAY_SECONDS;
	return 0;
}

static void properties_set(struct pack_xlsx_book *book, time_t created)
{
	lxw_doc_properties properties = {
		.title = (char *)pack_xlsx_clean(
			book, pack_xlsx_string(book->doc, "title")),
		.subject = (char *)pack_xlsx_clean(
			book, pack_xlsx_string(book->doc, "state")),
		.author = (char *)pack_xlsx_clean(
			book, pack_xlsx_string(book->doc, "boardName")),
		.created = created,
	};

	pack_xlsx_try(book, workbook_set_properties(book->workbook, &properties));
}

static void sheets_write(struct pack_xlsx_book *book)
{
	const json_t *sections = json_object_get(book->doc, "sections"), *section;
	size_t n = json_array_size(sections), i;
	const char **names = arena_array(book->arena, n + 1, sizeof(*names));

	json_array_foreach(sections, i, section)
	{
		names[i] = pack_xlsx_sheet_name(book, names,
			pack_xlsx_string(section, "code"),
			pack_xlsx_string(section, "title"));
	}
	overview_write(book, names);
	json_array_foreach(sections, i, section)
	{
		pack_xlsx_section(book, section, names[i]);
	}
	definitions_write(book);
}

static int book_write(struct pack_xlsx_book *book, time_t created, struct error *err)
{
	formats_make(book);
	properties_set(book, created);
	sheets_write(book);
	if (book->too_long)
		return error_set(err, ERR_TOO_LARGE,
			"a text of more than %d characters", PACK_XLSX_TEXT_MAX);
	if (book->failed != LXW_NO_ERROR)
		return error_set(err, ERR_INTERNAL, "the workbook: %s",
			lxw_strerror(book->failed));
	return 0;
}

int pack_xlsx(const json_t *doc, const struct pack_xlsx_words *words, void **ret,
	size_t *size, struct error *err)
{
	struct pack_xlsx_book book = { .doc = doc, .words = words };
	struct xlsx_file file;
	time_t created;
	int rc = -1;

	if (doc_check(doc, err) < 0 || created_read(doc, &created, err) < 0 ||
		xlsx_file_begin(&file, err) < 0)
		return -1;
	book.workbook = file.workbook;
	book.arena = arena_new();
	if (book_write(&book, created, err) == 0)
		rc = xlsx_file_end(&file, ret, size, err);
	xlsx_file_clear(&file);
	arena_free(book.arena);
	return rc;
}
