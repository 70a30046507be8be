#include "server/pack_improvement.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/pack.h"
#include "server/pack_doc.h"
#include "server/pack_view.h"
#include "server/page.h"

#define PART "improvement"

/* ---- what is hidden ---- */

/* Complaints that were closed: led to something that has begun, to something that is
 * decided, and neither; after them their sum, which is shown where the type is. */
enum {
	LED,
	DECIDED,
	NEITHER,
	CLOSED,
	N_CELLS
};

struct led {
	struct pack *pack;
	const char *month;
	struct pack_figure closed;
	int64_t values[N_CELLS];
	enum suppress_mark marks[N_CELLS];
};

static const char *const led_cols[] = { "led", "decided" };

static struct led led_read(struct pack *pack, const char *month)
{
	struct led led = { .pack = pack,
		.month = month,
		.closed = pack_get(pack, month, "type", "complaint", "closed") };

	for (size_t i = 0; i < ARRAY_LEN(led_cols); i++)
		led.values[i] = pack_get(pack, month, PART, "", led_cols[i]).n;
	led.values[CLOSED] = led.closed.n;
	led.values[NEITHER] = led.closed.n - led.values[LED] - led.values[DECIDED];
	if (led.values[NEITHER] < 0) { /* linked since the cells were counted */
		led.values[NEITHER] = 0;
		led.values[CLOSED] = led.values[LED] + led.values[DECIDED];
	}
	return led;
}

static void led_hide(struct led *led)
{
	for (size_t i = 0; i < CLOSED; i++)
		led->marks[i] = led->values[i] < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
}

/* Where their sum is hidden, that there are none of them tells nothing of it. */
static void led_hide_alone(struct led *led)
{
	led_hide(led);
	for (size_t i = 0; i < CLOSED; i++) {
		if (led->values[i] == 0)
			led->marks[i] = SUPPRESS_SHOWN;
	}
}

static int led_run(struct led *led, struct error *err)
{
	static const size_t parts[] = { LED, DECIDED, NEITHER };
	static const bool fixed[N_CELLS] = { [CLOSED] = true };
	const struct suppress_sum sum = { CLOSED, parts, ARRAY_LEN(parts) };
	const enum suppress_mark given[N_CELLS] = { 0 };
	const struct suppress_input input = { .n_cells = N_CELLS,
		.values = led->values,
		.fixed = fixed,
		.given = given,
		.n_sums = 1,
		.sums = &sum };
	struct error why = { 0 };
	int left = suppress_run(&input, led->marks, &why);

	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "improvements of %s: %s",
			led->month, why.text);
	if (left > 0)
		led_hide(led);
	return 0;
}

static void mark_put(
	struct pack *pack, const char *month, const char *col, enum suppress_mark mark)
{
	const struct pack_key key = { month, PART, "", col };
	struct pack_figure figure = pack_get(pack, month, PART, "", col);

	figure.mark = mark;
	figure.known = true;
	pack_put(pack, &key, &figure);
}

int pack_improvement_mask(struct pack *pack, const char *month, struct error *err)
{
	struct led led = led_read(pack, month);
	int64_t linked = pack_get(pack, month, PART, "", "linked").n;

	if (led.closed.mark != SUPPRESS_SHOWN)
		led_hide_alone(&led);
	else if (led_run(&led, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(led_cols); i++)
		mark_put(pack, month, led_cols[i], led.marks[i]);
	mark_put(pack, month, "linked",
		linked > 0 && linked < 5 ? SUPPRESS_FEW : SUPPRESS_SHOWN);
	return 0;
}

/* ---- what is shown ---- */

static struct pack_figure now(const struct pack_view *view, const char *col)
{
	return pack_now(view, PART, "", col);
}

static json_t *row_of(const struct pack_view *view, json_t *table, const char *col)
{
	return pack_row(table, col,
		page_text(view->page, arena_printf(http_arena(view->page->req),
					      "pack.improvement.%s", col)));
}

static void columns_add(const struct pack_view *view, json_t *table)
{
	pack_column(view, table, "n", "statistics.number", "count");
	pack_column(view, table, "share", "pack.share", "share");
}

static void actions_table(struct pack_view *view, json_t *section)
{
	static const struct {
		const char *col, *of; /* of: what it is a share of, or NULL */
	} rows[] = {
		{ "new", NULL },
		{ "ongoing", NULL },
		{ "planned", NULL },
		{ "overdue", NULL },
		{ "done", NULL },
		{ "judged", "ended" },
		{ "linked", NULL },
	};
	json_t *table = pack_table(view, section, "improvements", "statistics.measure");

	columns_add(view, table);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *row = row_of(view, table, rows[i].col);

		pack_cell_count(view, row, now(view, rows[i].col));
		if (rows[i].of)
			pack_cell_share(view, row, now(view, rows[i].col),
				now(view, rows[i].of));
		else
			pack_cell_none(row);
	}
}

static void led_table(struct pack_view *view, json_t *section)
{
	json_t *table =
		pack_table(view, section, "improvement-led", "statistics.measure");

	columns_add(view, table);
	for (size_t i = 0; i < ARRAY_LEN(led_cols); i++) {
		json_t *row = row_of(view, table, led_cols[i]);

		pack_cell_count(view, row, now(view, led_cols[i]));
		pack_cell_share(view, row, now(view, led_cols[i]),
			pack_now(view, "type", "complaint", "closed"));
	}
}

static const char *did_of(const json_t *texts, const char *language)
{
	return json_string_value(
		json_object_get(json_object_get(texts, language), "did"));
}

/* In the reader's language where there are words in it. */
static void changed_add(
	const struct pack_view *view, json_t *section, const json_t *action)
{
	const json_t *texts = json_object_get(action, "texts");
	const char *language = view->page->language;
	const char *did = did_of(texts, language);

	if (!did) {
		language = "sv";
		did = did_of(texts, language);
	}
	if (did)
		pack_quote(section,
			&(struct pack_quote){
				json_string_value(json_object_get(action, "title")),
				did, language });
}

void pack_section_improvements(struct pack_view *view)
{
	json_t *section = pack_section(view, "K", "improvements");
	const json_t *changed = json_object_get(pack_body(view->pack), "changed");
	const json_t *action;
	size_t i;

	if (json_is_true(json_object_get(pack_body(view->pack), "mapped"))) {
		pack_note(view, section, "pack.improvements.mapped");
		return;
	}
	actions_table(view, section);
	led_table(view, section);
	pack_note(view, section, "pack.improvements.note");
	if (json_array_size(changed) > 0)
		pack_note(view, section, "pack.improvements.changed");
	json_array_foreach(changed, i, action) changed_add(view, section, action);
}

void pack_section_praise(struct pack_view *view)
{
	json_t *section = pack_section(view, "M", "praise");
	json_t *table = pack_table(view, section, "praise", "statistics.measure");
	json_t *row = pack_row(table, "praise", pack_name(view, "type", "praise"));
	const json_t *shared = json_object_get(pack_body(view->pack), "praise");
	const json_t *words;
	size_t i;

	pack_column(view, table, "received", "statistics.received", "count");
	pack_column(view, table, "share", "pack.share", "share");
	pack_cell_count(view, row, pack_now(view, "type", "praise", "received"));
	pack_cell_share(view, row, pack_now(view, "type", "praise", "received"),
		pack_now(view, "whole", "", "received"));
	pack_note(view, section,
		json_array_size(shared) > 0 ? "pack.praise.note" : "pack.praise.none");
	json_array_foreach(shared, i, words) pack_quote(
		section, &(struct pack_quote){ NULL, json_string_value(words), "sv" });
}
