#include "tests/unit/pack_table.h"

#include <stdio.h>
#include <string.h>

json_t *pack_table_shown(json_int_t n, json_int_t of)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	return json_pack("{s:I, s:I, s:s, s:s}", "n", n, "of", of, "text", text, "mark",
		"shown");
}

json_t *pack_table_hidden(const char *mark)
{
	return json_pack("{s:n, s:s, s:s}", "n", "text",
		!strcmp(mark, "few") ? "<5" : "··", "mark", mark);
}

json_t *pack_table_months(size_t n)
{
	json_t *columns = json_array();

	for (size_t i = 0; i < n; i++) {
		char id[48];

		snprintf(id, sizeof(id), "%zu-%02zu", 2025 + (i + 9) / 12,
			(i + 9) % 12 + 1);
		json_array_append_new(columns, json_pack("{s:s, s:s, s:s}", "id", id,
						       "title", id, "kind", "count"));
	}
	return columns;
}

json_t *pack_table_of(const char *kind, json_t *columns)
{
	const json_t *first = json_object_get(json_array_get(columns, 0), "id");
	json_t *chart = json_pack(
		"{s:s, s:O, s:i}", "kind", kind, "column", first, "median", 2);

	return json_pack("{s:s, s:s, s:s, s:o, s:[], s:o}", "id", "t", "title",
		"De vanligaste", "head", "Ämne", "columns", columns, "rows", "chart",
		chart);
}

json_t *pack_table_add_row(json_t *table, const char *name)
{
	json_t *rows = json_object_get(table, "rows"), *cells = json_array();
	char id[48];

	snprintf(id, sizeof(id), "%zu", json_array_size(rows));
	json_array_append_new(rows,
		json_pack("{s:s, s:s, s:o}", "id", id, "name", name, "cells", cells));
	return cells;
}

json_t *pack_table_sample(const char *kind, size_t n)
{
	json_t *table = pack_table_of(kind, pack_table_months(3));

	for (size_t i = 0; i < n; i++) {
		char name[64];
		json_t *cells;

		snprintf(name, sizeof(name), "Ämne med ett tämligen långt namn %zu", i);
		cells = pack_table_add_row(table, name);
		for (size_t j = 0; j < 3; j++)
			json_array_append_new(cells,
				pack_table_shown((json_int_t)(10 * (n - i) - j), 1000));
	}
	return table;
}

json_t *pack_table_cell(const json_t *table, size_t row, size_t column)
{
	const json_t *rows = json_object_get(table, "rows");

	return json_array_get(
		json_object_get(json_array_get(rows, row), "cells"), column);
}

void pack_table_set(json_t *table, size_t row, size_t column, json_t *cell)
{
	json_t *rows = json_object_get(table, "rows");

	json_array_set_new(
		json_object_get(json_array_get(rows, row), "cells"), column, cell);
}

json_t *pack_table_add_total(json_t *table, json_int_t n)
{
	json_t *rows = json_object_get(table, "rows");
	json_t *cells = pack_table_add_row(table, "Alla");

	for (size_t i = 0; i < 3; i++)
		json_array_append_new(cells,
			n < 0 ? pack_table_hidden("withheld") : pack_table_shown(n, n));
	json_object_set_new(
		json_array_get(rows, json_array_size(rows) - 1), "total", json_true());
	return cells;
}
