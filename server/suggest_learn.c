#include "server/suggest_learn.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/text_judge.h"
#include "server/case_flow.h"
#include "server/city.h"

#define KEPT_BACK 5 /* every fifth text is */

/* Categories are those that the lessons name; types and dimensions the contract's. */
static json_t *labels_of(const struct suggest_lesson *lessons, size_t n)
{
	json_t *categories = json_array(), *types = json_array(),
	       *dimensions = json_array();
	json_t *seen = json_object();

	for (size_t i = 0; i < n; i++) {
		if (json_object_get(seen, lessons[i].category))
			continue;
		json_object_set_new(seen, lessons[i].category, json_true());
		json_array_append_new(categories, json_string(lessons[i].category));
	}
	for (size_t i = 0; case_types[i]; i++)
		json_array_append_new(types, json_string(case_types[i]));
	for (size_t i = 0; case_quality_dimensions[i]; i++)
		json_array_append_new(
			dimensions, json_string(case_quality_dimensions[i]));
	json_decref(seen);
	return json_pack("{s:o, s:o, s:o}", suggest_groups[SUGGEST_CATEGORY],
		categories, suggest_groups[SUGGEST_TYPE], types,
		suggest_groups[SUGGEST_DIMENSION], dimensions);
}

static int label_of(const json_t *labels, enum suggest_group group, const char *code)
{
	const json_t *codes = json_object_get(labels, suggest_groups[group]), *have;
	size_t i;

	if (!code)
		return TEXT_MODEL_NO_LABEL;
	json_array_foreach(codes, i, have)
	{
		if (!strcmp(json_string_value(have), code))
			return (int)i;
	}
	return TEXT_MODEL_NO_LABEL;
}

static bool is_hint(const struct suggest_lesson *lesson)
{
	return !strcmp(lesson->source, "catalogue") || !strcmp(lesson->source, "words");
}

static struct text_example example_of(
	const struct suggest_lesson *lesson, const json_t *labels, struct arena *arena)
{
	struct text_example example = { .text = city_text_fold(arena, lesson->text) };

	example.labels[SUGGEST_CATEGORY] =
		label_of(labels, SUGGEST_CATEGORY, lesson->category);
	example.labels[SUGGEST_TYPE] = label_of(labels, SUGGEST_TYPE, lesson->type);
	example.labels[SUGGEST_DIMENSION] =
		label_of(labels, SUGGEST_DIMENSION, lesson->dimension);
	return example;
}

/* ---- judged ---- */

static json_t *judgement_json(
	const struct text_judgement *judgement, const json_t *codes)
{
	json_t *confusions = json_array();

	for (size_t i = 0; i < judgement->n_confusions; i++) {
		const struct text_confusion *one = &judgement->confusions[i];

		json_array_append_new(confusions,
			json_pack("{s:O, s:O, s:I}", "right",
				json_array_get(codes, one->right), "guessed",
				json_array_get(codes, one->guessed), "n",
				(json_int_t)one->n));
	}
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:o}", "n",
		(json_int_t)judgement->n, "first", judgement->first, "amongThree",
		judgement->among_three, "macroF1", judgement->macro_f1,
		"calibrationError", judgement->calibration_error, "confusions",
		confusions);
}

json_t *suggest_judge(const struct suggest *suggest, const struct suggest_lesson *texts,
	size_t n, enum suggest_group group)
{
	struct arena *arena = arena_new();
	const json_t *labels = suggest_labels(suggest);
	struct text_example *examples = arena_array(arena, n + 1, sizeof(*examples));
	struct text_judgement judgement;

	for (size_t i = 0; i < n; i++)
		examples[i] = example_of(&texts[i], labels, arena);
	judgement = text_judge(suggest_model(suggest), examples, n, group);
	arena_free(arena);
	return judgement_json(
		&judgement, json_object_get(labels, suggest_groups[group]));
}

/* ---- learned ---- */

struct learning {
	struct text_example *shown, *kept_back;
	size_t n_shown, n_kept_back, n_texts, n_hints, n_cases;
};

static void learning_sort(struct learning *learning, struct arena *arena,
	const struct suggest_lesson *lessons, size_t n, const json_t *labels)
{
	/* What is told twice teaches once, and would be known when it is kept back. */
	json_t *seen = json_object();

	learning->shown = arena_array(arena, n + 1, sizeof(*learning->shown));
	learning->kept_back = arena_array(arena, n + 1, sizeof(*learning->kept_back));
	for (size_t i = 0; i < n; i++) {
		struct text_example example = example_of(&lessons[i], labels, arena);

		if (json_object_get(seen, example.text))
			continue;
		json_object_set_new(seen, example.text, json_true());
		learning->n_cases += !strcmp(lessons[i].source, "case");
		learning->n_hints += is_hint(&lessons[i]);
		if (!is_hint(&lessons[i]) && learning->n_texts++ % KEPT_BACK == 0)
			learning->kept_back[learning->n_kept_back++] = example;
		else
			learning->shown[learning->n_shown++] = example;
	}
	json_decref(seen);
}

static struct text_model *learn(const struct text_example *examples, size_t n,
	const json_t *labels, struct error *err)
{
	struct text_lesson lesson = {
		.examples = examples, .n = n, .n_groups = SUGGEST_GROUPS
	};

	for (unsigned i = 0; i < SUGGEST_GROUPS; i++)
		lesson.n_labels[i] = (unsigned)json_array_size(
			json_object_get(labels, suggest_groups[i]));
	return text_model_learn(&lesson, err);
}

/* The figures of a model that saw four fifths, on the fifth it did not. */
static void learning_judge(const struct learning *learning,
	const struct text_model *model, const json_t *labels,
	struct suggest_learned *ret)
{
	ret->figures = json_pack("{s:I, s:I, s:I}", "examples",
		(json_int_t)(learning->n_texts - learning->n_cases), "hints",
		(json_int_t)learning->n_hints, "cases", (json_int_t)learning->n_cases);
	for (unsigned i = 0; i < SUGGEST_GROUPS; i++) {
		struct text_judgement judgement = text_judge(
			model, learning->kept_back, learning->n_kept_back, i);

		json_object_set_new(ret->figures, suggest_groups[i],
			judgement_json(&judgement,
				json_object_get(labels, suggest_groups[i])));
		if (i == SUGGEST_CATEGORY)
			ret->may_serve = judgement.among_three >= SUGGEST_SERVES_LEAST;
	}
}

/* A model of four fifths is judged, and one of all of it kept: what was kept back
 * follows what was shown. */
static struct text_model *learn_all(
	struct learning *learning, struct suggest_learned *ret, struct error *err)
{
	struct text_model *tried =
		learn(learning->shown, learning->n_shown, ret->labels, err);
	struct text_model *model = NULL;

	if (!tried)
		return NULL;
	text_judge_sharpen(tried, learning->kept_back, learning->n_kept_back);
	learning_judge(learning, tried, ret->labels, ret);
	memcpy(learning->shown + learning->n_shown, learning->kept_back,
		learning->n_kept_back * sizeof(*learning->kept_back));
	model = learn(learning->shown, learning->n_shown + learning->n_kept_back,
		ret->labels, err);
	if (model)
		text_judge_sharpen_as(model, tried);
	text_model_free(tried);
	return model;
}

int suggest_learn(const struct suggest_lesson *lessons, size_t n,
	struct suggest_learned *ret, struct error *err)
{
	struct suggest_learned learned = { .labels = labels_of(lessons, n) };
	struct arena *arena = arena_new();
	struct learning learning = { 0 };
	struct text_model *model;

	learning_sort(&learning, arena, lessons, n, learned.labels);
	model = learn_all(&learning, &learned, err);
	arena_free(arena);
	if (model)
		learned.suggest = suggest_new(model, learned.labels, err);
	if (!learned.suggest) {
		suggest_learned_clear(&learned);
		return -1;
	}
	*ret = learned;
	return 0;
}

void suggest_learned_clear(struct suggest_learned *learned)
{
	suggest_free(learned->suggest);
	json_decref(learned->labels);
	json_decref(learned->figures);
	*learned = (struct suggest_learned){ 0 };
}
