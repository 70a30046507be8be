#include "lib/embed.h"

#include <string.h>

const struct embed_file *embed_find(const struct embed_file *files, const char *name)
{
	for (; files->name; files++) {
		if (strcmp(files->name, name) == 0)
			return files;
	}
	return NULL;
}

size_t embed_count(const struct embed_file *files)
{
	size_t n = 0;

	while (files[n].name)
		n++;
	return n;
}
