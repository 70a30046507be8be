/*
 * text_features - what a linear model sees of a text: its words, their stems (Swedish
 * and English, by Snowball), each word's runs of three to five letters, which find the
 * parts of compounds and forgive misspellings, and words that stand beside each other.
 *
 * The text is folded: letters and digits in lower case, one space between words. Words
 * with a digit in them are left out: numbers of houses, persons and cases say nothing
 * of a subject. A feature is known by a number made of its kind and its letters alone,
 * the same in every program; it tells nobody the word.
 */
#ifndef SYNPUNKT_LIB_TEXT_FEATURES_H
#define SYNPUNKT_LIB_TEXT_FEATURES_H

#include <stddef.h>
#include <stdint.h>

struct arena;

#define TEXT_FEATURES_WORDS_MAX 600 /* of a text; the rest is not read */
#define TEXT_FEATURES_LETTERS_MAX                                                      \
	40 /* of a word, in code points; longer is no word                             \
	    */

enum text_feature_kind {
	TEXT_FEATURE_WORD,
	TEXT_FEATURE_STEM,
	TEXT_FEATURE_LETTERS,
	TEXT_FEATURE_PAIR,
	TEXT_FEATURE_KINDS
};
#define TEXT_FEATURE_KIND 3 /* the bits of an id that are its kind */

struct text_feature {
	uint64_t id;
	uint32_t word; /* which of the words it is of, from 0 */
};

struct text_words {
	const char **words; /* those that were read, in their order */
	size_t n_words;
	struct text_feature *features; /* by id, each once: with its first word */
	size_t n_features;
};

/* A program's own: stemmers have a state. Not for two threads at a time. */
struct text_features;

struct text_features *text_features_new(void);
void text_features_free(struct text_features *features); /* NULL is fine */

/* All of it is the arena's. */
struct text_words text_features_of(
	struct text_features *features, struct arena *arena, const char *folded);

#endif
