#include "server/report_sum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/pack.h"
#include "server/pack_about.h"
#include "server/pack_parts.h"
#include "server/suppress.h"

#define YEAR 12

/* Lists whose items are added up, measure by measure. */
static const struct {
	const char *part, *col;
	bool is_whole;
} lists[] = {
	{ "category", "received", false },
	{ "type", "received", false },
	{ "type", "closed", false },
	{ "form", "received", false },
	{ "form", "answer_of", false },
	{ "form", "answer_in", false },
	{ "whole", "from_child", true },
};

/* What holds at the end of the last month, and cannot be added. */
static const char *const stocks[] = { "open", "overdue", "not_due" };

struct year {
	struct pack *packs[YEAR];
	size_t n, frozen, corrected;
};

static void year_end(struct year *year)
{
	for (size_t i = 0; i < year->n; i++)
		pack_free(year->packs[i]);
	year->n = 0;
}

/* ---- the months ---- */

static struct pack *rows_read(
	const json_t *month, const char *rows, const json_t *names, struct error *err)
{
	json_t *body = json_pack("{s:O?, s:O?, s:n, s:[], s:O?}", "month",
		json_object_get(month, "month"), "rows", json_object_get(month, rows),
		"lastYear", "history", "names", names);
	struct pack *pack = pack_new(body, err);

	json_decref(body);
	if (pack && pack_mask(pack, err) < 0) {
		pack_free(pack);
		return NULL;
	}
	return pack;
}

/* What was hidden before it was corrected stays so. */
static void hide_as_then(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	struct pack *pack = arg;
	struct pack_figure mine =
		pack_get(pack, key->month, key->part, key->item, key->col);

	if (figure->mark == SUPPRESS_SHOWN || mine.mark != SUPPRESS_SHOWN)
		return;
	mine.mark = mine.n < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	mine.known = true;
	pack_put(pack, key, &mine);
}

static int month_read(
	struct year *year, const json_t *month, const json_t *names, struct error *err)
{
	struct pack *pack = rows_read(month, "rows", names, err), *then;

	if (!pack)
		return -1;
	year->packs[year->n++] = pack;
	if (json_is_true(json_object_get(month, "frozen")))
		year->frozen++;
	if (!json_is_array(json_object_get(month, "then")))
		return 0;
	year->corrected++;
	then = rows_read(month, "then", names, err);
	if (!then)
		return -1;
	pack_each(then, hide_as_then, pack);
	pack_free(then);
	return 0;
}

static int year_read(
	struct year *year, const json_t *months, const json_t *names, struct error *err)
{
	const json_t *month;
	size_t i;

	json_array_foreach(months, i, month)
	{
		if (year->n == YEAR)
			return error_set(
				err, ERR_INTERNAL, "a year of more than twelve months");
		if (month_read(year, month, names, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- sums ---- */

struct adding {
	struct pack *sum;
	const char *to;
};

static void add(const struct adding *adding, const char *part, const char *item,
	const char *col, int64_t n)
{
	const struct pack_key key = { adding->to, part, item, col };
	struct pack_figure sum = pack_get(adding->sum, key.month, part, item, col);

	sum.n += n;
	sum.known = true;
	pack_put(adding->sum, &key, &sum);
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static bool is_flow(const char *col)
{
	for (size_t i = 0; i < ARRAY_LEN(stocks); i++) {
		if (!strcmp(col, stocks[i]))
			return false;
	}
	return strcmp(col, "from_child") != 0 && !ends_with(col, "_median") &&
	       !ends_with(col, "_p90");
}

static void figure_add(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	const struct adding *adding = arg;

	if ((!strcmp(key->part, "whole") && is_flow(key->col)) ||
		!strcmp(key->part, "handling-days"))
		add(adding, key->part, key->item, key->col, figure->n);
}

/* Points are known where there are enough answers to tell them. */
static void satisfaction_add(const struct adding *adding, const struct pack *pack)
{
	static const char *const cols[] = { "asked", "answered", "ease_points",
		"clarity_points" };
	const char *part = "satisfaction", *month = pack_month(pack);
	bool told = pack_get(pack, month, part, "", "ease_points").known;

	if (!pack_get(pack, month, part, "", "asked").known)
		return;
	for (size_t i = 0; i < ARRAY_LEN(cols); i++) {
		if (told || i < 2)
			add(adding, part, "", cols[i],
				pack_get(pack, month, part, "", cols[i]).n);
	}
	if (told)
		add(adding, part, "", "told",
			pack_get(pack, month, part, "", "answered").n);
}

static bool is_split_told(const struct pack *pack, const struct pack_about_split *split)
{
	for (size_t i = 0; split->cells[i]; i++) {
		struct pack_figure cell = pack_get(
			pack, pack_month(pack), split->part, split->cells[i], "n");

		if (cell.mark != SUPPRESS_SHOWN &&
			!(split->apart && !strcmp(split->cells[i], split->apart)))
			return false;
	}
	return pack_get(
		       pack, pack_month(pack), PACK_ABOUT, split->part, PACK_ABOUT_TOLD)
		       .n > 0;
}

/* Who wrote: of the months that tell it, what they tell. */
static void split_add(const struct adding *adding, const struct pack *pack,
	const struct pack_about_split *split)
{
	if (!is_split_told(pack, split))
		return;
	for (size_t i = 0; split->cells[i]; i++) {
		struct pack_figure cell = pack_get(
			pack, pack_month(pack), split->part, split->cells[i], "n");

		if (cell.mark != SUPPRESS_SHOWN || cell.n == 0)
			continue;
		add(adding, split->part, split->cells[i], "n", cell.n);
		add(adding, PACK_ABOUT, split->part, PACK_ABOUT_TOLD, cell.n);
	}
}

static int64_t days_count(const struct adding *adding, long days)
{
	char item[24];

	snprintf(item, sizeof(item), "%ld", days);
	return pack_get(adding->sum, adding->to, "handling-days", item, "n").n;
}

/* By nearest rank, as a month's. */
static void median_make(const struct adding *adding)
{
	const json_t *items = pack_items(adding->sum, "handling-days");
	int64_t of = 0, up_to = 0;
	long longest = 0, days = 0;
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)items, item, unused)
	{
		long day = strtol(item, NULL, 10);

		of += days_count(adding, day);
		longest = day > longest ? day : longest;
	}
	if (of == 0)
		return;
	for (; days <= longest; days++) {
		up_to += days_count(adding, days);
		if (up_to * 2 >= of)
			break;
	}
	add(adding, "whole", "", "handling_median", days);
}

static int year_add(
	const struct year *year, const struct adding *adding, struct error *err)
{
	const struct pack *last = year->packs[year->n - 1];

	for (size_t i = 0; i < year->n; i++) {
		pack_each(year->packs[i], figure_add, (void *)adding);
		satisfaction_add(adding, year->packs[i]);
		for (size_t k = 0; k < PACK_ABOUT_SPLITS; k++)
			split_add(adding, year->packs[i], &pack_about_splits[k]);
	}
	for (size_t i = 0; i < ARRAY_LEN(stocks); i++)
		add(adding, "whole", "", stocks[i],
			pack_get(last, pack_month(last), "whole", "", stocks[i]).n);
	median_make(adding);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct report_list list = { year->packs, year->n, lists[i].part,
			lists[i].col, lists[i].is_whole, adding->sum, adding->to };

		if (report_list_add(&list, err) < 0)
			return -1;
	}
	return 0;
}

static void overdue_add(json_t *counts, const struct pack *pack, const char *item)
{
	struct pack_figure overdue =
		pack_get(pack, pack_month(pack), "category", item, "overdue");
	json_int_t n = json_integer_value(json_object_get(counts, item));

	if (overdue.mark == SUPPRESS_SHOWN && overdue.n > 0)
		json_object_set_new(counts, item, json_integer(n + 1));
}

/* Of each subject, the months at whose end cases were overdue, as far as it is told. */
static json_t *overdue_count(const struct year *year)
{
	json_t *counts = json_object(), *unused;
	const char *item;

	for (size_t i = 0; i < year->n; i++) {
		const json_t *items = pack_items(year->packs[i], "category");

		json_object_foreach((json_t *)items, item, unused)
			overdue_add(counts, year->packs[i], item);
	}
	return counts;
}

static int sum_make(struct report_sum *sum, const json_t *body, const struct year *own,
	const struct year *before, struct error *err)
{
	json_t *whole = json_pack("{s:s, s:[], s:o, s:O?, s:O?}", "month",
		pack_month(own->packs[own->n - 1]), "rows", "lastYear",
		before->n > 0 ? json_array() : json_null(), "board",
		json_object_get(body, "board"), "names",
		json_object_get(body, "names"));
	struct adding adding = { 0 };

	adding.sum = sum->pack = pack_new(whole, err);
	json_decref(whole);
	if (!sum->pack)
		return -1;
	adding.to = pack_month(sum->pack);
	if (year_add(own, &adding, err) < 0)
		return -1;
	adding.to = pack_last_year(sum->pack);
	return adding.to ? year_add(before, &adding, err) : 0;
}

int report_sum_make(const json_t *body, struct report_sum *ret, struct error *err)
{
	const json_t *names = json_object_get(body, "names");
	struct year own = { 0 }, before = { 0 };
	int rc = year_read(&own, json_object_get(body, "months"), names, err);

	*ret = (struct report_sum){ 0 };
	if (rc == 0)
		rc = year_read(
			&before, json_object_get(body, "monthsBefore"), names, err);
	if (rc == 0 && own.n > 0)
		rc = sum_make(ret, body, &own, &before, err);
	ret->overdue = overdue_count(&own);
	ret->months = own.n;
	ret->frozen = own.frozen;
	ret->corrected = own.corrected;
	year_end(&own);
	year_end(&before);
	if (rc < 0)
		report_sum_end(ret);
	return rc;
}

void report_sum_end(struct report_sum *sum)
{
	pack_free(sum->pack);
	json_decref(sum->overdue);
	*sum = (struct report_sum){ 0 };
}
