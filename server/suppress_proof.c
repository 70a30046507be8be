/* The moves found so far, and for each cell those that would prove it safe. */
#include "server/suppress_private.h"

#include "lib/base.h"

/* A cell in a move; the others of that cell follow. */
struct entry {
	size_t move, next;
};

struct suppress_proofs {
	const struct suppress_pack *pack;
	size_t n_moves, moves_room, n_entries, entries_room;
	struct suppress_move *moves;
	struct entry *entries;
	size_t *head; /* each cell's newest entry, or SUPPRESS_NONE */
	size_t *last; /* each cell's move that held when it was asked last */
	uint64_t *work;
};

struct suppress_proofs *suppress_proofs_new(
	const struct suppress_pack *pack, uint64_t *work)
{
	struct suppress_proofs *p = mem_new(sizeof(*p));
	size_t n = pack->in->n_cells;

	p->pack = pack;
	p->work = work;
	p->head = mem_new((n + 1) * sizeof(*p->head));
	p->last = mem_new((n + 1) * sizeof(*p->last));
	for (size_t c = 0; c < n; c++)
		p->head[c] = p->last[c] = SUPPRESS_NONE;
	return p;
}

void suppress_proofs_free(struct suppress_proofs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_moves; i++)
		mem_free(p->moves[i].cells);
	mem_free(p->moves);
	mem_free(p->entries);
	mem_free(p->head);
	mem_free(p->last);
	mem_free(p);
}

static void entry_add(struct suppress_proofs *p, size_t cell)
{
	if (p->n_entries == p->entries_room) {
		p->entries_room = p->entries_room ? 2 * p->entries_room : 256;
		p->entries =
			mem_grow(p->entries, p->entries_room * sizeof(*p->entries));
	}
	p->entries[p->n_entries] = (struct entry){ p->n_moves, p->head[cell] };
	p->head[cell] = p->n_entries++;
}

void suppress_proofs_add(struct suppress_proofs *p, struct suppress_move move)
{
	if (p->n_moves == p->moves_room) {
		p->moves_room = p->moves_room ? 2 * p->moves_room : 64;
		p->moves = mem_grow(p->moves, p->moves_room * sizeof(*p->moves));
	}
	for (size_t i = 0; i < move.n; i++)
		entry_add(p, move.cells[i]);
	p->moves[p->n_moves++] = move;
}

static bool move_holds(const struct suppress_proofs *p, size_t move)
{
	const struct suppress_move *m = &p->moves[move];
	size_t i = 0;

	while (i < m->n && p->pack->hidden[m->cells[i]])
		i++;
	suppress_work(p->work, i + 1);
	return i == m->n;
}

bool suppress_proofs_hold(struct suppress_proofs *p, size_t cell)
{
	if (p->last[cell] != SUPPRESS_NONE && move_holds(p, p->last[cell]))
		return true;
	for (size_t e = p->head[cell]; e != SUPPRESS_NONE; e = p->entries[e].next) {
		if (!move_holds(p, p->entries[e].move))
			continue;
		p->last[cell] = p->entries[e].move;
		return true;
	}
	return false;
}
