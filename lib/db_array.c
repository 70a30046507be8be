#include "lib/db_array.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"

#define DB_ARRAY_FIRST 256

struct db_array {
	struct arena *arena;
	char *text;
	size_t used, size, count;
};

struct db_array *db_array_new(struct arena *arena)
{
	struct db_array *array = arena_alloc(arena, sizeof(*array));

	array->arena = arena;
	array->size = DB_ARRAY_FIRST;
	array->text = arena_alloc(arena, array->size);
	array->text[array->used++] = '{';
	return array;
}

/* Room for n more bytes and the end; doubling wastes at most what is used. */
static void array_reserve(struct db_array *array, size_t n)
{
	size_t size = array->size;
	char *text;

	while (size - array->used < n + sizeof("}"))
		size *= 2;
	if (size == array->size)
		return;
	text = arena_alloc(array->arena, size);
	memcpy(text, array->text, array->used);
	array->text = text;
	array->size = size;
}

/* The comma and room for a value of n bytes. */
static void array_start(struct db_array *array, size_t n)
{
	array_reserve(array, n + 1);
	if (array->count++ > 0)
		array->text[array->used++] = ',';
}

static void array_plain(struct db_array *array, const char *text)
{
	size_t n = strlen(text);

	array_start(array, n);
	memcpy(array->text + array->used, text, n);
	array->used += n;
}

/* Always in quotes: an empty text, NULL as a word and white space need them. */
void db_array_text(struct db_array *array, const char *text)
{
	char *out;

	if (!text) {
		db_array_null(array);
		return;
	}
	array_start(array, 2 * strlen(text) + 2);
	out = array->text + array->used;
	*out++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*out++ = '\\';
		*out++ = *text;
	}
	*out++ = '"';
	array->used = (size_t)(out - array->text);
}

void db_array_int(struct db_array *array, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	array_plain(array, text);
}

/* 17 digits bring any double back; "nan" and "inf" are read too. */
void db_array_double(struct db_array *array, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.17g", value);
	array_plain(array, text);
}

void db_array_bool(struct db_array *array, bool value)
{
	array_plain(array, value ? "t" : "f");
}

void db_array_null(struct db_array *array)
{
	array_plain(array, "NULL");
}

size_t db_array_count(const struct db_array *array)
{
	return array->count;
}

const char *db_array_literal(struct db_array *array)
{
	array->text[array->used++] = '}';
	array->text[array->used] = '\0';
	return array->text;
}
