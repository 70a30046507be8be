/*
 * report_words - what a report says. It is a document of the board's, in Swedish
 * whoever reads it, so its words are none of the catalogues of the pages, which every
 * language has.
 */
#ifndef SYNPUNKT_SERVER_REPORT_WORDS_H
#define SYNPUNKT_SERVER_REPORT_WORDS_H

#include <jansson.h>

/* With {values}, as the catalogues' texts. NULL: there is no such word. */
const char *report_word(const char *key);

/* Those of "page." for templates, without it: {{w.saved}}. A new reference. */
json_t *report_words_page(void);

#endif
