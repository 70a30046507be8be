/* pack_table - tables of the monthly pack for tests: see the pack document. */
#ifndef SYNPUNKT_TESTS_UNIT_PACK_TABLE_H
#define SYNPUNKT_TESTS_UNIT_PACK_TABLE_H

#include <stddef.h>

#include <jansson.h>

/* Cells: a number, which is also a part of a whole; a mark, "few" or "withheld". */
json_t *pack_table_shown(json_int_t n, json_int_t of);
json_t *pack_table_hidden(const char *mark);

/* Columns: so many months from October 2025. */
json_t *pack_table_months(size_t n);

/* A table without rows; takes the columns. The first is the chart's. */
json_t *pack_table_of(const char *kind, json_t *columns);

/* The cells of a new row, to be filled; they belong to the table. */
json_t *pack_table_add_row(json_t *table, const char *name);
/* A row of totals over three columns, hidden if n is negative. */
json_t *pack_table_add_total(json_t *table, json_int_t n);

/* n rows of three months: 10 times as many as rows are left, one less each month. */
json_t *pack_table_sample(const char *kind, size_t n);

json_t *pack_table_cell(const json_t *table, size_t row, size_t column);
void pack_table_set(json_t *table, size_t row, size_t column, json_t *cell);

#endif
