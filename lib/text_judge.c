#include "lib/text_judge.h"

#include <math.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_model_private.h"

#define CLASSES 10

struct tally {
	size_t n, right;
	double probability;
};

struct judge {
	const struct text_model *model;
	struct text_features *features;
	unsigned group;
	size_t counts[TEXT_MODEL_LABELS_MAX]
		     [TEXT_MODEL_LABELS_MAX]; /* right, guessed */
	struct tally classes[CLASSES];
	size_t n, among_three;
};

static void judge_text(struct judge *judge, const char *text, unsigned label)
{
	struct arena *arena = arena_new();
	struct text_words words = text_features_of(judge->features, arena, text);
	struct text_guess guesses[3];
	size_t n = text_model_guess(
		judge->model, &words, judge->group, guesses, ARRAY_LEN(guesses));
	struct tally *tally = &judge->classes[(size_t)fmin(
		CLASSES - 1, guesses[0].probability * CLASSES)];

	judge->n++;
	judge->counts[label][guesses[0].label]++;
	for (size_t i = 0; i < n; i++)
		judge->among_three += guesses[i].label == label;
	tally->n++;
	tally->right += guesses[0].label == label;
	tally->probability += guesses[0].probability;
	arena_free(arena);
}

/* Of one label: 2 right / (told + there); -1 when there is none of it. */
static double label_f1(const struct judge *judge, unsigned label)
{
	size_t told = 0, there = 0;

	for (unsigned k = 0; k < TEXT_MODEL_LABELS_MAX; k++) {
		there += judge->counts[label][k];
		told += judge->counts[k][label];
	}
	return there == 0 ? -1
			  : 2.0 * (double)judge->counts[label][label] /
				    (double)(told + there);
}

static int by_count(const void *a, const void *b)
{
	const struct text_confusion *one = a, *other = b;

	if (one->n != other->n)
		return one->n > other->n ? -1 : 1;
	if (one->right != other->right)
		return one->right < other->right ? -1 : 1;
	return (one->guessed > other->guessed) - (one->guessed < other->guessed);
}

/* Keeps the most frequent: the last of a full list gives way to one that is more so. */
static void confusion_add(struct text_judgement *to, struct text_confusion one)
{
	if (to->n_confusions == TEXT_JUDGE_CONFUSIONS_MAX &&
		by_count(&one, &to->confusions[to->n_confusions - 1]) > 0)
		return;
	if (to->n_confusions < TEXT_JUDGE_CONFUSIONS_MAX)
		to->n_confusions++;
	to->confusions[to->n_confusions - 1] = one;
	qsort(to->confusions, to->n_confusions, sizeof(one), by_count);
}

static void confusions_of(
	const struct judge *judge, unsigned label, struct text_judgement *to)
{
	for (unsigned k = 0; k < TEXT_MODEL_LABELS_MAX; k++) {
		if (k != label && judge->counts[label][k] > 0)
			confusion_add(to, (struct text_confusion){
						  label, k, judge->counts[label][k] });
	}
}

static void judge_sum(const struct judge *judge, struct text_judgement *to)
{
	size_t n_labels = 0, right = 0;

	for (unsigned i = 0; i < TEXT_MODEL_LABELS_MAX; i++) {
		double f1 = label_f1(judge, i);

		right += judge->counts[i][i];
		to->macro_f1 += f1 < 0 ? 0 : f1;
		n_labels += f1 >= 0;
		confusions_of(judge, i, to);
	}
	for (size_t i = 0; i < CLASSES; i++)
		to->calibration_error += fabs(judge->classes[i].probability -
					      (double)judge->classes[i].right);
	to->n = judge->n;
	to->first = (double)right / (double)judge->n;
	to->among_three = (double)judge->among_three / (double)judge->n;
	to->macro_f1 /= (double)n_labels;
	to->calibration_error /= (double)judge->n;
}

struct text_judgement text_judge(const struct text_model *model,
	const struct text_example *texts, size_t n, unsigned group)
{
	struct judge *judge = mem_new(sizeof(*judge));
	struct text_judgement ret = { 0 };

	judge->model = model;
	judge->group = group;
	judge->features = text_features_new();
	for (size_t i = 0; i < n; i++) {
		int label = texts[i].labels[group];

		if (label != TEXT_MODEL_NO_LABEL)
			judge_text(judge, texts[i].text, (unsigned)label);
	}
	if (judge->n > 0)
		judge_sum(judge, &ret);
	text_features_free(judge->features);
	mem_free(judge);
	return ret;
}

/* ---- sharpness ---- */

struct unseen {
	double *scores; /* n_labels of each text */
	unsigned *labels;
	size_t n;
	unsigned n_labels;
};

static struct unseen unseen_of(const struct text_model *model,
	const struct text_example *texts, size_t n, unsigned group)
{
	struct text_features *features = text_features_new();
	struct unseen to = { .n_labels = model->n_labels[group] };

	to.scores = mem_new((n + 1) * to.n_labels * sizeof(*to.scores));
	to.labels = mem_new((n + 1) * sizeof(*to.labels));
	for (size_t i = 0; i < n; i++) {
		struct arena *arena;
		struct text_words words;

		if (texts[i].labels[group] == TEXT_MODEL_NO_LABEL)
			continue;
		arena = arena_new();
		words = text_features_of(features, arena, texts[i].text);
		text_model_scores(model, &words, group, to.scores + to.n * to.n_labels);
		to.labels[to.n++] = (unsigned)texts[i].labels[group];
		arena_free(arena);
	}
	text_features_free(features);
	return to;
}

/* Smallest when probabilities are as often right as they say. */
static double loss_at(const struct unseen *unseen, double sharpness)
{
	double loss = 0;

	for (size_t i = 0; i < unseen->n; i++) {
		const double *scores = unseen->scores + i * unseen->n_labels;
		double sum = 0, right = scores[unseen->labels[i]];

		for (unsigned k = 0; k < unseen->n_labels; k++)
			sum += exp((scores[k] - right) * sharpness);
		loss += log(sum);
	}
	return loss;
}

/* By golden section: the loss is convex in the sharpness. */
static double sharpness_of(const struct unseen *unseen)
{
	const double ratio = (sqrt(5) - 1) / 2;
	double low = 0.1, high = 30;

	while (high - low > 0.01) {
		double left = high - ratio * (high - low);
		double right = low + ratio * (high - low);

		if (loss_at(unseen, left) < loss_at(unseen, right))
			high = right;
		else
			low = left;
	}
	return (low + high) / 2;
}

void text_judge_sharpen(
	struct text_model *model, const struct text_example *texts, size_t n)
{
	for (unsigned group = 0; group < model->n_groups; group++) {
		struct unseen unseen = unseen_of(model, texts, n, group);

		if (unseen.n > 0)
			model->sharpness[group] = sharpness_of(&unseen);
		mem_free(unseen.scores);
		mem_free(unseen.labels);
	}
}

void text_judge_sharpen_as(struct text_model *model, const struct text_model *other)
{
	for (unsigned group = 0; group < model->n_groups; group++)
		model->sharpness[group] = other->sharpness[group];
}
