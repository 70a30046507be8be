#include "server/city.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city_private.h"
#include "server/day.h"

/* A board may end more than once before it is the one of today; a ring of successors,
 * which an import could make, must end too. */
#define SUCCESSORS_MAX 16

static const struct city_whole *whole_of(const struct city *city)
{
	return (const struct city_whole *)city;
}

struct city *city_ref(const struct city *city)
{
	struct city_whole *whole = (struct city_whole *)(uintptr_t)city;

	whole->refs++;
	return &whole->city;
}

void city_unref(const struct city *city)
{
	struct city_whole *whole = (struct city_whole *)(uintptr_t)city;

	if (!whole || --whole->refs > 0)
		return;
	arena_free(whole->arena);
	mem_free(whole);
}

static int row_compare(const void *a, const void *b)
{
	const struct city_index_row *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void city_index_build(struct city_whole *whole, struct city_index *index,
	const void *items, size_t n, size_t size)
{
	index->rows = arena_array(whole->arena, n, sizeof(*index->rows));
	index->n = n;
	for (size_t i = 0; i < n; i++) {
		const void *item = (const char *)items + i * size;

		index->rows[i].key = *(const char *const *)item;
		index->rows[i].item = item;
	}
	if (n > 0)
		qsort(index->rows, n, sizeof(*index->rows), row_compare);
}

void city_index_build_names(struct city_whole *whole)
{
	const struct city *city = &whole->city;
	struct city_index *index = &whole->unit_names;

	index->rows = arena_array(whole->arena, city->n_units, sizeof(*index->rows));
	index->n = city->n_units;
	for (size_t i = 0; i < index->n; i++) {
		index->rows[i].key = city_text_fold(whole->arena, city->units[i].name);
		index->rows[i].item = &city->units[i];
	}
	if (index->n > 0)
		qsort(index->rows, index->n, sizeof(*index->rows), row_compare);
}

/* The first row with that key, or the end. */
static const struct city_index_row *index_lower(
	const struct city_index *index, const char *key)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(index->rows[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return index->rows + low;
}

static const void *index_find(const struct city_index *index, const char *key)
{
	const struct city_index_row *row;

	if (!key)
		return NULL;
	row = index_lower(index, key);
	if (row == index->rows + index->n || strcmp(row->key, key) != 0)
		return NULL;
	return row->item;
}

const struct city_board *city_board_find(const struct city *city, const char *code)
{
	return index_find(&whole_of(city)->boards, code);
}

const struct city_category *city_category_find(
	const struct city *city, const char *code)
{
	return index_find(&whole_of(city)->categories, code);
}

const struct city_unit *city_unit_find(const struct city *city, const char *code)
{
	return index_find(&whole_of(city)->units, code);
}

const struct city_district *city_district_find(
	const struct city *city, const char *code)
{
	for (size_t i = 0; code && i < city->n_districts; i++) {
		if (strcmp(city->districts[i].code, code) == 0)
			return &city->districts[i];
	}
	return NULL;
}

bool city_valid_on(const struct city_valid *valid, int32_t day)
{
	return day_within(day, valid->from, valid->to);
}

/* The one unit of that name on the day; two of them leave it open which is meant. */
static const struct city_unit *unit_by_name(
	const struct city *city, const char *folded, int32_t day)
{
	const struct city_index *index = &whole_of(city)->unit_names;
	const struct city_index_row *row = index_lower(index, folded);
	const struct city_unit *found = NULL;

	for (; row < index->rows + index->n && strcmp(row->key, folded) == 0; row++) {
		const struct city_unit *unit = row->item;

		if (!city_valid_on(&unit->valid, day))
			continue;
		if (found)
			return NULL;
		found = unit;
	}
	return found;
}

/* By its code; a poster and a mailbox name a unit for longer than it is there. */
static const struct city_unit *unit_on(
	const struct city *city, const char *code, int32_t day)
{
	const struct city_unit *unit = city_unit_find(city, code);

	for (int i = 0; unit && i < SUCCESSORS_MAX; i++) {
		if (city_valid_on(&unit->valid, day))
			return unit;
		if (unit->valid.from != DAY_NONE && day < unit->valid.from)
			return NULL;
		unit = city_unit_find(city, unit->successor);
	}
	return NULL;
}

const struct city_unit *city_unit_find_said(
	const struct city *city, const char *said, int32_t day)
{
	const struct city_unit *unit = unit_on(city, said, day);
	struct arena *arena;

	if (unit)
		return unit;
	if (!said || city->n_units == 0)
		return NULL;
	arena = arena_new();
	unit = unit_by_name(city, city_text_fold(arena, said), day);
	arena_free(arena);
	return unit;
}

const struct city_board *city_board_on(
	const struct city *city, const char *code, int32_t day)
{
	const struct city_board *board = city_board_find(city, code);

	for (int i = 0; board && i < SUCCESSORS_MAX; i++) {
		if (city_valid_on(&board->valid, day))
			return board;
		/* What is not there yet has no successor on that day either. */
		if (board->valid.from != DAY_NONE && day < board->valid.from)
			return NULL;
		board = city_board_find(city, board->successor);
	}
	return NULL;
}

const struct city_category *city_category_on(
	const struct city *city, const char *code, int32_t day)
{
	const struct city_category *category = city_category_find(city, code);

	for (int i = 0; category && i < SUCCESSORS_MAX; i++) {
		if (city_valid_on(&category->valid, day))
			return category;
		if (category->valid.from != DAY_NONE && day < category->valid.from)
			return NULL;
		category = city_category_find(city, category->successor);
	}
	return NULL;
}

const struct city_board *city_district_board_on(
	const struct city *city, const char *district, int32_t day)
{
	const struct city_board *ended = NULL;

	for (size_t i = 0; district && i < city->n_boards; i++) {
		const struct city_board *board = &city->boards[i];

		if (!board->district || strcmp(board->district, district) != 0)
			continue;
		if (city_valid_on(&board->valid, day))
			return board;
		ended = board;
	}
	return ended ? city_board_on(city, ended->code, day) : NULL;
}

const char *city_board_name(const struct city *city, const char *code)
{
	const struct city_board *board = city_board_find(city, code);

	return board ? board->name : code;
}

const char *city_category_name(const struct city *city, const char *code)
{
	const struct city_category *category = city_category_find(city, code);

	return category ? category->name : code;
}

const struct city_rules *city_rules_on(const struct city *city, int32_t day)
{
	const struct city_rules *found = city->n_rules > 0 ? city->rules : NULL;

	for (size_t i = 1; i < city->n_rules && city->rules[i].from <= day; i++)
		found = &city->rules[i];
	return found;
}

const struct city_policy *city_policy_find(const struct city *city, int64_t id)
{
	for (size_t i = 0; i < city->n_policies; i++) {
		if (city->policies[i].id == id)
			return &city->policies[i];
	}
	return NULL;
}

bool city_handler_is(const struct city_handler *handler, const char *username,
	const char *board, int32_t day)
{
	return strcmp(handler->username, username) == 0 &&
	       (!board || strcmp(handler->board, board) == 0) &&
	       city_valid_on(&handler->valid, day);
}

bool city_handles_on(const struct city *city, const char *username, const char *board,
	const char *unit, int32_t day)
{
	for (size_t i = 0; i < city->n_handlers; i++) {
		const struct city_handler *handler = &city->handlers[i];

		if (city_handler_is(handler, username, board, day) &&
			(!handler->unit || (unit && strcmp(handler->unit, unit) == 0)))
			return true;
	}
	return false;
}
