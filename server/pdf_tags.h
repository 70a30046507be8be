/*
 * pdf_tags - what a tagged PDF of one page still needs to be read aloud rightly: its
 * language, words in place of the picture, and the language of a paragraph in another.
 */
#ifndef SYNPUNKT_SERVER_PDF_TAGS_H
#define SYNPUNKT_SERVER_PDF_TAGS_H

#include <stddef.h>

struct error;
struct evbuffer;

struct pdf_tags {
	const char *language;
	const char *picture; /* for every Figure */
	size_t foreign; /* the paragraph, counted from the last one, from 1; 0: none */
	const char *foreign_language;
};

/* Reads given and adds what it becomes to out. given is emptied of nothing. */
int pdf_tags_complete(struct evbuffer *given, const struct pdf_tags *tags,
	struct evbuffer *out, struct error *err);

#endif
