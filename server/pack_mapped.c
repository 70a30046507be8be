#include "server/pack_mapped.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/pack.h"
#include "server/pack_parts.h"

#define SOURCES "\1sources"  /* column: of how many a figure is made */
#define UNKNOWN_MANY 1000000 /* in place of what is withheld: it may be anything */

struct pack_mapped {
	json_t *body;
	struct pack **sources;
	size_t n_sources;
	struct pack *whole;  /* what is made */
	struct pack *bounds; /* by the same keys: how much it can be, by the marks */
	json_t *seen;        /* source, month, part and code: true */
	size_t source;       /* which one is being added */
};

/* The parts that pack_mask() marks, or whose figures are the board's own. What is not
 * here is not added up, and so not told. */
static const char *const parts[] = { "whole", "category", "type", "unit", "district",
	"form", "channel", "language", "dimension", PACK_AREA, PACK_COMPLAINTS,
	PACK_COMPLAINT_TOTALS, PACK_BUCKET, PACK_HANDLING_BIN, PACK_ANSWER_BIN,
	"dimension-area", "stock" };

static bool is_added(const char *part)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!strcmp(part, parts[i]))
			return true;
	}
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static bool is_rank(const char *col)
{
	return ends_with(col, "_median") || ends_with(col, "_p90");
}

/* What the code of a row is today. */
static const char *todays(
	const struct pack_mapped *mapped, const char *part, const char *item)
{
	const char *kind = part, *code;

	if (!strcmp(part, PACK_COMPLAINTS))
		kind = "category";
	else if (!strcmp(part, "stock"))
		kind = "unit";
	code = json_string_value(json_object_get(
		json_object_get(json_object_get(mapped->body, "today"), kind), item));
	return code ? code : item;
}

/* ---- adding up ---- */

static void source_count(struct pack_mapped *mapped, const struct pack_key *key,
	const struct pack_key *to)
{
	char id[400];
	const struct pack_key at = { to->month, to->part, to->item, SOURCES };
	struct pack_figure n;

	snprintf(id, sizeof(id), "%zu\t%s\t%s\t%s", mapped->source, key->month,
		key->part, key->item);
	if (json_object_get(mapped->seen, id))
		return;
	json_object_set_new(mapped->seen, id, json_true());
	n = pack_get(mapped->bounds, at.month, at.part, at.item, at.col);
	n.n++;
	n.known = true;
	pack_put(mapped->bounds, &at, &n);
}

static int64_t most_of(const struct pack_figure *figure, enum suppress_mark mark)
{
	if (mark == SUPPRESS_SHOWN)
		return figure->n;
	return mark == SUPPRESS_FEW ? 4 : UNKNOWN_MANY;
}

static void figure_add(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	struct pack_mapped *mapped = arg;
	const struct pack_key to = { key->month, key->part,
		todays(mapped, key->part, key->item), key->col };
	enum suppress_mark mark = figure->mark;
	struct pack_figure sum, most;

	if (!is_added(key->part) || !figure->known)
		return;
	source_count(mapped, key, &to);
	sum = pack_get(mapped->whole, to.month, to.part, to.item, to.col);
	most = pack_get(mapped->bounds, to.month, to.part, to.item, to.col);
	sum.n += figure->n;
	most.n += most_of(figure, mark);
	if (mark != SUPPRESS_SHOWN)
		most.mark = mark;
	sum.known = most.known = true;
	pack_put(mapped->whole, &to, &sum);
	pack_put(mapped->bounds, &to, &most);
}

/* ---- marks ---- */

/* What any source hides is hidden, marked by its size while it is looked for what must
 * be hidden with it; and what has no meaning as a sum goes. */
static void figure_hide(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	struct pack_mapped *mapped = arg;
	struct pack_figure mine = *figure;
	struct pack_figure most =
		pack_get(mapped->bounds, key->month, key->part, key->item, key->col);

	if (most.mark != SUPPRESS_SHOWN)
		mine.mark = mine.n < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	if (is_rank(key->col) &&
		pack_get(mapped->bounds, key->month, key->part, key->item, SOURCES).n >
			1)
		mine = (struct pack_figure){ 0 };
	pack_put(mapped->whole, key, &mine);
}

/* The mark that is shown: of what the sources' marks say, not of its size. */
static void figure_mark(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	struct pack_mapped *mapped = arg;
	struct pack_figure mine = *figure;
	struct pack_figure most =
		pack_get(mapped->bounds, key->month, key->part, key->item, key->col);

	if (figure->mark == SUPPRESS_SHOWN || most.mark == SUPPRESS_SHOWN)
		return;
	mine.mark = most.n < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
	pack_put(mapped->whole, key, &mine);
}

/* ---- the whole ---- */

/* A board that there was not yet, or not any more, has none. */
static bool has_rows(const json_t *body)
{
	return json_array_size(json_object_get(body, "rows")) > 0 ||
	       json_array_size(json_object_get(body, "lastYear")) > 0;
}

/* The body of what is made: no rows, but what is told beside them. */
static json_t *body_make(const struct pack_mapped *mapped)
{
	json_t *names = json_object(), *sources = json_array();
	bool running = false, last_year = false;
	size_t told = 0;

	for (size_t i = 0; i < mapped->n_sources; i++) {
		const json_t *body = pack_body(mapped->sources[i]);
		json_t *name = json_object_get(body, "boardName");

		if (!has_rows(body))
			continue;
		told++;
		json_object_update_recursive(names, json_object_get(body, "names"));
		if (json_is_string(name))
			json_array_append(sources, name);
		running = running || !json_is_true(json_object_get(body, "frozen"));
		last_year = last_year || pack_last_year(mapped->sources[i]);
	}
	json_object_update_recursive(names, json_object_get(mapped->body, "names"));
	return json_pack("{s:O?, s:O?, s:O, s:b, s:b, s:[], s:o, s:o, s:o, s:[]}",
		"board", json_object_get(mapped->body, "board"), "boardName",
		json_object_get(mapped->body, "boardName"), "month",
		json_object_get(mapped->body, "month"), "mapped", true, "frozen",
		told > 0 && !running, "rows", "lastYear",
		last_year ? json_array() : json_null(), "names", names, "sources",
		sources, "corrections");
}

static int whole_begin(struct pack_mapped *mapped, struct error *err)
{
	json_t *body = body_make(mapped);

	mapped->whole = pack_new(body, err);
	if (mapped->whole)
		mapped->bounds = pack_new(body, err);
	json_decref(body);
	return mapped->bounds ? 0 : -1;
}

static int sources_read(struct pack_mapped *mapped, struct error *err)
{
	const json_t *packs = json_object_get(mapped->body, "packs");
	json_t *one;
	size_t i;

	mapped->sources =
		mem_new((json_array_size(packs) + 1) * sizeof(*mapped->sources));
	json_array_foreach(packs, i, one)
	{
		struct pack *source = pack_new(one, err);

		if (!source)
			return -1;
		mapped->sources[mapped->n_sources++] = source;
		if (pack_mask(source, err) < 0)
			return -1;
	}
	return 0;
}

static int whole_make(struct pack_mapped *mapped, struct error *err)
{
	if (whole_begin(mapped, err) < 0)
		return -1;
	for (size_t i = 0; i < mapped->n_sources; i++) {
		mapped->source = i;
		pack_begin(mapped->whole, pack_first_month(mapped->sources[i]));
		pack_each(mapped->sources[i], figure_add, mapped);
	}
	pack_each(mapped->whole, figure_hide, mapped);
	if (pack_mask_sum(mapped->whole, err) < 0)
		return -1;
	pack_each(mapped->whole, figure_mark, mapped);
	return 0;
}

int pack_mapped_make(json_t *body, struct pack **ret, struct error *err)
{
	struct pack_mapped mapped = { .body = body, .seen = json_object() };
	int rc = sources_read(&mapped, err);

	if (rc == 0)
		rc = whole_make(&mapped, err);
	if (rc == 0)
		*ret = steal(mapped.whole);
	for (size_t i = 0; i < mapped.n_sources; i++)
		pack_free(mapped.sources[i]);
	mem_free(mapped.sources);
	pack_free(mapped.whole);
	pack_free(mapped.bounds);
	json_decref(mapped.seen);
	return rc;
}
