#include "server/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"

#define KEY_MAX 320

struct pack {
	json_t *body;
	json_t *index; /* key -> place in rows */
	json_t *parts; /* part -> {item: true} */
	struct pack_figure *rows;
	size_t n, room;
	char month[PACK_MONTH], last_year[PACK_MONTH], first[PACK_MONTH];
	bool has_last_year;
};

static const char *text_at(const json_t *row, size_t i)
{
	const char *text = json_string_value(json_array_get(row, i));

	return text ? text : "";
}

static void key_print(char ret[KEY_MAX], const char *month, const char *part,
	const char *item, const char *col)
{
	snprintf(ret, KEY_MAX, "%s\t%s\t%s\t%s", month, part, item, col);
}

/* The figure of a key, made if it is not there. */
static struct pack_figure *figure_at(struct pack *pack, const char *month,
	const char *part, const char *item, const char *col)
{
	char key[KEY_MAX];
	const json_t *place;

	key_print(key, month, part, item, col);
	place = json_object_get(pack->index, key);
	if (place)
		return &pack->rows[json_integer_value(place)];
	if (pack->n == pack->room) {
		pack->room = pack->room ? 2 * pack->room : 1024;
		pack->rows = mem_grow(pack->rows, pack->room * sizeof(*pack->rows));
	}
	json_object_set_new(pack->index, key, json_integer((json_int_t)pack->n));
	pack->rows[pack->n] = (struct pack_figure){ 0 };
	return &pack->rows[pack->n++];
}

static void item_note(struct pack *pack, const char *part, const char *item)
{
	json_t *items = json_object_get(pack->parts, part);

	if (!items) {
		items = json_object();
		json_object_set_new(pack->parts, part, items);
	}
	json_object_set_new(items, item, json_true());
}

static void row_take(struct pack *pack, const char *month, const json_t *row, size_t at)
{
	struct pack_figure *figure = figure_at(pack, month, text_at(row, at),
		text_at(row, at + 1), text_at(row, at + 2));

	figure->n = json_integer_value(json_array_get(row, at + 3));
	figure->known = true;
	if (strcmp(month, pack->first) < 0)
		snprintf(pack->first, sizeof(pack->first), "%s", month);
	item_note(pack, text_at(row, at), text_at(row, at + 1));
}

static void rows_take(struct pack *pack)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(pack->body, "rows"), i, row)
		row_take(pack, pack->month, row, 0);
	json_array_foreach(json_object_get(pack->body, "lastYear"), i, row)
		row_take(pack, pack->last_year, row, 0);
	json_array_foreach(json_object_get(pack->body, "history"), i, row)
	{
		/* The same month last year is there already, whole. */
		if (!pack->has_last_year || strcmp(text_at(row, 0), pack->last_year))
			row_take(pack, text_at(row, 0), row, 1);
	}
}

void pack_month_step(const struct pack *pack, int months, char ret[PACK_MONTH])
{
	int year = (int)strtol(pack->month, NULL, 10);
	int month = (int)strtol(pack->month + strlen("YYYY-"), NULL, 10);
	int at = year * 12 + month - 1 + months;

	snprintf(ret, PACK_MONTH, "%04u-%02u", (unsigned)(at / 12) % 10000,
		(unsigned)(at % 12) + 1);
}

struct pack *pack_new(json_t *body, struct error *err)
{
	const char *month = json_string_value(json_object_get(body, "month"));
	struct pack *pack;

	if (!month || strlen(month) != strlen("YYYY-MM") ||
		!json_is_array(json_object_get(body, "rows"))) {
		error_set(err, ERR_INTERNAL, "the pack has no month or no rows");
		return NULL;
	}
	pack = mem_new(sizeof(*pack));
	pack->body = json_incref(body);
	pack->index = json_object();
	pack->parts = json_object();
	snprintf(pack->month, sizeof(pack->month), "%s", month);
	snprintf(pack->first, sizeof(pack->first), "%s", month);
	pack_month_step(pack, -12, pack->last_year);
	pack->has_last_year = json_is_array(json_object_get(body, "lastYear"));
	rows_take(pack);
	return pack;
}

void pack_free(struct pack *pack)
{
	if (!pack)
		return;
	json_decref(pack->body);
	json_decref(pack->index);
	json_decref(pack->parts);
	mem_free(pack->rows);
	mem_free(pack);
}

const json_t *pack_body(const struct pack *pack)
{
	return pack->body;
}

const char *pack_month(const struct pack *pack)
{
	return pack->month;
}

const char *pack_last_year(const struct pack *pack)
{
	return pack->has_last_year ? pack->last_year : NULL;
}

const char *pack_first_month(const struct pack *pack)
{
	return pack->first;
}

struct pack_figure pack_get(const struct pack *pack, const char *month,
	const char *part, const char *item, const char *col)
{
	char key[KEY_MAX];
	const json_t *place;

	key_print(key, month, part, item, col);
	place = json_object_get(pack->index, key);
	if (!place)
		return (struct pack_figure){ 0 };
	return pack->rows[json_integer_value(place)];
}

const json_t *pack_items(const struct pack *pack, const char *part)
{
	return json_object_get(pack->parts, part);
}

void pack_put(
	struct pack *pack, const struct pack_key *key, const struct pack_figure *figure)
{
	*figure_at(pack, key->month, key->part, key->item, key->col) = *figure;
	item_note(pack, key->part, key->item);
}
