#include "server/pack_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/base.h"
#include "server/register_csv.h"

#define NUMBER_SIZE 24

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const char *number_of(
	const json_t *cell, const char *name, char ret[NUMBER_SIZE])
{
	const json_t *value = json_object_get(cell, name);

	if (!json_is_integer(value))
		return NULL;
	snprintf(ret, NUMBER_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return ret;
}

static void row_lines(const json_t *section, const json_t *table, const json_t *row,
	struct evbuffer *out)
{
	const json_t *columns = json_object_get(table, "columns"), *cell;
	char n[NUMBER_SIZE], of[NUMBER_SIZE];
	size_t i;

	json_array_foreach(json_object_get(row, "cells"), i, cell)
	{
		const json_t *column = json_array_get(columns, i);
		const char *const cells[] = { string_of(section, "code"),
			string_of(table, "title"), string_of(row, "id"),
			string_of(row, "name"), string_of(column, "id"),
			string_of(column, "title"), number_of(cell, "n", n),
			number_of(cell, "of", of), string_of(cell, "text"),
			string_of(cell, "mark") };

		register_csv_line(out, cells, ARRAY_LEN(cells));
	}
}

static void section_lines(const json_t *section, struct evbuffer *out)
{
	const json_t *table, *row;
	size_t i, k;

	json_array_foreach(json_object_get(section, "tables"), i, table)
	{
		json_array_foreach(json_object_get(table, "rows"), k, row)
			row_lines(section, table, row, out);
	}
}

void pack_csv(const json_t *doc, struct evbuffer *out)
{
	static const char *const head[] = { "section", "table", "row", "row_name",
		"column", "column_name", "n", "of", "text", "mark" };
	const json_t *section;
	size_t i;

	evbuffer_add(out, REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	register_csv_line(out, head, ARRAY_LEN(head));
	json_array_foreach(json_object_get(doc, "sections"), i, section)
		section_lines(section, out);
}
