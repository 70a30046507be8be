/*
 * db_array - array literals of PostgreSQL for $n::text[], $n::bigint[], …
 *
 * '{"Östermalm","a \"b\" \\",NULL,17}': quoted as section 8.15.2 of its manual
 * says, whatever the text holds. The arena owns it.
 */
#ifndef SYNPUNKT_LIB_DB_ARRAY_H
#define SYNPUNKT_LIB_DB_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db_array;

struct db_array *db_array_new(struct arena *arena);
void db_array_text(struct db_array *array, const char *text); /* NULL: SQL NULL */
void db_array_int(struct db_array *array, int64_t value);
void db_array_double(struct db_array *array, double value); /* reads back the same */
void db_array_bool(struct db_array *array, bool value);
void db_array_null(struct db_array *array);
size_t db_array_count(const struct db_array *array);

/* Ends the array; nothing may be added afterwards. */
const char *db_array_literal(struct db_array *array);

#endif
