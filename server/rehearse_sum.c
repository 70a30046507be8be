#include "server/rehearse_sum.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/route_rule.h"

#define ROOM_FIRST 32

void rehearse_sum_init(struct rehearse_sum *sum, struct arena *arena)
{
	*sum = (struct rehearse_sum){ .arena = arena };
}

/* items with room for one more. */
static void *room_make(
	struct arena *arena, void *items, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return items;
	*room = *room ? 2 * *room : ROOM_FIRST;
	more = arena_array(arena, *room, size);
	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}

/* A city has some dozens: looking through them costs less than the rules did. */
static size_t board_place(struct rehearse_sum *sum, const char *code)
{
	for (size_t i = 0; i < sum->n_boards; i++) {
		if (sum->boards[i].board == code || !strcmp(sum->boards[i].board, code))
			return i;
	}
	sum->boards = room_make(sum->arena, sum->boards, sum->n_boards,
		&sum->room_boards, sizeof(*sum->boards));
	sum->boards[sum->n_boards] =
		(struct rehearse_load){ .board = arena_dup(sum->arena, code) };
	return sum->n_boards++;
}

static struct rehearse_move *move_get(struct rehearse_sum *sum, size_t from, size_t to)
{
	struct rehearse_move *move;

	for (size_t i = 0; i < sum->n_moves; i++) {
		if (sum->moves[i].from == from && sum->moves[i].to == to)
			return &sum->moves[i];
	}
	sum->moves = room_make(sum->arena, sum->moves, sum->n_moves, &sum->room_moves,
		sizeof(*sum->moves));
	move = &sum->moves[sum->n_moves++];
	move->from = from;
	move->to = to;
	return move;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* What else of an outcome somebody would notice. */
static bool is_otherwise(
	const struct route_outcome *before, const struct route_outcome *then)
{
	return !is_same(before->unit, then->unit) ||
	       !is_same(before->category, then->category) ||
	       !is_same(before->handler, then->handler) ||
	       before->is_urgent != then->is_urgent ||
	       before->needs_human != then->needs_human ||
	       before->sensitivity != then->sensitivity ||
	       before->deadline_policy != then->deadline_policy;
}

void rehearse_sum_add(struct rehearse_sum *sum, int64_t id, int year,
	const struct route_outcome *before, const struct route_outcome *then)
{
	size_t from = board_place(sum, before->board),
	       to = board_place(sum, then->board);
	struct rehearse_move *move;

	sum->cases++;
	sum->failed += !strcmp(then->rule, ROUTE_FAILED);
	sum->boards[from].now++;
	sum->boards[to].then++;
	if (from == to) {
		sum->otherwise += is_otherwise(before, then);
		return;
	}
	sum->elsewhere++;
	move = move_get(sum, from, to);
	move->n++;
	if (move->n_samples < REHEARSE_SAMPLES)
		move->samples[move->n_samples++] = (struct rehearse_sample){ .id = id,
			.year = year,
			.category = arena_dup(sum->arena, then->category),
			.rule = then->rule,
			.rule_before = before->rule };
}

/* ---- sorted ---- */

static int compare_moves(const void *a, const void *b, void *arg)
{
	const struct rehearse_load *boards = arg;
	const struct rehearse_move *x = a, *y = b;
	int by_from;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	by_from = strcmp(boards[x->from].board, boards[y->from].board);
	return by_from ? by_from : strcmp(boards[x->to].board, boards[y->to].board);
}

static int64_t change_of(const struct rehearse_load *load)
{
	return llabs(load->then - load->now);
}

static int compare_places(const void *a, const void *b, void *arg)
{
	const struct rehearse_load *boards = arg;
	const struct rehearse_load *x = &boards[*(const size_t *)a],
				   *y = &boards[*(const size_t *)b];

	if (change_of(x) != change_of(y))
		return change_of(x) < change_of(y) ? 1 : -1;
	if (x->now != y->now)
		return x->now < y->now ? 1 : -1;
	return strcmp(x->board, y->board);
}

/* Moves name boards by place, which are others afterwards. */
static void boards_sort(struct rehearse_sum *sum)
{
	size_t n = sum->n_boards;
	size_t *order = arena_array(sum->arena, n, sizeof(*order));
	size_t *place = arena_array(sum->arena, n, sizeof(*place));
	struct rehearse_load *sorted = arena_array(sum->arena, n, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), compare_places, sum->boards);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = sum->boards[order[i]];
		place[order[i]] = i;
	}
	sum->boards = sorted;
	for (size_t i = 0; i < sum->n_moves; i++) {
		sum->moves[i].from = place[sum->moves[i].from];
		sum->moves[i].to = place[sum->moves[i].to];
	}
}

void rehearse_sum_sort(struct rehearse_sum *sum)
{
	if (sum->n_boards == 0)
		return;
	boards_sort(sum);
	if (sum->n_moves > 0)
		qsort_r(sum->moves, sum->n_moves, sizeof(*sum->moves), compare_moves,
			sum->boards);
}
