#include "server/type_compare_page.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/page.h"
#include "server/page_staff.h"
#include "server/report.h"
#include "server/report_page.h"
#include "server/report_view.h"
#include "server/report_words.h"
#include "server/stamp.h"
#include "server/statistics_page.h"

#define LANGUAGE "sv"
#define YEARS 2

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const char *href_of(struct http_request *req, const struct report_period *period)
{
	struct arena *arena = http_arena(req);

	return arena_printf(arena, STATISTICS_ROOT "typer?period=%s",
		report_period_text(arena, period));
}

static struct day_civil today(void)
{
	return day_to_civil(day_of_instant(stamp_now() / 1000000));
}

const char *type_compare_page_latest(struct http_request *req)
{
	struct day_civil now = today();
	struct report_period latest = { now.year - 1, 12 };

	for (size_t i = 0; i < REPORT_ENDS; i++) {
		if (now.month > (int)report_ends[i])
			latest =
				(struct report_period){ now.year, (int)report_ends[i] };
	}
	return href_of(req, &latest);
}

/* ---- the periods ---- */

/* Latest first. Each has begun: all begin in January. */
static json_t *periods_json(const struct page *page, const char *shown)
{
	int year = today().year;
	json_t *list = json_array();

	for (int back = 0; back < YEARS; back++) {
		for (size_t i = REPORT_ENDS; i > 0; i--) {
			struct report_period period = { year - back,
				(int)report_ends[i - 1] };
			const char *code =
				report_period_text(http_arena(page->req), &period);

			json_array_append_new(
				list, json_pack("{s:s, s:s, s:b}", "name",
					      report_name(page, &period), "href",
					      href_of(page->req, &period), "current",
					      !strcmp(code, shown)));
		}
	}
	return list;
}

/* Names of periods are Swedish, as the document is. */
static json_t *periods_in_swedish(const struct page *page, const char *shown)
{
	struct page swedish;
	json_t *list;

	page_make(&swedish, page->req, page->catalogue, LANGUAGE);
	list = periods_json(&swedish, shown);
	json_decref(swedish.data);
	return list;
}

/* ---- the table ---- */

/* One head over the two columns of a type. */
static json_t *groups_json(const json_t *table)
{
	json_t *groups = json_array();
	const json_t *column;
	const char *last = "";
	size_t i;

	json_array_foreach(json_object_get(table, "columns"), i, column)
	{
		const char *name = string_of(column, "group");

		if (strcmp(name, last) != 0)
			json_array_append_new(groups, json_string(name));
		last = name;
	}
	return groups;
}

/* The rows of boards lead to their reports. */
static void rows_link(const struct page *page, const json_t *table)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(table, "rows"), i, row)
	{
		if (!json_is_true(json_object_get(row, "total")))
			json_object_set_new(row, "reports",
				json_string(report_page_root(
					page->req, string_of(row, "id"))));
	}
}

static json_t *sections_json(const struct page *page, const json_t *doc)
{
	json_t *sections = report_page_sections(doc), *section, *table;
	size_t i, k;

	json_array_foreach(sections, i, section)
	{
		json_array_foreach(json_object_get(section, "tables"), k, table)
		{
			json_object_set_new(table, "groups", groups_json(table));
			rows_link(page, table);
		}
	}
	return sections;
}

void type_compare_page_reply(struct http_request *req, const json_t *doc)
{
	static const char *const members[] = { "title", "name", "period", "state",
		"complete" };
	struct page page;

	page_staff_init(&page, req, STATISTICS_ROOT);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_set(
			page.data, members[i], json_object_get(doc, members[i]));
	json_object_set_new(page.data, "w", report_words_page());
	json_object_set_new(page.data, "sections", sections_json(&page, doc));
	json_object_set_new(page.data, "periods",
		periods_in_swedish(&page, string_of(doc, "period")));
	page_reply(&page, 200, "types");
}
