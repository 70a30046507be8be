#include "server/open_table.h"

#include <ctype.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/db.h"
#include "lib/json_write.h"
#include "server/open_words.h"
#include "server/register_csv.h"

#define NAME_MAX_BYTES 40

static void text_add(struct open_table *table, const char *text)
{
	evbuffer_add(table->out, text, strlen(text));
}

static size_t columns_count(const struct open_table *table)
{
	size_t n = 0;

	while (table->columns[n].name)
		n++;
	return n;
}

void open_table_begin(struct open_table *table, const char *members)
{
	const char *names[OPEN_COLUMNS_MAX];
	size_t n = columns_count(table);

	table->n = 0;
	if (!table->csv) {
		text_add(table, "{\"schemaVersion\":\"" OPEN_VERSION
				"\",\"licence\":\"" OPEN_LICENCE "\",");
		text_add(table, members);
		text_add(table, "\"rows\":[");
		return;
	}
	for (size_t i = 0; i < n; i++)
		names[i] = table->columns[i].name;
	text_add(table, REGISTER_CSV_MARK);
	register_csv_line(table->out, names, n);
}

/* "valid_from" as "validFrom". */
static void name_camel(const char *name, char ret[NAME_MAX_BYTES])
{
	size_t n = 0;

	for (; *name && n + 1 < NAME_MAX_BYTES; name++) {
		bool is_next = *name == '_' && name[1];

		if (is_next)
			name++;
		ret[n++] = is_next ? (char)toupper((unsigned char)*name) : *name;
	}
	ret[n] = '\0';
}

static void cell_json(struct json_write *w, enum open_kind kind, const char *cell)
{
	if (!cell)
		jw_null(w);
	else if (kind == OPEN_TEXT)
		jw_string(w, cell);
	else if (kind == OPEN_YES)
		jw_bool(w, cell[0] == 't');
	else
		jw_raw(w, cell);
}

static void line_json(struct open_table *table, const char *const *cells)
{
	struct json_write w;

	text_add(table, table->n > 0 ? ",\n" : "\n");
	jw_init(&w, table->out);
	jw_object(&w);
	for (size_t i = 0; table->columns[i].name; i++) {
		char name[NAME_MAX_BYTES];

		name_camel(table->columns[i].name, name);
		jw_key(&w, name);
		cell_json(&w, table->columns[i].kind, cells[i]);
	}
	jw_object_end(&w);
}

void open_table_line(struct open_table *table, const char *const *cells)
{
	const char *said[OPEN_COLUMNS_MAX];
	size_t n = columns_count(table);

	if (!table->csv) {
		line_json(table, cells);
		table->n++;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		said[i] = cells[i];
		if (cells[i] && table->columns[i].kind == OPEN_YES)
			said[i] = cells[i][0] == 't' ? "true" : "false";
	}
	register_csv_line(table->out, said, n);
	table->n++;
}

void open_table_rows(struct open_table *table, const struct db_rows *rows)
{
	const char *cells[OPEN_COLUMNS_MAX];
	size_t n = columns_count(table);

	for (int i = 0; i < db_rows_count(rows); i++) {
		for (size_t k = 0; k < n; k++)
			cells[k] = db_rows_text(rows, i, (int)k);
		open_table_line(table, cells);
	}
}

void open_table_end(struct open_table *table)
{
	if (!table->csv)
		text_add(table, "\n]}\n");
}
