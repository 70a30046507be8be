#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"
#include "server/pack_xlsx_private.h"
#include "server/xlsx_file.h"

#define NAME_MAX_UNITS 31 /* of UTF-16, for a sheet's name */
#define USUAL_WIDTH 8.43  /* of a column that nobody set */
#define PARAGRAPH_WIDTH 640
#define BREAKS_MAX (2 * PACK_XLSX_TABLES_MAX)
#define REPEATED (3 * PACK_XLSX_ROW) /* rows printed again on each page */

const char *pack_xlsx_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

bool pack_xlsx_is_shown(const json_t *cell)
{
	return !strcmp(pack_xlsx_string(cell, "mark"), "shown") &&
	       json_is_number(json_object_get(cell, "n"));
}

const char *pack_xlsx_clean(struct pack_xlsx_book *book, const char *text)
{
	if (utf8_count(text, strlen(text)) > PACK_XLSX_TEXT_MAX)
		book->too_long = true;
	return xlsx_file_clean(book->arena, text);
}

void pack_xlsx_try(struct pack_xlsx_book *book, lxw_error code)
{
	if (book->failed == LXW_NO_ERROR)
		book->failed = code;
}

/* ---- names of sheets ---- */

/* '#' would end the sheet's name in a link, "'" would have to be doubled in one. */
static bool is_refused(uint32_t point)
{
	return point < 0x20 || (point < 0x80 && strchr("[]:*?/\\#'", (int)point));
}

/* As much of text as has room beside what is to follow, without spaces at its ends. */
static char *name_cut(struct pack_xlsx_book *book, const char *text, size_t units)
{
	char *name = arena_dup(book->arena, pack_xlsx_clean(book, text));
	size_t n = strlen(name), i = 0, length;
	uint32_t point;

	while (i < n) {
		length = utf8_decode(name + i, n - i, &point);
		if (length == 0 || units < 1u + (point > 0xffff))
			break;
		units -= 1u + (point > 0xffff);
		if (is_refused(point))
			name[i] = point < ' ' ? ' ' : '-';
		i += length;
	}
	while (i > 0 && name[i - 1] == ' ')
		i--;
	name[i] = '\0';
	return name + strspn(name, " ");
}

/* Excel takes "a" and "A" for the same name. */
static bool is_taken(
	struct pack_xlsx_book *book, const char *const *taken, const char *name)
{
	for (; *taken; taken++)
		if (!strcasecmp(*taken, name))
			return true;
	return !strcasecmp(name, book->words->overview) ||
	       !strcasecmp(name, book->words->definitions);
}

const char *pack_xlsx_sheet_name(struct pack_xlsx_book *book, const char *const *taken,
	const char *code, const char *title)
{
	const char *wanted = arena_printf(book->arena, "%s %s", code, title);
	const char *name = name_cut(book, wanted, NAME_MAX_UNITS);

	for (int i = 2; !*name || is_taken(book, taken, name); i++)
		name = arena_printf(book->arena, "%s (%d)",
			name_cut(book, wanted, NAME_MAX_UNITS - 5), i);
	return name;
}

/* ---- a sheet ---- */

static void print_setup(struct pack_xlsx_book *book, lxw_worksheet *sheet)
{
	char footer[200], *out = footer;
	const char *title = pack_xlsx_string(book->doc, "title");
	size_t n = utf8_prefix(title, strlen(title), 60);

	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, 9); /* A4 */
	worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.7);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
	if (book->words->right_to_left)
		worksheet_right_to_left(sheet);
	/* '&' begins a code there. What the text has of them is left out. */
	out += snprintf(out, 3, "&L");
	for (size_t i = 0; i < n && i < sizeof(footer) - 20; i++)
		if (title[i] != '&' && (unsigned char)title[i] >= ' ')
			*out++ = title[i];
	snprintf(out, 12, "&R&P / &N");
	pack_xlsx_try(book, worksheet_set_footer(sheet, footer));
}

struct pack_xlsx_sheet *pack_xlsx_sheet_new(
	struct pack_xlsx_book *book, const char *name)
{
	struct pack_xlsx_sheet *sheet = arena_alloc(book->arena, sizeof(*sheet));

	sheet->book = book;
	sheet->name = name;
	sheet->breaks =
		arena_array(book->arena, BREAKS_MAX + 1, sizeof(*sheet->breaks));
	sheet->page_height = PACK_XLSX_PAGE_HEIGHT;
	sheet->sheet = workbook_add_worksheet(book->workbook, name);
	if (!sheet->sheet) {
		pack_xlsx_try(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return NULL;
	}
	print_setup(book, sheet->sheet);
	return sheet;
}

void pack_xlsx_write(struct pack_xlsx_sheet *sheet, lxw_row_t row, lxw_col_t col,
	const char *text, enum pack_xlsx_format format)
{
	struct pack_xlsx_book *book = sheet->book;

	pack_xlsx_try(
		book, worksheet_write_string(sheet->sheet, row, col,
			      pack_xlsx_clean(book, text), book->formats[format]));
}

void pack_xlsx_write_link(struct pack_xlsx_sheet *sheet, lxw_row_t row, lxw_col_t col,
	const char *target, const char *text)
{
	struct pack_xlsx_book *book = sheet->book;

	pack_xlsx_try(
		book, worksheet_write_url_opt(sheet->sheet, row, col,
			      arena_printf(book->arena, "internal:'%s'!A1", target),
			      book->formats[PACK_XLSX_LINK],
			      pack_xlsx_clean(book, text), NULL));
}

void pack_xlsx_set_width(struct pack_xlsx_sheet *sheet, lxw_col_t col, double chars)
{
	sheet->width[col] = chars;
	pack_xlsx_try(
		sheet->book, worksheet_set_column(sheet->sheet, col, col, chars, NULL));
}

double pack_xlsx_width(const struct pack_xlsx_sheet *sheet, lxw_col_t col)
{
	double chars = sheet->width[col] > 0 ? sheet->width[col] : USUAL_WIDTH;

	return floor(chars * 7 + 5);
}

size_t pack_xlsx_length(const char *text)
{
	return utf8_count(text, strlen(text));
}

unsigned pack_xlsx_lines(const char *text, double chars)
{
	unsigned lines = 1;
	size_t used = 0, n, word;

	for (; *text; text += n) {
		n = strcspn(text, " \n");
		word = utf8_count(text, n);
		if (used > 0 && (double)(used + 1 + word) > chars) {
			lines++;
			used = 0;
		}
		used += (used > 0) + word;
		while ((double)used > chars) { /* a word that is longer than the line */
			lines++;
			used -= (size_t)chars;
		}
		if (text[n] == '\n') {
			lines++;
			used = 0;
		}
		n += text[n] != '\0';
	}
	return lines;
}

void pack_xlsx_row_end(struct pack_xlsx_sheet *sheet, double pixels)
{
	if (pixels != PACK_XLSX_ROW)
		pack_xlsx_try(sheet->book, worksheet_set_row(sheet->sheet, sheet->row,
						   pixels * 0.75, NULL));
	sheet->row++;
	sheet->below += pixels;
}

void pack_xlsx_paragraph(
	struct pack_xlsx_sheet *sheet, const char *text, enum pack_xlsx_format format)
{
	struct pack_xlsx_book *book = sheet->book;
	lxw_col_t last = 0;
	double width = pack_xlsx_width(sheet, 0);
	unsigned lines;

	while (width < PARAGRAPH_WIDTH)
		width += pack_xlsx_width(sheet, ++last);
	lines = pack_xlsx_lines(text, width / 7);
	if (last > 0)
		pack_xlsx_try(
			book, worksheet_merge_range(sheet->sheet, sheet->row, 0,
				      sheet->row, last, "", book->formats[format]));
	pack_xlsx_write(sheet, sheet->row, 0, text, format);
	pack_xlsx_row_end(sheet, PACK_XLSX_ROW * lines);
}

void pack_xlsx_keep(struct pack_xlsx_sheet *sheet, double pixels)
{
	double used = sheet->below - sheet->page_start;

	/* What began earlier may have run over several pages. */
	used = fmod(used, sheet->page_height);
	if (used + pixels <= sheet->page_height || pixels > sheet->page_height ||
		sheet->n_breaks >= BREAKS_MAX)
		return;
	sheet->breaks[sheet->n_breaks++] = sheet->row;
	sheet->page_start = sheet->below - REPEATED;
}

void pack_xlsx_sheet_end(struct pack_xlsx_sheet *sheet)
{
	struct pack_xlsx_book *book = sheet->book;

	if (sheet->n_breaks > 0)
		pack_xlsx_try(
			book, worksheet_set_h_pagebreaks(sheet->sheet, sheet->breaks));
	/* The names of a histogram's bars are numbers, and are text all the same. */
	pack_xlsx_try(book, worksheet_ignore_errors(sheet->sheet,
				    LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
}
