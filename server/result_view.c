#include "server/result_view.h"

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "server/city.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_number.h"
#include "server/result.h"
#include "server/statistics_view.h"

/* Of an area the most common: what is hidden has no place among them. */
#define SUBJECTS_TOLD 3
#define LAST_MONTH 3 /* of a period, from its first */
#define SMALL_MOST 4

static const char *month_day(const struct page *page, const char *month)
{
	return arena_printf(http_arena(page->req), "%s-01", month);
}

static const char *month_name(const struct page *page, const char *day)
{
	json_t *words = statistics_view_month(page, day);
	const char *name = arena_dup(http_arena(page->req),
		json_string_value(json_object_get(words, "text")));

	json_decref(words);
	return name;
}

static const char *last_day(const struct page *page, const char *first)
{
	return statistics_view_step(page, month_day(page, first), LAST_MONTH);
}

const char *result_period_name(const struct page *page, const char *first)
{
	return page_format(page, "results.period",
		TEXT_VALUES({ "from", month_name(page, month_day(page, first)) },
			{ "to", month_name(page, last_day(page, first)) }));
}

/* ---- cells ---- */

static json_t *cell_none(void)
{
	return json_pack(
		"{s:n, s:s, s:s}", "n", "text", PAGE_NUMBER_NONE, "mark", "none");
}

static json_t *cell_number(int64_t n, const char *text, const char *note)
{
	return json_pack("{s:I, s:s, s:s*, s:s}", "n", (json_int_t)n, "text", text,
		"note", note, "mark", "shown");
}

static json_t *cell_count(
	const struct page *page, const struct result_cell *cell, int64_t of)
{
	if (cell->mark != SUPPRESS_SHOWN)
		return json_pack("{s:n, s:s, s:s}", "n", "text",
			cell->mark == SUPPRESS_FEW ? "<5" : "··", "mark",
			cell->mark == SUPPRESS_FEW ? "few" : "withheld");
	return cell_number(cell->n, page_number(page, cell->n),
		of > 0 ? page_share(page, cell->n, of) : NULL);
}

static json_t *cell_percent(const struct page *page, int percent)
{
	return percent < 0 ? cell_none()
			   : cell_number(percent, page_share(page, percent, 100), NULL);
}

static const char *of_text(const struct page *page, int64_t n)
{
	return page_format(
		page, "results.of", TEXT_VALUES({ "n", page_number(page, n) }));
}

/* ---- how fast ---- */

static json_t *speed_json(
	const struct page *page, const char *id, json_t *own, json_t *city)
{
	const char *key = arena_printf(http_arena(page->req), "results.%s", id);

	return json_pack("{s:s, s:s, s:o, s:o}", "id", id, "name", page_text(page, key),
		"own", own, "city", city);
}

static json_t *days_json(
	const struct page *page, const char *id, const struct result_days *days)
{
	return speed_json(page, id,
		days->n > 0 ? cell_number(days->median, page_number(page, days->median),
				      of_text(page, days->n))
			    : cell_none(),
		days->city >= 0
			? cell_number(days->city, page_number(page, days->city), NULL)
			: cell_none());
}

/* One to four that were late, or in time, are a small number too: then the share is
 * told as if they had been four. */
static json_t *due_own(const struct page *page, const struct result_due *due)
{
	int64_t late = due->of - due->in;
	bool few_late = late >= 1 && late <= SMALL_MOST;
	bool few_in = due->in >= 1 && due->in <= SMALL_MOST;
	int64_t bound = few_late ? due->of - SMALL_MOST : SMALL_MOST;
	const char *share;

	if (due->of == 0)
		return cell_none();
	if (!few_late && !few_in)
		return cell_number((due->in * 200 + due->of) / (due->of * 2),
			page_share(page, due->in, due->of), of_text(page, due->of));
	/* Down to "at least", up to "at most". */
	share = page_share(page,
		few_late ? bound * 100 / due->of
			 : (bound * 100 + due->of - 1) / due->of,
		100);
	return json_pack("{s:n, s:s, s:s, s:s}", "n", "text",
		page_format(page, few_late ? "results.least" : "results.most",
			TEXT_VALUES({ "share", share })),
		"note", of_text(page, due->of), "mark", few_late ? "least" : "most");
}

static json_t *speeds_json(const struct page *page, const struct result_period *period)
{
	json_t *list = json_array();

	json_array_append_new(list, days_json(page, "first-answer", &period->answered));
	json_array_append_new(list, days_json(page, "closing", &period->closed));
	json_array_append_new(
		list, speed_json(page, "in-time", due_own(page, &period->due),
			      cell_percent(page, period->due.city)));
	return list;
}

/* ---- about what ---- */

struct place {
	const struct result_cell *cell;
	const char *name;
};

/* What is hidden comes last, by name: its place tells nothing. */
static int by_most(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	bool x_shown = x->cell->mark == SUPPRESS_SHOWN;
	bool y_shown = y->cell->mark == SUPPRESS_SHOWN;

	if (x_shown != y_shown)
		return x_shown ? -1 : 1;
	if (x_shown && x->cell->n != y->cell->n)
		return x->cell->n > y->cell->n ? -1 : 1;
	return strcmp(x->name, y->name);
}

static json_t *subjects_json(
	const struct page *page, const struct result_list *subjects, const char *area)
{
	struct place *places =
		arena_array(http_arena(page->req), subjects->n + 1, sizeof(*places));
	json_t *list = json_array();
	size_t n = 0;

	for (size_t i = 0; i < subjects->n; i++) {
		const struct result_cell *cell = &subjects->cells[i];

		if (!strcmp(cell->area, area) && cell->n > 0 &&
			cell->mark == SUPPRESS_SHOWN)
			places[n++] = (struct place){ cell,
				page_city_category(page, cell->code) };
	}
	qsort(places, n, sizeof(*places), by_most);
	for (size_t i = 0; i < n && i < SUBJECTS_TOLD; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o}", "code", places[i].cell->code,
				      "name", places[i].name, "received",
				      cell_count(page, places[i].cell, 0)));
	return list;
}

static json_t *areas_json(const struct page *page, const struct result_period *period)
{
	int64_t of = period->total.mark == SUPPRESS_SHOWN ? period->total.n : 0;
	struct place *places = arena_array(
		http_arena(page->req), period->areas.n + 1, sizeof(*places));
	json_t *list = json_array();
	size_t n = 0;

	for (size_t i = 0; i < period->areas.n; i++) {
		const struct result_cell *cell = &period->areas.cells[i];

		if (cell->n > 0 || cell->mark != SUPPRESS_SHOWN)
			places[n++] = (struct place){ cell,
				page_city_area(page, cell->code) };
	}
	qsort(places, n, sizeof(*places), by_most);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o, s:o, s:o}", "code",
				      places[i].cell->code, "name", places[i].name,
				      "received", cell_count(page, places[i].cell, of),
				      "city", cell_percent(page, places[i].cell->city),
				      "subjects",
				      subjects_json(page, &period->subjects,
					      places[i].cell->code)));
	return list;
}

/* ---- by month ---- */

/* All that is shown, the first first. */
static json_t *months_json(const struct page *page, const struct result *result)
{
	json_t *list = json_array();

	for (size_t i = result->n_shown; i-- > 0;) {
		const struct result_list *months = &result->shown[i].months;

		for (size_t k = 0; k < months->n; k++) {
			const struct result_cell *cell = &months->cells[k];

			json_array_append_new(list,
				json_pack("{s:s, s:s, s:o}", "month", cell->code,
					"name",
					month_name(page, month_day(page, cell->code)),
					"received", cell_count(page, cell, 0)));
		}
	}
	return list;
}

/* ---- the whole ---- */

static json_t *period_json(const struct page *page, const char *first)
{
	return json_pack("{s:s, s:s%, s:s}", "from", first, "to", last_day(page, first),
		strlen("YYYY-MM"), "name", result_period_name(page, first));
}

json_t *result_view(const struct page *page, const struct result *result,
	const struct city_district *district)
{
	json_t *doc = json_pack("{s:{s:s, s:s}, s:[]}", "district", "code",
		district->code, "name", district->name, "periods");
	const struct result_period *now = &result->shown[0];

	for (size_t i = 0; i < result->n_periods; i++)
		json_array_append_new(json_object_get(doc, "periods"),
			period_json(page, result->periods[i]));
	if (result->n_shown == 0)
		return doc;
	json_object_set_new(doc, "period", period_json(page, now->first));
	json_object_set_new(doc, "received", cell_count(page, &now->total, 0));
	json_object_set_new(doc, "speed", speeds_json(page, now));
	json_object_set_new(doc, "areas", areas_json(page, now));
	json_object_set_new(doc, "months", months_json(page, result));
	return doc;
}
