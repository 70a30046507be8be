#include "lib/base.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void scope_end_free(void *p)
{
	free(*(void **)p);
}

void scope_end_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void *mem_new(size_t size)
{
	void *p = calloc(1, size > 0 ? size : 1);

	if (!p)
		abort();
	return p;
}

void *mem_grow(void *p, size_t size)
{
	p = realloc(p, size > 0 ? size : 1);
	if (!p)
		abort();
	return p;
}

char *mem_dup(const char *text)
{
	size_t size;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	return memcpy(mem_new(size), text, size);
}

void mem_free(void *p)
{
	free(p);
}
