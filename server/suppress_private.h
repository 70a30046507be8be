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

struct suppress_range {
	int64_t lo, hi;
};

struct suppress_move {
	size_t n;
	size_t *cells;
};

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

/* What is done is taken off *work, in numbers changed; at 0 nothing is reached. */
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

struct suppress_solver *suppress_solver_new(
	const struct suppress_pack *pack, const bool *mask, uint64_t *work);
void suppress_solver_free(struct suppress_solver *solver);
void suppress_solver_start(struct suppress_solver *solver);

/* False if the cell cannot have another value, or none was found within bounds. What is
 * found holds, in whole numbers; ret->cells is the caller's, to be freed. */
bool suppress_solver_move(
	struct suppress_solver *solver, size_t cell, struct suppress_move *ret);

/* The moves found so far. */
struct suppress_proofs;

struct suppress_proofs *suppress_proofs_new(const struct suppress_pack *pack);
void suppress_proofs_free(struct suppress_proofs *proofs);
void suppress_proofs_add(struct suppress_proofs *proofs, struct suppress_move move);

/* Is there a move of this cell among cells that are all hidden? */
bool suppress_proofs_hold(struct suppress_proofs *proofs, size_t cell);

/* What a run works on. */
struct suppress_run {
	struct suppress_pack *pack;
	struct suppress_proofs *proofs;
	struct suppress_solver *now;  /* among what is hidden */
	struct suppress_solver *wide; /* among what could be */
	struct suppress_range *ranges;
	size_t *list;
	bool *touched;  /* sums */
	uint64_t *work; /* what is left of it */
};

/* The caller hides it already. */
bool suppress_given(const struct suppress_pack *pack, size_t cell);

/* True if some hidden cell is told by its sums one by one. Fills run->ranges. */
bool suppress_told(struct suppress_run *run);

/* A move of the cell among what is hidden: a known one, or else a new one, kept. */
bool suppress_proved(struct suppress_run *run, size_t cell);

/* Hides what it takes to make all safe, or as much as can be had for the work. */
void suppress_complement(struct suppress_run *run);

/* Shows again what is not needed, as far as that can be seen for the work. */
void suppress_show_again(struct suppress_run *run);

#endif
