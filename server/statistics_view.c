#include "server/statistics_view.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/page.h"
#include "server/page_city.h"

#define NONE "–"
#define MINUS "−"

static int64_t count_of(const json_t *figures, const char *name)
{
	return json_integer_value(json_object_get(figures, name));
}

/* ---- numbers in words ---- */

/* Thousands apart: "12 345" with a space that does not break, "12,345" in English. */
static const char *number(const struct page *page, int64_t n)
{
	struct arena *arena = http_arena(page->req);
	const char *gap = page_text(page, "statistics.thousands");
	int64_t rest = n < 0 ? -n : n;
	const char *text = "";

	while (rest >= 1000) {
		text = arena_printf(arena, "%s%03d%s", gap, (int)(rest % 1000), text);
		rest /= 1000;
	}
	return arena_printf(
		arena, "%s%lld%s", n < 0 ? MINUS : "", (long long)rest, text);
}

/* Rounded half up, as people do; whole per cents say enough of such numbers. */
static int64_t per_cent(int64_t part, int64_t whole)
{
	return (200 * part + whole) / (2 * whole);
}

static const char *share(const struct page *page, int64_t part, int64_t whole)
{
	if (whole == 0)
		return NONE;
	return page_format(page, "statistics.percent",
		TEXT_VALUES({ "n", number(page, per_cent(part, whole)) }));
}

static const char *signed_text(const struct page *page, int64_t step, const char *size)
{
	const char *sign = step > 0 ? "+" : MINUS;

	return arena_printf(http_arena(page->req), "%s%s", step ? sign : "", size);
}

/* {step, share}: "+12" and "+8 %"; no per cent where there was nothing before. */
static json_t *change_json(const struct page *page, int64_t now, int64_t before)
{
	int64_t step = now - before, size = step < 0 ? -step : step;
	const char *part = step && before
				   ? signed_text(page, step, share(page, size, before))
				   : NULL;

	return json_pack("{s:s, s:s?}", "step",
		signed_text(page, step, number(page, size)), "share", part);
}

json_t *statistics_view_month(const struct page *page, const char *first_day)
{
	struct arena *arena = http_arena(page->req);
	struct day_civil civil;
	int32_t day = 0;
	const char *name;

	day_parse(first_day, &day, NULL);
	civil = day_to_civil(day);
	name = page_text(page, arena_printf(arena, "month.m%d", civil.month));
	return json_pack("{s:s%, s:s}", "iso", first_day, strlen("YYYY-MM"), "text",
		arena_printf(arena, "%s %d", name, civil.year));
}

const char *statistics_view_step(
	const struct page *page, const char *first_day, int months)
{
	struct day_civil civil;
	int32_t day = 0;
	int at;

	day_parse(first_day, &day, NULL);
	civil = day_to_civil(day);
	at = civil.year * 12 + civil.month - 1 + months;
	return arena_printf(
		http_arena(page->req), "%04d-%02d-01", at / 12, at % 12 + 1);
}

/* ---- the head ---- */

static const struct {
	const char *name, *text;
} headline[] = {
	{ "received", "statistics.received" },
	{ "closed", "statistics.closed" },
	{ "open", "statistics.open" },
	{ "overdue", "statistics.overdue" },
};

static json_t *headline_json(
	const struct page *page, const json_t *month, const json_t *last)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(headline); i++) {
		int64_t now = count_of(month, headline[i].name);
		int64_t before = count_of(last, headline[i].name);

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:o?}", "name",
				      page_text(page, headline[i].text), "now",
				      number(page, now), "last",
				      last ? number(page, before) : NONE, "change",
				      last ? change_json(page, now, before) : NULL));
	}
	return list;
}

/* {share, in, of, width, some}: width is of a bar that is 100 wide. */
static json_t *share_json(const struct page *page, const json_t *pair)
{
	int64_t in = count_of(pair, "in"), of = count_of(pair, "of");

	return json_pack("{s:s, s:s, s:s, s:I, s:b}", "share", share(page, in, of),
		"in", number(page, in), "of", number(page, of), "width",
		(json_int_t)(of ? per_cent(in, of) : 0), "some", of > 0);
}

static json_t *timeliness_json(
	const struct page *page, const json_t *month, const json_t *last)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "acknowledgedInTime", "statistics.acknowledged" },
		{ "answeredInTime", "statistics.answered" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *row = share_json(page, json_object_get(month, rows[i].name));
		const json_t *before = json_object_get(last, rows[i].name);

		json_object_set_new(
			row, "name", json_string(page_text(page, rows[i].text)));
		json_object_set_new(row, "last",
			json_string(share(
				page, count_of(before, "in"), count_of(before, "of"))));
		json_object_set_new(row, "last_of",
			count_of(before, "of") > 0
				? json_string(number(page, count_of(before, "of")))
				: json_null());
		json_array_append_new(list, row);
	}
	return list;
}

static const char *days(const struct page *page, const json_t *handling, const char *of)
{
	const json_t *value = json_object_get(handling, of);

	return json_is_integer(value) ? number(page, json_integer_value(value)) : NONE;
}

static json_t *handling_json(
	const struct page *page, const json_t *month, const json_t *last)
{
	const json_t *now = json_object_get(month, "handlingDays");
	const json_t *before = json_object_get(last, "handlingDays");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "n",
		number(page, count_of(now, "n")), "median", days(page, now, "median"),
		"p90", days(page, now, "p90"), "last_n",
		before ? number(page, count_of(before, "n")) : NONE, "last_median",
		days(page, before, "median"), "last_p90", days(page, before, "p90"));
}

/* ---- by subject and by type ---- */

struct split {
	const struct page *page;
	const char *list, *member; /* "byCategory", "category" */
	const char *(*name)(const struct page *page, const char *code);
	int64_t most; /* received of the row with the most */
};

static const char *category_name(const struct page *page, const char *code)
{
	return code ? page_city_category(page, code)
		    : page_text(page, "statistics.no-category");
}

static const char *type_name(const struct page *page, const char *code)
{
	return page_text(
		page, arena_printf(http_arena(page->req), "type.%s", code ? code : ""));
}

/* The row of the same code a year before; NULL if there is none. */
static const json_t *row_before(
	const struct split *split, const json_t *last, const char *code)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(last, split->list), i, row)
	{
		const char *other =
			json_string_value(json_object_get(row, split->member));

		if (code && other ? !strcmp(code, other) : code == other)
			return row;
	}
	return NULL;
}

static json_t *row_json(
	const struct split *split, const json_t *row, const json_t *last)
{
	const struct page *page = split->page;
	const char *code = json_string_value(json_object_get(row, split->member));
	const json_t *before = row_before(split, last, code);
	int64_t received = count_of(row, "received");

	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:b, s:o, s:s}", "name",
		split->name(page, code), "received", number(page, received), "width",
		(json_int_t)(split->most ? per_cent(received, split->most) : 0), "last",
		last ? number(page, count_of(before, "received")) : NONE, "closed",
		number(page, count_of(row, "closed")), "open",
		number(page, count_of(row, "open")), "overdue",
		number(page, count_of(row, "overdue")), "late",
		count_of(row, "overdue") > 0, "answered",
		share_json(page, json_object_get(row, "answeredInTime")), "median",
		days(page, json_object_get(row, "handlingDays"), "median"));
}

static json_t *split_json(struct split *split, const json_t *month, const json_t *last)
{
	const json_t *rows = json_object_get(month, split->list), *row;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(rows, i, row) if (count_of(row, "received") > split->most)
		split->most = count_of(row, "received");
	json_array_foreach(rows, i, row)
		json_array_append_new(list, row_json(split, row, last));
	return list;
}

void statistics_view_add(struct page *page, const json_t *month)
{
	const json_t *last = json_object_get(month, "sameMonthLastYear");
	struct split categories = { page, "byCategory", "category", category_name, 0 };
	struct split types = { page, "byType", "type", type_name, 0 };
	json_t *data = page->data;
	int64_t waiting = count_of(month, "notDue");

	if (!json_is_object(last))
		last = NULL;
	json_object_set_new(data, "headline", headline_json(page, month, last));
	json_object_set_new(data, "timeliness", timeliness_json(page, month, last));
	json_object_set_new(data, "handling", handling_json(page, month, last));
	json_object_set_new(data, "categories", split_json(&categories, month, last));
	json_object_set_new(data, "types", split_json(&types, month, last));
	json_object_set_new(data, "any",
		json_boolean(json_array_size(json_object_get(month, "byType")) > 0));
	json_object_set_new(data, "waiting",
		waiting > 0 ? json_string(page_format(page, "statistics.waiting",
				      TEXT_VALUES({ "n", number(page, waiting) })))
			    : json_null());
}
