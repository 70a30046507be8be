/*
 * pack_xlsx_write PACK.json OUT.xlsx - for the tests that open a workbook with other
 * programs. Says why and ends with 1 where there is none.
 */
#include <stdio.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "server/pack_xlsx.h"
#include "server/page_words.h"

static int file_write(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	size_t n;

	if (!file)
		return -1;
	n = fwrite(bytes, 1, size, file);
	return fclose(file) == 0 && n == size ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct catalogue *words_of = page_words_load(&err);
	struct pack_xlsx_words words = { 0 };
	json_t *doc = argc == 3 ? json_load_file(argv[1], 0, NULL) : NULL;
	void *bytes = NULL;
	size_t size;
	int rc = -1;

	if (words_of && doc) {
		pack_xlsx_words_read(words_of, "sv", &words);
		rc = pack_xlsx(doc, &words, &bytes, &size, &err);
	}
	if (rc == 0)
		rc = file_write(argv[2], bytes, size);
	else
		fprintf(stderr, "%d %s\n", err.code, err.text);
	mem_free(bytes);
	json_decref(doc);
	catalogue_free(words_of);
	return rc == 0 ? 0 : 1;
}
