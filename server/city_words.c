#include "server/city_words.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/catalogue.h"

bool city_words_foreign(const char *language)
{
	return strcmp(language, "sv") != 0 && strncmp(language, "sv-", 3) != 0;
}

const char *city_words_name(const struct city_words *words, const char *kind,
	const char *code, const char *name)
{
	const char *text;

	if (!city_words_foreign(words->language))
		return name;
	text = catalogue_find(words->catalogue, words->language,
		arena_printf(words->arena, "%s.%s", kind, code));
	return text ? text : name;
}
