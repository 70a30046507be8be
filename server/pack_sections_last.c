/* Sections G to O: what waits, what moved, who and how, and what the figures lack. */
#include "server/pack_view.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/case_flow.h"
#include "server/pack.h"
#include "server/pack_about.h"
#include "server/pack_doc.h"
#include "server/pack_improvement.h"
#include "server/pack_parts.h"
#include "server/pack_satisfaction.h"
#include "server/pack_split.h"
#include "server/page.h"

static struct pack_figure whole(const struct pack_view *view, const char *col)
{
	return pack_now(view, "whole", "", col);
}

static void section_stock(struct pack_view *view)
{
	json_t *section = pack_section(view, "G", "stock");
	const char *const *units = pack_sorted(view, "unit", "open");
	struct arena *arena = http_arena(view->page->req);
	json_t *table, *row;

	if (whole(view, "open").n == 0) {
		pack_note(view, section, "pack.stock.nothing");
		return;
	}
	table = pack_table(view, section, "stock", "pack.unit");
	for (size_t i = 0; i < PACK_BUCKETS; i++)
		pack_column(view, table, pack_buckets[i],
			arena_printf(arena, "pack.bucket.d%s", pack_buckets[i]),
			"count");
	pack_column(view, table, "all", "statistics.open", "count");
	for (; *units; units++) {
		struct pack_figure open = pack_now(view, "unit", *units, "open");

		if (open.n == 0 && open.mark == SUPPRESS_SHOWN)
			continue;
		row = pack_row(table, *units, pack_name(view, "unit", *units));
		for (size_t i = 0; i < PACK_BUCKETS; i++)
			pack_cell_count(view, row,
				pack_now(view, "stock", *units, pack_buckets[i]));
		pack_cell_count(view, row, pack_now(view, "unit", *units, "open"));
	}
	row = pack_row(table, "all", page_text(view->page, "pack.all"));
	json_object_set_new(row, "total", json_true());
	for (size_t i = 0; i < PACK_BUCKETS; i++)
		pack_cell_count(
			view, row, pack_now(view, PACK_BUCKET, pack_buckets[i], "n"));
	pack_cell_count(view, row, whole(view, "open"));
	pack_chart_set(table, "heat", NULL, NULL);
}

/* ---- of the whole, one measure a row ---- */

struct measure_row {
	const char *col, *of; /* of: what it is a share of, or NULL */
};

static void measure_table(const struct pack_view *view, json_t *section, const char *id,
	const struct measure_row *rows, size_t n)
{
	json_t *table = pack_table(view, section, id, "statistics.measure");
	struct arena *arena = http_arena(view->page->req);
	char month[PACK_MONTH];

	pack_month_step(view->pack, -12, month);
	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "share", "pack.share", "share");
	pack_column_named(
		table, "last-year", pack_month_name(view->page, month), "count");
	for (size_t i = 0; i < n; i++) {
		json_t *row = pack_row(table, rows[i].col,
			page_text(view->page,
				arena_printf(arena, "pack.measure.%s", rows[i].col)));

		pack_cell_count(view, row, whole(view, rows[i].col));
		if (rows[i].of)
			pack_cell_share(view, row, whole(view, rows[i].col),
				whole(view, rows[i].of));
		else
			pack_cell_none(row);
		if (pack_last_year(view->pack))
			pack_cell_count(
				view, row, pack_before(view, "whole", "", rows[i].col));
		else
			pack_cell_none(row);
	}
}

static void section_flow(struct pack_view *view)
{
	static const struct measure_row rows[] = {
		{ "misdirected", "received" },
		{ "passed_on", NULL },
		{ "reopened", "closed" },
		{ "redirected", "closed" },
		{ "delayed", NULL },
	};
	json_t *section = pack_section(view, "H", "flow");

	measure_table(view, section, "flow", rows, ARRAY_LEN(rows));
}

/* ---- I ---- */

static void share_table(
	struct pack_view *view, json_t *section, const char *part, const char *head)
{
	const char *const *items = pack_sorted(view, part, "received");
	json_t *table;

	if (!*items)
		return;
	table = pack_table(view, section, part, head);
	pack_column(view, table, "received", "statistics.received", "count");
	pack_column(view, table, "share", "pack.share", "share");
	for (; *items; items++) {
		json_t *row = pack_row(table, *items, pack_name(view, part, *items));

		pack_cell_count(view, row, pack_now(view, part, *items, "received"));
		pack_cell_share(view, row, pack_now(view, part, *items, "received"),
			whole(view, "received"));
	}
	pack_chart_set(table, "bars", "received", NULL);
}

static void section_ways(struct pack_view *view)
{
	json_t *section = pack_section(view, "I", "ways");

	share_table(view, section, "channel", "pack.channel-head");
	share_table(view, section, "language", "pack.language-head");
	if (json_array_size(json_object_get(section, "tables")) == 0)
		pack_note(view, section, "statistics.nothing");
}

/* ---- what is not gathered, and how good the rest is ---- */

/* Numbers only: which cases they are is told nobody here. */
static void section_handoffs(struct pack_view *view)
{
	json_t *section = pack_section(view, "N", "handoffs");
	json_t *table;

	if (json_is_true(json_object_get(pack_body(view->pack), "mapped"))) {
		pack_note(view, section, "pack.handoffs.mapped");
		return;
	}
	table = pack_table(view, section, "handoffs", "pack.handoffs.head");
	pack_column(view, table, "n", "statistics.number", "count");
	pack_column_last_year(view, table);
	for (size_t i = 0; case_hand_offs[i]; i++) {
		const char *to = case_hand_offs[i];
		json_t *row = pack_row(table, to,
			page_text(view->page, arena_printf(http_arena(view->page->req),
						      "pack.hand-off.%s", to)));

		pack_cell_count(view, row, pack_now(view, PACK_HAND_OFF, "", to));
		pack_cell_before(view, row, PACK_HAND_OFF, "", to);
	}
	pack_note(view, section, "pack.handoffs.note");
}

static void missing_row(const struct pack_view *view, json_t *table, const char *part)
{
	json_t *row = pack_row(table, part,
		page_text(view->page, arena_printf(http_arena(view->page->req),
					      "pack.missing.%s", part)));

	pack_cell_count(view, row, pack_now(view, part, "", "received"));
	pack_cell_share(view, row, pack_now(view, part, "", "received"),
		whole(view, "received"));
	if (pack_last_year(view->pack))
		pack_cell_count(view, row, pack_before(view, part, "", "received"));
	else
		pack_cell_none(row);
}

/* Subjects that the texts suggested: how many were right when the cases were closed. */
static void guesses_table(struct pack_view *view, json_t *section)
{
	static const char *const rows[][2] = { { "automatic", "automatic_right" },
		{ "suggested", "suggested_right" } };
	json_t *table;

	if (json_is_true(json_object_get(pack_body(view->pack), "mapped"))) {
		pack_note(view, section, "pack.guesses.mapped");
		return;
	}
	if (pack_now(view, PACK_GUESS, "", rows[0][0]).n == 0 &&
		pack_now(view, PACK_GUESS, "", rows[1][0]).n == 0) {
		pack_note(view, section, "pack.guesses.none");
		return;
	}
	table = pack_table(view, section, "guesses", "pack.guesses.head");
	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "right", "pack.guesses.right", "count");
	pack_column(view, table, "share", "pack.share", "share");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pack_figure n = pack_now(view, PACK_GUESS, "", rows[i][0]);
		struct pack_figure right = pack_now(view, PACK_GUESS, "", rows[i][1]);
		json_t *row = pack_row(table, rows[i][0],
			page_text(view->page, arena_printf(http_arena(view->page->req),
						      "pack.guess.%s", rows[i][0])));

		pack_cell_count(view, row, n);
		pack_cell_count(view, row, right);
		pack_cell_share(view, row, right, n);
	}
	pack_note(view, section, "pack.guesses.note");
}

static void section_quality(struct pack_view *view)
{
	static const struct measure_row rows[] = {
		{ "unanswered", "closed" },
		{ "set_aside", "closed" },
		{ "registered_late", "received" },
	};
	json_t *section = pack_section(view, "O", "quality");
	json_t *table;

	measure_table(view, section, "quality", rows, ARRAY_LEN(rows));
	table = json_array_get(json_object_get(section, "tables"), 0);
	missing_row(view, table, "category");
	missing_row(view, table, "dimension");
	guesses_table(view, section);
	pack_note(view, section, "pack.quality.note");
}

void pack_sections_last(struct pack_view *view)
{
	section_stock(view);
	section_flow(view);
	section_ways(view);
	pack_section_who(view);
	pack_section_improvements(view);
	pack_section_satisfaction(view);
	pack_section_praise(view);
	section_handoffs(view);
	section_quality(view);
}
