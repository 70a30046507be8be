/*
 * intake_guess - what a submission without a subject is likely to be about, found in a
 * thread before it is routed. Nobody waits for a model: where none is held, or too much
 * is waiting for a thread, there is no guess and intake goes on as it does without.
 */
#ifndef SYNPUNKT_SERVER_INTAKE_GUESS_H
#define SYNPUNKT_SERVER_INTAKE_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/suggest.h"

struct intake_case;
struct intake_guessing;
struct suggest_holder;
struct work_pool;

struct intake_guess {
	int64_t version; /* of the model */
	/* From which probability, in per cent, a subject is set by itself; 0: never. */
	int set_from;
	struct suggest_subject subjects[SUGGEST_CATEGORIES]; /* the likeliest first */
	size_t n;
};

/* Those under way. The first two are set by the owner; NULL: nothing is guessed. */
struct intake_guesses {
	const struct suggest_holder *holder;
	struct work_pool *work;
	struct intake_guessing *first;
	size_t n;
};

/* Called once for each unless ended, never inside; guess is the receiver's to free. */
typedef void intake_guess_done_fn(struct intake_guess *guess, void *arg);

/* False: there is none to wait for. Nor is there for a case that has a subject, that a
 * child wrote, which a person reads first, or that is a deviation. The text is copied.
 */
bool intake_guess_start(struct intake_guesses *guesses, const struct intake_case *c,
	intake_guess_done_fn *done, void *arg);

/* Ends all: end(arg) for each in place of done. */
void intake_guesses_end(struct intake_guesses *guesses, void (*end)(void *arg));

void intake_guess_free(struct intake_guess *guess); /* NULL is fine */

#endif
