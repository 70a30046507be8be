/*
 * report_width - how wide a table's columns are in a document: what writes DOCX and ODT
 * knows no widths but those that it is told, and cuts a word that does not fit in two.
 */
#ifndef SYNPUNKT_SERVER_REPORT_WIDTH_H
#define SYNPUNKT_SERVER_REPORT_WIDTH_H

#include <jansson.h>

/* Sets width of the table's columns and firstWidth, of its rows' names: per cent, by
 * the longest word of each. docTitle of columns and docName of rows are title and name
 * with soft hyphens in words that are long. */
void report_width(json_t *table);

#endif
