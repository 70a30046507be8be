/*
 * arena - memory that is given back all at once.
 *
 * A request, a batch or a command owns one; what is allocated from it is never
 * freed by hand. An arena belongs to one thread at a time.
 */
#ifndef SYNPUNKT_LIB_ARENA_H
#define SYNPUNKT_LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

/* Zeroed, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* n elements of size bytes; ends the process if that overflows. */
void *arena_array(struct arena *arena, size_t n, size_t size);
char *arena_dup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_dup_n(struct arena *arena, const char *bytes, size_t n); /* adds a NUL */
char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args);

/* Bytes handed out so far: for tests and for ceilings. */
size_t arena_size(const struct arena *arena);

#endif
