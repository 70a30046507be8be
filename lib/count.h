/*
 * count - how much a key has under way now, over all processes (open connections
 * of one address).
 *
 * Shared memory, made before the fork. Every process counts in a column of its
 * own, so that what a dead one held can be given back.
 */
#ifndef SYNPUNKT_LIB_COUNT_H
#define SYNPUNKT_LIB_COUNT_H

#include <stddef.h>
#include <stdint.h>

struct count;
struct error;

enum {
	COUNT_FULL = -1,     /* the key has its limit; nothing was counted */
	COUNT_UNCOUNTED = 0, /* no room in the table: let in without being counted */
};

struct count *count_new(size_t entries, unsigned slots, struct error *err);
void count_free(struct count *count); /* NULL is fine; for this process only */

/* After the fork, in the child: this process counts in column `slot`. */
void count_use_slot(struct count *count, unsigned slot);
/* The process of that column has died: it holds nothing any more. */
void count_reset_slot(struct count *count, unsigned slot);

/* A ticket above 0 to give to count_leave(), COUNT_UNCOUNTED or COUNT_FULL. key is
 * not 0. limit 0 switches it off: COUNT_UNCOUNTED. */
int count_enter(struct count *count, uint64_t key, unsigned limit);
void count_leave(struct count *count, int ticket); /* COUNT_UNCOUNTED is fine */

#endif
