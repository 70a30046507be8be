/* catalogue_private - what the files of the catalogue share; nobody else includes it.
 */
#ifndef SYNPUNKT_LIB_CATALOGUE_PRIVATE_H
#define SYNPUNKT_LIB_CATALOGUE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "lib/catalogue.h"

#define CATALOGUE_TAG_MAX 35 /* RFC 5646, 4.4.1 */

struct catalogue_entry {
	const char *key, *text;
	bool fuzzy;
};

struct catalogue_language {
	char tag[CATALOGUE_TAG_MAX + 1];
	struct catalogue_entry *entries; /* by key once finished */
	size_t n;
	struct catalogue_entry *own; /* other words: catalogue_with() */
	size_t n_own;
	size_t chain[4]; /* where to look: itself, shorter tags, the base */
	size_t n_chain;
	json_t *tree;
	struct catalogue_about about;
};

struct catalogue {
	struct arena *arena;
	char base[CATALOGUE_TAG_MAX + 1];
	struct catalogue_language languages[CATALOGUE_LANGUAGES_MAX];
	size_t n;
	bool borrows; /* the languages' entries are another's */
};

/* The language with exactly these n bytes as its tag, letters in any case. */
const struct catalogue_language *catalogue_language_find(
	const struct catalogue *cat, const char *tag, size_t n);
/* The language, or the base language if it is not loaded. */
const struct catalogue_language *catalogue_language_get(
	const struct catalogue *cat, const char *tag);
/* Takes what the PO header says. */
void catalogue_about_read(
	struct arena *arena, const char *header, struct catalogue_about *ret);
/* NULL if the language itself has no such text. */
const struct catalogue_entry *catalogue_entry_find(
	const struct catalogue_language *language, const char *key);
/* RFC 4647, 3.4: the length of a tag without its last subtag, nor a single letter
 * before that. */
size_t catalogue_tag_shorten(const char *tag, size_t n);

#endif
