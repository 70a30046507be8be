#include "lib/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"

/* A request that parses, validates and answers needs about 3 KiB. */
#define ARENA_BLOCK (4 * KIB)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t total;
};

static struct arena_block *arena_block_add(struct arena *arena, size_t size)
{
	struct arena_block *block = mem_new(sizeof(*block) + size);

	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

struct arena *arena_new(void)
{
	return mem_new(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	struct arena_block *block;

	if (!arena)
		return;
	while (arena->blocks) {
		block = arena->blocks;
		arena->blocks = block->next;
		mem_free(block);
	}
	mem_free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct arena_block *block = arena->blocks;
	void *p;

	if (need < size)
		abort();
	if (!block || block->size - block->used < need)
		block = arena_block_add(arena, need > ARENA_BLOCK ? need : ARENA_BLOCK);
	p = block->bytes + block->used;
	block->used += need;
	arena->total += need;
	return p;
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		abort();
	return arena_alloc(arena, total);
}

char *arena_dup_n(struct arena *arena, const char *bytes, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	memcpy(copy, bytes, n);
	return copy;
}

char *arena_dup(struct arena *arena, const char *text)
{
	return text ? arena_dup_n(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
	va_list again;
	int n;
	char *text;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort();
	text = arena_alloc(arena, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = arena_vprintf(arena, fmt, args);
	va_end(args);
	return text;
}

size_t arena_size(const struct arena *arena)
{
	return arena->total;
}
