/*
 * suppress_private - what the files of suppress share.
 *
 * To a reader the pack is one equation for each sum, over the cells that are hidden.
 * The true values solve it. A cell is safe when another solution in whole numbers gives
 * it another value; the cells in which that solution differs from the truth are kept as
 * a move, which is proof for all of them for as long as all of them are hidden.
 */
#ifndef SYNPUNKT_SERVER_SUPPRESS_PRIVATE_H
#define SYNPUNKT_SERVER_SUPPRESS_PRIVATE_H

#include "server/suppress.h"

#define SUPPRESS_NONE SIZE_MAX
#define SUPPRESS_FEW_MAX 4

/* Above every value a cell can have: what a reader knows of "5 or more". */
#define SUPPRESS_ROOF (4 * SUPPRESS_VALUE_MAX)

struct suppress_pack {
	const struct suppress_input *in;
	/* Cell c is in the sums of[first[c]] to of[first[c + 1] - 1]. */
	size_t *first, *of;
	bool *hidden; /* hidden, and to be made safe */
	bool *could;  /* not fixed, and not told by what is fixed: may be hidden */
};

/* What is done is counted, and at 0 no more is looked for: the same figures are given
 * up at the same point on every machine. */
static inline void suppress_work(uint64_t *left, size_t n)
{
	*left -= n < *left ? n : *left;
}

bool suppress_is_given(const struct suppress_pack *pack, size_t cell);

struct suppress_range {
	int64_t lo, hi;
};

struct suppress_move {
	size_t n;
	size_t *cells;
};

static inline bool suppress_is_small(int64_t value)
{
	return value > 0 && value <= SUPPRESS_FEW_MAX;
}

/* The cell's own, or what its mark says of it. */
struct suppress_range suppress_range_of(int64_t value, bool hidden);

/* 0 is the total, the others are the parts. */
static inline size_t suppress_member(const struct suppress_sum *sum, size_t k)
{
	return k == 0 ? sum->total : sum->parts[k - 1];
}

/* Checks the input, which must outlive the pack. Nothing is hidden yet. */
struct suppress_pack *suppress_pack_new(
	const struct suppress_input *input, struct error *err);
void suppress_pack_free(struct suppress_pack *pack);

/* What follows for each cell from its sums one by one, when those of mask are hidden. A
 * cell whose range is one value is told; one with a wider range may be told all the
 * same. */
void suppress_ranges(
	const struct suppress_pack *pack, const bool *mask, struct suppress_range *ret);

/*
 * Linear programming over equations whose right side is 0, started from all zeros: no
 * search for a first solution, and the equations once solved serve every question.
 */
struct suppress_tableau {
	size_t n_columns, n_rows;
	double *cells;  /* n_rows of n_columns */
	size_t *basis;  /* the column that a row is solved for */
	size_t *row_of; /* the other way round, or SUPPRESS_NONE */
	double *at; /* where each column is now: always a solution, within lo and hi */
	double *lo, *hi; /* set by the caller, 0 between them */
	size_t *scratch;
	uint64_t *work;
};

struct suppress_tableau *suppress_tableau_new(
	size_t n_columns, size_t most_rows, uint64_t *work);
void suppress_tableau_free(struct suppress_tableau *tableau);

/* One more equation; one that follows from the others is passed over. It is used up. */
void suppress_tableau_add(struct suppress_tableau *tableau, double *equation);

/* Moves a column to goal, which lies within its lo and hi, and others with it as they
 * must. False if it cannot be reached; it is then as near as it comes. */
bool suppress_tableau_push(
	struct suppress_tableau *tableau, size_t column, double goal);

/* Finds moves when only the cells of mask may move. What is in the mask at the start
 * may be taken out and put back at any time; for more, start again. The pack and the
 * mask outlive it. */
struct suppress_solver;

struct suppress_solver *suppress_solver_new(const struct suppress_pack *pack,
	const bool *mask, size_t most, uint64_t *work);
void suppress_solver_free(struct suppress_solver *solver);
void suppress_solver_start(struct suppress_solver *solver);

/* False if the cell cannot have another value, or none was found within bounds. What is
 * found holds, in whole numbers; ret->cells is the caller's, to be freed. */
bool suppress_solver_move(
	struct suppress_solver *solver, size_t cell, struct suppress_move *ret);

/* Finds small moves quickly, or not at all. What is found may take along so many cells
 * that are shown and could be hidden. */
struct suppress_seeker;

struct suppress_seeker *suppress_seeker_new(
	const struct suppress_pack *pack, uint64_t *work);
void suppress_seeker_free(struct suppress_seeker *seeker);
bool suppress_seek(struct suppress_seeker *seeker, size_t cell, size_t cost,
	struct suppress_move *ret);

/* The moves found so far. */
struct suppress_proofs;

struct suppress_proofs *suppress_proofs_new(
	const struct suppress_pack *pack, uint64_t *work);
void suppress_proofs_free(struct suppress_proofs *proofs);
void suppress_proofs_add(struct suppress_proofs *proofs, struct suppress_move move);

/* Is there a move of this cell among cells that are all hidden? */
bool suppress_proofs_hold(struct suppress_proofs *proofs, size_t cell);

/* What a run works on. */
struct suppress_run {
	struct suppress_pack *pack;
	struct suppress_proofs *proofs;
	struct suppress_seeker *seeker;
	struct suppress_solver *now;  /* among what is hidden */
	struct suppress_solver *wide; /* among what could be */
	struct suppress_range *ranges;
	uint64_t *work; /* left */
};

/* Hides what it takes to make all safe, and gives up those that cannot be. */
void suppress_complement(struct suppress_run *run);

/* Shows again what is not needed. */
void suppress_show_again(struct suppress_run *run);

#endif
