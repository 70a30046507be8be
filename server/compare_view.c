#include "server/compare_view.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/compare.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_split.h"
#include "server/pack_view.h"
#include "server/page.h"

#define WITH (PACK_SPLIT_STOCKS | PACK_SPLIT_ACKNOWLEDGED)

struct compare_doc {
	const struct compare *compare;
	struct pack_view view; /* of the city */
};

/* The same document, for the figures of another. */
static struct pack_view view_of(const struct compare_doc *doc, const struct pack *pack)
{
	struct pack_view view = doc->view;

	view.pack = pack;
	return view;
}

static const char *keyed(
	const struct compare_doc *doc, const char *before, const char *id)
{
	return arena_printf(http_arena(doc->view.page->req), "%s%s", before, id);
}

static const char *kind_name(const struct compare_doc *doc, enum compare_kind kind)
{
	return page_text(doc->view.page,
		keyed(doc, "pack.table.compare-", compare_kind_code(kind)));
}

static json_t *total_row(json_t *table, const char *name)
{
	json_t *row = pack_row(table, "all", name);

	json_object_set_new(row, "total", json_true());
	return row;
}

static json_t *city_row(const struct compare_doc *doc, json_t *table)
{
	return total_row(table, page_text(doc->view.page, "statistics.city"));
}

static void bars_set(const struct compare_doc *doc, json_t *table)
{
	pack_chart_set(table, "bars", "received",
		pack_last_year(doc->compare->city) ? "last-year" : NULL);
}

/* ---- groups ---- */

static void section_groups(struct compare_doc *doc)
{
	struct pack_view *view = &doc->view;
	json_t *section = pack_section(view, "A", "compare-groups");
	json_t *table = pack_table(view, section, "compare-groups", "compare.group");

	pack_split_columns(view, table, WITH);
	for (enum compare_kind kind = 0; kind < COMPARE_KINDS; kind++) {
		struct pack_view of = view_of(doc, doc->compare->kinds[kind]);

		if (of.pack)
			pack_split_cells(&of,
				pack_row(table, compare_kind_code(kind),
					kind_name(doc, kind)),
				"whole", "", WITH);
	}
	pack_split_cells(view, city_row(doc, table), "whole", "", WITH);
	bars_set(doc, table);
}

/* ---- boards ---- */

static bool kind_has_rate(const struct compare_doc *doc, enum compare_kind kind)
{
	const struct compare *compare = doc->compare;

	for (size_t i = 0; i < compare->n_boards; i++) {
		const struct compare_board *board = &compare->boards[i];
		struct pack_view of = view_of(doc, board->pack);

		if (board->kind == kind && pack_has_rate(&of, "board", board->code))
			return true;
	}
	return false;
}

static void board_cells(const struct compare_doc *doc, json_t *table,
	const struct compare_board *board, bool rates)
{
	struct pack_view of = view_of(doc, board->pack);
	json_t *row = pack_row(table, board->code, board->name);

	pack_split_cells(&of, row, "whole", "", WITH);
	if (rates)
		pack_cell_rate_of(&of, row, "board", board->code,
			pack_now(&of, "whole", "", "received"));
}

/* Whether it tells per thousand. */
static bool kind_table(
	const struct compare_doc *doc, json_t *section, enum compare_kind kind)
{
	const struct compare *compare = doc->compare;
	struct pack_view sum = view_of(doc, compare->kinds[kind]);
	bool rates = kind_has_rate(doc, kind);
	json_t *table, *row;

	table = pack_table(&doc->view, section,
		keyed(doc, "compare-", compare_kind_code(kind)), "compare.board");
	pack_split_columns(&doc->view, table, WITH);
	if (rates)
		pack_column(&doc->view, table, "rate", "pack.rate", "rate");
	for (size_t i = 0; i < compare->n_boards; i++) {
		if (compare->boards[i].kind == kind)
			board_cells(doc, table, &compare->boards[i], rates);
	}
	row = total_row(table, page_text(doc->view.page, "compare.sum"));
	pack_split_cells(&sum, row, "whole", "", WITH);
	if (rates)
		pack_cell_none(row); /* several are for the same people */
	bars_set(doc, table);
	return rates;
}

void compare_ended_note(
	const struct page *page, json_t *section, const struct compare_board *board)
{
	if (!board->ended)
		return;
	pack_note_said(section,
		page_format(page,
			board->successor ? "compare.succeeded" : "compare.ended",
			TEXT_VALUES({ "board", board->name },
				{ "day", pack_day_short(page, board->ended) },
				{ "successor",
					board->successor ? board->successor : "" })));
}

/* A board whose first figure of the month came when the city's was fixed. */
static void running_note(const struct compare_doc *doc, json_t *section,
	const struct compare_board *board)
{
	const char *const frozen = "frozen";

	if (!json_is_true(json_object_get(pack_body(doc->compare->city), frozen)) ||
		json_is_true(json_object_get(pack_body(board->pack), frozen)))
		return;
	pack_note_said(section, page_format(doc->view.page, "compare.not-frozen",
					TEXT_VALUES({ "board", board->name })));
}

static void section_boards(struct compare_doc *doc)
{
	const struct compare *compare = doc->compare;
	json_t *section = pack_section(&doc->view, "B", COMPARE_BOARDS);

	bool rates = false;

	/* The dispatch is one, and stands among the groups. */
	for (enum compare_kind kind = 0; kind < COMPARE_DISPATCH; kind++) {
		if (compare->kinds[kind])
			rates = kind_table(doc, section, kind) || rates;
	}
	if (rates)
		pack_note(&doc->view, section, "pack.rate-note");
	for (size_t i = 0; i < compare->n_boards; i++) {
		compare_ended_note(doc->view.page, section, &compare->boards[i]);
		running_note(doc, section, &compare->boards[i]);
	}
}

/* ---- operating forms ---- */

static void section_forms(struct compare_doc *doc)
{
	struct pack_view *view = &doc->view;
	json_t *section = pack_section(view, "C", "compare-forms");
	const char *const *items = pack_sorted(view, "form", "received");
	json_t *table;

	if (!items[0] || (!items[0][0] && !items[1])) {
		pack_note(view, section, "compare.forms-nothing");
		return;
	}
	table = pack_table(view, section, "compare-forms", "pack.form-head");
	pack_split_columns(view, table, PACK_SPLIT_ACKNOWLEDGED);
	for (; *items; items++)
		pack_split_cells(view,
			pack_row(table, *items, pack_name(view, "form", *items)),
			"form", *items, PACK_SPLIT_ACKNOWLEDGED);
	pack_split_cells(
		view, city_row(doc, table), "whole", "", PACK_SPLIT_ACKNOWLEDGED);
	bars_set(doc, table);
}

/* ---- month by month ---- */

struct months {
	json_t *table;
	bool shares;
};

static void months_cells(const struct compare_doc *doc, const struct months *months,
	json_t *row, const struct pack *pack)
{
	struct pack_view of = view_of(doc, pack);

	if (months->shares)
		pack_month_shares(&of, row, "answer_in", "answer_of");
	else
		pack_month_cells(&of, row, "whole", "", "received");
}

static struct months months_table(const struct compare_doc *doc, json_t *section,
	const char *id, const char *head, bool shares)
{
	const struct pack_view *view = &doc->view;
	json_t *table = pack_table(view, section, id, head);

	pack_month_columns(view, table, shares ? "share" : "count");
	pack_chart_set(table, "multiples", NULL, NULL);
	/* How it went is compared, where how many differs a hundredfold. */
	if (!shares)
		json_object_set_new(
			json_object_get(table, "chart"), "scale", json_string("own"));
	return (struct months){ table, shares };
}

static void groups_months(
	const struct compare_doc *doc, json_t *section, const char *id, bool shares)
{
	struct months months = months_table(doc, section, id, "compare.group", shares);

	for (enum compare_kind kind = 0; kind < COMPARE_KINDS; kind++) {
		if (doc->compare->kinds[kind])
			months_cells(doc, &months,
				pack_row(months.table, compare_kind_code(kind),
					kind_name(doc, kind)),
				doc->compare->kinds[kind]);
	}
	months_cells(doc, &months, city_row(doc, months.table), doc->compare->city);
}

static void boards_months(
	const struct compare_doc *doc, json_t *section, const char *id, bool shares)
{
	struct months months = months_table(doc, section, id, "compare.board", shares);

	for (size_t i = 0; i < doc->compare->n_boards; i++) {
		const struct compare_board *board = &doc->compare->boards[i];

		if (board->kind != COMPARE_DISPATCH)
			months_cells(doc, &months,
				pack_row(months.table, board->code, board->name),
				board->pack);
	}
}

static void section_time(struct compare_doc *doc)
{
	json_t *section = pack_section(&doc->view, "D", "compare-time");

	groups_months(doc, section, "groups-received", false);
	groups_months(doc, section, "groups-answered", true);
	boards_months(doc, section, "boards-received", false);
	boards_months(doc, section, "boards-answered", true);
}

/* ---- the whole ---- */

json_t *compare_view(const struct page *page, const struct compare *compare)
{
	const json_t *body = pack_body(compare->city);
	struct compare_doc doc = { compare, { page, compare->city, json_array() } };
	const char *month = pack_month_name(page, pack_month(compare->city));

	section_groups(&doc);
	section_boards(&doc);
	section_forms(&doc);
	section_time(&doc);
	return json_pack("{s:s, s:s, s:s, s:b, s:O?, s:O?, s:s, s:o, s:o}", "month",
		pack_month(compare->city), "monthName", month, "title",
		page_format(page, "statistics.title",
			TEXT_VALUES({ "board", page_text(page, "compare.title") },
				{ "month", month })),
		"frozen", json_is_true(json_object_get(body, "frozen")), "frozenAt",
		json_object_get(body, "frozenAt"), "freezeOn",
		json_object_get(body, "freezeOn"), "state", pack_state(page, body),
		"sections", doc.view.sections, "definitions", pack_definitions(page));
}
