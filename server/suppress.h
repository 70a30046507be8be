/*
 * suppress - small numbers hidden in a pack of linked tables of counts, and as many
 * others with them that no hidden one can be found by subtraction. Pure; keeps nothing
 * between calls, so any thread may run it.
 *
 * Every cell of 1 to 4 that is not fixed is hidden. A hidden cell is safe when a reader
 * who knows all that is shown, every sum and what the marks mean finds at least two
 * values that it can have, in whole numbers. Where one is not, the fewest others that
 * make it so are hidden too, as far as they are soon found: parts of 5 or more, the
 * least first, before zeros, and zeros before totals. At last what turned out not to be
 * needed is shown again, the largest first. Of cells alike the first is taken: the same
 * figures always give the same marks.
 */
#ifndef SYNPUNKT_SERVER_SUPPRESS_H
#define SYNPUNKT_SERVER_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* More than any pack has: over these nothing is done. A part counts once in each sum.
 */
#define SUPPRESS_CELLS_MAX 10000
#define SUPPRESS_SUMS_MAX 10000
#define SUPPRESS_PARTS_MAX 100000
#define SUPPRESS_VALUE_MAX INT64_C(1000000000000)

/* cells[total] is the sum of the parts: a row, a column, a list or a roll-up. */
struct suppress_sum {
	size_t total;
	const size_t *parts;
	size_t n_parts;
};

struct suppress_input {
	size_t n_cells;
	const int64_t *values; /* 0 to SUPPRESS_VALUE_MAX */
	const bool
		*fixed; /* always shown: the board's own totals, whatever their size */
	/* Hidden from the start, whatever the size, because another table hides it: not
	 * SUPPRESS_SHOWN. Its mark stays. NULL: none. */
	const enum suppress_mark *given;
	size_t n_sums;
	/* A cell may be in any number of sums, and a total be a part elsewhere. In one
	 * sum each cell stands once. */
	const struct suppress_sum *sums;
	/* Room for n_cells: set true for each that the answer counts; the others are
	 * left as they are. NULL: not asked. */
	bool *told;
};

enum suppress_mark {
	SUPPRESS_SHOWN,
	SUPPRESS_FEW,      /* printed "<5": 0 to 4 */
	SUPPRESS_WITHHELD, /* printed "··": 5 or more, and would tell another */
};

/* ret has room for n_cells. Returns the number of cells of 1 to 4 that could not be
 * protected: what is fixed tells them whatever else is hidden (a fixed total with one
 * part; 4 and 4 of a fixed 8), or, in tables that are linked in many ways, no way was
 * found. They are marked as few all the same, nothing is hidden for their sake, and all
 * other hidden cells are safe; unless it is 0 the caller withholds the whole table. -1
 * for what is over a ceiling or does not add up; ret is then untouched. */
int suppress_run(
	const struct suppress_input *input, enum suppress_mark *ret, struct error *err);

#endif
