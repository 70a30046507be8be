/* The moves found so far, and for each cell the one that proves it safe. */
#include "server/suppress_private.h"

#include "lib/base.h"

struct suppress_proofs {
	const struct suppress_pack *pack;
	size_t n, room;
	struct suppress_move *moves;
	size_t *of; /* each cell's move, or SUPPRESS_NONE */
};

struct suppress_proofs *suppress_proofs_new(const struct suppress_pack *pack)
{
	struct suppress_proofs *proofs = mem_new(sizeof(*proofs));

	proofs->pack = pack;
	proofs->of = mem_new((pack->in->n_cells + 1) * sizeof(*proofs->of));
	for (size_t c = 0; c < pack->in->n_cells; c++)
		proofs->of[c] = SUPPRESS_NONE;
	return proofs;
}

void suppress_proofs_free(struct suppress_proofs *proofs)
{
	if (!proofs)
		return;
	for (size_t i = 0; i < proofs->n; i++)
		mem_free(proofs->moves[i].cells);
	mem_free(proofs->moves);
	mem_free(proofs->of);
	mem_free(proofs);
}

void suppress_proofs_add(struct suppress_proofs *proofs, struct suppress_move move)
{
	if (proofs->n == proofs->room) {
		proofs->room = proofs->room ? 2 * proofs->room : 64;
		proofs->moves =
			mem_grow(proofs->moves, proofs->room * sizeof(*proofs->moves));
	}
	for (size_t i = 0; i < move.n; i++)
		proofs->of[move.cells[i]] = proofs->n;
	proofs->moves[proofs->n++] = move;
}

static bool move_holds(
	const struct suppress_proofs *proofs, const struct suppress_move *move)
{
	for (size_t i = 0; i < move->n; i++) {
		if (!proofs->pack->hidden[move->cells[i]])
			return false;
	}
	return true;
}

static bool move_has(const struct suppress_move *move, size_t cell)
{
	for (size_t i = 0; i < move->n; i++) {
		if (move->cells[i] == cell)
			return true;
	}
	return false;
}

bool suppress_proofs_hold(struct suppress_proofs *proofs, size_t cell)
{
	size_t of = proofs->of[cell];

	if (of != SUPPRESS_NONE && move_holds(proofs, &proofs->moves[of]))
		return true;
	for (size_t i = proofs->n; i-- > 0;) {
		if (!move_has(&proofs->moves[i], cell) ||
			!move_holds(proofs, &proofs->moves[i]))
			continue;
		proofs->of[cell] = i;
		return true;
	}
	return false;
}
