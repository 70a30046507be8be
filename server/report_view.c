#include "server/report_view.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/day.h"
#include "server/pack.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"
#include "server/report_private.h"
#include "server/report_sum.h"
#include "server/report_words.h"

static report_section_fn *const makers[] = { report_told, report_changed, report_types,
	report_indicators, report_activities, report_operation, report_who,
	report_children, report_late, report_risks };

/* ---- for the sections ---- */

struct arena *report_arena(const struct report_draft *draft)
{
	return http_arena(draft->view.page->req);
}

const char *report_text(const struct report_draft *draft, const char *key)
{
	const char *word = report_word(key);

	return word ? word : page_text(draft->view.page, key);
}

const char *report_number(const struct report_draft *draft, int64_t n)
{
	return page_number(draft->view.page, n);
}

void report_say(
	struct report_draft *draft, const char *key, const struct text_value *values)
{
	draft->text = arena_printf(report_arena(draft), "%s%s%s", draft->text,
		draft->text[0] ? " " : "",
		page_fill(draft->view.page, report_text(draft, key), values));
}

void report_say_line(struct report_draft *draft, const char *line)
{
	draft->text = arena_printf(report_arena(draft), "%s\n%s", draft->text, line);
}

struct pack_figure report_whole(const struct report_draft *draft, const char *col)
{
	return pack_now(&draft->view, "whole", "", col);
}

struct pack_figure report_whole_before(
	const struct report_draft *draft, const char *col)
{
	return pack_before(&draft->view, "whole", "", col);
}

bool report_has_before(const struct report_draft *draft)
{
	return pack_last_year(draft->view.pack) != NULL;
}

json_t *report_table(struct report_draft *draft, const char *id, const char *head)
{
	const char *title = arena_printf(report_arena(draft), "table.%s", id);
	json_t *table = json_pack("{s:s, s:s, s:s, s:[], s:[]}", "id",
		arena_printf(report_arena(draft), "report-%s", id), "title",
		report_text(draft, title), "head", report_text(draft, head), "columns",
		"rows");

	json_array_append_new(json_object_get(draft->section, "tables"), table);
	return table;
}

void report_column(
	struct report_draft *draft, json_t *table, const char *id, const char *kind)
{
	const char *key = arena_printf(report_arena(draft), "column.%s", id);

	pack_column_named(table, id, report_text(draft, key), kind);
}

void report_columns(struct report_draft *draft, json_t *table)
{
	pack_column_named(table, "now", draft->short_span, "count");
	pack_column_named(table, "last-year", draft->short_before, "count");
	pack_column(&draft->view, table, "change", "statistics.change", "change");
}

void report_cells(struct report_draft *draft, json_t *row, const char *part,
	const char *item, const char *col)
{
	struct pack_figure now = pack_now(&draft->view, part, item, col);
	struct pack_figure before = pack_before(&draft->view, part, item, col);

	pack_cell_count(&draft->view, row, now);
	if (report_has_before(draft)) {
		pack_cell_count(&draft->view, row, before);
		pack_cell_change(&draft->view, row, now, before);
	} else {
		pack_cell_none(row);
		pack_cell_none(row);
	}
}

void report_cell_text(json_t *row, const char *text)
{
	json_array_append_new(json_object_get(row, "cells"),
		json_pack("{s:n, s:s, s:s}", "n", "text",
			text && text[0] ? text : PAGE_NUMBER_NONE, "mark", "shown"));
}

void report_note(struct report_draft *draft, const char *key)
{
	pack_note_said(draft->section, report_text(draft, key));
}

const char *report_list_words(struct report_draft *draft, const char *part, size_t most)
{
	const char *const *items = pack_sorted(&draft->view, part, "received");
	struct arena *arena = report_arena(draft);
	const char *words = NULL;
	size_t n = 0;

	for (; *items && n < most; items++) {
		struct pack_figure figure =
			pack_now(&draft->view, part, *items, "received");
		const char *one;

		if (!items[0][0] || figure.mark != SUPPRESS_SHOWN || figure.n == 0)
			continue;
		one = arena_printf(arena, "%s (%s)",
			pack_name(&draft->view, part, *items),
			report_number(draft, figure.n));
		words = words ? arena_printf(arena, "%s; %s", words, one) : one;
		n++;
	}
	return words;
}

/* ---- names ---- */

const char *report_name(const struct page *page, const struct report_period *period)
{
	struct arena *arena = http_arena(page->req);

	return page_fill(page,
		report_word(arena_printf(arena, "kind.%s", report_kind(period))),
		TEXT_VALUES({ "year", arena_printf(arena, "%d", period->year) }));
}

/* "jan–apr 2026", or with long names of months. */
static const char *span_text(
	const struct page *page, int year, int months, bool is_long)
{
	struct arena *arena = http_arena(page->req);
	const char *first = arena_printf(arena, "%04d-01", year);
	const char *last = arena_printf(arena, "%04d-%02d", year, months);
	const char *begin =
		is_long ? pack_month_name(page, first) : pack_month_short(page, first);
	const char *end =
		is_long ? pack_month_name(page, last) : pack_month_short(page, last);

	if (months == 1)
		return end;
	return arena_printf(arena, "%.*s–%s", (int)strcspn(begin, " "), begin, end);
}

static int months_told(const struct report_source *source)
{
	return source->sum->pack ? (int)source->sum->months : source->period.months;
}

/* ---- what was saved ---- */

static const json_t *saved_of(const json_t *saved, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(saved, "sections"), i, one)
	{
		if (!strcmp(json_string_value(json_object_get(one, "id")), id))
			return one;
	}
	return NULL;
}

/* What was suggested then, where an earlier version kept it. */
static json_t *text_of(json_t *section, const json_t *one, bool is_latest)
{
	json_t *text = json_object_get(one, "text");
	json_t *then = json_object_get(one, "suggested");

	if (json_is_string(text))
		return text;
	return then && !is_latest ? then : json_object_get(section, "suggested");
}

static void section_saved(json_t *section, const json_t *saved, bool is_latest)
{
	const json_t *one =
		saved_of(saved, json_string_value(json_object_get(section, "id")));
	bool edited = json_is_string(json_object_get(one, "text"));

	json_object_set(section, "text", text_of(section, one, is_latest));
	json_object_set_new(section, "edited", json_boolean(edited));
	json_object_set_new(section, "outdated",
		json_boolean(edited && !json_equal(json_object_get(one, "suggested"),
					       json_object_get(section, "suggested"))));
}

void report_view_saved(json_t *report, const json_t *saved, const json_t *versions)
{
	json_t *version = json_object_get(saved, "version");
	const json_t *latest = json_object_get(json_array_get(versions, 0), "version");
	json_t *section;
	size_t i;

	json_object_set_new(
		report, "version", json_integer(json_integer_value(version)));
	json_object_set(report, "savedAt", json_object_get(saved, "at"));
	json_object_set(report, "savedBy", json_object_get(saved, "by"));
	if (!json_is_object(saved)) {
		json_object_set_new(report, "savedAt", json_null());
		json_object_set_new(report, "savedBy", json_null());
	}
	json_object_set_new(report, "latest",
		json_boolean(!version || json_equal(version, latest)));
	json_array_foreach(json_object_get(report, "sections"), i, section)
		section_saved(section, saved, !version || json_equal(version, latest));
	json_object_set_new(report, "versions", json_deep_copy(versions));
}

/* ---- the whole ---- */

static json_t *sections_make(struct report_draft *draft)
{
	struct arena *arena = report_arena(draft);
	json_t *sections = json_array();

	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		const char *id = report_sections[i];

		draft->text = "";
		draft->section = json_pack("{s:s, s:s, s:[], s:[]}", "id", id, "title",
			report_text(draft, arena_printf(arena, "title.%s", id)),
			"tables", "notes");
		if (draft->view.pack)
			makers[i](draft);
		else
			report_say(draft, "not-begun", NULL);
		json_object_set_new(
			draft->section, "suggested", json_string(draft->text));
		json_array_append_new(sections, draft->section);
	}
	return sections;
}

static bool is_complete(const struct report_source *source)
{
	return source->sum->frozen == (size_t)source->period.months;
}

/* Through which month it reaches, and whether those are all locked. */
static const char *state_text(
	const struct page *page, const struct report_source *source)
{
	const struct report_sum *sum = source->sum;
	struct arena *arena = http_arena(page->req);
	const char *text;

	if (!sum->pack)
		return report_word("not-begun");
	if (is_complete(source))
		text = report_word("complete");
	else if (sum->months == (size_t)source->period.months)
		text = report_word("over");
	else
		text = page_fill(page, report_word("through"),
			TEXT_VALUES({ "month",
				pack_month_name(page, pack_month(sum->pack)) }));
	if (sum->frozen < sum->months)
		text = arena_printf(arena, "%s %s", text, report_word("open-months"));
	if (sum->corrected > 0)
		text = arena_printf(arena, "%s %s", text, report_word("corrected"));
	return text;
}

static const char *last_day(struct arena *arena, const struct report_period *period)
{
	char to[DAY_TEXT];

	day_format(period->months == 12
			   ? day_from_civil(period->year, 12, 31)
			   : day_from_civil(period->year, period->months + 1, 1) - 1,
		to);
	return arena_dup(arena, to);
}

/* {board: {code, name}, period, kind, name, from, to} */
static json_t *names_json(const struct page *page, const struct report_period *period,
	const char *code, const char *board)
{
	struct arena *arena = http_arena(page->req);

	return json_pack("{s:{s:s, s:s}, s:s, s:s, s:s, s:s, s:s}", "board", "code",
		code, "name", board, "period", report_period_text(arena, period),
		"kind", report_kind(period), "name", report_name(page, period), "from",
		arena_printf(arena, "%04d-01-01", period->year), "to",
		last_day(arena, period));
}

void report_item_name(const struct page *page, json_t *item)
{
	const struct report_period period = { (int)json_integer_value(
						      json_object_get(item, "year")),
		(int)json_integer_value(json_object_get(item, "months")) };
	json_t *names = names_json(page, &period,
		json_string_value(json_object_get(item, "board")),
		json_string_value(json_object_get(item, "name")));

	json_object_del(item, "year");
	json_object_del(item, "months");
	json_object_update(item, names);
	json_decref(names);
}

json_t *report_view_frame(const struct page *page, const struct report_source *source)
{
	const struct pack *pack = source->sum->pack;
	json_t *report =
		names_json(page, &source->period, source->board, source->board_name);
	json_t *more = json_pack("{s:s, s:s?, s:b, s:s, s:b}", "title",
		arena_printf(http_arena(page->req), "%s, %s",
			report_name(page, &source->period), source->board_name),
		"through", pack ? pack_month(pack) : NULL, "complete",
		is_complete(source), "state", state_text(page, source), "mayWrite",
		source->may_write);

	json_object_update(report, more);
	json_decref(more);
	return report;
}

json_t *report_view(const struct page *page, const struct report_source *source)
{
	int months = months_told(source), year = source->period.year;
	struct report_draft draft = { .source = source,
		.view = { page, source->sum->pack, NULL },
		.span = span_text(page, year, months, true),
		.short_span = span_text(page, year, months, false),
		.short_before = span_text(page, year - 1, months, false) };
	json_t *report = report_view_frame(page, source);

	json_object_set_new(report, "sections", sections_make(&draft));
	report_view_saved(report, json_object_get(source->body, "saved"),
		json_object_get(source->body, "versions"));
	return report;
}
