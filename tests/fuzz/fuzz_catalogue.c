#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"

/*
 * The input is a PO file, a zero byte, and an Accept-Language header, which also stands
 * in for the language asked for.
 */

static void check_choice(const struct catalogue *cat, const char *chosen)
{
	for (size_t i = 0; i < catalogue_count(cat); i++) {
		if (strcmp(catalogue_language(cat, i), chosen) == 0)
			return;
	}
	abort();
}

static struct catalogue *make(const char *po, size_t n)
{
	struct catalogue *cat = catalogue_new("sv");

	if (catalogue_add(cat, "en", po, n, NULL) == 0 &&
		catalogue_add(cat, "sv-x-easy", "", 0, NULL) == 0 &&
		catalogue_add(cat, "sv", po, n, NULL) == 0 &&
		catalogue_finish(cat, NULL) == 0)
		return cat;
	catalogue_free(cat);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1);
	struct catalogue *cat;
	const char *header;
	size_t n;

	if (size > 0)
		memcpy(text, data, size);
	n = strlen(text);
	header = n < size ? text + n + 1 : "";
	cat = make(text, n);
	if (cat) {
		check_choice(cat, catalogue_choose(cat, NULL, header));
		check_choice(cat, catalogue_choose(cat, header, NULL));
		if (catalogue_compare(cat, "sv", "en", NULL, NULL) > 0)
			abort();
		catalogue_text(cat, "sv-x-easy", header);
	}
	catalogue_free(cat);
	mem_free(text);
	return 0;
}
