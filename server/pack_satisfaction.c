#include "server/pack_satisfaction.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/day.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"
#include "server/stamp.h"

static const char *const lists[] = { "satisfaction-unit", "satisfaction-category" };

/* ---- what is hidden ---- */

/* One list of a month: its items, and after them their sum, which is shown. */
struct list {
	struct pack *pack;
	const char *month, *part, *col;
	struct arena *arena;
	const char **items;
	int64_t *values;
	enum suppress_mark *given;
	size_t n;
};

static struct list list_new(
	struct pack *pack, const char *month, const char *part, const char *col)
{
	const json_t *items = pack_items(pack, part);
	size_t room = json_object_size(items) + 1;
	struct list list = { pack, month, part, col, arena_new(), NULL, NULL, NULL, 0 };
	const char *item;
	json_t *unused;
	int64_t sum = 0;

	list.items = arena_array(list.arena, room, sizeof(*list.items));
	list.values = arena_array(list.arena, room, sizeof(*list.values));
	list.given = arena_array(list.arena, room, sizeof(*list.given));
	json_object_foreach((json_t *)items, item, unused)
	{
		list.items[list.n] = item;
		list.values[list.n] = pack_get(pack, month, part, item, col).n;
		sum += list.values[list.n++];
	}
	list.values[list.n] = sum;
	return list;
}

static void value_hide(struct list *list, size_t i)
{
	list->given[i] = list->values[i] < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
}

/* The least that is still shown and not nothing; list->n: there is none. */
static size_t least_shown(const struct list *list)
{
	size_t found = list->n;

	for (size_t i = 0; i < list->n; i++) {
		if (list->given[i] == SUPPRESS_SHOWN && list->values[i] > 0 &&
			(found == list->n || list->values[i] < list->values[found]))
			found = i;
	}
	return found;
}

/* Too few answers are hidden, and so is another if these are too few together: what
 * they said would be the rest of the whole. */
static void answers_hide(struct list *list)
{
	int64_t hidden = 0;
	size_t more;

	for (size_t i = 0; i < list->n; i++) {
		if (list->values[i] == 0 || list->values[i] >= SATISFACTION_LEAST)
			continue;
		value_hide(list, i);
		hidden += list->values[i];
	}
	more = least_shown(list);
	if (hidden > 0 && hidden < SATISFACTION_LEAST && more < list->n)
		value_hide(list, more);
}

static void marks_put(const struct list *list, const enum suppress_mark *marks)
{
	for (size_t i = 0; i < list->n; i++) {
		struct pack_figure figure = {
			.n = list->values[i], .mark = marks[i], .known = true
		};

		pack_put(list->pack,
			&(struct pack_key){
				list->month, list->part, list->items[i], list->col },
			&figure);
	}
}

static int list_run(struct list *list, struct error *err)
{
	size_t *parts = arena_array(list->arena, list->n + 1, sizeof(*parts));
	bool *fixed = arena_array(list->arena, list->n + 1, sizeof(*fixed));
	enum suppress_mark *marks =
		arena_array(list->arena, list->n + 1, sizeof(*marks));
	const struct suppress_sum sum = { list->n, parts, list->n };
	const struct suppress_input input = { .n_cells = list->n + 1,
		.values = list->values,
		.fixed = fixed,
		.given = list->given,
		.n_sums = 1,
		.sums = &sum };
	struct error why = { 0 };
	int left;

	for (size_t i = 0; i < list->n; i++)
		parts[i] = i;
	fixed[list->n] = true;
	left = suppress_run(&input, marks, &why);
	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "%s of %s: %s", list->part,
			list->month, why.text);
	for (size_t i = 0; left > 0 && i < list->n; i++)
		marks[i] = list->values[i] < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	marks_put(list, marks);
	return 0;
}

int pack_satisfaction_mask(struct pack *pack, const char *month, struct error *err)
{
	static const char *const cols[] = { "asked", "answered" };
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists) * ARRAY_LEN(cols) && rc == 0; i++) {
		struct list list = list_new(pack, month, lists[i / ARRAY_LEN(cols)],
			cols[i % ARRAY_LEN(cols)]);

		if (i % ARRAY_LEN(cols) == 1)
			answers_hide(&list);
		if (list.n > 1) /* the only one is the whole */
			rc = list_run(&list, err);
		arena_free(list.arena);
	}
	return rc;
}

/* ---- what is shown ---- */

typedef struct pack_figure figure_fn(const struct pack_view *view, const char *part,
	const char *item, const char *col);

static void columns_add(struct pack_view *view, json_t *table)
{
	static const struct {
		const char *id, *key, *kind;
	} columns[] = {
		{ "asked", "pack.satisfaction.asked", "count" },
		{ "answered", "pack.satisfaction.answered", "count" },
		{ "rate", "pack.satisfaction.rate", "share" },
		{ "ease", "pack.satisfaction.ease", "rate" },
		{ "clarity", "pack.satisfaction.clarity", "rate" },
	};

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		pack_column(
			view, table, columns[i].id, columns[i].key, columns[i].kind);
}

static void row_fill(const struct pack_view *view, json_t *row, const char *part,
	const char *item, figure_fn *figure)
{
	struct pack_figure asked = figure(view, part, item, "asked");
	struct pack_figure answered = figure(view, part, item, "answered");

	pack_cell_count(view, row, asked);
	pack_cell_count(view, row, answered);
	pack_cell_share(view, row, answered, asked);
	pack_cell_index(view, row, figure(view, part, item, "ease_points"), answered);
	pack_cell_index(
		view, row, figure(view, part, item, "clarity_points"), answered);
}

static void whole_table(struct pack_view *view, json_t *section)
{
	json_t *table =
		pack_table(view, section, "satisfaction", "pack.satisfaction.month");
	const char *month = pack_month(view->pack);
	const char *before = pack_last_year(view->pack);

	columns_add(view, table);
	row_fill(view, pack_row(table, month, pack_month_name(view->page, month)),
		"satisfaction", "", pack_now);
	if (before && pack_before(view, "satisfaction", "", "asked").known)
		row_fill(view,
			pack_row(table, before, pack_month_name(view->page, before)),
			"satisfaction", "", pack_before);
}

static void list_table(struct pack_view *view, json_t *section, const char *part)
{
	const char *kind = part + strlen("satisfaction-");
	const char *const *items = pack_sorted(view, part, "asked");
	json_t *table;

	if (!*items)
		return;
	table = pack_table(view, section, part,
		strcmp(kind, "unit") == 0 ? "pack.unit" : "statistics.category");
	columns_add(view, table);
	for (; *items; items++)
		row_fill(view, pack_row(table, *items, pack_name(view, kind, *items)),
			part, *items, pack_now);
}

/* Not over: what is asked can still be answered, or changed. */
static bool is_running(const struct pack_view *view)
{
	char today[DAY_TEXT];

	day_format(day_of_instant(stamp_now() / 1000000), today);
	return strncmp(pack_month(view->pack), today, strlen("YYYY-MM")) >= 0;
}

void pack_section_satisfaction(struct pack_view *view)
{
	json_t *section = pack_section(view, "L", "satisfaction");

	if (json_is_true(json_object_get(pack_body(view->pack), "mapped"))) {
		pack_note(view, section, "pack.satisfaction.mapped");
		return;
	}
	if (!pack_now(view, "satisfaction", "", "asked").known) {
		pack_note(view, section,
			is_running(view) ? "pack.satisfaction.running"
					 : "pack.satisfaction.nobody");
		return;
	}
	whole_table(view, section);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		list_table(view, section, lists[i]);
	pack_note(view, section, "pack.satisfaction.note");
}
