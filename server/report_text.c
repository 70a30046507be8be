#include "server/report_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "server/report_words.h"

#define DASH "– "
#define HYPHEN "- "

/* ---- blocks ---- */

static const char *item_of(const char *line)
{
	if (!strncmp(line, DASH, strlen(DASH)))
		return line + strlen(DASH);
	return strncmp(line, HYPHEN, strlen(HYPHEN)) ? NULL : line + strlen(HYPHEN);
}

/* The list of the last block, if it is of that kind; else of a new one. */
static json_t *list_at(json_t *blocks, const char *kind, bool is_new)
{
	size_t n = json_array_size(blocks);
	json_t *list = n > 0 && !is_new
			       ? json_object_get(json_array_get(blocks, n - 1), kind)
			       : NULL;

	if (list)
		return list;
	list = json_array();
	json_array_append_new(blocks,
		json_pack("{s:o, s:b}", kind, list, "list", !strcmp(kind, "items")));
	return list;
}

static void line_add(json_t *blocks, const char *line, size_t n, bool is_new)
{
	const char *item = item_of(line);
	size_t left = item ? n - (size_t)(item - line) : n;
	json_t *list = list_at(blocks, item ? "items" : "lines", is_new), *last;

	if (item) {
		json_array_append_new(list, json_stringn(item, left));
		return;
	}
	last = json_array_get(list, json_array_size(list) - 1);
	if (last)
		json_object_set_new(last, "more", json_true());
	json_array_append_new(list, json_pack("{s:o, s:b}", "text",
					    json_stringn(line, left), "more", false));
}

json_t *report_text_blocks(const char *text)
{
	json_t *blocks = json_array();
	bool is_new = true;

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n > 0)
			line_add(blocks, text, n, is_new);
		is_new = n == 0;
		text += n + (text[n] == '\n');
	}
	return blocks;
}

/* ---- for ILS ---- */

/* Texts grow at their end. */
struct words {
	char *bytes;
	size_t n;
	json_int_t lines;
};

static void add(struct words *words, const char *text)
{
	size_t n = strlen(text);

	words->bytes = mem_grow(words->bytes, words->n + n + 1);
	memcpy(words->bytes + words->n, text, n + 1);
	words->n += n;
	for (; *text; text++)
		words->lines += *text == '\n';
}

/* A cell's tabs and line ends would be others'. */
static void cell_add(struct words *words, const char *text, bool is_first)
{
	size_t at = words->n;

	if (!is_first)
		add(words, "\t");
	at = words->n;
	add(words, text ? text : "");
	for (; at < words->n; at++) {
		if (words->bytes[at] == '\n' || words->bytes[at] == '\t')
			words->bytes[at] = ' ';
	}
}

static void part_add(
	json_t *parts, const char *id, const char *title, const struct words *words)
{
	json_array_append_new(parts,
		json_pack("{s:s, s:s, s:s, s:I}", "id", id, "title", title, "text",
			words->bytes ? words->bytes : "", "rows", words->lines + 2));
}

static const json_t *section_of(const json_t *report, const char *id)
{
	const json_t *section;
	size_t i;

	json_array_foreach(json_object_get(report, "sections"), i, section)
	{
		if (!strcmp(json_string_value(json_object_get(section, "id")), id))
			return section;
	}
	return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void text_add(json_t *parts, const json_t *report, const char *id)
{
	const json_t *section = section_of(report, id);
	struct words words = { 0 };

	add(&words, text_of(section, "text"));
	words.lines += (json_int_t)(words.n / 80); /* as it wraps, about */
	part_add(parts, id, text_of(section, "title"), &words);
	mem_free(words.bytes);
}

static const char *cell_text(const json_t *row, size_t i)
{
	return text_of(json_array_get(json_object_get(row, "cells"), i), "text");
}

/* The head and those rows of a table whose cell `by` says so (NULL: every one), with
 * the first `most` of its cells. */
struct choice {
	size_t most, by;
	const char *value;
};

static void rows_add(
	struct words *words, const json_t *table, const struct choice *choice)
{
	const json_t *row, *column;
	size_t i, k;

	cell_add(words, text_of(table, "head"), true);
	json_array_foreach(json_object_get(table, "columns"), k, column)
	{
		if (k < choice->most)
			cell_add(words, text_of(column, "title"), false);
	}
	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		if (choice->value && strcmp(cell_text(row, choice->by), choice->value))
			continue;
		add(words, "\n");
		cell_add(words, text_of(row, "name"), true);
		for (k = 0; k < choice->most; k++)
			cell_add(words, cell_text(row, k), false);
	}
}

static const json_t *table_of(const json_t *report, const char *id)
{
	return json_array_get(json_object_get(section_of(report, id), "tables"), 0);
}

/* Name, target, outcome, verdict. */
#define INDICATOR_CELLS 3
/* Name, start, end, responsible, status; after them the goal. */
#define ACTIVITY_CELLS 4

static void indicators_add(json_t *parts, const json_t *report)
{
	const json_t *table = table_of(report, "indicators");
	struct words words = { 0 };

	if (!table)
		return;
	rows_add(&words, table, &(struct choice){ .most = INDICATOR_CELLS });
	part_add(parts, "indicators-rows", text_of(table, "title"), &words);
	mem_free(words.bytes);
}

static void goal_add(json_t *parts, const json_t *table, const char *goal)
{
	char id[40];
	struct words words = { 0 };
	json_t *title = json_sprintf("%s: %s", text_of(table, "title"), goal);
	size_t n = json_array_size(parts);

	rows_add(&words, table,
		&(struct choice){ ACTIVITY_CELLS, ACTIVITY_CELLS, goal });
	snprintf(id, sizeof(id), "activities-%zu", n);
	part_add(parts, id, json_string_value(title), &words);
	json_decref(title);
	mem_free(words.bytes);
}

/* One part a goal, in the order that they come. */
static void activities_add(json_t *parts, const json_t *report)
{
	const json_t *table = table_of(report, "activities"), *row;
	json_t *seen = json_object();
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		const char *goal = cell_text(row, ACTIVITY_CELLS);

		if (json_object_get(seen, goal))
			continue;
		json_object_set_new(seen, goal, json_true());
		goal_add(parts, table, goal);
	}
	json_decref(seen);
}

static json_t *group_add(json_t *groups, const char *key)
{
	json_t *parts = json_array();

	json_array_append_new(groups,
		json_pack("{s:s, s:o}", "title", report_word(key), "parts", parts));
	return parts;
}

json_t *report_text_ils(const json_t *report)
{
	static const char *const analysis[] = { "told", "changed", "types", "operation",
		"who", "children", "late", "risks" };
	json_t *groups = json_array(), *parts = group_add(groups, "page.analysis");

	for (size_t i = 0; i < ARRAY_LEN(analysis); i++)
		text_add(parts, report, analysis[i]);
	parts = group_add(groups, "page.indicators");
	text_add(parts, report, "indicators");
	indicators_add(parts, report);
	parts = group_add(groups, "page.activities");
	text_add(parts, report, "activities");
	activities_add(parts, report);
	return groups;
}
