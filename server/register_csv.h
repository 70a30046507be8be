/*
 * register_csv - one line of a file that spreadsheets open: UTF-8, semicolons between,
 * every cell in quotes. Pure. A cell that a spreadsheet would take for a formula gets
 * an apostrophe before it (OWASP, CSV injection).
 */
#ifndef SYNPUNKT_SERVER_REGISTER_CSV_H
#define SYNPUNKT_SERVER_REGISTER_CSV_H

#include <stddef.h>

struct evbuffer;

/* The first line's mark, by which spreadsheets know the encoding. */
#define REGISTER_CSV_MARK "\xef\xbb\xbf"

/* NULL is an empty cell. */
void register_csv_line(struct evbuffer *out, const char *const *cells, size_t n);

#endif
