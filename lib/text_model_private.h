/* What text_model.c, text_learn.c and text_judge.c share. */
#ifndef SYNPUNKT_LIB_TEXT_MODEL_PRIVATE_H
#define SYNPUNKT_LIB_TEXT_MODEL_PRIVATE_H

#include "lib/text_model.h"

/* A column is a label of a group; groups follow each other. */
struct text_model {
	unsigned n_groups, n_labels[TEXT_MODEL_GROUPS_MAX], n_columns;
	double sharpness[TEXT_MODEL_GROUPS_MAX]; /* what a score counts as */
	size_t n_features;
	uint64_t *ids;       /* of the features, ascending */
	float *weights;      /* of each when it is in a text */
	float *bias, *scale; /* of each column */
	int8_t *columns;     /* of each feature n_columns, in units of scale */
};

struct text_known {
	size_t feature; /* its place in ids */
	double value;
	uint32_t word;
};

/* Empty, with room for so many features. */
struct text_model *text_model_new(
	const unsigned *n_labels, unsigned n_groups, size_t n_features);
unsigned text_model_column(const struct text_model *model, unsigned group);
/* Those features of a text that the model has, of length 1 together. Returns how many;
 * ret has room for words->n_features. */
size_t text_model_known(const struct text_model *model, const struct text_words *words,
	struct text_known *ret);

/* What speaks for each label of a group, before it is made a probability. */
void text_model_scores(const struct text_model *model, const struct text_words *words,
	unsigned group, double *ret);

#endif
