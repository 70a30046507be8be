/*
 * open_table - one file of open data as rows of text, and as CSV and JSON. In CSV a
 * column is named in snake_case and the file begins with the mark that spreadsheets
 * know UTF-8 by; in JSON the same name is camelCase, and a cell without a value null.
 */
#ifndef SYNPUNKT_SERVER_OPEN_TABLE_H
#define SYNPUNKT_SERVER_OPEN_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct db_rows;
struct evbuffer;

#define OPEN_COLUMNS_MAX 9

struct open_column {
	const char *name; /* "valid_from"; NULL ends a table's */
	enum open_kind {
		OPEN_TEXT,
		OPEN_NUMBER,
		OPEN_YES
	} kind;
};

/* A line that is written: cells has a text, or NULL, for each column. */
struct open_table {
	const struct open_column *columns;
	struct evbuffer *out;
	bool csv;
	size_t n; /* lines */
};

/* members: JSON text of further members before the rows, "" for none; not in CSV. */
void open_table_begin(struct open_table *table, const char *members);
void open_table_line(struct open_table *table, const char *const *cells);
/* Every row, column by column as the query has them. */
void open_table_rows(struct open_table *table, const struct db_rows *rows);
void open_table_end(struct open_table *table);

#endif
