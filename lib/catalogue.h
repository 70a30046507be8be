/*
 * catalogue - the texts of a program in several languages, read from PO files (GNU
 * gettext's format; msgid is a dotted key such as "form.title").
 *
 * Fill it with catalogue_add() or catalogue_add_files(), then catalogue_finish(); from
 * then on it does not change. A text that a language lacks, or has empty, comes from
 * the language's shorter tag ("sv-x-easy" from "sv") and then from the base language.
 * An entry marked fuzzy is used but counts as not reviewed. msgctxt and plural forms
 * are not taken: a key is one text.
 *
 * The PO header says what is true of the whole language, one field a line:
 *   X-Name: suomi        what the language calls itself
 *   X-Direction: rtl     it is written from right to left
 *   X-Reviewed: no       nobody who speaks it has read the texts
 */
#ifndef SYNPUNKT_LIB_CATALOGUE_H
#define SYNPUNKT_LIB_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "lib/text_format.h"

struct arena;
struct catalogue;
struct embed_file;
struct error;
struct fault;

#define CATALOGUE_LANGUAGES_MAX 16
#define CATALOGUE_TEXTS_MAX 5000 /* of one language */

#define CATALOGUE_RANGES_MAX 32 /* of Accept-Language; the rest is not read */

struct catalogue *catalogue_new(const char *base_language); /* "sv" */
void catalogue_free(struct catalogue *cat);                 /* NULL is fine */

/* One PO text in UTF-8. ERR_INVALID names the line. */
int catalogue_add(struct catalogue *cat, const char *language, const char *po, size_t n,
	struct error *err);
/* Every file whose name ends in ".po"; the language is the last part of its name. */
int catalogue_add_files(
	struct catalogue *cat, const struct embed_file *files, struct error *err);
/* Joins the languages. ERR_INVALID if the base language is missing or a key is both a
 * text and the start of other keys. */
int catalogue_finish(struct catalogue *cat, struct error *err);

/* A text in other words, in one language. */
struct catalogue_own {
	const char *language, *key, *text;
	bool paragraphs; /* parted by empty lines: a list in catalogue_json() */
};

/*
 * A catalogue as it is with n texts in other words, or with more texts than it has; of
 * two for one text the last counts. They hold for their own language alone: no other
 * falls back to them. Copies own. cat must be there as long; catalogue_free().
 */
struct catalogue *catalogue_with(
	const struct catalogue *cat, const struct catalogue_own *own, size_t n);

size_t catalogue_count(const struct catalogue *cat);
const char *catalogue_language(const struct catalogue *cat, size_t i); /* as added */

/*
 * The language for a request, one of those loaded; never NULL. asked (?lang=) wins if
 * it, or a shorter form of it, is loaded; then Accept-Language (RFC 9110, 12.5.4) by
 * lookup (RFC 4647, 3.4); then the base language. Both may be NULL or rubbish.
 */
const char *catalogue_choose(
	const struct catalogue *cat, const char *asked, const char *accept_language);

/* What a language says of itself. An unknown language gives the base language's. */
struct catalogue_about {
	const char *name; /* never NULL: the tag if there is no X-Name */
	bool right_to_left;
	bool unreviewed;
};
const struct catalogue_about *catalogue_about(
	const struct catalogue *cat, const char *language);

/* All texts as nested objects, so that a template says {{t.form.title}}. Borrowed;
 * do not change it. An unknown language gives the base language's. */
json_t *catalogue_json(const struct catalogue *cat, const char *language);

/* Never NULL: an unknown key gives the key itself, where it is seen. */
const char *catalogue_text(
	const struct catalogue *cat, const char *language, const char *key);
/* NULL for an unknown key. */
const char *catalogue_find(
	const struct catalogue *cat, const char *language, const char *key);

/* text_format() for a text of that language. Where it is written from right to left
 * each value stands isolated (Unicode FSI and PDI): numbers, codes and names keep their
 * own order and leave the sentence's alone. */
char *catalogue_fill(struct arena *arena, const struct catalogue *cat,
	const char *language, const char *text, const struct text_value *values);

/* catalogue_text() with {name} replaced: see catalogue_fill(). */
char *catalogue_format(struct arena *arena, const struct catalogue *cat,
	const char *language, const char *key, const struct text_value *values);

/* A fault in words: the text at its key, or its English reason if there is none. */
const char *catalogue_fault(struct arena *arena, const struct catalogue *cat,
	const char *language, const struct fault *fault);

struct catalogue_state {
	size_t texts;      /* of its own */
	size_t missing;    /* that the base language has */
	size_t unreviewed; /* marked fuzzy */
};
void catalogue_measure(
	const struct catalogue *cat, const char *language, struct catalogue_state *ret);

/* Tells every key that only one of two languages has, and every key whose {name}s
 * differ. why is "missing in en", "missing in sv" or "placeholders differ". Returns how
 * many there were. */
typedef void catalogue_differ_fn(const char *key, const char *why, void *arg);
size_t catalogue_compare(const struct catalogue *cat, const char *one,
	const char *other, catalogue_differ_fn *differ, void *arg);

#endif
