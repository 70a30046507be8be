/*
 * A small move, found step by step: the cell goes one up or down, and then, one for
 * one, others in the sums that no longer add up, until all do. Few steps usually do,
 * where tables cross: a corner, its row, its column, the corner across. Not finding one
 * proves nothing; suppress_solver looks further.
 */
#include "server/suppress_private.h"

#include "lib/base.h"

/* A move of more cells than this hides too much to be worth it. */
#define TRAIL_MAX 64

/* At each step the best few are tried, and so many steps for each cost in all. */
#define CHOICES_MAX 6
#define STEPS_MAX 300

/* In this order. A total is asked for last: much can be read from it. */
enum rank {
	RANK_HIDDEN,
	RANK_PART,
	RANK_ZERO,
	RANK_TOTAL
};

struct choice {
	size_t mends, breaks; /* sums */
	enum rank rank;
	int64_t value;
	size_t cell;
	int way;
};

struct suppress_seeker {
	const struct suppress_pack *pack;
	bool *moved;
	int *rest;              /* of each sum: its parts less its total */
	size_t *broken, *place; /* sums whose rest is not 0, and 1 + where each is */
	size_t n_broken, n_trail, steps;
	uint64_t *work;
	struct choice trail[TRAIL_MAX]; /* only cell and way */
};

struct suppress_seeker *suppress_seeker_new(
	const struct suppress_pack *pack, uint64_t *work)
{
	struct suppress_seeker *s = mem_new(sizeof(*s));

	s->pack = pack;
	s->work = work;
	s->moved = mem_new(pack->in->n_cells + 1);
	s->rest = mem_new((pack->in->n_sums + 1) * sizeof(*s->rest));
	s->broken = mem_new((pack->in->n_sums + 1) * sizeof(*s->broken));
	s->place = mem_new((pack->in->n_sums + 1) * sizeof(*s->place));
	return s;
}

void suppress_seeker_free(struct suppress_seeker *s)
{
	if (!s)
		return;
	mem_free(s->moved);
	mem_free(s->rest);
	mem_free(s->broken);
	mem_free(s->place);
	mem_free(s);
}

static int sign_in(const struct suppress_pack *pack, size_t sum, size_t cell)
{
	return pack->in->sums[sum].total == cell ? -1 : 1;
}

static void rest_add(struct suppress_seeker *s, size_t sum, int by)
{
	s->rest[sum] += by;
	if (s->rest[sum] != 0 && s->place[sum] == 0) {
		s->broken[s->n_broken++] = sum;
		s->place[sum] = s->n_broken;
	} else if (s->rest[sum] == 0) {
		size_t last = s->broken[--s->n_broken];

		s->broken[s->place[sum] - 1] = last;
		s->place[last] = s->place[sum];
		s->place[sum] = 0;
	}
}

static void cell_move(struct suppress_seeker *s, size_t cell, int way)
{
	const struct suppress_pack *pack = s->pack;

	for (size_t i = pack->first[cell]; i < pack->first[cell + 1]; i++)
		rest_add(s, pack->of[i], way * sign_in(pack, pack->of[i], cell));
}

static void step_do(struct suppress_seeker *s, size_t cell, int way)
{
	s->moved[cell] = true;
	s->trail[s->n_trail++] = (struct choice){ .cell = cell, .way = way };
	cell_move(s, cell, way);
}

static void step_undo(struct suppress_seeker *s)
{
	const struct choice *step = &s->trail[--s->n_trail];

	s->moved[step->cell] = false;
	cell_move(s, step->cell, -step->way);
}

/* May it take one step that way, by what its mark would leave open? */
static bool can_step(const struct suppress_seeker *s, size_t cell, int way)
{
	int64_t value = s->pack->in->values[cell];
	struct suppress_range range = suppress_range_of(value, true);

	return s->pack->could[cell] && !s->moved[cell] && value + way >= range.lo &&
	       value + way <= range.hi;
}

static enum rank rank_of(const struct suppress_pack *pack, size_t sum, size_t cell)
{
	if (pack->hidden[cell])
		return RANK_HIDDEN;
	if (pack->in->sums[sum].total == cell)
		return RANK_TOTAL;
	return pack->in->values[cell] == 0 ? RANK_ZERO : RANK_PART;
}

static struct choice choice_of(
	const struct suppress_seeker *s, size_t sum, size_t cell, int way)
{
	const struct suppress_pack *pack = s->pack;
	struct choice choice = { 0, 0, rank_of(pack, sum, cell), pack->in->values[cell],
		cell, way };

	for (size_t i = pack->first[cell]; i < pack->first[cell + 1]; i++) {
		int by = way * sign_in(pack, pack->of[i], cell);

		if (s->rest[pack->of[i]] * by < 0)
			choice.mends++;
		else
			choice.breaks++;
	}
	return choice;
}

static bool choice_before(const struct choice *a, const struct choice *b)
{
	if (a->mends != b->mends)
		return a->mends > b->mends;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->breaks != b->breaks)
		return a->breaks < b->breaks;
	if (a->value != b->value)
		return a->value < b->value;
	return a->cell < b->cell;
}

/* Keeps the best CHOICES_MAX in order. */
static size_t choice_add(struct choice *list, size_t n, struct choice choice)
{
	size_t i = n < CHOICES_MAX ? n : CHOICES_MAX;

	while (i > 0 && choice_before(&choice, &list[i - 1])) {
		if (i < CHOICES_MAX)
			list[i] = list[i - 1];
		i--;
	}
	if (i < CHOICES_MAX)
		list[i] = choice;
	return n < CHOICES_MAX ? n + 1 : n;
}

static size_t choices_find(
	const struct suppress_seeker *s, size_t sum, size_t cost, struct choice *ret)
{
	const struct suppress_sum *members = &s->pack->in->sums[sum];
	int down = s->rest[sum] > 0 ? -1 : 1;
	size_t n = 0;

	suppress_work(s->work, 4 * members->n_parts);
	for (size_t k = 0; k <= members->n_parts; k++) {
		size_t cell = suppress_member(members, k);
		int way = k == 0 ? -down : down;

		if (can_step(s, cell, way) && (cost > 0 || s->pack->hidden[cell]))
			n = choice_add(ret, n, choice_of(s, sum, cell, way));
	}
	return n;
}

/* The one with the fewest cells leaves least to try. */
static size_t broken_next(const struct suppress_seeker *s)
{
	const struct suppress_sum *sums = s->pack->in->sums;
	size_t best = s->broken[0];

	for (size_t i = 1; i < s->n_broken; i++) {
		size_t sum = s->broken[i];

		if (sums[sum].n_parts < sums[best].n_parts ||
			(sums[sum].n_parts == sums[best].n_parts && sum < best))
			best = sum;
	}
	return best;
}

/* cost is how many that are shown may still be taken along. */
static bool seek(struct suppress_seeker *s, size_t cost)
{
	struct choice choices[CHOICES_MAX];
	size_t n;

	if (s->n_broken == 0)
		return true;
	if (s->steps == 0 || *s->work == 0 || s->n_trail == TRAIL_MAX)
		return false;
	s->steps--;
	n = choices_find(s, broken_next(s), cost, choices);
	for (size_t i = 0; i < n; i++) {
		step_do(s, choices[i].cell, choices[i].way);
		if (seek(s, cost - (choices[i].rank != RANK_HIDDEN)))
			return true;
		step_undo(s);
	}
	return false;
}

static struct suppress_move trail_take(struct suppress_seeker *s)
{
	struct suppress_move move = { s->n_trail,
		mem_new(s->n_trail * sizeof(*move.cells)) };

	while (s->n_trail > 0) {
		step_undo(s);
		move.cells[s->n_trail] = s->trail[s->n_trail].cell;
	}
	return move;
}

bool suppress_seek(
	struct suppress_seeker *s, size_t cell, size_t cost, struct suppress_move *ret)
{
	for (int way = -1; way <= 1; way += 2) {
		if (!can_step(s, cell, way))
			continue;
		s->steps = STEPS_MAX;
		step_do(s, cell, way);
		if (seek(s, cost)) {
			*ret = trail_take(s);
			return true;
		}
		step_undo(s);
	}
	return false;
}
