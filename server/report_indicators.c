/*
 * Five measures, each with what the year was to reach and what came of it. By the exact
 * fraction, not by what is shown rounded:
 *
 *   fulfilled   the outcome reaches the target
 *   partly      it does not, but reaches the limit for partly
 *   not         else
 *
 * To reach is to be as high or higher; of handling days, as low or lower. Without a
 * target the outcome is told and nothing is judged.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/pack.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"
#include "server/report_private.h"

enum unit {
	UNIT_SHARE,
	UNIT_DAYS,
	UNIT_POINTS
};

/* outcome = part / whole; whole 0: there is none. */
struct outcome {
	struct pack_figure part, whole;
};

typedef struct outcome outcome_fn(const struct report_draft *draft, bool before);

static struct pack_figure figure(const struct report_draft *draft, const char *part,
	const char *item, const char *col, bool before)
{
	return (before ? pack_before : pack_now)(&draft->view, part, item, col);
}

static struct outcome acknowledged(const struct report_draft *draft, bool before)
{
	return (struct outcome){ figure(draft, "whole", "", "acknowledge_in", before),
		figure(draft, "whole", "", "acknowledge_of", before) };
}

static struct outcome answered(const struct report_draft *draft, bool before)
{
	return (struct outcome){ figure(draft, "whole", "", "answer_in", before),
		figure(draft, "whole", "", "answer_of", before) };
}

static struct outcome handling(const struct report_draft *draft, bool before)
{
	struct pack_figure median =
		figure(draft, "whole", "", "handling_median", before);

	return (struct outcome){ median, { .n = median.known, .known = true } };
}

/* What is more than there is of it has moved since it was frozen: nothing is told. */
static struct outcome improved(const struct report_draft *draft, bool before)
{
	const json_t *counts = json_object_get(
		draft->source->body, before ? "improvedBefore" : "improved");
	struct pack_figure part = { .n = json_integer_value(
					    json_object_get(counts, "started")),
		.known = true };
	struct pack_figure whole = figure(draft, "type", "complaint", "closed", before);

	if (part.n > whole.n)
		part.mark = SUPPRESS_WITHHELD;
	return (struct outcome){ part, whole };
}

/* The mean of both questions, as points of 100. */
static struct outcome satisfied(const struct report_draft *draft, bool before)
{
	struct pack_figure ease =
		figure(draft, "satisfaction", "", "ease_points", before);
	struct pack_figure clarity =
		figure(draft, "satisfaction", "", "clarity_points", before);
	struct pack_figure told = figure(draft, "satisfaction", "", "told", before);

	ease.n += clarity.n;
	told.n *= 2;
	return (struct outcome){ ease, told };
}

static const struct {
	const char *id;
	enum unit unit;
	outcome_fn *outcome;
} measures[] = {
	{ "acknowledged", UNIT_SHARE, acknowledged },
	{ "answered", UNIT_SHARE, answered },
	{ "handling", UNIT_DAYS, handling },
	{ "improved", UNIT_SHARE, improved },
	{ "satisfaction", UNIT_POINTS, satisfied },
};

/* ---- judging ---- */

static bool is_told(const struct outcome *outcome)
{
	return outcome->part.mark == SUPPRESS_SHOWN &&
	       outcome->whole.mark == SUPPRESS_SHOWN && outcome->whole.n > 0;
}

static bool reaches(enum unit unit, const struct outcome *outcome, int64_t limit)
{
	if (unit == UNIT_DAYS)
		return outcome->part.n <= limit;
	return outcome->part.n * (unit == UNIT_SHARE ? 100 : 1) >=
	       limit * outcome->whole.n;
}

static const char *verdict(
	enum unit unit, const struct outcome *outcome, const json_t *target)
{
	if (!target)
		return "no-target";
	if (!is_told(outcome))
		return "no-outcome";
	if (reaches(unit, outcome,
		    json_integer_value(json_object_get(target, "target"))))
		return "fulfilled";
	return reaches(unit, outcome,
		       json_integer_value(json_object_get(target, "partly")))
		       ? "partly"
		       : "not";
}

/* ---- words ---- */

static const char *const limit_keys[] = {
	[UNIT_SHARE] = "statistics.percent",
	[UNIT_DAYS] = "days",
	[UNIT_POINTS] = "points",
};

static const char *limit_text(
	const struct report_draft *draft, enum unit unit, const json_t *n)
{
	return page_fill(draft->view.page, report_text(draft, limit_keys[unit]),
		TEXT_VALUES({ "n", report_number(draft, json_integer_value(n)) }));
}

static void outcome_cell(const struct report_draft *draft, json_t *row, enum unit unit,
	const struct outcome *outcome)
{
	if (outcome->whole.n == 0 && outcome->whole.mark == SUPPRESS_SHOWN)
		pack_cell_none(row);
	else if (unit == UNIT_SHARE)
		pack_cell_share(&draft->view, row, outcome->part, outcome->whole);
	else if (unit == UNIT_DAYS)
		pack_cell_days(&draft->view, row, outcome->part);
	else
		pack_cell_index(&draft->view, row, outcome->part, outcome->whole);
}

/* "Besvarade i tid: 82 % (årsmål 90 %, delvis uppfyllt)." */
static void say_row(struct report_draft *draft, const json_t *row, enum unit unit)
{
	const json_t *cells = json_object_get(row, "cells");
	const json_t *outcome = json_array_get(cells, 1);
	const char *word = json_string_value(json_object_get(row, "verdict"));
	const char *texts[3];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		texts[i] = json_string_value(
			json_object_get(json_array_get(cells, i), "text"));
	/* A share has its sign already. */
	if (unit != UNIT_SHARE && json_is_number(json_object_get(outcome, "n")))
		texts[1] = page_fill(draft->view.page,
			report_text(draft, limit_keys[unit]),
			TEXT_VALUES({ "n", texts[1] }));
	report_say(draft,
		strcmp(word, "no-target") ? "indicators.one" : "indicators.untargeted",
		TEXT_VALUES({ "name", json_string_value(json_object_get(row, "name")) },
			{ "target", texts[0] }, { "outcome", texts[1] },
			{ "verdict", texts[2] }));
}

static void row_make(struct report_draft *draft, json_t *table, size_t i)
{
	struct arena *arena = report_arena(draft);
	const char *id = measures[i].id;
	const json_t *target =
		json_object_get(json_object_get(draft->source->body, "targets"), id);
	struct outcome now = measures[i].outcome(draft, false);
	struct outcome before = measures[i].outcome(draft, true);
	enum unit unit = measures[i].unit;
	const char *word = verdict(unit, &now, target);
	json_t *row = pack_row(
		table, id, report_text(draft, arena_printf(arena, "measure.%s", id)));

	json_object_set_new(row, "verdict", json_string(word));
	report_cell_text(
		row, target ? limit_text(draft, unit, json_object_get(target, "target"))
			    : report_text(draft, "verdict.no-target"));
	outcome_cell(draft, row, unit, &now);
	report_cell_text(
		row, report_text(draft, arena_printf(arena, "verdict.%s", word)));
	report_cell_text(
		row, target ? limit_text(draft, unit, json_object_get(target, "partly"))
			    : NULL);
	outcome_cell(draft, row, unit, &before);
	say_row(draft, row, unit);
}

void report_indicators(struct report_draft *draft)
{
	json_t *table = report_table(draft, "indicators", "column.indicator");

	report_column(draft, table, "target", "text");
	pack_column_named(table, "outcome", draft->short_span, "share");
	report_column(draft, table, "verdict", "text");
	report_column(draft, table, "partly", "text");
	pack_column_named(table, "last-year", draft->short_before, "share");
	for (size_t i = 0; i < ARRAY_LEN(measures); i++)
		row_make(draft, table, i);
	report_note(draft, "indicators.rule");
	report_note(draft, "indicators.improved");
	report_note(draft, "indicators.satisfaction");
}
