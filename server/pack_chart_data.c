#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/text_format.h"
#include "server/pack_chart_private.h"

const char *chart_string(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text ? text : "";
}

/* Letters, figures and hyphens stay; every other byte is told by its number, so that
 * two tables never share an id. */
static const char *fit_id(struct arena *arena, const char *id)
{
	char *fit = arena_alloc(arena, strlen(id) * 3 + sizeof("chart-")), *to = fit;
	static const char figures[] = "0123456789abcdef";

	memcpy(to, "chart-", strlen("chart-"));
	to += strlen("chart-");
	for (; *id; id++) {
		unsigned char byte = (unsigned char)*id;

		if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			(byte >= '0' && byte <= '9') || byte == '-') {
			*to++ = *id;
			continue;
		}
		*to++ = '_';
		*to++ = figures[byte >> 4];
		*to++ = figures[byte & 15];
	}
	return fit;
}

void chart_read(struct chart *c)
{
	const json_t *rows = json_object_get(c->table, "rows"), *row;
	size_t i;

	c->id = fit_id(c->arena, chart_string(c->table, "id"));
	c->title = chart_string(c->table, "title");
	c->columns = json_object_get(c->table, "columns");
	c->n_columns = json_array_size(c->columns);
	c->rows = arena_array(c->arena, json_array_size(rows) + 1, sizeof(*c->rows));
	json_array_foreach(rows, i, row)
	{
		struct chart_row read = { chart_string(row, "name"),
			chart_string(row, "id"), json_object_get(row, "cells") };

		if (json_is_true(json_object_get(row, "total")))
			c->total = read;
		else
			c->rows[c->n_rows++] = read;
	}
}

struct chart_cell chart_cell(const struct chart_row *row, size_t column)
{
	const json_t *json = json_array_get(row->cells, column);
	const json_t *n = json_object_get(json, "n");
	const char *mark = chart_string(json, "mark");
	struct chart_cell cell = { .text = chart_string(json, "text"),
		.note = chart_string(json, "note") };

	if (!strcmp(mark, "few") || !strcmp(mark, "withheld"))
		cell.mark = MARK_HIDDEN;
	else if (!strcmp(mark, "shown") && json_is_number(n))
		cell.mark = MARK_SHOWN;
	/* Whatever a hidden cell may carry along is not even looked at. */
	if (cell.mark == MARK_SHOWN) {
		cell.n = json_number_value(n);
		cell.of = json_number_value(json_object_get(json, "of"));
	}
	return cell;
}

size_t chart_column(const struct chart *c, const char *member)
{
	const char *id = json_string_value(json_object_get(c->about, member));
	const json_t *column;
	size_t i;

	json_array_foreach(c->columns, i,
		column) if (id && !strcmp(chart_string(column, "id"), id)) return i;
	return c->n_columns;
}

const char *chart_column_title(const struct chart *c, size_t column)
{
	return chart_string(json_array_get(c->columns, column), "title");
}

long chart_column_month(const struct chart *c, size_t column)
{
	const char *id = chart_string(json_array_get(c->columns, column), "id");
	long year, month;
	char *end;

	if (strlen(id) != strlen("YYYY-MM") || strspn(id, "0123456789-") != strlen(id))
		return -1;
	year = strtol(id, &end, 10);
	if (end != id + 4 || *end != '-')
		return -1;
	month = strtol(end + 1, &end, 10);
	if (*end || month < 1 || month > 12)
		return -1;
	return year * 12 + month - 1;
}

const char *chart_column_name(const struct chart *c, size_t column)
{
	long month = chart_column_month(c, column);

	if (month < 0)
		return chart_column_title(c, column);
	return arena_printf(
		c->arena, "%s %ld", c->words->months[month % 12], month / 12);
}

/* ---- what a description tells ---- */

void chart_find(
	struct chart_found *found, const char *name, const struct chart_cell *cell)
{
	found->hidden += cell->mark == MARK_HIDDEN;
	if (cell->mark != MARK_SHOWN)
		return;
	if (!found->shown || cell->n > found->high) {
		found->high = cell->n;
		found->high_name = name;
		found->high_text = cell->text;
	}
	if (!found->shown || cell->n < found->low) {
		found->low = cell->n;
		found->low_name = name;
		found->low_text = cell->text;
	}
	found->shown++;
}

const char *chart_title(const struct chart *c, const char *part)
{
	const char *table =
		*part ? arena_printf(c->arena, "%s, %s", c->title, part) : c->title;

	return text_format(c->arena, c->words->title, TEXT_VALUES({ "table", table }));
}

static const char *of_name(
	const struct chart *c, const char *words, const char *name, const char *value)
{
	return text_format(
		c->arena, words, TEXT_VALUES({ "name", name }, { "value", value }));
}

const char *chart_value_text(const struct chart *c, const char *name, const char *value)
{
	return of_name(c, c->words->value, name, value);
}

const char *chart_hidden_text(const struct chart *c, size_t hidden)
{
	if (!hidden)
		return "";
	return arena_printf(c->arena, " %s",
		text_format(c->arena, c->words->hidden_many,
			TEXT_VALUES({ "n", chart_number(c, (double)hidden) })));
}

const char *chart_found_text(const struct chart *c, const struct chart_found *found)
{
	const char *least = "", *hidden = chart_hidden_text(c, found->hidden);

	/* The least of what is shown is not the least if something is hidden. */
	if (!found->hidden && found->low < found->high)
		least = arena_printf(c->arena, " %s",
			of_name(c, c->words->least, found->low_name, found->low_text));
	return arena_printf(c->arena, "%s%s%s",
		of_name(c, c->words->most, found->high_name, found->high_text), least,
		hidden);
}
