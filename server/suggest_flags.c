#include "server/suggest_flags.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"
#include "server/day.h"
#include "server/identity_number.h"
#include "server/spot.h"

#define WORDS_LEAST 4 /* of a sentence that says what it is about */

static void flag_add(json_t *list, const char *flag, json_t *because)
{
	json_array_append_new(list, json_pack("{s:s, s:o, s:[]}", "flag", flag,
					    "because", because, "words"));
}

static void flag_identity(json_t *list, const char *text, int32_t today)
{
	struct day_civil civil = day_to_civil(today);
	size_t n = identity_number_find(text, strlen(text),
		(unsigned)(civil.year * 10000 + civil.month * 100 + civil.day), NULL,
		0);

	if (n > 0)
		flag_add(list, "identity-number", json_integer((json_int_t)n));
}

/* What one sentence is about; TEXT_MODEL_NO_LABEL when that is not sure. */
static int sentence_label(const struct suggest *suggest, struct text_features *features,
	const char *sentence, size_t n)
{
	struct arena *arena = arena_new();
	struct text_words words = text_features_of(features, arena,
		city_text_fold(arena, arena_dup_n(arena, sentence, n)));
	struct text_guess guess = { 0 };

	if (words.n_words >= WORDS_LEAST)
		text_model_guess(
			suggest_model(suggest), &words, SUGGEST_CATEGORY, &guess, 1);
	arena_free(arena);
	return guess.probability >= SUGGEST_MATTER_LEAST ? (int)guess.label
							 : TEXT_MODEL_NO_LABEL;
}

static void matter_add(json_t *matters, const char *code)
{
	const json_t *have;
	size_t i;

	json_array_foreach(matters, i, have)
	{
		if (!strcmp(json_string_value(have), code))
			return;
	}
	json_array_append_new(matters, json_string(code));
}

static void flag_matters(json_t *list, const struct suggest *suggest, const char *text)
{
	struct text_features *features = text_features_new();
	json_t *matters = json_array();
	size_t n;

	for (size_t i = 0; *text && i < SUGGEST_SENTENCES_MAX; i++, text += n) {
		int label;

		text += strspn(text, ".!?\n ");
		n = strcspn(text, ".!?\n");
		label = sentence_label(suggest, features, text, n);
		if (label != TEXT_MODEL_NO_LABEL)
			matter_add(matters, suggest_code(suggest, SUGGEST_CATEGORY,
						    (unsigned)label));
	}
	if (json_array_size(matters) > 1)
		flag_add(list, "several-matters", json_incref(matters));
	json_decref(matters);
	text_features_free(features);
}

json_t *suggest_flags(const struct suggest *suggest, const struct spot *spot,
	const char *text, int32_t today)
{
	json_t *list = json_array();

	if (spot)
		spot_text(spot, text, list);
	flag_identity(list, text, today);
	if (suggest)
		flag_matters(list, suggest, text);
	return list;
}

void suggest_flag_twins(json_t *flags, json_t *twins)
{
	json_t *numbers = json_array();
	const json_t *twin;
	size_t i;

	json_array_foreach(twins, i, twin)
		json_array_append(numbers, json_object_get(twin, "number"));
	json_array_append_new(
		flags, json_pack("{s:s, s:o, s:[], s:O}", "flag", "duplicate",
			       "because", numbers, "words", "cases", twins));
}
