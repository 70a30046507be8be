/*
 * suggest - what a text is likely to be about, of what type it is and which dimension
 * of quality it is about, by a model that was learned of examples and of the city's own
 * closed cases (suggest_learn, migrations/0092_suggest.sql); and what in it somebody
 * should look at. A suggestion decides nothing.
 *
 * No database, no clock. A model does not change and serves any thread.
 */
#ifndef SYNPUNKT_SERVER_SUGGEST_H
#define SYNPUNKT_SERVER_SUGGEST_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/text_model.h"

struct arena;
struct error;
struct spot;
struct suggest;

#define SUGGEST_CATEGORIES 3 /* that are told */
#define SUGGEST_WORDS 4      /* of each, that weighed most */
/* A text is read so far: what a complaint is about stands at its beginning. */
#define SUGGEST_TEXT_MAX 10000

/* The groups of labels, in the model's order; the names of their lists. */
enum suggest_group {
	SUGGEST_CATEGORY,
	SUGGEST_TYPE,
	SUGGEST_DIMENSION,
	SUGGEST_GROUPS
};
extern const char *const suggest_groups[SUGGEST_GROUPS]; /* "categories", … */

/* labels: {"categories": [code], "types": [code], "dimensions": [code]}, one for each
 * label of the model, which is taken over whatever comes back. ERR_INVALID when they do
 * not belong together. */
struct suggest *suggest_new(
	struct text_model *model, const json_t *labels, struct error *err);
void suggest_free(struct suggest *suggest); /* NULL is fine */

const struct text_model *suggest_model(const struct suggest *suggest);
const json_t *suggest_labels(const struct suggest *suggest);
/* Which label it is; TEXT_MODEL_NO_LABEL for a code that the model does not know. */
int suggest_label(
	const struct suggest *suggest, enum suggest_group group, const char *code);
const char *suggest_code(
	const struct suggest *suggest, enum suggest_group group, unsigned label);

struct suggest_subject {
	const char *code; /* the model's */
	double probability;
	const char *words[SUGGEST_WORDS]; /* the arena's: those that weighed most */
	size_t n_words;
};

/* The likeliest first; returns how many there are: none in a text without a word that
 * the model knows. In any thread. */
size_t suggest_subjects(const struct suggest *suggest, struct arena *arena,
	const char *text, struct suggest_subject ret[static SUGGEST_CATEGORIES]);

/*
 * {categories: [{code, probability, words: [text]}], type, typeProbability,
 *  qualityDimension, qualityDimensionProbability, flags: [{flag, because, words}]}
 * today is the local day (server/day.h). Flags are told in suggest_flags.h; spot may be
 * NULL. A text without a word that the model knows gets no category.
 */
json_t *suggest_text(const struct suggest *suggest, const struct spot *spot,
	struct arena *arena, const char *text, int32_t today);

#endif
