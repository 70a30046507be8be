#include "server/suggest.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/suggest_flags.h"

const char *const suggest_groups[SUGGEST_GROUPS] = { "categories", "types",
	"dimensions" };

struct suggest {
	struct text_model *model;
	json_t *labels;
};

static const json_t *codes_of(const struct suggest *suggest, enum suggest_group group)
{
	return json_object_get(suggest->labels, suggest_groups[group]);
}

static bool all_strings(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!json_is_string(json_array_get(list, i)))
			return false;
	}
	return true;
}

static bool codes_fit(const struct suggest *suggest)
{
	for (unsigned i = 0; i < SUGGEST_GROUPS; i++) {
		const json_t *codes = codes_of(suggest, i);

		if (json_array_size(codes) != text_model_labels(suggest->model, i) ||
			!all_strings(codes))
			return false;
	}
	return true;
}

struct suggest *suggest_new(
	struct text_model *model, const json_t *labels, struct error *err)
{
	struct suggest *suggest = mem_new(sizeof(*suggest));

	suggest->model = model;
	suggest->labels = json_deep_copy(labels);
	if (codes_fit(suggest))
		return suggest;
	error_set(err, ERR_INVALID, "the model's labels are others");
	suggest_free(suggest);
	return NULL;
}

void suggest_free(struct suggest *suggest)
{
	if (!suggest)
		return;
	text_model_free(suggest->model);
	json_decref(suggest->labels);
	mem_free(suggest);
}

const struct text_model *suggest_model(const struct suggest *suggest)
{
	return suggest->model;
}

const json_t *suggest_labels(const struct suggest *suggest)
{
	return suggest->labels;
}

const char *suggest_code(
	const struct suggest *suggest, enum suggest_group group, unsigned label)
{
	return json_string_value(json_array_get(codes_of(suggest, group), label));
}

int suggest_label(
	const struct suggest *suggest, enum suggest_group group, const char *code)
{
	const json_t *codes = codes_of(suggest, group);

	for (size_t i = 0; code && i < json_array_size(codes); i++) {
		if (!strcmp(json_string_value(json_array_get(codes, i)), code))
			return (int)i;
	}
	return TEXT_MODEL_NO_LABEL;
}

static void subject_fill(const struct suggest *suggest, const struct text_words *words,
	const struct text_guess *guess, struct suggest_subject *ret)
{
	size_t reasons[SUGGEST_WORDS];

	ret->code = suggest_code(suggest, SUGGEST_CATEGORY, guess->label);
	ret->probability = guess->probability;
	ret->n_words = text_model_reasons(suggest->model, words,
		(struct text_label){ SUGGEST_CATEGORY, guess->label }, reasons,
		SUGGEST_WORDS);
	for (size_t i = 0; i < ret->n_words; i++)
		ret->words[i] = words->words[reasons[i]];
}

static size_t subjects_of(const struct suggest *suggest, const struct text_words *words,
	struct suggest_subject ret[static SUGGEST_CATEGORIES])
{
	struct text_guess guesses[SUGGEST_CATEGORIES];
	size_t n = 0;

	if (words->n_features > 0)
		n = text_model_guess(suggest->model, words, SUGGEST_CATEGORY, guesses,
			SUGGEST_CATEGORIES);
	for (size_t i = 0; i < n; i++)
		subject_fill(suggest, words, &guesses[i], &ret[i]);
	return n;
}

static struct text_words words_of(
	struct text_features *features, struct arena *arena, const char *text)
{
	const char *read = arena_dup_n(
		arena, text, utf8_prefix(text, strlen(text), SUGGEST_TEXT_MAX));

	return text_features_of(features, arena, city_text_fold(arena, read));
}

size_t suggest_subjects(const struct suggest *suggest, struct arena *arena,
	const char *text, struct suggest_subject ret[static SUGGEST_CATEGORIES])
{
	struct text_features *features = text_features_new();
	struct text_words words = words_of(features, arena, text);
	size_t n = subjects_of(suggest, &words, ret);

	text_features_free(features);
	return n;
}

static json_t *categories_json(
	const struct suggest *suggest, const struct text_words *words)
{
	struct suggest_subject subjects[SUGGEST_CATEGORIES];
	size_t n = subjects_of(suggest, words, subjects);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *reasons = json_array();

		for (size_t k = 0; k < subjects[i].n_words; k++)
			json_array_append_new(
				reasons, json_string(subjects[i].words[k]));
		json_array_append_new(
			list, json_pack("{s:s, s:f, s:o}", "code", subjects[i].code,
				      "probability", subjects[i].probability, "words",
				      reasons));
	}
	return list;
}

/* The likeliest of a group as two members. */
static void likeliest_put(const struct suggest *suggest, const struct text_words *words,
	enum suggest_group group, json_t *to)
{
	static const char *const names[SUGGEST_GROUPS][2] = {
		[SUGGEST_TYPE] = { "type", "typeProbability" },
		[SUGGEST_DIMENSION] = { "qualityDimension",
			"qualityDimensionProbability" },
	};
	struct text_guess guess;

	text_model_guess(suggest->model, words, group, &guess, 1);
	json_object_set_new(to, names[group][0],
		json_string(suggest_code(suggest, group, guess.label)));
	json_object_set_new(to, names[group][1], json_real(guess.probability));
}

json_t *suggest_text(const struct suggest *suggest, const struct spot *spot,
	struct arena *arena, const char *text, int32_t today)
{
	struct text_features *features = text_features_new();
	struct text_words words = words_of(features, arena, text);
	json_t *told =
		json_pack("{s:o}", "categories", categories_json(suggest, &words));

	likeliest_put(suggest, &words, SUGGEST_TYPE, told);
	likeliest_put(suggest, &words, SUGGEST_DIMENSION, told);
	json_object_set_new(told, "flags",
		suggest_flags(suggest, spot,
			arena_dup_n(arena, text,
				utf8_prefix(text, strlen(text), SUGGEST_TEXT_MAX)),
			today));
	text_features_free(features);
	return told;
}
