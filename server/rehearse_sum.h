/*
 * rehearse_sum - what two sets of rules make of the same cases, added up: how many
 * would go to another board, from where to where, and how many each board would have.
 * Pure.
 *
 * Of each move some cases are kept as samples, those that come first; whoever feeds it
 * begins with the latest. What is kept of an outcome is copied, but for the codes of
 * rules: those are the rules' own.
 */
#ifndef SYNPUNKT_SERVER_REHEARSE_SUM_H
#define SYNPUNKT_SERVER_REHEARSE_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct city;
struct route_outcome;

/* More than the five that anybody is shown: who asks may not read them all. */
#define REHEARSE_SAMPLES 25

struct rehearse_sample {
	int64_t id;
	int year;
	const char *category; /* by the new rules; or NULL */
	const char *rule, *rule_before;
};

struct rehearse_move {
	size_t from, to; /* places in boards */
	int64_t n;
	struct rehearse_sample samples[REHEARSE_SAMPLES];
	size_t n_samples;
};

struct rehearse_load {
	const char *board;
	int64_t now, then;
};

struct rehearse_sum {
	int64_t cases, elsewhere;
	int64_t otherwise; /* to the same board, but another unit or category, or who or
			      what else the rules say of it */
	int64_t failed;    /* by a new rule that can't be carried out */
	struct rehearse_load *boards;
	struct rehearse_move *moves;
	size_t n_boards, n_moves;

	struct arena *arena;
	size_t room_boards, room_moves;
};

void rehearse_sum_init(struct rehearse_sum *sum, struct arena *arena);

void rehearse_sum_add(struct rehearse_sum *sum, int64_t id, int year,
	const struct route_outcome *before, const struct route_outcome *then);

/* The most frequent move first; of boards the one that changes most. Nothing is added
 * afterwards. */
void rehearse_sum_sort(struct rehearse_sum *sum);

#endif
