/*
 * city_words - names of the city's rows in other languages. The rows are Swedish; the
 * catalogue may have a name for a row's code ("category.gatubelysning").
 */
#ifndef SYNPUNKT_SERVER_CITY_WORDS_H
#define SYNPUNKT_SERVER_CITY_WORDS_H

#include <stdbool.h>

struct arena;
struct catalogue;

/* In Swedish, easy Swedish too, the rows' own words are shown. */
bool city_words_foreign(const char *language);

struct city_words {
	struct arena *arena;
	const struct catalogue *catalogue;
	const char *language;
};

/* The row's name, or the language's for kind and code if it has one. */
const char *city_words_name(const struct city_words *words, const char *kind,
	const char *code, const char *name);

#endif
