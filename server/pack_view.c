#include "server/pack_view.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_parts.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_number.h"
#include "server/page_words.h"
#include "server/stamp.h"
#include "server/statistics_view.h"

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

const char *pack_month_name(const struct page *page, const char *month)
{
	json_t *words = statistics_view_month(
		page, arena_printf(http_arena(page->req), "%s-01", month));
	const char *name = arena_dup(http_arena(page->req), string_of(words, "text"));

	json_decref(words);
	return name;
}

const char *pack_month_short(const struct page *page, const char *month)
{
	struct arena *arena = http_arena(page->req);
	long number = strtol(month + strlen("YYYY-"), NULL, 10);

	return arena_printf(arena, "%s %.4s",
		page_text(page, arena_printf(arena, "chart.m%ld", number)), month);
}

const char *pack_day_short(const struct page *page, const char *day)
{
	return arena_printf(http_arena(page->req), "%ld %s",
		strtol(day + strlen("YYYY-MM-"), NULL, 10),
		pack_month_short(page, day));
}

struct pack_figure pack_now(const struct pack_view *view, const char *part,
	const char *item, const char *col)
{
	return pack_get(view->pack, pack_month(view->pack), part, item, col);
}

struct pack_figure pack_before(const struct pack_view *view, const char *part,
	const char *item, const char *col)
{
	const char *month = pack_last_year(view->pack);

	return month ? pack_get(view->pack, month, part, item, col)
		     : (struct pack_figure){ 0 };
}

/* ---- names ---- */

/* As it was called when the pack was made. */
static const char *name_then(
	const struct pack_view *view, const char *kind, const char *code)
{
	const json_t *names = json_object_get(pack_body(view->pack), "names");

	return string_of(json_object_get(names, kind), code);
}

static bool is_any(const char *part, const char *const *list)
{
	for (; *list; list++) {
		if (!strcmp(part, *list))
			return true;
	}
	return false;
}

const char *pack_name(const struct pack_view *view, const char *part, const char *item)
{
	static const char *const rows[] = { "category", "area", "unit", "district",
		NULL };
	const struct page *page = view->page;
	const char *name = NULL;

	if (!item[0])
		return page_text(page,
			arena_printf(http_arena(page->req), "pack.none.%s", part));
	if (is_any(part, rows) && (strcmp(part, "category") || !page_is_foreign(page)))
		name = name_then(view, part, item);
	else if (!strcmp(part, "category"))
		name = page_city_category(page, item);
	else if (!strcmp(part, "type"))
		name = page_find(
			page, arena_printf(http_arena(page->req), "type.%s", item));
	else
		name = page_find(page,
			arena_printf(http_arena(page->req), "pack.%s.%s", part, item));
	return name ? name : item;
}

/* ---- order ---- */

struct place {
	const char *item, *name;
	struct pack_figure figure;
};

static int by_most(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	bool x_shown = x->figure.mark == SUPPRESS_SHOWN;
	bool y_shown = y->figure.mark == SUPPRESS_SHOWN;

	if (!x->item[0] != !y->item[0])
		return x->item[0] ? -1 : 1;
	if (x_shown != y_shown)
		return x_shown ? -1 : 1;
	if (x_shown && x->figure.n != y->figure.n)
		return x->figure.n > y->figure.n ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Some measure of it is there or hidden: a row that is left out says 0. */
static bool is_told(const struct pack_view *view, const char *part, const char *item)
{
	static const char *const cols[] = { "received", "closed", "open", "overdue",
		"answer_of", "asked" };

	for (size_t i = 0; i < ARRAY_LEN(cols); i++) {
		struct pack_figure now = pack_now(view, part, item, cols[i]);
		struct pack_figure before = pack_before(view, part, item, cols[i]);

		if (now.n > 0 || now.mark != SUPPRESS_SHOWN ||
			(i == 0 && (before.n > 0 || before.mark != SUPPRESS_SHOWN)))
			return true;
	}
	return false;
}

const char *const *pack_sorted(
	const struct pack_view *view, const char *part, const char *col)
{
	struct arena *arena = http_arena(view->page->req);
	const json_t *items = pack_items(view->pack, part);
	struct place *places =
		arena_array(arena, json_object_size(items) + 1, sizeof(*places));
	const char **sorted =
		arena_array(arena, json_object_size(items) + 1, sizeof(*sorted));
	const char *item;
	json_t *unused;
	size_t n = 0;

	json_object_foreach((json_t *)items, item, unused)
	{
		if (is_told(view, part, item))
			places[n++] = (struct place){ item, pack_name(view, part, item),
				pack_now(view, part, item, col) };
	}
	qsort(places, n, sizeof(*places), by_most);
	for (size_t i = 0; i < n; i++)
		sorted[i] = places[i].item;
	return sorted;
}

/* ---- the whole ---- */

static const char *instant_text(const struct page *page, const char *stamp)
{
	json_t *words = page_words_instant(page, stamp);
	const char *text = arena_dup(http_arena(page->req), string_of(words, "text"));

	json_decref(words);
	return text ? text : "";
}

static const char *mapped_text(const struct page *page, const json_t *sources)
{
	struct arena *arena = http_arena(page->req);
	const char *text = "";
	const json_t *name;
	size_t i;

	json_array_foreach(sources, i, name) text = arena_printf(
		arena, "%s%s%s", text, i ? ", " : "", json_string_value(name));
	if (!text[0])
		return page_text(page, "pack.mapped-city");
	return page_format(page, "pack.mapped", TEXT_VALUES({ "boards", text }));
}

const char *pack_state(const struct page *page, const json_t *body)
{
	const char *at = string_of(body, "frozenAt");
	char today[DAY_TEXT];
	json_t *day;
	const char *text;

	if (json_is_true(json_object_get(body, "mapped")))
		return mapped_text(page, json_object_get(body, "sources"));
	if (at)
		return page_format(page, "pack.frozen",
			TEXT_VALUES({ "at", instant_text(page, at) }));
	if (strcmp(string_of(body, "freezeOn"),
		    day_format(day_of_instant(stamp_now() / 1000000), today)) < 0)
		return page_text(page, "pack.open-month");
	day = page_words_day(page, string_of(body, "freezeOn"));
	text = string_of(day, "text");
	text = page_format(page, "pack.running",
		TEXT_VALUES({ "day", text ? text : PAGE_NUMBER_NONE }));
	json_decref(day);
	return text;
}

static const char *column_name(const struct page *page, const char *col)
{
	const char *name = page_find(
		page, arena_printf(http_arena(page->req), "pack.measure.%s", col));

	return name ? name : col;
}

struct change {
	const char *part, *item, *col;
	int64_t was, now;
};

static struct change change_read(const json_t *row)
{
	return (struct change){ json_string_value(json_array_get(row, 0)),
		json_string_value(json_array_get(row, 1)),
		json_string_value(json_array_get(row, 2)),
		json_integer_value(json_array_get(row, 3)),
		json_integer_value(json_array_get(row, 4)) };
}

/* The board's own totals; of a subject or a type the counts that are shown as they were
 * frozen, and neither small then nor now. */
static bool change_is_told(const struct pack_view *view, const struct change *change)
{
	static const char *const parts[] = { "whole", "category", "type", NULL };
	static const char *const cols[] = { "received", "closed", "open", "overdue",
		"from_child", NULL };

	if (!change->part || !change->item || !change->col)
		return false;
	if (pack_is_own_total(change->part, change->col))
		return true;
	return is_any(change->part, parts) && is_any(change->col, cols) &&
	       change->was >= 5 && change->now >= 5 &&
	       pack_now(view, change->part, change->item, change->col).mark ==
		       SUPPRESS_SHOWN;
}

static const char *change_name(
	const struct pack_view *view, const struct change *change)
{
	const char *name = column_name(view->page, change->col);

	if (!strcmp(change->part, "whole"))
		return name;
	return arena_printf(http_arena(view->page->req), "%s, %s", name,
		pack_name(view, change->part, change->item));
}

static json_t *changes_json(const struct pack_view *view, const json_t *changes)
{
	json_t *list = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(changes, i, row)
	{
		struct change change = change_read(row);

		if (!change_is_told(view, &change))
			continue;
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "name", change_name(view, &change),
				"before", page_number(view->page, change.was), "now",
				page_number(view->page, change.now)));
	}
	return list;
}

static json_t *corrections_json(const struct pack_view *view)
{
	json_t *list = json_array();
	const json_t *correction;
	size_t i;

	json_array_foreach(
		json_object_get(pack_body(view->pack), "corrections"), i, correction)
	{
		const char *at = string_of(correction, "at");
		json_t *changes =
			changes_json(view, json_object_get(correction, "changes"));

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:b, s:o}", "at", at, "when",
				instant_text(view->page, at), "reason",
				string_of(correction, "reason"), "told",
				json_array_size(changes) > 0, "changes", changes));
	}
	return list;
}

json_t *pack_definitions(const struct page *page)
{
	static const char *const ids[] = { "received", "closed", "open", "overdue",
		"acknowledged", "answered", "handling", "net", "first-answer",
		"misdirected", "reopened", "redirected", "unanswered", "subject",
		"operating-form", "satisfaction", "improvement", "small",
		"frozen-month", NULL };
	json_t *list = json_array();

	for (size_t i = 0; ids[i]; i++) {
		struct arena *arena = http_arena(page->req);
		const char *text = page_find(
			page, arena_printf(arena, "statistics.define.%s", ids[i]));

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "id", ids[i], "name",
				page_text(page,
					arena_printf(arena, "pack.define.%s", ids[i])),
				"text", text ? text : ""));
	}
	return list;
}

json_t *pack_view(
	const struct page *page, const struct pack *pack, const char *board_name)
{
	const json_t *body = pack_body(pack);
	struct pack_view view = { page, pack, json_array() };
	const char *then = string_of(body, "boardName");
	const char *name = then ? then : board_name;
	const char *month = pack_month_name(page, pack_month(pack));

	pack_sections_first(&view);
	pack_sections_last(&view);
	return json_pack("{s:O?, s:s, s:s, s:s, s:s, s:b, s:b, s:O?, s:O?, s:O?, s:O?, "
			 "s:s, s:o, s:o, s:o}",
		"board", json_object_get(body, "board"), "boardName", name, "month",
		pack_month(pack), "monthName", month, "title",
		page_format(page, "statistics.title",
			TEXT_VALUES({ "board", name }, { "month", month })),
		"frozen", json_is_true(json_object_get(body, "frozen")), "mapped",
		json_is_true(json_object_get(body, "mapped")), "sources",
		json_object_get(body, "sources"), "frozenAt",
		json_object_get(body, "frozenAt"), "hash",
		json_object_get(body, "hash"), "freezeOn",
		json_object_get(body, "freezeOn"), "state", pack_state(page, body),
		"corrections", corrections_json(&view), "sections", view.sections,
		"definitions", pack_definitions(page));
}
