/*
 * db_conninfo - libpq connection strings with one setting put in.
 */
#ifndef SYNPUNKT_LIB_DB_CONNINFO_H
#define SYNPUNKT_LIB_DB_CONNINFO_H

struct arena;
struct error;

/* The string, given as "key=value …" or as a postgresql:// URI, with key set to value
 * whatever it said; in the first form. NULL and ERR_INVALID when libpq cannot read it.
 */
const char *db_conninfo_with(struct arena *arena, const char *conninfo, const char *key,
	const char *value, struct error *err);

#endif
