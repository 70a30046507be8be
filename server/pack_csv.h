/*
 * pack_csv - the pack as lines that spreadsheets open, one line a cell: section, table,
 * row, column, number, of, mark. UTF-8 with its mark, semicolons, formula-safe.
 */
#ifndef SYNPUNKT_SERVER_PACK_CSV_H
#define SYNPUNKT_SERVER_PACK_CSV_H

#include <jansson.h>

struct evbuffer;

/* doc as pack_view() made it. */
void pack_csv(const json_t *doc, struct evbuffer *out);

#endif
