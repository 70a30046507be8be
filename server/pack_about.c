#include "server/pack_about.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/stamp.h"

#define LEAST 5
#define ANSWERED "answered" /* how many said anything */
#define MISSING "missing"   /* of whom nothing is told */

const struct pack_about_split pack_about_splits[PACK_ABOUT_SPLITS] = {
	{ "about-sex", { "woman", "man", "other", NULL }, "other" },
	{ "about-age", { "0", "25", "45", "65", NULL }, NULL },
};

/* ---- what is hidden ---- */

struct month {
	struct pack *pack;
	const char *month;
	const struct pack_about_split *split;
	int64_t received, answered;
};

static int64_t cell_get(const struct month *at, size_t cell)
{
	return pack_get(
		at->pack, at->month, at->split->part, at->split->cells[cell], "n")
		.n;
}

static void about_put(
	const struct month *at, const char *col, int64_t n, enum suppress_mark mark)
{
	const struct pack_key key = { at->month, PACK_ABOUT, at->split->part, col };

	pack_put(at->pack, &key,
		&(struct pack_figure){ .n = n, .mark = mark, .known = true });
}

static bool is_apart(const struct month *at, size_t cell)
{
	return at->split->apart && !strcmp(at->split->cells[cell], at->split->apart);
}

/* How many stand in the split; -1: it is not told. */
static int64_t told_of(const struct month *at)
{
	int64_t told = 0, rest;

	for (size_t i = 0; at->split->cells[i]; i++) {
		if (cell_get(at, i) >= LEAST)
			told += cell_get(at, i);
		else if (!is_apart(at, i))
			return -1;
	}
	rest = at->received - told;
	return rest > 0 && rest < LEAST ? -1 : told;
}

static void cells_mark(const struct month *at, bool told)
{
	for (size_t i = 0; at->split->cells[i]; i++) {
		const struct pack_key key = { at->month, at->split->part,
			at->split->cells[i], "n" };
		int64_t n = cell_get(at, i);

		pack_put(at->pack, &key,
			&(struct pack_figure){ .n = n,
				.mark = told && n >= LEAST ? SUPPRESS_SHOWN
							   : SUPPRESS_WITHHELD,
				.known = true });
	}
}

static bool is_few(int64_t n)
{
	return n > 0 && n < LEAST;
}

static enum suppress_mark hidden_mark(int64_t n)
{
	return n < LEAST ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
}

static void split_mask(const struct month *at)
{
	int64_t told = told_of(at),
		missing = at->received - (told < 0 ? at->answered : told);
	bool hides;

	/* What came in is counted by another rule: spam is taken away later. */
	if (missing < 0)
		missing = 0;
	hides = told < 0 && (is_few(at->answered) || is_few(missing));
	cells_mark(at, told >= 0);
	about_put(at, PACK_ABOUT_TOLD, told < 0 ? 0 : told, SUPPRESS_SHOWN);
	about_put(at, ANSWERED, at->answered,
		hides || told >= 0 ? hidden_mark(at->answered) : SUPPRESS_SHOWN);
	about_put(at, MISSING, missing, hides ? hidden_mark(missing) : SUPPRESS_SHOWN);
}

void pack_about_mask(struct pack *pack, const char *month)
{
	for (size_t i = 0; i < PACK_ABOUT_SPLITS; i++)
		split_mask(&(struct month){ pack, month, &pack_about_splits[i],
			pack_get(pack, month, "whole", "", "received").n,
			pack_get(pack, month, PACK_ABOUT, pack_about_splits[i].part,
				ANSWERED)
				.n });
}

/* ---- what is shown ---- */

static void row_add(const struct pack_view *view, json_t *table, const char *id,
	const char *name, const struct pack_figure figures[2])
{
	json_t *row = pack_row(table, id, name);

	pack_cell_count(view, row, figures[0]);
	if (figures[1].known)
		pack_cell_share(view, row, figures[0], figures[1]);
	else
		pack_cell_none(row);
	pack_cell_share(view, row, figures[0], pack_now(view, "whole", "", "received"));
}

static json_t *split_table(
	struct pack_view *view, json_t *section, const struct pack_about_split *split)
{
	json_t *table = pack_table(view, section, split->part, "pack.who.answer");

	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "of-answers", "pack.who.of-answers", "share");
	pack_column(view, table, "of-received", "pack.who.of-received", "share");
	return table;
}

/* Those who said; where that cannot be told, how many they were. */
static void split_rows(const struct pack_view *view, json_t *table,
	const struct pack_about_split *split)
{
	struct pack_figure told =
		pack_now(view, PACK_ABOUT, split->part, PACK_ABOUT_TOLD);

	if (told.n == 0)
		row_add(view, table, ANSWERED,
			page_text(view->page, "pack.who.answered"),
			(const struct pack_figure[]){
				pack_now(view, PACK_ABOUT, split->part, ANSWERED),
				{ 0 } });
	for (size_t i = 0; told.n > 0 && split->cells[i]; i++) {
		struct pack_figure cell =
			pack_now(view, split->part, split->cells[i], "n");

		if (cell.mark == SUPPRESS_SHOWN)
			row_add(view, table, split->cells[i],
				pack_name(view, split->part, split->cells[i]),
				(const struct pack_figure[]){ cell, told });
	}
}

/* Whether it stands among those of whom nothing is told. */
static bool apart_is_missing(
	const struct pack_view *view, const struct pack_about_split *split)
{
	return split->apart &&
	       pack_now(view, PACK_ABOUT, split->part, PACK_ABOUT_TOLD).n > 0 &&
	       pack_now(view, split->part, split->apart, "n").mark != SUPPRESS_SHOWN;
}

static void split_show(
	struct pack_view *view, json_t *section, const struct pack_about_split *split)
{
	json_t *table = split_table(view, section, split);

	split_rows(view, table, split);
	row_add(view, table, MISSING,
		page_text(view->page, apart_is_missing(view, split)
					      ? "pack.who.missing-other"
					      : "pack.who.missing"),
		(const struct pack_figure[]){
			pack_now(view, PACK_ABOUT, split->part, MISSING), { 0 } });
}

static void children_table(struct pack_view *view, json_t *section)
{
	json_t *table = pack_table(view, section, "who", "statistics.measure");
	struct pack_figure children = pack_now(view, "whole", "", "from_child");
	json_t *row = pack_row(
		table, "from_child", page_text(view->page, "pack.measure.from_child"));

	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "share", "pack.share", "share");
	pack_cell_count(view, row, children);
	pack_cell_share(view, row, children, pack_now(view, "whole", "", "received"));
}

/* The last day can still be answered of on the day after it. */
static bool is_running(const struct pack_view *view)
{
	char yesterday[DAY_TEXT];

	day_format(day_of_instant(stamp_now() / 1000000) - 1, yesterday);
	return strncmp(pack_month(view->pack), yesterday, strlen("YYYY-MM")) >= 0;
}

void pack_section_who(struct pack_view *view)
{
	json_t *section = pack_section(view, "J", "who");

	children_table(view, section);
	if (json_is_true(json_object_get(pack_body(view->pack), "mapped"))) {
		pack_note(view, section, "pack.who.mapped");
		return;
	}
	if (is_running(view)) {
		pack_note(view, section, "pack.who.running");
		return;
	}
	for (size_t i = 0; i < PACK_ABOUT_SPLITS; i++)
		split_show(view, section, &pack_about_splits[i]);
	pack_note(view, section, "pack.who.note");
}
