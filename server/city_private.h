/* city_private - between the files of city; nobody else includes it. */
#ifndef SYNPUNKT_SERVER_CITY_PRIVATE_H
#define SYNPUNKT_SERVER_CITY_PRIVATE_H

#include "server/city.h"

/* Sorted by key; equal keys are neighbours. */
struct city_index {
	struct city_index_row {
		const char *key;
		const void *item;
	} * rows;
	size_t n;
};

/* The snapshot with what belongs to it but is nobody else's business. */
struct city_whole {
	struct city city; /* first: a pointer to one is a pointer to the other */
	struct arena *arena;
	int refs;
	struct city_index boards, categories, units, unit_names; /* names folded */
};

/* items: n structs of size bytes, each beginning with its code. */
void city_index_build(struct city_whole *whole, struct city_index *index,
	const void *items, size_t n, size_t size);
void city_index_build_names(struct city_whole *whole);

#endif
