/*
 * text_model - which labels a text is likely to have, learned of examples: linear (one
 * label against the others of its group, by LIBLINEAR) over lib/text_features, with
 * probabilities that lib/text_judge sets right on texts that it was not learned of.
 *
 * Labels come in groups, of which a text has one each: what it is about, what kind of
 * text it is. Groups share the features and nothing else.
 *
 * Learning blocks for seconds: in a tool or a thread of its own. What was learned is
 * numbers alone, no word of an example is in it; it does not change, and any thread may
 * ask it. Asking takes microseconds.
 */
#ifndef SYNPUNKT_LIB_TEXT_MODEL_H
#define SYNPUNKT_LIB_TEXT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/text_features.h"

struct arena;
struct error;
struct text_model;

#define TEXT_MODEL_GROUPS_MAX 4
#define TEXT_MODEL_LABELS_MAX 500 /* of all groups */
#define TEXT_MODEL_EXAMPLES_MAX 50000
#define TEXT_MODEL_NO_LABEL (-1)

struct text_example {
	const char *text; /* folded, as lib/text_features.h says */
	/* From 0, of each group; TEXT_MODEL_NO_LABEL where it is not known. */
	int labels[TEXT_MODEL_GROUPS_MAX];
};

struct text_lesson {
	const struct text_example *examples;
	size_t n;
	unsigned n_groups, n_labels[TEXT_MODEL_GROUPS_MAX];
};

/* ERR_INVALID where the first group has not two labels with six examples each; another
 * that has not is not taught, and all its labels are as likely. ERR_TOO_LARGE where
 * there is more than the ceilings above. */
struct text_model *text_model_learn(
	const struct text_lesson *lesson, struct error *err);
void text_model_free(struct text_model *model); /* NULL is fine */

/* As bytes, the arena's, and back; ERR_INVALID for what is no model of this version. */
void *text_model_save(
	const struct text_model *model, struct arena *arena, size_t *ret_size);
struct text_model *text_model_load(const void *bytes, size_t n, struct error *err);

unsigned text_model_labels(const struct text_model *model, unsigned group);

struct text_guess {
	unsigned label;
	double probability;
};

/* The labels of a group by probability, highest first, at most n of them. Returns how
 * many there are in ret. A text of which the model knows no feature gets the labels by
 * how common they were. */
size_t text_model_guess(const struct text_model *model, const struct text_words *words,
	unsigned group, struct text_guess *ret, size_t n);

struct text_label {
	unsigned group, label;
};

/* The words of the text that speak most for a label, highest first, at most n and only
 * those that speak a quarter as much as the first, or more. Returns how many there are
 * in ret: places in words->words.
 */
size_t text_model_reasons(const struct text_model *model,
	const struct text_words *words, struct text_label label, size_t *ret, size_t n);

#endif
