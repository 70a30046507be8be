/*
 * Another solution in which one cell differs. What hangs together by sums is one system
 * of equations, solved once and asked for each of its cells. Of what hangs together too
 * widely only what is near the cell may move: a move that is found holds all the same.
 */
#include "server/suppress_private.h"

#include <math.h>
#include <string.h>

#include "lib/base.h"

/* Tableaus that are kept, in numbers: 32 MB. */
#define KEPT_MAX (4 * MIB)

/* Tables that are linked in many ways have corners between the whole numbers; so many
 * are left by branching before the cell counts as told. */
#define BRANCHES_MAX 50

/* Nearer than this to a whole number is one; checked exactly in the end. */
#define ROUNDING 1e-6

struct system {
	size_t n;
	size_t *cells; /* of its columns, by distance from the first */
	bool cut;      /* more hangs together than is in it */
	struct suppress_tableau *tableau;
};

struct suppress_solver {
	const struct suppress_pack *pack;
	const bool *mask;
	bool *ever;  /* the mask as it was at the start */
	size_t most; /* cells of a system */
	size_t n_systems;
	struct system **systems;
	struct system **system_of; /* each cell, or NULL */
	size_t *column_of;         /* each cell, in the system being made */
	size_t kept;               /* numbers in the tableaus of all systems */
	size_t *sum_met; /* stamps: the sum belongs to the system being made */
	size_t stamp;
	int64_t *moved; /* by how much each cell does; 0 between questions */
	size_t branches;
	uint64_t *work;
};

struct suppress_solver *suppress_solver_new(
	const struct suppress_pack *pack, const bool *mask, size_t most, uint64_t *work)
{
	struct suppress_solver *s = mem_new(sizeof(*s));
	size_t n = pack->in->n_cells + 1;

	s->pack = pack;
	s->mask = mask;
	s->most = most;
	s->work = work;
	s->ever = mem_new(n);
	s->systems = mem_new(n * sizeof(struct system *));
	s->system_of = mem_new(n * sizeof(struct system *));
	s->column_of = mem_new(n * sizeof(*s->column_of));
	s->sum_met = mem_new((pack->in->n_sums + 1) * sizeof(*s->sum_met));
	s->moved = mem_new(n * sizeof(*s->moved));
	return s;
}

static void system_free(struct system *system)
{
	if (!system)
		return;
	suppress_tableau_free(system->tableau);
	mem_free(system->cells);
	mem_free(system);
}

static void systems_free(struct suppress_solver *s)
{
	for (size_t i = 0; i < s->n_systems; i++)
		system_free(s->systems[i]);
	s->n_systems = 0;
	s->kept = 0;
	memset(s->system_of, 0, s->pack->in->n_cells * sizeof(struct system *));
}

void suppress_solver_start(struct suppress_solver *s)
{
	size_t n = s->pack->in->n_cells;

	systems_free(s);
	memcpy(s->ever, s->mask, n * sizeof(*s->ever));
}

void suppress_solver_free(struct suppress_solver *s)
{
	if (!s)
		return;
	systems_free(s);
	mem_free(s->ever);
	mem_free(s->systems);
	mem_free(s->system_of);
	mem_free(s->column_of);
	mem_free(s->sum_met);
	mem_free(s->moved);
	mem_free(s);
}

static void system_meet(
	struct suppress_solver *s, struct system *system, size_t cell, size_t most)
{
	if (!s->ever[cell] || s->column_of[cell] != SUPPRESS_NONE)
		return;
	if (system->n == most) {
		system->cut = true;
		return;
	}
	s->column_of[cell] = system->n;
	system->cells[system->n++] = cell;
}

/* The cells of one sum that may move, those that are hidden first: columns are tried in
 * order. One long sum takes half of the room that is left and no more, or nothing else
 * would come in. */
static void system_widen(struct suppress_solver *s, struct system *system,
	const struct suppress_sum *sum)
{
	const bool *hidden = s->pack->hidden;
	size_t most = system->n + (s->most - system->n) / 2;

	for (size_t k = 0; k <= sum->n_parts; k++) {
		if (hidden[suppress_member(sum, k)])
			system_meet(s, system, suppress_member(sum, k), most);
	}
	for (size_t k = 0; k <= sum->n_parts; k++)
		system_meet(s, system, suppress_member(sum, k), most);
}

/* The sums of a cell that were not met yet, added to those that were. */
static size_t sums_meet(
	struct suppress_solver *s, struct system *system, size_t cell, size_t *sums)
{
	const struct suppress_pack *pack = s->pack;
	size_t n = 0;

	for (size_t k = pack->first[cell]; k < pack->first[cell + 1]; k++) {
		if (s->sum_met[pack->of[k]] == s->stamp)
			continue;
		s->sum_met[pack->of[k]] = s->stamp;
		sums[n++] = pack->of[k];
		system_widen(s, system, &pack->in->sums[pack->of[k]]);
	}
	return n;
}

/* Goes from cell to cell by the sums, and returns how many those are. */
static size_t system_gather(
	struct suppress_solver *s, struct system *system, size_t cell, size_t *sums)
{
	size_t n_sums = 0;

	s->stamp++;
	for (size_t c = 0; c < s->pack->in->n_cells; c++)
		s->column_of[c] = SUPPRESS_NONE;
	s->column_of[cell] = 0;
	system->cells[system->n++] = cell;
	for (size_t i = 0; i < system->n; i++)
		n_sums += sums_meet(s, system, system->cells[i], sums + n_sums);
	return n_sums;
}

static void equation_add(struct suppress_solver *s, struct system *system,
	const struct suppress_sum *sum, double *equation)
{
	memset(equation, 0, system->n * sizeof(*equation));
	for (size_t k = 0; k <= sum->n_parts; k++) {
		size_t column = s->column_of[suppress_member(sum, k)];

		if (column != SUPPRESS_NONE)
			equation[column] = k == 0 ? -1 : 1;
	}
	suppress_tableau_add(system->tableau, equation);
}

static struct system *system_new(struct suppress_solver *s, size_t cell)
{
	const struct suppress_input *in = s->pack->in;
	struct system *system = mem_new(sizeof(*system));
	scoped_free size_t *sums = mem_new((in->n_sums + 1) * sizeof(*sums));
	scoped_free double *equation = NULL;
	size_t n_sums;

	system->cells = mem_new(s->most * sizeof(*system->cells));
	n_sums = system_gather(s, system, cell, sums);
	system->tableau = suppress_tableau_new(system->n, n_sums, s->work);
	equation = mem_new(system->n * sizeof(*equation));
	for (size_t i = 0; i < n_sums; i++)
		equation_add(s, system, &in->sums[sums[i]], equation);
	return system;
}

/* Kept for its first cell, and for the others that have none yet. */
static void system_keep(struct suppress_solver *s, struct system *system)
{
	size_t size = system->n * system->tableau->n_rows;

	if (s->kept + size > KEPT_MAX)
		systems_free(s);
	s->kept += size;
	s->systems[s->n_systems++] = system;
	s->system_of[system->cells[0]] = system;
	for (size_t i = 1; i < system->n; i++) {
		if (!s->system_of[system->cells[i]])
			s->system_of[system->cells[i]] = system;
	}
}

/* Back to the truth, with what the marks leave open. */
static void system_reset(const struct suppress_solver *s, struct system *system)
{
	struct suppress_tableau *t = system->tableau;

	for (size_t i = 0; i < system->n; i++) {
		size_t c = system->cells[i];
		int64_t value = s->pack->in->values[c];
		struct suppress_range range = suppress_range_of(value, s->mask[c]);

		t->at[i] = 0;
		t->lo[i] = (double)(range.lo - value);
		t->hi[i] = (double)(range.hi - value);
	}
}

static size_t broken_column(const struct suppress_tableau *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		if (fabs(t->at[i] - round(t->at[i])) > ROUNDING)
			return i;
	}
	return SUPPRESS_NONE;
}

static bool make_whole(struct suppress_solver *s, struct suppress_tableau *t);

/* With the column held on one side of goal, which it is first taken to. */
static bool branch(struct suppress_solver *s, struct suppress_tableau *t, size_t column,
	double goal)
{
	double *bound = t->at[column] > goal ? &t->hi[column] : &t->lo[column];
	double before = *bound;

	if (goal < t->lo[column] || goal > t->hi[column] ||
		!suppress_tableau_push(t, column, goal))
		return false;
	*bound = goal;
	if (make_whole(s, t))
		return true;
	*bound = before;
	return false;
}

/* From a corner between the whole numbers to one that is whole: branch and bound. */
static bool make_whole(struct suppress_solver *s, struct suppress_tableau *t)
{
	size_t column = broken_column(t);
	double at;

	if (column == SUPPRESS_NONE)
		return true;
	if (s->branches == 0)
		return false;
	s->branches--;
	at = t->at[column];
	return branch(s, t, column, floor(at)) || branch(s, t, column, ceil(at));
}

/* In whole numbers: does it add up, and within what the marks say? */
static bool cell_holds(const struct suppress_solver *s, size_t cell)
{
	const struct suppress_pack *pack = s->pack;
	int64_t value = pack->in->values[cell];
	struct suppress_range range = suppress_range_of(value, s->mask[cell]);

	if (value + s->moved[cell] < range.lo || value + s->moved[cell] > range.hi)
		return false;
	for (size_t i = pack->first[cell]; i < pack->first[cell + 1]; i++) {
		const struct suppress_sum *sum = &pack->in->sums[pack->of[i]];
		int64_t rest = -s->moved[sum->total];

		for (size_t k = 0; k < sum->n_parts; k++)
			rest += s->moved[sum->parts[k]];
		if (rest != 0)
			return false;
	}
	return true;
}

/* The move that the tableau stands at, if it is one. */
static bool move_read(struct suppress_solver *s, const struct system *system,
	struct suppress_move *ret)
{
	struct suppress_move move = { 0, mem_new(system->n * sizeof(*move.cells)) };
	bool holds = true;

	for (size_t i = 0; i < system->n; i++) {
		s->moved[system->cells[i]] = llround(system->tableau->at[i]);
		if (s->moved[system->cells[i]] != 0)
			move.cells[move.n++] = system->cells[i];
	}
	for (size_t i = 0; i < move.n && holds; i++)
		holds = cell_holds(s, move.cells[i]);
	for (size_t i = 0; i < system->n; i++)
		s->moved[system->cells[i]] = 0;
	if (!holds) {
		mem_free(move.cells);
		return false;
	}
	*ret = move;
	return true;
}

static bool move_try(struct suppress_solver *s, struct system *system, size_t column,
	double goal, struct suppress_move *ret)
{
	struct suppress_tableau *t = system->tableau;

	system_reset(s, system);
	s->branches = BRANCHES_MAX;
	return branch(s, t, column, goal) && move_read(s, system, ret);
}

static bool system_ask(struct suppress_solver *s, struct system *system, size_t cell,
	struct suppress_move *ret)
{
	size_t column = 0;

	while (system->cells[column] != cell)
		column++;
	return move_try(s, system, column, 1, ret) ||
	       move_try(s, system, column, -1, ret);
}

bool suppress_solver_move(
	struct suppress_solver *s, size_t cell, struct suppress_move *ret)
{
	struct system *system = s->system_of[cell];

	if (*s->work == 0)
		return false;
	if (system && system_ask(s, system, cell, ret))
		return true;
	if (system && (!system->cut || system->cells[0] == cell))
		return false;
	system = system_new(s, cell);
	system_keep(s, system);
	return system_ask(s, system, cell, ret);
}
