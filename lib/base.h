/* base - the few macros every file may use. */
#ifndef SYNPUNKT_LIB_BASE_H
#define SYNPUNKT_LIB_BASE_H

#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* Hand the value on and leave NULL behind, which disarms a scoped_* release. */
#define steal(ptr)                                                                     \
	({                                                                             \
		__typeof__(ptr) steal_v = (ptr);                                       \
		(ptr) = NULL;                                                          \
		steal_v;                                                               \
	})

/* A local marked scoped_* is released when it leaves scope. Give it NULL or a
 * value in its declaration: the release runs on every path out. */
#define scoped_free __attribute__((cleanup(scope_end_free)))
#define scoped_fd __attribute__((cleanup(scope_end_fd)))

void scope_end_free(void *p); /* takes the address of a pointer from malloc() */
void scope_end_fd(int *fd);   /* closes it unless it is negative */

/* malloc() and realloc() for small blocks of our own size: running out of memory
 * for those ends the process, here and nowhere else. What a stranger sizes is
 * bounded by a named limit before it gets this far. */
void *mem_new(size_t size); /* zeroed */
void *mem_grow(void *p, size_t size);
char *mem_dup(const char *text); /* NULL gives NULL */
void mem_free(void *p);

#endif
