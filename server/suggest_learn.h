/*
 * suggest_learn - a model for suggestions, learned of what the city has, and judged on
 * a fifth of it that a first model was not shown. Takes seconds: in a tool, or beside
 * the loop.
 */
#ifndef SYNPUNKT_SERVER_SUGGEST_LEARN_H
#define SYNPUNKT_SERVER_SUGGEST_LEARN_H

#include <stdbool.h>

#include "server/suggest.h"

/* As synpunkt_suggest.lessons() gives them; NULL where it is not known. */
struct suggest_lesson {
	const char *source; /* "catalogue", "words": hints; "example", "case" */
	const char *category, *type, *dimension, *text;
};

/* At least so often right among three on what was not shown, or it does not serve. */
#define SUGGEST_SERVES_LEAST 0.4

struct suggest_learned {
	struct suggest *suggest;
	json_t *labels; /* as suggest_new() takes them */
	json_t *figures; /* {examples, hints, cases, categories: {…}, types: {…}, …} */
	bool may_serve;
};

/* ERR_INVALID when there is too little to learn of. */
int suggest_learn(const struct suggest_lesson *lessons, size_t n,
	struct suggest_learned *ret, struct error *err);
void suggest_learned_clear(struct suggest_learned *learned);

/* {n, first, amongThree, macroF1, calibrationError, confusions: [{right, guessed, n}]}
 * of a group, on texts that have labels of the model; others are passed over. */
json_t *suggest_judge(const struct suggest *suggest, const struct suggest_lesson *texts,
	size_t n, enum suggest_group group);

#endif
