/*
 * open_cells - the cells of open data and the sums that bind them, and which of them
 * are hidden: what of open_data.c is not about packs.
 */
#ifndef SYNPUNKT_SERVER_OPEN_CELLS_H
#define SYNPUNKT_SERVER_OPEN_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/suppress.h"

struct arena;
struct error;

struct open_cell {
	const char *board, *part,
		*code; /* the maker's; board NULL: a sum nobody shows */
	int64_t n;
	bool fixed;  /* known to every reader */
	bool hidden; /* from the start; after open_cells_mask() whether it is */
	bool known;  /* hidden, and no secret: 5 or more that other figures tell */
	bool before; /* of a month that is published */
};

struct open_list {
	size_t *at; /* places of cells */
	size_t n, room;
};

struct open_cells {
	struct arena *arena;
	struct open_cell *cells;
	size_t n, room;
	struct suppress_sum *sums;
	size_t n_sums, sums_room;
	unsigned withheld; /* lists that open_cells_mask() hid whole */
};

/* The place of the cell, which is copied. */
size_t open_cells_add(struct open_cells *cells, const struct open_cell *cell);
void open_list_add(struct arena *arena, struct open_list *list, size_t at);

/* cells[total] is the sum of list, which lives as long as the arena; nothing for an
 * empty one. */
void open_cells_sum(
	struct open_cells *cells, size_t total, const struct open_list *list);

/* The sum of list as somebody may know it who never saw a file: from 5 on it is taken
 * to be known. */
void open_cells_outside(struct open_cells *cells, const struct open_list *list);

/* Decides hidden of all cells. -1 for what does not add up. Slow. */
int open_cells_mask(struct open_cells *cells, struct error *err);

void open_cells_clear(struct open_cells *cells); /* not the arena */

#endif
