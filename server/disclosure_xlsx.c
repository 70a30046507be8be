#include "server/disclosure_xlsx.h"

#include <event2/buffer.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "server/day.h"
#include "server/disclosure_page.h"
#include "server/xlsx_file.h"

#define SHEET "Ärenden"
#define DRAFT "Utkast"
#define DAY_SECONDS 86400

/* In characters, as the columns stand (disclosure_columns). */
static const double widths[DISCLOSURE_COLUMNS] = { 14, 11, 11, 11, 12, 24, 26, 22, 14,
	80 };

struct table {
	const struct disclosure_print *print;
	lxw_worksheet *sheet;
	lxw_format *head, *cell;
	lxw_error failed; /* the first thing that the library refused */
};

/* A text always, also where it begins as a formula does. */
static void row_write(struct table *table, lxw_row_t row, const char *const *cells,
	lxw_format *format)
{
	for (lxw_col_t i = 0; i < DISCLOSURE_COLUMNS; i++) {
		lxw_error code = worksheet_write_string(table->sheet, row, i,
			xlsx_file_clean(table->print->arena, cells[i]), format);

		if (table->failed == LXW_NO_ERROR)
			table->failed = code;
	}
}

static lxw_format *format_new(lxw_workbook *workbook)
{
	lxw_format *format = workbook_add_format(workbook);

	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	format_set_text_wrap(format);
	return format;
}

/* The board's day and not now, and the board as who made it: nobody of its staff. */
static lxw_error properties_set(const struct disclosure_print *print,
	const json_t *whole, lxw_workbook *workbook)
{
	const char *day =
		json_text_of(whole, "decidedOn", json_text_of(whole, "openedOn", ""));
	int32_t n = 0;
	lxw_doc_properties properties = {
		.title = (char *)(uintptr_t)disclosure_page_title(print, whole),
		.subject = disclosure_page_is_draft(whole) ? (char *)DRAFT : NULL,
		.author = (char *)(uintptr_t)xlsx_file_clean(
			print->arena, json_text_of(whole, "boardName", "")),
	};

	if (day_parse(day, &n, NULL) == 0)
		properties.created = (time_t)n * DAY_SECONDS;
	return workbook_set_properties(workbook, &properties);
}

static lxw_error table_write(const struct disclosure_print *print, const json_t *whole,
	lxw_workbook *workbook)
{
	struct table table = { .print = print,
		.sheet = workbook_add_worksheet(workbook, SHEET),
		.head = format_new(workbook),
		.cell = format_new(workbook),
		.failed = properties_set(print, whole, workbook) };
	const json_t *item;
	const char *cells[DISCLOSURE_COLUMNS];
	size_t i, n = json_array_size(json_object_get(whole, "items"));

	format_set_bold(table.head);
	for (lxw_col_t col = 0; col < DISCLOSURE_COLUMNS; col++)
		worksheet_set_column(table.sheet, col, col, widths[col], NULL);
	worksheet_freeze_panes(table.sheet, 1, 0);
	worksheet_autofilter(table.sheet, 0, 0, (lxw_row_t)n, DISCLOSURE_COLUMNS - 1);
	worksheet_repeat_rows(table.sheet, 0, 0);
	worksheet_set_landscape(table.sheet);
	worksheet_fit_to_pages(table.sheet, 1, 0);
	row_write(&table, 0, disclosure_columns, table.head);
	json_array_foreach(json_object_get(whole, "items"), i, item)
	{
		disclosure_page_row(print, whole, item, cells);
		row_write(&table, (lxw_row_t)i + 1, cells, table.cell);
	}
	return table.failed;
}

int disclosure_xlsx(const struct disclosure_print *print, const json_t *whole,
	struct evbuffer *out, struct error *err)
{
	struct xlsx_file file;
	lxw_error failed;
	void *bytes;
	size_t size;
	int rc = -1;

	if (xlsx_file_begin(&file, err) < 0)
		return -1;
	failed = table_write(print, whole, file.workbook);
	if (failed == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
		error_set(err, ERR_TOO_LARGE,
			"a text is longer than a cell of a workbook may be");
	} else if (failed != LXW_NO_ERROR) {
		error_set(err, ERR_INTERNAL, "the workbook: %s", lxw_strerror(failed));
	} else if (xlsx_file_end(&file, &bytes, &size, err) == 0) {
		evbuffer_add(out, bytes, size);
		mem_free(bytes);
		rc = 0;
	}
	xlsx_file_clear(&file);
	return rc;
}
