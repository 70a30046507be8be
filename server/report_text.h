/*
 * report_text - what is written in a report as parts of a page, and a report as plain
 * text to paste. Pure.
 */
#ifndef SYNPUNKT_SERVER_REPORT_TEXT_H
#define SYNPUNKT_SERVER_REPORT_TEXT_H

#include <jansson.h>

/* Paragraphs are parted by empty lines, and lines that begin with "– " or "- " are
 * items of a list: [{lines: [{text, more}]} or {items: [text]}], and of each whether it
 * is a "list". A new reference. */
json_t *report_text_blocks(const char *text);

/* In the order of ILS-webb: [{title, parts: [{id, title, text, rows}]}], rows being how
 * many lines the text has about; cells are parted by tabs. A new reference. */
json_t *report_text_ils(const json_t *report);

#endif
