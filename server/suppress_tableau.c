/*
 * The simplex method for bounded columns, dense, in double. Solutions that come of it
 * are checked in whole numbers by whoever asked, so that rounding can lose one but
 * never make one up. By Bland's rule (the first column that helps, the first that stops
 * it) it ends; the ceiling on turns is for rounding that would undo the rule.
 */
#include "server/suppress_private.h"

#include <math.h>

#include "lib/base.h"

#define TINY 1e-9
#define TURNS_PER_COLUMN 20

struct step {
	double length;
	size_t row; /* that stops it, or SUPPRESS_NONE: the column's own bound */
};

struct suppress_tableau *suppress_tableau_new(
	size_t n_columns, size_t most_rows, uint64_t *work)
{
	struct suppress_tableau *t = mem_new(sizeof(*t));
	size_t rows = most_rows < n_columns ? most_rows : n_columns;

	t->n_columns = n_columns;
	t->work = work;
	t->cells = mem_new((rows * n_columns + 1) * sizeof(*t->cells));
	t->basis = mem_new((rows + 1) * sizeof(*t->basis));
	t->row_of = mem_new((n_columns + 1) * sizeof(*t->row_of));
	t->at = mem_new((n_columns + 1) * sizeof(*t->at));
	t->lo = mem_new((n_columns + 1) * sizeof(*t->lo));
	t->hi = mem_new((n_columns + 1) * sizeof(*t->hi));
	t->scratch = mem_new((n_columns + 1) * sizeof(*t->scratch));
	for (size_t i = 0; i < n_columns; i++)
		t->row_of[i] = SUPPRESS_NONE;
	return t;
}

void suppress_tableau_free(struct suppress_tableau *t)
{
	if (!t)
		return;
	mem_free(t->cells);
	mem_free(t->basis);
	mem_free(t->row_of);
	mem_free(t->at);
	mem_free(t->lo);
	mem_free(t->hi);
	mem_free(t->scratch);
	mem_free(t);
}

static double *row_at(const struct suppress_tableau *t, size_t row)
{
	return t->cells + row * t->n_columns;
}

/* Takes `row` from `other` so often that `column` becomes 0 there. */
static void row_take(struct suppress_tableau *t, const double *row, double *other,
	size_t column, size_t n_used)
{
	double times = other[column];

	if (times == 0)
		return;
	for (size_t i = 0; i < n_used; i++) {
		size_t c = t->scratch[i];

		other[c] -= times * row[c];
		if (fabs(other[c]) < TINY)
			other[c] = 0;
	}
	other[column] = 0;
	suppress_work(t->work, n_used);
}

/* The columns that a row is not 0 in, to scratch: equations of sums are nearly empty.
 */
static size_t row_used(struct suppress_tableau *t, const double *row)
{
	size_t n = 0;

	for (size_t c = 0; c < t->n_columns; c++) {
		if (row[c] != 0)
			t->scratch[n++] = c;
	}
	return n;
}

/* Solves a row for a column, and takes that column out of all others. */
static void row_solve(struct suppress_tableau *t, size_t row, size_t column)
{
	double *cells = row_at(t, row), by = cells[column];
	size_t n_used = row_used(t, cells);

	for (size_t i = 0; i < n_used; i++)
		cells[t->scratch[i]] /= by;
	cells[column] = 1;
	for (size_t r = 0; r < t->n_rows; r++) {
		if (r != row)
			row_take(t, cells, row_at(t, r), column, n_used);
	}
	t->basis[row] = column;
	t->row_of[column] = row;
}

static void pivot(struct suppress_tableau *t, size_t row, size_t column)
{
	t->row_of[t->basis[row]] = SUPPRESS_NONE;
	row_solve(t, row, column);
}

void suppress_tableau_add(struct suppress_tableau *t, double *equation)
{
	size_t best = SUPPRESS_NONE;
	double *row;

	suppress_work(t->work, t->n_columns + t->n_rows);
	for (size_t r = 0; r < t->n_rows; r++) {
		if (equation[t->basis[r]] != 0)
			row_take(t, row_at(t, r), equation, t->basis[r],
				row_used(t, row_at(t, r)));
	}
	for (size_t c = 0; c < t->n_columns; c++) {
		if (equation[c] != 0 &&
			(best == SUPPRESS_NONE ||
				fabs(equation[c]) > fabs(equation[best]) + TINY))
			best = c;
	}
	if (best == SUPPRESS_NONE)
		return;
	row = row_at(t, t->n_rows++);
	for (size_t c = 0; c < t->n_columns; c++)
		row[c] = equation[c];
	row_solve(t, t->n_rows - 1, best);
}

static double room(const struct suppress_tableau *t, size_t column, double way)
{
	double left =
		way > 0 ? t->hi[column] - t->at[column] : t->at[column] - t->lo[column];

	return left > 0 ? left : 0;
}

/* How far a column can go before it, or one that moves with it, meets a bound. */
static struct step step_of(const struct suppress_tableau *t, size_t column, double way)
{
	struct step step = { room(t, column, way), SUPPRESS_NONE };

	for (size_t r = 0; r < t->n_rows; r++) {
		double rate = -row_at(t, r)[column] * way, length;

		if (fabs(rate) < TINY)
			continue;
		length = room(t, t->basis[r], rate) / fabs(rate);
		if (length < step.length - TINY ||
			(length < step.length + TINY && step.row != SUPPRESS_NONE &&
				t->basis[r] < t->basis[step.row]))
			step = (struct step){ length, r };
	}
	return step;
}

static void move(struct suppress_tableau *t, size_t column, double by)
{
	if (by == 0)
		return;
	t->at[column] += by;
	for (size_t r = 0; r < t->n_rows; r++)
		t->at[t->basis[r]] -= row_at(t, r)[column] * by;
}

/* The first column that can take the one `row` is solved for further on its way. */
static size_t helper(
	const struct suppress_tableau *t, size_t row, double way, double *ret_way)
{
	const double *cells = row_at(t, row);

	for (size_t c = 0; c < t->n_columns; c++) {
		double its = cells[c] * way > 0 ? -1 : 1;

		if (cells[c] == 0 || c == t->basis[row] || room(t, c, its) < TINY)
			continue;
		*ret_way = its;
		return c;
	}
	return SUPPRESS_NONE;
}

bool suppress_tableau_push(struct suppress_tableau *t, size_t column, double goal)
{
	size_t turns = (t->n_columns + 1) * TURNS_PER_COLUMN;

	while (turns-- > 0 && *t->work > 0) {
		size_t row = t->row_of[column], mover = column;
		double left = goal - t->at[column], way = left > 0 ? 1 : -1, need;
		struct step step;

		/* Looking for a step, and for what a pivot changes. */
		suppress_work(t->work, 4 * (t->n_columns + t->n_rows));
		if (row != SUPPRESS_NONE)
			mover = helper(t, row, way, &way);
		if (fabs(left) < TINY)
			return true;
		if (mover == SUPPRESS_NONE)
			return false;
		step = step_of(t, mover, way);
		need = fabs(left);
		if (row != SUPPRESS_NONE)
			need /= fabs(row_at(t, row)[mover]);
		if (need <= step.length + TINY) {
			move(t, mover, way * need);
			t->at[column] = goal;
			return true;
		}
		move(t, mover, way * step.length);
		if (step.row != SUPPRESS_NONE)
			pivot(t, step.row, mover);
	}
	return false;
}
