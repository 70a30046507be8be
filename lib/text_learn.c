/*
 * How a text_model is learned: which features there are, each text as a row of them,
 * LIBLINEAR for each group.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linear.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/text_model_private.h"

#define EXAMPLES_LEAST 6 /* of a label that is taught */

/* In how many texts a feature must be, and what it counts beside the others. */
static const struct {
	size_t texts;
	double counts;
} kinds[TEXT_FEATURE_KINDS] = {
	[TEXT_FEATURE_WORD] = { 1, 1 },
	[TEXT_FEATURE_STEM] = { 1, 1 },
	[TEXT_FEATURE_LETTERS] = { 2, 1 },
	[TEXT_FEATURE_PAIR] = { 2, 0.7 },
};

struct learn {
	const struct text_lesson *lesson;
	struct text_model *model;
	struct feature_node **rows; /* of each example, ended by an index of -1 */
	struct arena *arena;
};

static void quiet(const char *said)
{
	(void)said;
}

/* ---- which features ---- */

static int by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

struct ids {
	uint64_t *ids;
	size_t n, room;
};

static void ids_add(struct ids *to, const struct text_words *words)
{
	if (to->n + words->n_features > to->room) {
		to->room = 2 * (to->n + words->n_features);
		to->ids = mem_grow(to->ids, to->room * sizeof(*to->ids));
	}
	for (size_t i = 0; i < words->n_features; i++)
		to->ids[to->n++] = words->features[i].id;
}

/* Those that are in texts enough; into a model, if there is one yet. Returns how many.
 */
static size_t ids_kept(const struct ids *all, size_t n_texts, struct text_model *to)
{
	size_t n = 0, run;

	for (size_t i = 0; i < all->n; i += run) {
		unsigned kind = all->ids[i] & TEXT_FEATURE_KIND;

		run = 1;
		while (i + run < all->n && all->ids[i + run] == all->ids[i])
			run++;
		if (run < kinds[kind].texts)
			continue;
		if (to) {
			to->ids[n] = all->ids[i];
			to->weights[n] = (float)(kinds[kind].counts *
						 (log((1.0 + (double)n_texts) /
							  (1.0 + (double)run)) +
							 1));
		}
		n++;
	}
	return n;
}

static void learn_rows(struct learn *learn, struct text_features *features)
{
	const struct text_lesson *lesson = learn->lesson;
	struct text_known *known;

	learn->rows = mem_new(lesson->n * sizeof(*learn->rows));
	for (size_t i = 0; i < lesson->n; i++) {
		struct arena *arena = arena_new();
		struct text_words words =
			text_features_of(features, arena, lesson->examples[i].text);
		size_t n;

		known = arena_array(arena, words.n_features + 1, sizeof(*known));
		n = text_model_known(learn->model, &words, known);
		learn->rows[i] =
			arena_array(learn->arena, n + 2, sizeof(**learn->rows));
		for (size_t k = 0; k < n; k++)
			learn->rows[i][k] = (struct feature_node){
				.index = (int)known[k].feature + 1,
				.value = known[k].value,
			};
		/* The constant that every text has. */
		learn->rows[i][n] = (struct feature_node){
			.index = (int)learn->model->n_features + 1, .value = 1
		};
		learn->rows[i][n + 1].index = -1;
		arena_free(arena);
	}
}

static void learn_features(struct learn *learn)
{
	const struct text_lesson *lesson = learn->lesson;
	struct text_features *features = text_features_new();
	struct ids all = { 0 };

	for (size_t i = 0; i < lesson->n; i++) {
		struct arena *arena = arena_new();
		struct text_words words =
			text_features_of(features, arena, lesson->examples[i].text);

		ids_add(&all, &words);
		arena_free(arena);
	}
	qsort(all.ids, all.n, sizeof(*all.ids), by_number);
	learn->model = text_model_new(
		lesson->n_labels, lesson->n_groups, ids_kept(&all, lesson->n, NULL));
	ids_kept(&all, lesson->n, learn->model);
	mem_free(all.ids);
	learn_rows(learn, features);
	text_features_free(features);
}

/* ---- one group ---- */

/* The examples that have a label in the group. */
static struct problem problem_of(
	const struct learn *learn, unsigned group, struct arena *arena)
{
	const struct text_lesson *lesson = learn->lesson;
	struct problem problem = { .n = (int)learn->model->n_features + 1, .bias = 1 };

	problem.y = arena_array(arena, lesson->n + 1, sizeof(*problem.y));
	problem.x = arena_array(arena, lesson->n + 1, sizeof(*problem.x));
	for (size_t i = 0; i < lesson->n; i++) {
		if (lesson->examples[i].labels[group] == TEXT_MODEL_NO_LABEL)
			continue;
		problem.y[problem.l] = lesson->examples[i].labels[group];
		problem.x[problem.l++] = learn->rows[i];
	}
	return problem;
}

static struct model *group_train(const struct learn *learn, unsigned group)
{
	const struct parameter how = {
		.solver_type = L2R_L2LOSS_SVC_DUAL, .eps = 0.1, .C = 1, .p = 0.1
	};
	struct arena *arena = arena_new();
	struct problem problem = problem_of(learn, group, arena);
	struct model *model = train(&problem, &how);

	arena_free(arena);
	return model;
}

/* LIBLINEAR has labels in the order that they came in, and for two of them the weights
 * of the first alone: which of its columns, and by what to multiply. */
static bool column_find(
	const struct model *model, int label, int *ret_column, double *ret_sign)
{
	for (int k = 0; k < model->nr_class; k++) {
		if (model->label[k] != label)
			continue;
		*ret_column = model->nr_class == 2 ? 0 : k;
		*ret_sign = model->nr_class == 2 && k == 1 ? -1 : 1;
		return true;
	}
	return false;
}

/* A label that no example has is less likely than any that has. */
#define UNKNOWN_SCORE (-2.0f)

static void column_keep(
	struct text_model *to, unsigned column, const struct model *from, int label)
{
	int width = from->nr_class == 2 ? 1 : from->nr_class, at;
	double most = 0, sign;

	to->bias[column] = UNKNOWN_SCORE;
	if (!column_find(from, label, &at, &sign))
		return;
	for (size_t i = 0; i < to->n_features; i++)
		most = fmax(most, fabs(from->w[i * (size_t)width + (size_t)at]));
	to->bias[column] =
		(float)(sign * from->w[to->n_features * (size_t)width + (size_t)at]);
	to->scale[column] = (float)(most / INT8_MAX);
	for (size_t i = 0; most > 0 && i < to->n_features; i++)
		to->columns[i * to->n_columns + column] =
			(int8_t)lround(sign * from->w[i * (size_t)width + (size_t)at] *
				       INT8_MAX / most);
}

static void group_learn(const struct learn *learn, unsigned group)
{
	struct model *model = group_train(learn, group);
	unsigned first = text_model_column(learn->model, group);

	for (unsigned k = 0; k < learn->model->n_labels[group]; k++)
		column_keep(learn->model, first + k, model, (int)k);
	free_and_destroy_model(&model);
}

/* ---- all of it ---- */

static size_t labels_taught(const struct text_lesson *lesson, unsigned group)
{
	size_t seen[TEXT_MODEL_LABELS_MAX] = { 0 }, n = 0;

	for (size_t i = 0; i < lesson->n; i++) {
		int label = lesson->examples[i].labels[group];

		if (label >= 0 && label < TEXT_MODEL_LABELS_MAX)
			n += ++seen[label] == EXAMPLES_LEAST;
	}
	return n;
}

static bool labels_exist(
	const struct text_lesson *lesson, const struct text_example *example)
{
	for (unsigned i = 0; i < lesson->n_groups; i++) {
		if (example->labels[i] >= (int)lesson->n_labels[i])
			return false;
	}
	return true;
}

static int lesson_check(const struct text_lesson *lesson, struct error *err)
{
	size_t n_labels = 0;

	if (lesson->n > TEXT_MODEL_EXAMPLES_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d examples",
			TEXT_MODEL_EXAMPLES_MAX);
	for (unsigned i = 0; i < lesson->n_groups; i++)
		n_labels += lesson->n_labels[i];
	if (n_labels > TEXT_MODEL_LABELS_MAX)
		return error_set(err, ERR_TOO_LARGE, "more than %d labels",
			TEXT_MODEL_LABELS_MAX);
	for (size_t i = 0; i < lesson->n; i++) {
		if (!labels_exist(lesson, &lesson->examples[i]))
			return error_set(err, ERR_INVALID, "a label that is none");
	}
	if (labels_taught(lesson, 0) < 2)
		return error_set(err, ERR_INVALID,
			"fewer than two labels with %d examples each", EXAMPLES_LEAST);
	return 0;
}

struct text_model *text_model_learn(const struct text_lesson *lesson, struct error *err)
{
	struct learn learn = { .lesson = lesson };

	if (lesson_check(lesson, err) < 0)
		return NULL;
	learn.arena = arena_new();
	set_print_string_function(quiet);
	learn_features(&learn);
	for (unsigned i = 0; i < lesson->n_groups; i++) {
		if (labels_taught(lesson, i) >= 2)
			group_learn(&learn, i);
	}
	mem_free(learn.rows);
	arena_free(learn.arena);
	return learn.model;
}
