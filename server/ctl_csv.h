/*
 * ctl_csv - other systems' tables: RFC 4180, cells apart by commas, semicolons or tabs,
 * whichever the first line has most of. UTF-8. The first row names the columns.
 *
 * Strings lie in the text that was given, which is written into.
 */
#ifndef SYNPUNKT_SERVER_CTL_CSV_H
#define SYNPUNKT_SERVER_CTL_CSV_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define CTL_CSV_COLUMNS_MAX 100
#define CTL_CSV_CELL_MAX 65536 /* bytes */

struct ctl_csv {
	/* The row that was read last. Cells have no white space around them. */
	char *cells[CTL_CSV_COLUMNS_MAX];
	size_t n_cells;
	size_t line; /* that it begins on, from 1 */

	/* Its own. */
	char *rest;
	size_t next_line;
	char separator;
};

/* text has size bytes and a NUL after them. ERR_INVALID for what is no UTF-8 text, with
 * the line. */
int ctl_csv_begin(struct ctl_csv *ret, char *text, size_t size, struct error *err);

/* The next row that is not blank: 1; 0 at the end; -1 and ERR_INVALID with the line for
 * a quote that does not end, or more or larger cells than there may be. */
int ctl_csv_next(struct ctl_csv *csv, struct error *err);

#endif
