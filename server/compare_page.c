#include "server/compare_page.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/compare_view.h"
#include "server/pack_page.h"
#include "server/page.h"
#include "server/statistics_page.h"
#include "server/statistics_store.h"
#include "server/statistics_view.h"

static void table_link(const struct page *page, const json_t *table, const char *month)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		const char *code = json_string_value(json_object_get(row, "id"));

		if (!json_is_true(json_object_get(row, "total")))
			json_object_set_new(row, "monthHref",
				json_string(
					statistics_page_href(page->req, code, month)));
	}
}

/* The rows of boards lead to their packs. */
static void rows_link(const struct page *page, const char *month)
{
	const json_t *section, *table;
	size_t i, k;

	json_array_foreach(json_object_get(page->data, "sections"), i, section)
	{
		const char *id = json_string_value(json_object_get(section, "id"));

		if (strcmp(id, COMPARE_BOARDS) != 0)
			continue;
		json_array_foreach(json_object_get(section, "tables"), k, table)
			table_link(page, table, month);
	}
}

static json_t *link_json(const struct page *page, const char *month)
{
	json_t *link = statistics_view_month(page, month);

	json_object_set_new(link, "href",
		json_string(statistics_page_comparison(page->req, month)));
	return link;
}

/* The months before and after, as far as there are figures and at least to today's. */
static void month_links(struct page *page, const struct compare_around *around)
{
	const char *now = statistics_page_month_now(http_arena(page->req));
	const char *before = statistics_view_step(page, around->month, -1);
	const char *after = statistics_view_step(page, around->month, 1);
	const char *last = around->last;

	if (!last || strcmp(last, now) < 0)
		last = now;
	json_object_set_new(page->data, "before",
		around->first && strcmp(before, around->first) >= 0
			? link_json(page, before)
			: json_null());
	json_object_set_new(page->data, "after",
		strcmp(after, last) <= 0 ? link_json(page, after) : json_null());
	json_object_set_new(
		page->data, "running", json_boolean(!strcmp(around->month, now)));
	json_object_set_new(
		page->data, "ahead", json_boolean(strcmp(around->month, now) > 0));
	json_object_set_new(page->data, "href",
		json_string(statistics_page_href(
			page->req, STATISTICS_CITY, around->month)));
}

void compare_page_reply(
	struct page *page, const json_t *doc, const struct compare_around *around)
{
	pack_page_doc(page, doc);
	rows_link(page, around->month);
	month_links(page, around);
	page_reply(page, 200, "comparison");
}
