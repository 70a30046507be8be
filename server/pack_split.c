#include "server/pack_split.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"

/* ---- a year before ---- */

const char *pack_last_year_title(const struct pack_view *view)
{
	char month[PACK_MONTH];

	pack_month_step(view->pack, -PACK_YEAR, month);
	return pack_month_name(view->page, month);
}

void pack_column_last_year(const struct pack_view *view, json_t *table)
{
	pack_column_named(table, "last-year", pack_last_year_title(view), "count");
}

void pack_cell_before(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col)
{
	if (pack_last_year(view->pack))
		pack_cell_count(view, row, pack_before(view, part, item, col));
	else
		pack_cell_none(row);
}

void pack_cell_step(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col)
{
	if (pack_last_year(view->pack))
		pack_cell_change(view, row, pack_now(view, part, item, col),
			pack_before(view, part, item, col));
	else
		pack_cell_none(row);
}

/* ---- by month ---- */

void pack_month_columns(const struct pack_view *view, json_t *table, const char *kind)
{
	char month[PACK_MONTH];

	for (int i = PACK_YEAR; i >= 0; i--) {
		pack_month_step(view->pack, -i, month);
		pack_column_named(
			table, month, pack_month_short(view->page, month), kind);
	}
}

void pack_month_cells(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col)
{
	char month[PACK_MONTH];

	for (int i = PACK_YEAR; i >= 0; i--) {
		pack_month_step(view->pack, -i, month);
		if (strcmp(month, pack_first_month(view->pack)) < 0)
			pack_cell_none(row);
		else
			pack_cell_count(view, row,
				pack_get(view->pack, month, part, item, col));
	}
}

void pack_month_shares(
	const struct pack_view *view, json_t *row, const char *col, const char *of)
{
	char month[PACK_MONTH];

	for (int i = PACK_YEAR; i >= 0; i--) {
		pack_month_step(view->pack, -i, month);
		pack_cell_share(view, row,
			pack_get(view->pack, month, "whole", "", col),
			pack_get(view->pack, month, "whole", "", of));
	}
}

/* ---- a month of something ---- */

void pack_split_columns(const struct pack_view *view, json_t *table, unsigned with)
{
	pack_column(view, table, "received", "statistics.received", "count");
	pack_column_last_year(view, table);
	pack_column(view, table, "change", "statistics.change", "change");
	pack_column(view, table, "closed", "statistics.closed", "count");
	if (with & PACK_SPLIT_STOCKS) {
		pack_column(view, table, "open", "statistics.open", "count");
		pack_column(view, table, "overdue", "statistics.overdue", "count");
	}
	if (with & PACK_SPLIT_ACKNOWLEDGED)
		pack_column(view, table, "acknowledged", "statistics.acknowledged",
			"share");
	pack_column(view, table, "answered", "statistics.answered-short", "share");
	pack_column(view, table, "median", "statistics.median-text", "days");
}

/* A median of few tells of them. */
static void cell_median(
	const struct pack_view *view, json_t *row, const char *part, const char *item)
{
	struct pack_figure n = pack_now(view, part, item, "handling_n");

	if (n.n < 5)
		pack_cell_none(row);
	else
		pack_cell_days(
			view, row, pack_now(view, part, item, "handling_median"));
}

void pack_split_cells(const struct pack_view *view, json_t *row, const char *part,
	const char *item, unsigned with)
{
	pack_cell_count(view, row, pack_now(view, part, item, "received"));
	pack_cell_before(view, row, part, item, "received");
	pack_cell_step(view, row, part, item, "received");
	pack_cell_count(view, row, pack_now(view, part, item, "closed"));
	if (with & PACK_SPLIT_STOCKS) {
		pack_cell_count(view, row, pack_now(view, part, item, "open"));
		pack_cell_count(view, row, pack_now(view, part, item, "overdue"));
	}
	if (with & PACK_SPLIT_ACKNOWLEDGED)
		pack_cell_share(view, row, pack_now(view, part, item, "acknowledge_in"),
			pack_now(view, part, item, "acknowledge_of"));
	pack_cell_share(view, row, pack_now(view, part, item, "answer_in"),
		pack_now(view, part, item, "answer_of"));
	cell_median(view, row, part, item);
}

/* ---- per thousand ---- */

static const char *counted(
	const struct pack_view *view, const char *kind, const char *code)
{
	return arena_printf(http_arena(view->page->req), "%s:%s", kind, code);
}

bool pack_has_rate(const struct pack_view *view, const char *kind, const char *code)
{
	return pack_now(view, "denominator", counted(view, kind, code), "n").known;
}

/* "480 elever, 15 aug 2026" */
static const char *counted_text(
	const struct pack_view *view, const char *item, struct pack_figure n)
{
	const json_t *about = json_object_get(
		json_object_get(pack_body(view->pack), "denominators"), item);
	const char *what = json_string_value(json_object_get(about, "what"));
	const char *from = json_string_value(json_object_get(about, "from"));

	return arena_printf(http_arena(view->page->req), "%s %s%s%s",
		page_number(view->page, n.n), what ? what : "", from ? ", " : "",
		from ? pack_day_short(view->page, from) : "");
}

void pack_cell_rate_of(const struct pack_view *view, json_t *row, const char *kind,
	const char *code, struct pack_figure received)
{
	const char *item = counted(view, kind, code);
	struct pack_figure n = pack_now(view, "denominator", item, "n");

	pack_cell_rate(view, row, received, n, counted_text(view, item, n));
}
