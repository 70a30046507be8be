/*
 * text_judge - how good a text_model is on texts that it was not learned of, and what
 * its scores are worth as probabilities.
 */
#ifndef SYNPUNKT_LIB_TEXT_JUDGE_H
#define SYNPUNKT_LIB_TEXT_JUDGE_H

#include <stddef.h>

#include "lib/text_model.h"

#define TEXT_JUDGE_CONFUSIONS_MAX 20

struct text_confusion {
	unsigned right, guessed; /* labels */
	size_t n;
};

/* Shares from 0 to 1; all 0 when no text has a label of the group. */
struct text_judgement {
	size_t n;
	double first, among_three; /* the right label first, among the first three */
	double macro_f1;           /* the mean over the labels that there are */
	/* How far the probability of the first is from how often it is right, over ten
	 * classes of it, weighed by how many texts are in each. */
	double calibration_error;
	/* What was taken for what, most often first. */
	struct text_confusion confusions[TEXT_JUDGE_CONFUSIONS_MAX];
	size_t n_confusions;
};

/* texts have labels as a lesson's have. */
struct text_judgement text_judge(const struct text_model *model,
	const struct text_example *texts, size_t n, unsigned group);

/* Sets how much a score counts in each group, so that what is said with some
 * probability is that often right of these texts. A group without labels among them
 * stays. */
void text_judge_sharpen(
	struct text_model *model, const struct text_example *texts, size_t n);
/* The same for a model of more texts, when there are no others left to try it on. */
void text_judge_sharpen_as(struct text_model *model, const struct text_model *other);

#endif
