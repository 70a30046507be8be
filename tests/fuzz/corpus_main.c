#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "lib/base.h"

/*
 * Runs a fuzz target over the files of a folder, without libFuzzer: the corpus as a
 * unit test, with any compiler.
 */

#define INPUT_MAX MIB

static void run_file(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *bytes, *exact;
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		return;
	bytes = mem_new(INPUT_MAX);
	n = fread(bytes, 1, INPUT_MAX, file);
	fclose(file);
	/* A block of just its size, so that the sanitizer sees a read past its end. */
	exact = mem_new(n);
	memcpy(exact, bytes, n);
	mem_free(bytes);
	printf("%s: %zu bytes\n", name, n);
	fflush(stdout);
	LLVMFuzzerTestOneInput(exact, n);
	mem_free(exact);
}

int main(int argc, char **argv)
{
	const struct dirent *entry;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	size_t n = 0;

	if (!folder) {
		fprintf(stderr, "usage: corpus FOLDER\n");
		return 2;
	}
	for (entry = readdir(folder); entry; entry = readdir(folder)) {
		if (entry->d_name[0] == '.')
			continue;
		run_file(argv[1], entry->d_name);
		n++;
	}
	closedir(folder);
	return n > 0 ? 0 : 1;
}
