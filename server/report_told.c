/* What residents told the board, what it changed, and what it works with. */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/day.h"
#include "server/pack.h"
#include "server/pack_view.h"
#include "server/page.h"
#include "server/page_number.h"
#include "server/report_private.h"

#define CAUSES 3 /* in the text */
#define TOP 10   /* in the table */
#define DONE_TOLD 20
#define DID_CHARS 300 /* bytes of what was done, in the text */

static const char *string_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* ---- told ---- */

static void say_number(struct report_draft *draft)
{
	const struct page *page = draft->view.page;
	int64_t now = report_whole(draft, "received").n;
	int64_t before = report_whole_before(draft, "received").n;

	report_say(draft, "told.number",
		TEXT_VALUES({ "span", draft->span },
			{ "board", draft->source->board_name },
			{ "n", page_number(page, now) }));
	if (report_has_before(draft))
		report_say(draft, "told.before",
			TEXT_VALUES({ "n", page_number(page, before) },
				{ "change", page_share_change(page, now, before) }));
	else
		report_say(draft, "no-before", NULL);
}

static void top_table(struct report_draft *draft)
{
	const char *const *items = pack_sorted(&draft->view, "category", "received");
	json_t *table;

	if (!*items)
		return;
	table = report_table(draft, "top", "statistics.category");
	report_columns(draft, table);
	for (int i = 0; i < TOP && items[i]; i++)
		report_cells(draft,
			pack_row(table, items[i],
				pack_name(&draft->view, "category", items[i])),
			"category", items[i], "received");
}

void report_told(struct report_draft *draft)
{
	const char *causes = report_list_words(draft, "category", CAUSES);

	say_number(draft);
	if (causes)
		report_say(draft, "told.causes", TEXT_VALUES({ "list", causes }));
	else if (report_whole(draft, "received").n > 0)
		report_say(draft, "told.few", NULL);
	top_table(draft);
	report_note(draft, "small");
}

void report_types(struct report_draft *draft)
{
	const char *const *items = pack_sorted(&draft->view, "type", "received");
	const char *words = report_list_words(draft, "type", SIZE_MAX);
	json_t *table = report_table(draft, "types", "statistics.type"), *row;

	if (words)
		report_say(draft, "types.list",
			TEXT_VALUES({ "span", draft->span }, { "list", words }));
	else
		report_say(draft, "types.few", TEXT_VALUES({ "span", draft->span }));
	report_columns(draft, table);
	for (; *items; items++)
		report_cells(draft,
			pack_row(
				table, *items, pack_name(&draft->view, "type", *items)),
			"type", *items, "received");
	row = pack_row(table, "all", report_text(draft, "pack.all"));
	json_object_set_new(row, "total", json_true());
	report_cells(draft, row, "whole", "", "received");
	report_note(draft, "small");
}

/* ---- actions ---- */

static const json_t *actions_of(const struct report_draft *draft)
{
	return json_object_get(draft->source->body, "actions");
}

static size_t count_state(const struct report_draft *draft, const char *state)
{
	const json_t *action;
	size_t i, n = 0;

	json_array_foreach(actions_of(draft), i, action) n +=
		!strcmp(string_of(action, "state"), state);
	return n;
}

/* A text of several lines as one. */
static char *one_line(struct report_draft *draft, const char *text)
{
	char *line = arena_dup(report_arena(draft), text);

	for (char *at = line; *at; at++) {
		if (*at == '\n')
			*at = ' ';
	}
	return line;
}

/* No character is cut in two. */
static const char *shortened(struct report_draft *draft, const char *text)
{
	char *line = one_line(draft, text);
	size_t n = DID_CHARS;

	if (strlen(line) <= DID_CHARS)
		return line;
	while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80)
		n--;
	line[n] = '\0';
	return arena_printf(report_arena(draft), "%s …", line);
}

static void say_done(struct report_draft *draft, const json_t *action)
{
	const char *title = one_line(draft, string_of(action, "title"));
	const char *did = string_of(action, "did");

	report_say_line(draft, arena_printf(report_arena(draft), "– %s%s%s", title,
				       did[0] ? ": " : "", shortened(draft, did)));
}

void report_changed(struct report_draft *draft)
{
	const json_t *action;
	size_t i, done = 0;

	json_array_foreach(actions_of(draft), i, action) done +=
		json_is_true(json_object_get(action, "doneNow"));
	if (done == 0) {
		report_say(draft, "changed.none", TEXT_VALUES({ "span", draft->span }));
	} else {
		report_say(draft, "changed.done",
			TEXT_VALUES({ "span", draft->span },
				{ "n", report_number(draft, (int64_t)done) }));
	}
	done = 0;
	json_array_foreach(actions_of(draft), i, action)
	{
		if (json_is_true(json_object_get(action, "doneNow")) &&
			done++ < DONE_TOLD)
			say_done(draft, action);
	}
}

static const char *state_text(const struct report_draft *draft, const json_t *action)
{
	const char *key = arena_printf(
		report_arena(draft), "state.%s", string_of(action, "state"));

	return report_text(draft, key);
}

static void action_row(struct report_draft *draft, json_t *table, const json_t *action)
{
	json_t *row = pack_row(table, "", string_of(action, "title"));
	const char *done = string_of(action, "doneOn");

	report_cell_text(row, string_of(action, "startsOn"));
	report_cell_text(row, done[0] ? done : string_of(action, "endsOn"));
	report_cell_text(row, string_of(action, "responsible"));
	report_cell_text(row, state_text(draft, action));
	report_cell_text(row, string_of(action, "goal"));
}

void report_activities(struct report_draft *draft)
{
	static const char *const columns[] = { "start", "end", "responsible", "status",
		"goal" };
	const json_t *actions = actions_of(draft), *action;
	json_t *table;
	size_t i;

	if (json_array_size(actions) == 0) {
		report_say(
			draft, "activities.none", TEXT_VALUES({ "span", draft->span }));
		return;
	}
	report_say(draft, "activities.number",
		TEXT_VALUES({ "span", draft->span },
			{ "n", report_number(
				       draft, (int64_t)json_array_size(actions)) },
			{ "done", report_number(
					  draft, (int64_t)count_state(draft, "done")) },
			{ "ongoing", report_number(draft,
					     (int64_t)count_state(draft, "ongoing")) },
			{ "planned", report_number(draft, (int64_t)count_state(draft,
								  "planned")) }));
	table = report_table(draft, "activities", "column.activity");
	for (i = 0; i < ARRAY_LEN(columns); i++)
		report_column(draft, table, columns[i], "text");
	json_array_foreach(actions, i, action) action_row(draft, table, action);
	report_note(draft, "activities.now");
}
