/* Who runs what, who wrote, what was late, and what may become a risk. */
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/pack.h"
#include "server/pack_about.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"
#include "server/report_private.h"
#include "server/report_sum.h"

/* ---- contracted and own ---- */

void report_operation(struct report_draft *draft)
{
	const char *const *items = pack_sorted(&draft->view, "form", "received");
	const char *words = report_list_words(draft, "form", SIZE_MAX);
	json_t *table, *row;

	if (!items[0] || (!items[0][0] && !items[1])) {
		report_say(draft, "operation.none", NULL);
		return;
	}
	report_say(draft, words ? "operation.list" : "operation.few",
		TEXT_VALUES({ "span", draft->span }, { "list", words }));
	table = report_table(draft, "operation", "pack.form-head");
	report_columns(draft, table);
	report_column(draft, table, "answered", "share");
	for (; *items; items++) {
		row = pack_row(table, *items, pack_name(&draft->view, "form", *items));
		report_cells(draft, row, "form", *items, "received");
		pack_cell_share(&draft->view, row,
			pack_now(&draft->view, "form", *items, "answer_in"),
			pack_now(&draft->view, "form", *items, "answer_of"));
	}
	row = pack_row(table, "all", report_text(draft, "pack.all"));
	json_object_set_new(row, "total", json_true());
	report_cells(draft, row, "whole", "", "received");
	pack_cell_share(&draft->view, row, report_whole(draft, "answer_in"),
		report_whole(draft, "answer_of"));
	report_note(draft, "operation.note");
}

/* ---- who ---- */

/* How many of those who wrote are told of. */
static struct pack_figure told_of(const struct report_draft *draft, const char *part)
{
	struct pack_figure told =
		pack_now(&draft->view, PACK_ABOUT, part, PACK_ABOUT_TOLD);

	told.known = true;
	return told;
}

static void who_row(struct report_draft *draft, json_t *row, struct pack_figure n,
	struct pack_figure told)
{
	pack_cell_count(&draft->view, row, n);
	if (told.known)
		pack_cell_share(&draft->view, row, n, told);
	else
		pack_cell_none(row);
	pack_cell_share(&draft->view, row, n, report_whole(draft, "received"));
}

static void who_table(struct report_draft *draft, const struct pack_about_split *split)
{
	const char *id = arena_printf(report_arena(draft), "%s", split->part);
	struct pack_figure told = told_of(draft, split->part);
	struct pack_figure missing = report_whole(draft, "received");
	json_t *table = report_table(draft, id, "pack.who.answer");

	pack_column(&draft->view, table, "n", "statistics.number", "count");
	pack_column(&draft->view, table, "of-answers", "pack.who.of-answers", "share");
	pack_column(
		&draft->view, table, "of-received", "pack.who.of-received", "share");
	for (size_t i = 0; split->cells[i]; i++) {
		struct pack_figure cell =
			pack_now(&draft->view, split->part, split->cells[i], "n");

		if (cell.n > 0)
			who_row(draft,
				pack_row(table, split->cells[i],
					pack_name(&draft->view, split->part,
						split->cells[i])),
				cell, told);
	}
	missing.n -= told.n;
	who_row(draft, pack_row(table, "missing", report_text(draft, "who.missing")),
		missing, (struct pack_figure){ 0 });
}

static void say_who(struct report_draft *draft, const struct pack_about_split *split)
{
	const struct page *page = draft->view.page;
	int64_t told = told_of(draft, split->part).n;
	const char *words = "";

	for (size_t i = 0; split->cells[i]; i++) {
		int64_t n = pack_now(&draft->view, split->part, split->cells[i], "n").n;

		if (n > 0)
			words = arena_printf(report_arena(draft), "%s%s%s %s (%s)",
				words, words[0] ? "; " : "",
				pack_name(&draft->view, split->part, split->cells[i]),
				report_number(draft, n), page_share(page, n, told));
	}
	report_say(draft, "who.told",
		TEXT_VALUES({ "n", report_number(draft, told) },
			{ "of", report_number(
					draft, report_whole(draft, "received").n) },
			{ "list", words }));
}

/* The first split is by sex. */
void report_who(struct report_draft *draft)
{
	bool any = told_of(draft, pack_about_splits[0].part).n > 0;

	if (any)
		say_who(draft, &pack_about_splits[0]);
	else
		report_say(draft, "who.none", NULL);
	for (size_t i = 0; i < PACK_ABOUT_SPLITS; i++) {
		if (told_of(draft, pack_about_splits[i].part).n > 0)
			who_table(draft, &pack_about_splits[i]);
	}
	report_note(draft, "who.note");
}

void report_children(struct report_draft *draft)
{
	struct pack_figure children = report_whole(draft, "from_child");
	json_t *table, *row;

	if (children.mark != SUPPRESS_SHOWN)
		report_say(draft, "children.few", TEXT_VALUES({ "span", draft->span }));
	else if (children.n == 0)
		report_say(
			draft, "children.none", TEXT_VALUES({ "span", draft->span }));
	else
		report_say(draft, "children.number",
			TEXT_VALUES({ "span", draft->span },
				{ "n", report_number(draft, children.n) }));
	table = report_table(draft, "children", "statistics.measure");
	report_columns(draft, table);
	row = pack_row(
		table, "from_child", report_text(draft, "pack.measure.from_child"));
	report_cells(draft, row, "whole", "", "from_child");
	report_note(draft, "children.note");
}

/* ---- late ---- */

static struct pack_figure late_of(struct pack_figure of, struct pack_figure in)
{
	of.n -= in.n;
	return of;
}

static void late_row(struct report_draft *draft, json_t *table, const char *id,
	struct pack_figure now, struct pack_figure before)
{
	json_t *row = pack_row(table, id,
		report_text(draft, arena_printf(report_arena(draft), "late.%s", id)));

	pack_cell_count(&draft->view, row, now);
	if (report_has_before(draft)) {
		pack_cell_count(&draft->view, row, before);
		pack_cell_change(&draft->view, row, now, before);
	} else {
		pack_cell_none(row);
		pack_cell_none(row);
	}
}

static void late_table(struct report_draft *draft)
{
	static const char *const cols[] = { "delayed", "passed_on", "misdirected",
		"registered_late", "reopened", "overdue" };
	json_t *table = report_table(draft, "late", "statistics.measure");

	report_columns(draft, table);
	late_row(draft, table, "due", report_whole(draft, "answer_of"),
		report_whole_before(draft, "answer_of"));
	late_row(draft, table, "late",
		late_of(report_whole(draft, "answer_of"),
			report_whole(draft, "answer_in")),
		late_of(report_whole_before(draft, "answer_of"),
			report_whole_before(draft, "answer_in")));
	for (size_t i = 0; i < ARRAY_LEN(cols); i++)
		late_row(draft, table, cols[i], report_whole(draft, cols[i]),
			report_whole_before(draft, cols[i]));
}

void report_late(struct report_draft *draft)
{
	const struct page *page = draft->view.page;
	int64_t of = report_whole(draft, "answer_of").n;
	int64_t in = report_whole(draft, "answer_in").n;

	if (of == 0)
		report_say(draft, "late.nothing", TEXT_VALUES({ "span", draft->span }));
	else
		report_say(draft, "late.number",
			TEXT_VALUES({ "span", draft->span },
				{ "of", report_number(draft, of) },
				{ "in", report_number(draft, in) },
				{ "share", page_share(page, in, of) },
				{ "late", report_number(draft, of - in) }));
	report_say(draft, "late.why",
		TEXT_VALUES({ "overdue", report_number(draft,
						 report_whole(draft, "overdue").n) },
			{ "delayed", report_number(
					     draft, report_whole(draft, "delayed").n) },
			{ "passed", report_number(draft,
					    report_whole(draft, "passed_on").n) }));
	late_table(draft);
	report_note(draft, "late.note");
}

/* ---- risks ---- */

struct risk {
	const char *code, *name;
	int64_t weeks, months;
};

/* So many months' ends with overdue cases are more than a bad month. */
#define OVERDUE_MONTHS 3

static int by_weight(const void *a, const void *b)
{
	const struct risk *x = a, *y = b;

	if (x->weeks != y->weeks)
		return x->weeks > y->weeks ? -1 : 1;
	if (x->months != y->months)
		return x->months > y->months ? -1 : 1;
	return strcmp(x->name, y->name);
}

static struct risk *risk_of(struct risk *risks, size_t *n, const char *code)
{
	for (size_t i = 0; i < *n; i++) {
		if (!strcmp(risks[i].code, code))
			return &risks[i];
	}
	risks[*n] = (struct risk){ .code = code };
	return &risks[(*n)++];
}

static struct risk *risks_find(struct report_draft *draft, size_t *n)
{
	const json_t *rises = json_object_get(draft->source->body, "rises"), *rise;
	json_t *overdue = draft->source->sum->overdue, *months;
	struct risk *risks = arena_array(report_arena(draft),
		json_array_size(rises) + json_object_size(overdue) + 1, sizeof(*risks));
	const char *code;
	size_t i;

	*n = 0;
	json_array_foreach(rises, i, rise)
	{
		struct risk *risk = risk_of(
			risks, n, json_string_value(json_object_get(rise, "category")));

		risk->name = json_string_value(json_object_get(rise, "name"));
		risk->weeks = json_integer_value(json_object_get(rise, "weeks"));
	}
	json_object_foreach(overdue, code, months)
	{
		struct risk *risk;

		if (!code[0] || json_integer_value(months) < OVERDUE_MONTHS)
			continue;
		risk = risk_of(risks, n, code);
		risk->name = pack_name(&draft->view, "category", code);
		risk->months = json_integer_value(months);
	}
	qsort(risks, *n, sizeof(*risks), by_weight);
	return risks;
}

void report_risks(struct report_draft *draft)
{
	size_t n;
	const struct risk *risks = risks_find(draft, &n);
	const char *words = "";
	json_t *table, *row;

	report_note(draft, "risks.note");
	if (n == 0) {
		report_say(draft, "risks.none", TEXT_VALUES({ "span", draft->span }));
		return;
	}
	table = report_table(draft, "risks", "statistics.category");
	report_column(draft, table, "weeks", "count");
	report_column(draft, table, "months", "count");
	for (size_t i = 0; i < n; i++) {
		row = pack_row(table, risks[i].code, risks[i].name);
		pack_cell_count(&draft->view, row,
			(struct pack_figure){ .n = risks[i].weeks, .known = true });
		pack_cell_count(&draft->view, row,
			(struct pack_figure){ .n = risks[i].months, .known = true });
		words = arena_printf(report_arena(draft), "%s%s%s", words,
			i ? "; " : "", risks[i].name);
	}
	report_say(draft, "risks.list",
		TEXT_VALUES({ "span", draft->span }, { "list", words }));
}
