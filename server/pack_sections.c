/* Sections A to F: how many, about what, where, and in time or not. */
#include "server/pack_view.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_parts.h"
#include "server/pack_split.h"
#include "server/page.h"
#include "server/page_number.h"

#define TOP 10

/* ---- A ---- */

/* Of twelve months, the last so many months before the pack's. Known when all are. */
static struct pack_figure year_sum(
	const struct pack_view *view, const char *col, int months_before)
{
	struct pack_figure sum = { 0 };
	char month[PACK_MONTH];

	for (int i = 0; i < PACK_YEAR; i++) {
		pack_month_step(view->pack, -(months_before + i), month);
		sum.n += pack_get(view->pack, month, "whole", "", col).n;
	}
	sum.known = strcmp(month, pack_first_month(view->pack)) >= 0;
	return sum;
}

static void cell_year(
	const struct pack_view *view, json_t *row, struct pack_figure figure)
{
	if (figure.known)
		pack_cell_count(view, row, figure);
	else
		pack_cell_none(row);
}

static void headline_row(const struct pack_view *view, json_t *table, const char *col,
	const char *key, bool is_flow)
{
	json_t *row = pack_row(table, col, page_text(view->page, key));

	pack_cell_count(view, row, pack_now(view, "whole", "", col));
	pack_cell_before(view, row, "whole", "", col);
	pack_cell_step(view, row, "whole", "", col);
	if (is_flow) {
		struct pack_figure now = year_sum(view, col, 0);
		struct pack_figure before = year_sum(view, col, PACK_YEAR);

		cell_year(view, row, now);
		cell_year(view, row, before);
		if (before.known)
			pack_cell_change(view, row, now, before);
		else
			pack_cell_none(row);
	} else {
		for (int i = 0; i < 3; i++)
			pack_cell_none(row);
	}
}

static void section_headline(struct pack_view *view)
{
	json_t *section = pack_section(view, "A", "headline");
	json_t *table = pack_table(view, section, "headline", "statistics.measure");

	pack_column_named(table, "now",
		pack_month_name(view->page, pack_month(view->pack)), "count");
	pack_column_last_year(view, table);
	pack_column(view, table, "change", "statistics.change", "change");
	pack_column(view, table, "year", "pack.year", "count");
	pack_column(view, table, "year-before", "pack.year-before", "count");
	pack_column(view, table, "year-change", "statistics.change", "change");
	headline_row(view, table, "received", "statistics.received", true);
	headline_row(view, table, "closed", "statistics.closed", true);
	headline_row(view, table, "open", "statistics.open", false);
	headline_row(view, table, "overdue", "statistics.overdue", false);
}

/* ---- B ---- */

static void types_table(const struct pack_view *view, json_t *section)
{
	json_t *table = pack_table(view, section, "types", "statistics.type");
	const char *const *types = pack_sorted(view, "type", "received");

	pack_column(view, table, "received", "statistics.received", "count");
	pack_column(view, table, "share", "pack.share", "share");
	pack_column_last_year(view, table);
	pack_column(view, table, "change", "statistics.change", "change");
	for (; *types; types++) {
		json_t *row = pack_row(table, *types, pack_name(view, "type", *types));

		pack_cell_count(view, row, pack_now(view, "type", *types, "received"));
		pack_cell_share(view, row, pack_now(view, "type", *types, "received"),
			pack_now(view, "whole", "", "received"));
		pack_cell_before(view, row, "type", *types, "received");
		pack_cell_step(view, row, "type", *types, "received");
	}
}

static void section_types(struct pack_view *view)
{
	json_t *section = pack_section(view, "B", "types");
	const char *const *types = pack_sorted(view, "type", "received");
	json_t *table, *row;

	if (!*types)
		return;
	types_table(view, section);
	table = pack_table(view, section, "types-months", "statistics.type");
	pack_month_columns(view, table, "count");
	for (; *types; types++) {
		row = pack_row(table, *types, pack_name(view, "type", *types));
		pack_month_cells(view, row, "type", *types, "received");
	}
	row = pack_row(table, "all", page_text(view->page, "pack.all"));
	json_object_set_new(row, "total", json_true());
	pack_month_cells(view, row, "whole", "", "received");
	pack_chart_set(table, "stacked", NULL, NULL);
}

static json_t *split_total(
	const struct pack_view *view, json_t *table, unsigned with, bool complaints)
{
	json_t *row = pack_row(table, "all", page_text(view->page, "pack.all"));

	json_object_set_new(row, "total", json_true());
	pack_split_cells(view, row, "whole", "", with);
	if (complaints)
		pack_cell_share(view, row,
			pack_now(view, PACK_COMPLAINT_TOTALS, "complaint", "received"),
			pack_now(view, "whole", "", "received"));
	return row;
}

/* ---- C ---- */

static void top_table(
	const struct pack_view *view, json_t *section, const char *const *categories)
{
	json_t *table = pack_table(view, section, "top", "statistics.category");

	pack_column(view, table, "received", "statistics.received", "count");
	pack_column_last_year(view, table);
	for (int i = 0; i < TOP && categories[i]; i++) {
		json_t *row = pack_row(table, categories[i],
			pack_name(view, "category", categories[i]));

		pack_cell_count(view, row,
			pack_now(view, "category", categories[i], "received"));
		pack_cell_before(view, row, "category", categories[i], "received");
	}
	pack_chart_set(table, "bars", "received",
		pack_last_year(view->pack) ? "last-year" : NULL);
}

static void top_months(
	const struct pack_view *view, json_t *section, const char *const *categories)
{
	json_t *table = pack_table(view, section, "top-months", "statistics.category");

	pack_month_columns(view, table, "count");
	for (int i = 0; i < TOP && categories[i]; i++) {
		json_t *row = pack_row(table, categories[i],
			pack_name(view, "category", categories[i]));

		pack_month_cells(view, row, "category", categories[i], "received");
	}
	pack_chart_set(table, "multiples", NULL, NULL);
}

static void section_categories(struct pack_view *view)
{
	json_t *section = pack_section(view, "C", "categories");
	const char *const *categories = pack_sorted(view, "category", "received");
	json_t *table;

	if (!*categories)
		return;
	top_table(view, section, categories);
	top_months(view, section, categories);
	table = pack_table(view, section, "categories", "statistics.category");
	pack_split_columns(view, table, PACK_SPLIT_STOCKS);
	pack_column(view, table, "complaints", "pack.complaints", "share");
	for (; *categories; categories++) {
		json_t *row = pack_row(
			table, *categories, pack_name(view, "category", *categories));

		pack_split_cells(view, row, "category", *categories, PACK_SPLIT_STOCKS);
		pack_cell_share(view, row,
			pack_now(view, PACK_COMPLAINTS, *categories, "complaint"),
			pack_now(view, "category", *categories, "received"));
	}
	split_total(view, table, PACK_SPLIT_STOCKS, true);
}

/* ---- D ---- */

static void section_dimensions(struct pack_view *view)
{
	json_t *section = pack_section(view, "D", "dimensions");
	const char *const *dimensions = pack_sorted(view, "dimension", "received");
	const char *const *areas = pack_sorted(view, PACK_AREA, "received");
	json_t *table, *row;

	if (!dimensions[0] || (!dimensions[0][0] && !dimensions[1])) {
		pack_note(view, section, "pack.dimensions.nothing");
		return;
	}
	table = pack_table(view, section, "dimensions", "pack.dimension-head");
	for (size_t k = 0; areas[k]; k++)
		pack_column_named(table, areas[k][0] ? areas[k] : "none",
			pack_name(view, PACK_AREA, areas[k]), "count");
	pack_column(view, table, "all", "pack.all", "count");
	for (; *dimensions; dimensions++) {
		row = pack_row(
			table, *dimensions, pack_name(view, "dimension", *dimensions));
		for (size_t k = 0; areas[k]; k++)
			pack_cell_count(view, row,
				pack_now(
					view, "dimension-area", *dimensions, areas[k]));
		pack_cell_count(view, row,
			pack_now(view, "dimension", *dimensions, "received"));
	}
	row = pack_row(table, "all", page_text(view->page, "pack.all"));
	json_object_set_new(row, "total", json_true());
	for (size_t k = 0; areas[k]; k++)
		pack_cell_count(
			view, row, pack_now(view, PACK_AREA, areas[k], "received"));
	pack_cell_count(view, row, pack_now(view, "whole", "", "received"));
	pack_chart_set(table, "heat", NULL, NULL);
}

/* ---- E ---- */

struct split {
	const char *part, *id, *head;
	unsigned with;
};

static bool any_rate(
	const struct pack_view *view, const char *part, const char *const *items)
{
	for (; *items; items++) {
		if (pack_has_rate(view, part, *items))
			return true;
	}
	return false;
}

/* A part that only has what is without a code says nothing. Whether it tells per
 * thousand. */
static bool split_table(
	struct pack_view *view, json_t *section, const struct split *split)
{
	const char *const *items = pack_sorted(view, split->part, "received");
	const char *board =
		json_string_value(json_object_get(pack_body(view->pack), "board"));
	json_t *table, *row;
	bool rates;

	if (!items[0] || (!items[0][0] && !items[1]))
		return false;
	table = pack_table(view, section, split->id, split->head);
	rates = any_rate(view, split->part, items);
	pack_split_columns(view, table, split->with);
	if (rates)
		pack_column(view, table, "rate", "pack.rate", "rate");
	for (; *items; items++) {
		row = pack_row(table, *items, pack_name(view, split->part, *items));

		pack_split_cells(view, row, split->part, *items, split->with);
		if (rates)
			pack_cell_rate_of(view, row, split->part, *items,
				pack_now(view, split->part, *items, "received"));
	}
	row = split_total(view, table, split->with, false);
	if (rates)
		pack_cell_rate_of(view, row, "board", board ? board : "",
			pack_now(view, "whole", "", "received"));
	return rates;
}

static void section_places(struct pack_view *view)
{
	static const struct split splits[] = {
		{ "unit", "units", "pack.unit", PACK_SPLIT_STOCKS },
		{ "district", "districts", "pack.district", PACK_SPLIT_STOCKS },
		{ "form", "forms", "pack.form-head", 0 },
	};
	json_t *section = pack_section(view, "E", "places");

	bool rates = false;

	for (size_t i = 0; i < ARRAY_LEN(splits); i++)
		rates = split_table(view, section, &splits[i]) || rates;
	if (rates)
		pack_note(view, section, "pack.rate-note");
	if (json_array_size(json_object_get(section, "tables")) == 0)
		pack_note(view, section, "pack.places.nothing");
}

/* ---- F ---- */

static void timely_row(const struct pack_view *view, json_t *table, const char *id,
	const char *key, const char *const pair[2])
{
	json_t *row = pack_row(table, id, page_text(view->page, key));

	pack_cell_share(view, row, pack_now(view, "whole", "", pair[0]),
		pack_now(view, "whole", "", pair[1]));
	pack_cell_share(view, row, pack_before(view, "whole", "", pair[0]),
		pack_before(view, "whole", "", pair[1]));
}

static void timely_table(const struct pack_view *view, json_t *section)
{
	json_t *table = pack_table(view, section, "timely", "statistics.measure");

	pack_column(view, table, "now", "statistics.share", "share");
	pack_column_named(table, "last-year", pack_last_year_title(view), "share");
	timely_row(view, table, "acknowledged", "statistics.acknowledged",
		(const char *const[]){ "acknowledge_in", "acknowledge_of" });
	timely_row(view, table, "answered", "statistics.answered",
		(const char *const[]){ "answer_in", "answer_of" });
	pack_chart_set(table, "gauge", "now", NULL);
}

static void days_table(const struct pack_view *view, json_t *section)
{
	static const char *const kinds[] = { "handling", "net", "answer" };
	json_t *table = pack_table(view, section, "days", "statistics.measure");
	struct arena *arena = http_arena(view->page->req);

	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "median", "statistics.median-text", "days");
	pack_column(view, table, "p90", "statistics.p90", "days");
	pack_column_named(table, "last-year",
		page_format(view->page, "pack.median-then",
			TEXT_VALUES({ "month", pack_last_year_title(view) })),
		"days");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *of = kinds[i];
		json_t *row = pack_row(table, of,
			page_text(view->page, arena_printf(arena, "pack.days.%s", of)));
		const char *median = arena_printf(arena, "%s_median", of);

		pack_cell_count(view, row,
			pack_now(view, "whole", "", arena_printf(arena, "%s_n", of)));
		pack_cell_days(view, row, pack_now(view, "whole", "", median));
		pack_cell_days(view, row,
			pack_now(view, "whole", "", arena_printf(arena, "%s_p90", of)));
		pack_cell_days(view, row, pack_before(view, "whole", "", median));
	}
}

static const char *bin_name(const struct pack_view *view, int i)
{
	struct arena *arena = http_arena(view->page->req);

	if (i + 1 == PACK_BINS)
		return arena_printf(arena, "%d+", pack_bins[i]);
	if (pack_bins[i + 1] == pack_bins[i] + 1)
		return arena_printf(arena, "%d", pack_bins[i]);
	return arena_printf(arena, "%d–%d", pack_bins[i], pack_bins[i + 1] - 1);
}

static void bins_table(
	const struct pack_view *view, json_t *section, const char *part, const char *id)
{
	json_t *table = pack_table(view, section, id, "pack.working-days");

	pack_column(view, table, "n", "statistics.number", "count");
	for (int i = 0; i < PACK_BINS; i++) {
		const char *bin =
			arena_printf(http_arena(view->page->req), "%d", pack_bins[i]);

		pack_cell_count(view, pack_row(table, bin, bin_name(view, i)),
			pack_now(view, part, bin, "n"));
	}
	pack_chart_set(table, "histogram", "n", NULL);
}

/* They count as late until then. */
static void waiting_note(const struct pack_view *view, json_t *section)
{
	struct pack_figure waiting = pack_now(view, "whole", "", "not_due");

	if (waiting.n > 0)
		pack_note_said(section,
			page_format(view->page, "statistics.waiting",
				TEXT_VALUES(
					{ "n", page_number(view->page, waiting.n) })));
}

static void section_time(struct pack_view *view)
{
	json_t *section = pack_section(view, "F", "time");

	timely_table(view, section);
	waiting_note(view, section);
	days_table(view, section);
	if (pack_now(view, "whole", "", "handling_n").n > 0)
		bins_table(view, section, PACK_HANDLING_BIN, "handling-bins");
	if (pack_now(view, "whole", "", "answer_n").n > 0)
		bins_table(view, section, PACK_ANSWER_BIN, "answer-bins");
}

void pack_sections_first(struct pack_view *view)
{
	section_headline(view);
	section_types(view);
	section_categories(view);
	section_dimensions(view);
	section_places(view);
	section_time(view);
}
