#include "server/report_width.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base.h"
#include "lib/utf8.h"

/* Long words that every report has, and where they may be parted. */
#define SOFT_HYPHEN "\xc2\xad"

static const struct {
	const char *first, *last;
} compounds[] = {
	{ "förbättrings", "åtgärd" },
	{ "Handläggnings", "tid" },
	{ "Mål", "uppfyllelse" },
};

/* In fifths of a letter: a bold one is a fifth wider than another. */
#define LETTER 5
#define LETTER_BOLD 6
#define GAP 7
#define WORD_LEAST 4
/* One that is longer may be cut: the others need room, too. */
#define WORD_MOST 24

/* ---- words ---- */

static bool is_parted(const char *at, size_t i)
{
	size_t n = strlen(compounds[i].first);

	return !strncmp(at, compounds[i].first, n) &&
	       !strncmp(at + n, compounds[i].last, strlen(compounds[i].last));
}

/* The same with soft hyphens: a text at most twice as long. */
static json_t *parted(const char *text)
{
	char *bytes = mem_new(2 * strlen(text) + 1), *to = bytes;
	json_t *string;

	while (*text) {
		size_t n = 1, i = 0;

		while (i < ARRAY_LEN(compounds) && !is_parted(text, i))
			i++;
		if (i < ARRAY_LEN(compounds))
			n = strlen(compounds[i].first);
		memcpy(to, text, n);
		to += n;
		text += n;
		if (i < ARRAY_LEN(compounds)) {
			memcpy(to, SOFT_HYPHEN, strlen(SOFT_HYPHEN));
			to += strlen(SOFT_HYPHEN);
		}
	}
	*to = '\0';
	string = json_string(bytes);
	mem_free(bytes);
	return string;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void part(json_t *object, const char *name, const char *as)
{
	json_object_set_new(object, as, parted(text_of(object, name)));
}

/* ---- room ---- */

/* Of the longest word, which a soft hyphen ends as a space does. */
static size_t room_of(const char *text, size_t letter)
{
	size_t longest = WORD_LEAST;

	while (*text) {
		const char *hyphen = strstr(text, SOFT_HYPHEN);
		size_t n = strcspn(text, " \n"), letters;
		bool is_hyphen = hyphen && hyphen < text + n;

		n = is_hyphen ? (size_t)(hyphen - text) : n;
		letters = utf8_count(text, n) + is_hyphen;
		if (letters > longest)
			longest = letters;
		text += n;
		text += is_hyphen ? strlen(SOFT_HYPHEN) : text[0] != '\0';
	}
	return (longest < WORD_MOST ? longest : WORD_MOST) * letter + GAP;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t column_room(const json_t *table, size_t column)
{
	size_t room = room_of(
		text_of(json_array_get(json_object_get(table, "columns"), column),
			"docTitle"),
		LETTER_BOLD);
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row) room = larger(room,
		room_of(text_of(json_array_get(json_object_get(row, "cells"), column),
				"text"),
			LETTER));
	return room;
}

static size_t first_room(const json_t *table)
{
	size_t room = room_of(text_of(table, "head"), LETTER_BOLD), i;
	const json_t *row;

	json_array_foreach(json_object_get(table, "rows"), i, row) room =
		larger(room, room_of(text_of(row, "docName"), LETTER_BOLD));
	return room;
}

void report_width(json_t *table)
{
	json_t *columns = json_object_get(table, "columns"), *item;
	size_t all, left = 100, i;

	json_array_foreach(columns, i, item) part(item, "title", "docTitle");
	json_array_foreach(json_object_get(table, "rows"), i, item)
		part(item, "name", "docName");
	all = first_room(table);
	json_array_foreach(columns, i, item)
	{
		size_t room = column_room(table, i);

		json_object_set_new(item, "width", json_integer((json_int_t)room));
		all += room;
	}
	json_array_foreach(columns, i, item)
	{
		size_t width =
			100 *
			(size_t)json_integer_value(json_object_get(item, "width")) /
			all;

		json_object_set_new(item, "width", json_integer((json_int_t)width));
		left -= width;
	}
	json_object_set_new(table, "firstWidth", json_integer((json_int_t)left));
}
