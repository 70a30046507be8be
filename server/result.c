#include "server/result.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"

/* ---- reading ---- */

static const char *text_at(struct result *result, const json_t *row, size_t i)
{
	return arena_dup(result->arena, json_string_value(json_array_get(row, i)));
}

static int number_or_none(const json_t *number)
{
	return json_is_number(number) ? (int)json_number_value(number) : -1;
}

/* Rows whose last column is the number; the second, of three, is the area. */
static int list_parse(
	struct result *result, const json_t *rows, struct result_list *ret)
{
	const json_t *row;
	size_t i;

	ret->cells = arena_array(
		result->arena, json_array_size(rows) + 1, sizeof(*ret->cells));
	json_array_foreach(rows, i, row)
	{
		size_t last = json_array_size(row) - 1;
		struct result_cell cell = { .code = text_at(result, row, 0),
			.area = last == 2 ? text_at(result, row, 1) : "",
			.n = json_integer_value(json_array_get(row, last)),
			.city = -1 };

		if (!cell.code || !cell.area || cell.n < 0)
			return -1;
		ret->cells[ret->n++] = cell;
	}
	return 0;
}

static struct result_cell *cell_find(struct result_list *list, const char *code)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!strcmp(list->cells[i].code, code))
			return &list->cells[i];
	}
	return NULL;
}

/* The areas are the sums of their subjects. */
static void areas_make(
	struct result *result, struct result_period *period, const json_t *shares)
{
	struct result_list *areas = &period->areas;

	areas->cells = arena_array(
		result->arena, period->subjects.n + 1, sizeof(*areas->cells));
	for (size_t i = 0; i < period->subjects.n; i++) {
		const struct result_cell *subject = &period->subjects.cells[i];
		struct result_cell *area = cell_find(areas, subject->area);

		if (!area) {
			area = &areas->cells[areas->n++];
			*area = (struct result_cell){ .code = subject->area,
				.city = number_or_none(
					json_object_get(shares, subject->area)) };
		}
		area->n += subject->n;
		period->total.n += subject->n;
	}
}

static struct result_days days_parse(const json_t *own, const json_t *city)
{
	return (struct result_days){ json_integer_value(json_array_get(own, 0)),
		json_integer_value(json_array_get(own, 1)), number_or_none(city) };
}

static int period_parse(
	struct result *result, const json_t *json, struct result_period *ret)
{
	const json_t *own = json_object_get(json, "own");
	const json_t *city = json_object_get(json, "city");
	const json_t *due = json_object_get(own, "due");

	ret->first = arena_dup(
		result->arena, json_string_value(json_object_get(json, "period")));
	if (!ret->first || strlen(ret->first) != strlen("YYYY-MM"))
		return -1;
	if (list_parse(result, json_object_get(own, "received"), &ret->subjects) < 0 ||
		list_parse(result, json_object_get(own, "months"), &ret->months) < 0)
		return -1;
	areas_make(result, ret, json_object_get(city, "shares"));
	ret->answered = days_parse(
		json_object_get(own, "answered"), json_object_get(city, "answered"));
	ret->closed = days_parse(
		json_object_get(own, "closed"), json_object_get(city, "closed"));
	ret->due = (struct result_due){ json_integer_value(json_array_get(due, 0)),
		json_integer_value(json_array_get(due, 1)),
		number_or_none(json_object_get(city, "inTime")) };
	return 0;
}

static int whole_parse(struct result *result, const json_t *whole)
{
	const json_t *periods = json_object_get(whole, "periods");
	const json_t *shown = json_object_get(whole, "shown");
	size_t n = json_array_size(periods);

	if (!json_is_array(periods) || !json_is_array(shown))
		return -1;
	result->periods = arena_array(result->arena, n + 1, sizeof(*result->periods));
	for (size_t i = 0; i < n; i++) {
		result->periods[i] = text_at(result, periods, i);
		if (!result->periods[i])
			return -1;
	}
	result->n_periods = n;
	for (size_t i = 0; i < json_array_size(shown) && i < RESULT_SHOWN; i++) {
		if (period_parse(result, json_array_get(shown, i), &result->shown[i]) <
			0)
			return -1;
		result->n_shown++;
	}
	return 0;
}

struct result *result_parse(const char *json, struct error *err)
{
	struct result *result = mem_new(sizeof(*result));
	json_t *whole = json ? json_loads(json, 0, NULL) : NULL;
	int rc;

	result->arena = arena_new();
	rc = whole_parse(result, whole);
	json_decref(whole);
	if (rc < 0) {
		result_free(result);
		error_set(err, ERR_INTERNAL, "the results cannot be read");
		return NULL;
	}
	return result;
}

void result_free(struct result *result)
{
	if (!result)
		return;
	arena_free(result->arena);
	mem_free(result);
}

/* ---- hiding ---- */

/* The cells of a period in a row: subjects, areas, months, the total. */
struct table {
	struct arena *arena;
	struct result_cell **cells;
	size_t n;
	struct suppress_sum *sums;
	size_t n_sums;
};

static void list_add(struct table *table, struct result_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		table->cells[table->n++] = &list->cells[i];
}

/* The cells from..to of an area, or all of them, are the total's parts. */
static void sum_add(
	struct table *table, const char *area, size_t from, size_t to, size_t total)
{
	size_t *parts = arena_array(table->arena, to - from + 1, sizeof(*parts));
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		if (!area || !strcmp(table->cells[i]->area, area))
			parts[n++] = i;
	}
	table->sums[table->n_sums++] = (struct suppress_sum){ total, parts, n };
}

static void table_make(struct table *table, struct result_period *period)
{
	size_t n = period->subjects.n + period->areas.n + period->months.n + 1;
	size_t areas, months, total;

	table->cells = arena_array(table->arena, n, sizeof(struct result_cell *));
	table->sums =
		arena_array(table->arena, period->areas.n + 2, sizeof(*table->sums));
	list_add(table, &period->subjects);
	areas = table->n;
	list_add(table, &period->areas);
	months = table->n;
	list_add(table, &period->months);
	total = table->n;
	table->cells[table->n++] = &period->total;
	for (size_t i = areas; i < months; i++)
		sum_add(table, table->cells[i]->code, 0, areas, i);
	sum_add(table, NULL, areas, months, total);
	sum_add(table, NULL, months, total, total);
}

/* No total is shown whatever its size, so that all can be protected; if something
 * cannot, nothing of the period is shown. */
static int period_mask(
	struct arena *arena, struct result_period *period, struct error *err)
{
	struct table table = { .arena = arena };
	enum suppress_mark *marks;
	int64_t *values;
	bool *fixed;
	int left;

	table_make(&table, period);
	marks = arena_array(arena, table.n, sizeof(*marks));
	values = arena_array(arena, table.n, sizeof(*values));
	fixed = arena_array(arena, table.n, sizeof(*fixed));
	for (size_t i = 0; i < table.n; i++)
		values[i] = table.cells[i]->n;
	left = suppress_run(&(struct suppress_input){ .n_cells = table.n,
				    .values = values,
				    .fixed = fixed,
				    .n_sums = table.n_sums,
				    .sums = table.sums },
		marks, err);
	if (left < 0)
		return -1;
	for (size_t i = 0; i < table.n; i++) {
		if (left > 0)
			marks[i] = values[i] < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
		table.cells[i]->mark = marks[i];
	}
	return 0;
}

int result_mask(struct result *result, struct error *err)
{
	for (size_t i = 0; i < result->n_shown; i++) {
		if (period_mask(result->arena, &result->shown[i], err) < 0)
			return -1;
	}
	return 0;
}
