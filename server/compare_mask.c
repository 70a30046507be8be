/*
 * The operating forms (or types) of the whole city are the sum of the boards': whoever
 * has the packs of all boards but a number would find it by subtraction. What a measure
 * has of a month (or period) hangs together, and is looked at in one call:
 *
 *   - a board's list: form by form, and its total. What its pack shows is fixed, what
 *     it hides is hidden.
 *
 *   - the city's list: the same, but what its pack shows may be hidden here.
 *
 *   - a form: the boards' add up to the city's. Where a case counts at several boards
 * and once in the city there is a difference, which is taken to be known.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/compare.h"
#include "server/pack.h"
#include "server/suppress.h"

struct cell {
	struct pack_figure figure;
	bool fixed;
	const char *month, *item, *col; /* of the city's; month NULL: another's */
};

struct sums {
	struct suppress_sum *all;
	size_t n, room;
};

struct mask {
	const struct compare *compare;
	const struct compare_list *list;
	struct arena *arena;
	const char **items; /* of the city, or any board */
	size_t n_items;
	/* Of a measure of a month. */
	struct cell *cells;
	size_t n, room;
	struct sums told; /* by the packs alone, whatever is hidden here */
	struct sums more; /* with what may be shown here */
};

static size_t cell_add(struct mask *mask, const struct cell *cell)
{
	if (mask->n == mask->room) {
		mask->room = mask->room ? 2 * mask->room : 256;
		mask->cells = mem_grow(mask->cells, mask->room * sizeof(*mask->cells));
	}
	mask->cells[mask->n] = *cell;
	return mask->n++;
}

static size_t fixed_add(struct mask *mask, int64_t n)
{
	return cell_add(mask,
		&(struct cell){ .figure = { .n = n, .known = true }, .fixed = true });
}

static void sum_add(struct sums *sums, size_t total, const size_t *parts, size_t n)
{
	if (sums->n == sums->room) {
		sums->room = sums->room ? 2 * sums->room : 256;
		sums->all = mem_grow(sums->all, sums->room * sizeof(*sums->all));
	}
	sums->all[sums->n++] = (struct suppress_sum){ total, parts, n };
}

static int64_t sum_of(const struct mask *mask, const size_t *parts, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += mask->cells[parts[i]].figure.n;
	return sum;
}

/* ---- the forms there are ---- */

static void items_of(const struct mask *mask, const struct pack *pack, json_t *seen)
{
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)pack_items(pack, mask->list->part), item, unused)
		json_object_set_new(seen, item, json_true());
}

static void items_find(struct mask *mask)
{
	const struct compare *compare = mask->compare;
	json_t *seen = json_object(), *unused;
	const char *item;

	items_of(mask, compare->city, seen);
	for (size_t i = 0; i < compare->n_boards; i++)
		items_of(mask, compare->boards[i].pack, seen);
	mask->items = arena_array(
		mask->arena, json_object_size(seen) + 1, sizeof(*mask->items));
	json_object_foreach(seen, item, unused) mask->items[mask->n_items++] =
		arena_dup(mask->arena, item);
	json_decref(seen);
}

/* ---- a measure of a month ---- */

/* Hidden, whatever else is. */
static bool must_hide(const struct mask *mask, size_t at)
{
	const struct pack_figure *figure = &mask->cells[at].figure;

	return figure->mark != SUPPRESS_SHOWN || (figure->n > 0 && figure->n < 5);
}

/* The cells of a pack's list. */
static size_t *list_add(
	struct mask *mask, const struct pack *pack, const char *month, const char *col)
{
	bool is_city = pack == mask->compare->city;
	size_t *list = arena_array(mask->arena, mask->n_items + 1, sizeof(*list));

	for (size_t i = 0; i < mask->n_items; i++) {
		struct cell cell = { pack_get(pack, month, mask->list->part,
					     mask->items[i], col),
			.month = is_city ? month : NULL, .item = mask->items[i],
			.col = col };

		cell.fixed = !is_city && cell.figure.mark == SUPPRESS_SHOWN;
		list[i] = cell_add(mask, &cell);
	}
	return list;
}

/* They add up to a total that is shown. */
static void list_sum(struct mask *mask, struct sums *sums, const size_t *list)
{
	sum_add(sums, fixed_add(mask, sum_of(mask, list, mask->n_items)), list,
		mask->n_items);
}

/* The sum of the boards' cells, which nobody shows. */
static size_t boards_sum(struct mask *mask, struct sums *sums, const size_t *boards)
{
	struct cell sum = { .fixed = true };

	for (size_t i = 0; i < mask->compare->n_boards; i++) {
		sum.figure.n += mask->cells[boards[i]].figure.n;
		sum.fixed = sum.fixed && mask->cells[boards[i]].fixed;
	}
	sum_add(sums, cell_add(mask, &sum), boards, mask->compare->n_boards);
	return mask->n - 1;
}

/* The boards' cells of a form, and the city's; boards has room for one more. */
static void form_add(struct mask *mask, size_t city, size_t *boards)
{
	struct sums *sums = must_hide(mask, city) ? &mask->told : &mask->more;
	size_t n = mask->compare->n_boards, total;
	int64_t more = sum_of(mask, boards, n) - mask->cells[city].figure.n;
	size_t *parts;

	if (more <= 0) {
		boards[n] = fixed_add(mask, -more);
		sum_add(sums, city, boards, n + 1);
		return;
	}
	parts = arena_array(mask->arena, 2, sizeof(*parts));
	total = boards_sum(mask, sums, boards);
	parts[0] = city;
	parts[1] = fixed_add(mask, more);
	sum_add(sums, total, parts, 2);
}

static void measure_add(struct mask *mask, const char *month, const char *col)
{
	const struct compare *compare = mask->compare;
	const size_t *city = list_add(mask, compare->city, month, col);
	size_t **forms = arena_array(mask->arena, mask->n_items, sizeof(*forms));
	bool all_hidden = true;

	for (size_t k = 0; k < mask->n_items; k++) {
		forms[k] = arena_array(
			mask->arena, compare->n_boards + 1, sizeof(**forms));
		all_hidden = all_hidden && must_hide(mask, city[k]);
	}
	list_sum(mask, all_hidden ? &mask->told : &mask->more, city);
	for (size_t i = 0; i < compare->n_boards; i++) {
		const size_t *list =
			list_add(mask, compare->boards[i].pack, month, col);

		list_sum(mask, &mask->told, list);
		for (size_t k = 0; k < mask->n_items; k++)
			forms[k][i] = list[k];
	}
	for (size_t k = 0; k < mask->n_items; k++)
		form_add(mask, city[k], forms[k]);
}

/* ---- marks ---- */

static void marks_put(struct mask *mask, const enum suppress_mark *marks, bool hide_all)
{
	for (size_t i = 0; i < mask->n; i++) {
		const struct cell *cell = &mask->cells[i];
		struct pack_figure figure = cell->figure;

		if (!cell->month)
			continue;
		figure.mark = marks[i];
		if (hide_all)
			figure.mark = figure.n < 5 ? SUPPRESS_FEW : SUPPRESS_WITHHELD;
		if (figure.mark == SUPPRESS_SHOWN && !figure.known)
			continue;
		figure.known = true;
		pack_put(mask->compare->city,
			&(struct pack_key){
				cell->month, mask->list->part, cell->item, cell->col },
			&figure);
	}
}

/* Returns what suppress_run() does. */
static int sums_run(const struct mask *mask, const struct sums *sums,
	enum suppress_mark *marks, struct error *err)
{
	int64_t *values = arena_array(mask->arena, mask->n + 1, sizeof(*values));
	bool *fixed = arena_array(mask->arena, mask->n + 1, sizeof(*fixed));
	enum suppress_mark *given =
		arena_array(mask->arena, mask->n + 1, sizeof(*given));
	const struct suppress_input input = { .n_cells = mask->n,
		.values = values,
		.fixed = fixed,
		.given = given,
		.n_sums = sums->n,
		.sums = sums->all };
	struct error why = { 0 };
	int left;

	for (size_t i = 0; i < mask->n; i++) {
		values[i] = mask->cells[i].figure.n;
		fixed[i] = mask->cells[i].fixed;
		given[i] = mask->cells[i].figure.mark;
	}
	left = suppress_run(&input, marks, &why);
	if (left < 0) /* never the caller's fault */
		return error_set(err, ERR_INTERNAL, "the %s list of %s: %s",
			mask->list->part, pack_month(mask->compare->city), why.text);
	return left;
}

/* What the packs tell by themselves (4 and 4 of 8; a form that one board alone has)
 * cannot be hidden here. If more is told, nothing of the city's is shown. */
static int measure_run(struct mask *mask, struct error *err)
{
	enum suppress_mark *marks =
		arena_array(mask->arena, mask->n + 1, sizeof(*marks));
	int told = sums_run(mask, &mask->told, marks, err), left;

	if (told < 0)
		return -1;
	for (size_t i = 0; i < mask->more.n; i++)
		sum_add(&mask->told, mask->more.all[i].total, mask->more.all[i].parts,
			mask->more.all[i].n_parts);
	left = sums_run(mask, &mask->told, marks, err);
	if (left < 0)
		return -1;
	marks_put(mask, marks, left > told);
	return 0;
}

static int month_mask(struct mask *mask, const char *month, struct error *err)
{
	for (const char *const *col = mask->list->cols; *col; col++) {
		mask->n = mask->told.n = mask->more.n = 0;
		measure_add(mask, month, *col);
		if (measure_run(mask, err) < 0)
			return -1;
	}
	return 0;
}

int compare_mask(
	struct compare *compare, const struct compare_list *list, struct error *err)
{
	struct mask mask = { .compare = compare, .list = list, .arena = arena_new() };
	const char *last_year = pack_last_year(compare->city);
	int rc = 0;

	items_find(&mask);
	if (mask.n_items > 1) { /* the only one is the whole */
		rc = month_mask(&mask, pack_month(compare->city), err);
		if (rc == 0 && last_year)
			rc = month_mask(&mask, last_year, err);
	}
	arena_free(mask.arena);
	mem_free(mask.cells);
	mem_free(mask.told.all);
	mem_free(mask.more.all);
	return rc;
}
