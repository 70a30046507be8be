#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl_csv.h"

/*
 * Another system's table from arbitrary bytes. Rows come in the order of their lines,
 * within their limits and trimmed; and written with a quote around each cell they are
 * read as the same rows again.
 */

struct rows {
	char *bytes; /* as a quoted table, when they are written down */
	size_t n;
	size_t count, last_line;
};

static void cell_check(const char *cell)
{
	size_t n = strlen(cell);

	if (n > CTL_CSV_CELL_MAX)
		abort();
	if (n > 0 && (strchr(" \t\r\n", cell[0]) || strchr(" \t\r\n", cell[n - 1])))
		abort();
}

static void add(struct rows *rows, char byte)
{
	rows->bytes[rows->n++] = byte;
}

static void cell_write(struct rows *rows, const char *cell)
{
	add(rows, '"');
	for (; *cell; cell++) {
		if (*cell == '"')
			add(rows, '"');
		add(rows, *cell);
	}
	add(rows, '"');
}

static void row_take(struct rows *rows, const struct ctl_csv *csv)
{
	if (csv->n_cells == 0 || csv->n_cells > CTL_CSV_COLUMNS_MAX ||
		csv->line <= rows->last_line)
		abort();
	rows->last_line = csv->line;
	rows->count++;
	for (size_t i = 0; i < csv->n_cells; i++) {
		cell_check(csv->cells[i]);
		if (i > 0)
			add(rows, csv->separator);
		cell_write(rows, csv->cells[i]);
	}
	add(rows, '\n');
}

/* text is written into. separator: 0, or what the header is to be read by. */
static int table_read(char *text, size_t size, char *separator, struct rows *ret)
{
	struct ctl_csv csv;
	struct error err = { 0 };
	int more = ctl_csv_begin(&csv, text, size, &err);

	/* Each byte is one cell at most, and doubled, quoted and parted. */
	ret->bytes = mem_new(5 * size + 8);
	if (more == 0 && *separator)
		csv.separator = *separator;
	if (more == 0)
		more = 1;
	while (more > 0) {
		more = ctl_csv_next(&csv, &err);
		if (more > 0)
			row_take(ret, &csv);
	}
	if ((more < 0) != (err.code != ERR_NONE))
		abort();
	if (more == 0)
		*separator = csv.separator;
	return more;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rows rows = { 0 }, again = { 0 };
	char *text = mem_new(size + 1), separator = 0;

	memcpy(text, data, size);
	text[size] = '\0';
	if (table_read(text, size, &separator, &rows) == 0) {
		char *written = mem_new(rows.n + 1);

		memcpy(written, rows.bytes, rows.n);
		written[rows.n] = '\0';
		if (table_read(written, rows.n, &separator, &again) < 0 ||
			again.count != rows.count || again.n != rows.n ||
			memcmp(again.bytes, rows.bytes, rows.n) != 0)
			abort();
		mem_free(written);
	}
	mem_free(again.bytes);
	mem_free(rows.bytes);
	mem_free(text);
	return 0;
}
