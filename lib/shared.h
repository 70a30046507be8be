/*
 * shared - memory that a parent and the children it forks have in common.
 *
 * Made before the fork. Everything in it is plain atomics, so that a process
 * killed at any moment leaves it usable. metrics.h, quota.h and count.h live in it.
 */
#ifndef SYNPUNKT_LIB_SHARED_H
#define SYNPUNKT_LIB_SHARED_H

#include <stddef.h>

struct error;

/* Zeroed; NULL and err when the kernel has none. */
void *shared_map(size_t size, struct error *err);
void shared_unmap(void *p, size_t size); /* NULL is fine */

#endif
