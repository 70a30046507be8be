/* pack_xlsx_private - what pack_xlsx's files share. Nothing else may include it. */
#ifndef SYNPUNKT_SERVER_PACK_XLSX_PRIVATE_H
#define SYNPUNKT_SERVER_PACK_XLSX_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>
#include <xlsxwriter.h>

#include "server/pack_xlsx.h"

struct arena;

/* A share takes three columns of the sheet. */
#define PACK_XLSX_SHEET_COLUMNS (1 + 3 * PACK_XLSX_COLUMNS_MAX)

/* In pixels, as the library and Excel reckon at 100 %. */
#define PACK_XLSX_ROW 20
#define PACK_XLSX_PAGE_WIDTH 1010 /* A4, landscape, within its margins */
#define PACK_XLSX_PAGE_HEIGHT 650

#define PACK_XLSX_ACCENT 0x0b5261
#define PACK_XLSX_SOFT 0x46525f
#define PACK_XLSX_LINE 0xbfc8ce

enum pack_xlsx_format {
	PACK_XLSX_TITLE,
	PACK_XLSX_SUBTITLE,
	PACK_XLSX_HEADING,
	PACK_XLSX_TEXT, /* several lines if need be */
	PACK_XLSX_TERM,
	PACK_XLSX_LINK,
	PACK_XLSX_HEAD,
	PACK_XLSX_HEAD_RIGHT,
	PACK_XLSX_NAME, /* from here to MARK once more for totals */
	PACK_XLSX_COUNT,
	PACK_XLSX_CHANGE,
	PACK_XLSX_SHARE,
	PACK_XLSX_DAYS,
	PACK_XLSX_PART, /* with a decimal, of counts and days */
	PACK_XLSX_CHANGE_PART,
	PACK_XLSX_MARK,
	PACK_XLSX_TOTAL_NAME,
	PACK_XLSX_TOTAL_END = PACK_XLSX_TOTAL_NAME + PACK_XLSX_MARK - PACK_XLSX_NAME,
	PACK_XLSX_FORMATS,
};

/* As Excel's format codes. */
#define PACK_XLSX_CODE_COUNT "[$-41D]#,##0"
#define PACK_XLSX_CODE_CHANGE "[$-41D]+#,##0;\"\xe2\x88\x92\"#,##0;0"
#define PACK_XLSX_CODE_SHARE "0 %"
#define PACK_XLSX_CODE_PART "[$-41D]#,##0.0"
#define PACK_XLSX_CODE_CHANGE_PART "[$-41D]+#,##0.0;\"\xe2\x88\x92\"#,##0.0;0"
/* With as many decimals as there are. */
#define PACK_XLSX_CODE_ANY "General"
#define PACK_XLSX_CODE_ANY_CHANGE "+General;\"\xe2\x88\x92\"General;0"

struct pack_xlsx_book {
	const json_t *doc;
	const struct pack_xlsx_words *words;
	struct arena *arena;
	lxw_workbook *workbook;
	lxw_format *formats[PACK_XLSX_FORMATS];
	lxw_error failed; /* the first thing that the library refused */
	bool too_long;    /* a text was over its ceiling */
};

struct pack_xlsx_sheet {
	struct pack_xlsx_book *book;
	lxw_worksheet *sheet;
	const char *name;
	lxw_row_t row;                         /* the next one to write */
	double below;                          /* where that is, in pixels */
	double width[PACK_XLSX_SHEET_COLUMNS]; /* in characters; 0: the usual */
	double page_height;                    /* in the sheet's pixels */
	double page_start;
	lxw_row_t *breaks; /* ended by 0 */
	size_t n_breaks;
};

enum pack_xlsx_kind {
	PACK_XLSX_KIND_COUNT,
	PACK_XLSX_KIND_CHANGE,
	PACK_XLSX_KIND_SHARE,
	PACK_XLSX_KIND_DAYS,
};

struct pack_xlsx_column {
	const char *id;
	const char *title;
	enum pack_xlsx_kind kind;
	lxw_col_t col; /* of the sheet; a share's count and whole are in the next two */
};

struct pack_xlsx_table {
	const json_t *json;
	const char *title;
	const json_t *chart; /* NULL: none */
	const json_t **rows; /* totals last */
	size_t n_rows;
	size_t n_drawn; /* rows before the totals */
	struct pack_xlsx_column *columns;
	size_t n_columns;
	lxw_row_t title_row;
	lxw_row_t head_row;
	lxw_row_t first_row;
	lxw_col_t last_col;
	/* Where its chart goes, in pixels from the left of chart_row. */
	lxw_row_t chart_row;
	bool is_beside; /* of the table, else under it */
	double chart_left;
	double chart_width;
	double chart_height;
};

/* pack_xlsx_cell.c */

const char *pack_xlsx_string(const json_t *object, const char *key); /* "" if absent */
/* Is it a number that may be told? */
bool pack_xlsx_is_shown(const json_t *cell);
/* Without what XML cannot hold. The arena's. */
const char *pack_xlsx_clean(struct pack_xlsx_book *book, const char *text);
void pack_xlsx_try(struct pack_xlsx_book *book, lxw_error code);
/* A sheet's print settings and all that is alike on every one. */
struct pack_xlsx_sheet *pack_xlsx_sheet_new(
	struct pack_xlsx_book *book, const char *name);
/* Within Excel's 31 characters, without those it refuses and none of taken, which NULL
 * ends. */
const char *pack_xlsx_sheet_name(struct pack_xlsx_book *book, const char *const *taken,
	const char *code, const char *title);
void pack_xlsx_write(struct pack_xlsx_sheet *sheet, lxw_row_t row, lxw_col_t col,
	const char *text, enum pack_xlsx_format format);
void pack_xlsx_write_link(struct pack_xlsx_sheet *sheet, lxw_row_t row, lxw_col_t col,
	const char *target, const char *text);
void pack_xlsx_set_width(struct pack_xlsx_sheet *sheet, lxw_col_t col, double chars);
double pack_xlsx_width(const struct pack_xlsx_sheet *sheet, lxw_col_t col); /* pixels */
size_t pack_xlsx_length(const char *text);                /* in characters */
unsigned pack_xlsx_lines(const char *text, double chars); /* when wrapped at words */
/* Ends the row: the next one is below it. */
void pack_xlsx_row_end(struct pack_xlsx_sheet *sheet, double pixels);
/* A row of text across the sheet, as high as it takes. */
void pack_xlsx_paragraph(
	struct pack_xlsx_sheet *sheet, const char *text, enum pack_xlsx_format format);
/* The next page, unless that much has room on this one or is too much for any. */
void pack_xlsx_keep(struct pack_xlsx_sheet *sheet, double pixels);
/* With everything written. */
void pack_xlsx_sheet_end(struct pack_xlsx_sheet *sheet);

/* pack_xlsx_sheet.c */

void pack_xlsx_section(
	struct pack_xlsx_book *book, const json_t *section, const char *name);

/* pack_xlsx_chart.c */

/* The size of its chart beside a table or under it, 0 by 0 for a table without one. */
void pack_xlsx_chart_measure(struct pack_xlsx_table *table, bool is_beside);
void pack_xlsx_chart_draw(
	struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table);
/* Colours of the cells in place of a chart. */
void pack_xlsx_heat(struct pack_xlsx_sheet *sheet, const struct pack_xlsx_table *table);
bool pack_xlsx_is_heat(const struct pack_xlsx_table *table);
/* Does its chart leave rows out for being too many? */
bool pack_xlsx_chart_is_cut(const struct pack_xlsx_table *table);

#endif
