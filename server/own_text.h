/*
 * own_text - which texts of the residents' pages and letters the city may put in words
 * of its own (migrations/0068_text.sql), and what such words must keep to. Not every
 * text: what names a button or a field is tested with the pages, and stays.
 */
#ifndef SYNPUNKT_SERVER_OWN_TEXT_H
#define SYNPUNKT_SERVER_OWN_TEXT_H

#include <stdbool.h>

#include <jansson.h>

struct catalogue;
struct catalogue_own;
struct faults;

#define OWN_TEXT_MAX 2000 /* characters; as the table's */

enum own_text_form {
	OWN_TEXT_LINE = 1,
	OWN_TEXT_PARAGRAPHS, /* parted by empty lines */
	OWN_TEXT_LINES,      /* of a letter: as they are typed */
};

struct own_text {
	const char *code; /* its key in the catalogue */
	enum own_text_form form;
	const char *place; /* "start": where people meet it */
	const char *shown; /* the template that shows it, or the letter's kind */
};

extern const struct own_text own_texts[]; /* ends with a row without a code */

/* The same codes, and the catalogue's languages; each ends with NULL. */
extern const char *const own_text_codes[];
extern const char *const own_text_languages[];

/* NULL: the city does not choose its words. */
const struct own_text *own_text_find(const char *code);
bool own_text_is_letter(const struct own_text *text);

/* What is wrong with a row {text, language, wording}, against what the program itself
 * says. Values that have their fault already may be null. */
void own_text_check(
	const json_t *columns, const struct catalogue *built_in, struct faults *faults);

/* {languages: [{code, name, dir}], items: [{code, place, form, values, words: {sv:
 * …}}], next: null}: what the program itself says. A new reference. */
json_t *own_text_list(const struct catalogue *built_in);

#endif
