/*
 * What takes a plain complaint, for each category and district: the first rule that
 * does so by category and place alone. A gap ends at the dispatch; an overlap is where
 * a later rule would have sent it to another board.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/city.h"
#include "server/day.h"
#include "server/route_rule.h"
#include "server/rule_check_private.h"

struct table {
	const struct rule_check *check;
	const char **districts; /* codes; the last is NULL: not known */
	size_t n_districts;     /* with the last */
};

/* What is later than a rule and takes the same. */
struct later {
	const char *rule, *other, *board;
	const char *district;
	size_t n; /* districts where it is so */
};

static void decide(const struct table *t, const struct rule_set *rules,
	const char *category, const char *district, struct route_outcome *ret)
{
	const struct route_query query = {
		.category = category,
		.type = "complaint",
		.channel = "web",
		.language = "sv",
		.district = district,
		.date = t->check->day,
		.without_because = true,
	};

	route_decide(t->check->city, rules, &query, t->check->arena, ret);
}

/* Where the deciding rule stands. */
static size_t position_of(const struct rule_set *rules, const struct route_outcome *out)
{
	const char *code = out->failed ? out->failed : out->rule;
	size_t i = 0;

	while (i < rules->n && strcmp(rules->rules[i].code, code) != 0)
		i++;
	return i;
}

static bool is_gap(const struct rule_cell *cell)
{
	return !strcmp(cell->board, CITY_DISPATCH);
}

static const char *district_name(const struct rule_check *c, const char *code)
{
	const struct city_district *district = city_district_find(c->city, code);

	return district ? district->name : "en okänd plats";
}

static void gaps_find(const struct table *t, const struct rule_row *row)
{
	struct rule_finding finding = { .code = "gap", .category = row->category };
	size_t n = 0;

	for (size_t i = 0; i < t->n_districts; i++)
		n += is_gap(&row->cells[i]);
	if (n == t->n_districts) {
		finding.rule = row->cells[0].rule;
		rule_check_add(t->check, &finding,
			"%s: allt går till fördelningen, var platsen än är.",
			row->name);
		return;
	}
	for (size_t i = 0; i < t->n_districts; i++) {
		if (!is_gap(&row->cells[i]))
			continue;
		finding.rule = row->cells[i].rule;
		finding.district = row->cells[i].district;
		rule_check_add(t->check, &finding,
			"%s: i %s går ärenden till fördelningen.", row->name,
			district_name(t->check, finding.district));
	}
}

static void later_add(struct later *laters, size_t *n, const struct later *one)
{
	for (size_t i = 0; i < *n; i++) {
		if (!strcmp(laters[i].rule, one->rule) &&
			!strcmp(laters[i].other, one->other)) {
			laters[i].n++;
			return;
		}
	}
	laters[(*n)++] = *one;
}

static void overlaps_tell(const struct table *t, const struct rule_row *row,
	const struct later *laters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct later *l = &laters[i];
		struct rule_finding finding = { .code = "overlap",
			.rule = l->rule,
			.other = l->other,
			.category = row->category,
			.district = l->n == 1 ? l->district : NULL };

		rule_check_add(t->check, &finding,
			"%s: %s går före %s, som annars skickar till %s (%zu av %zu "
			"platser).",
			row->name, l->rule, l->other,
			city_board_name(t->check->city, l->board), l->n,
			t->n_districts);
	}
}

static void row_fill(const struct table *t, struct rule_row *row)
{
	const struct rule_set *rules = t->check->rules;
	const char *category =
		strcmp(row->category, RULE_NO_CATEGORY) ? row->category : NULL;
	struct rule_cell *cells =
		arena_array(t->check->arena, t->n_districts, sizeof(*cells));
	struct later *laters =
		arena_array(t->check->arena, t->n_districts, sizeof(*laters));
	size_t n = 0;

	for (size_t i = 0; i < t->n_districts; i++) {
		const char *district = t->districts[i];
		struct route_outcome out, other;
		size_t at;

		decide(t, rules, category, district, &out);
		cells[i] = (struct rule_cell){ district, out.rule, out.board };
		at = position_of(rules, &out);
		if (at >= rules->n)
			continue;
		decide(t,
			&(struct rule_set){
				rules->rules + at + 1, rules->n - at - 1, false },
			category, district, &other);
		if (position_of(rules, &other) < rules->n && !other.failed &&
			strcmp(other.board, CITY_DISPATCH) != 0 &&
			strcmp(other.board, out.board) != 0)
			later_add(laters, &n,
				&(struct later){ rules->rules[at].code, other.rule,
					other.board, district, 1 });
	}
	row->cells = cells;
	gaps_find(t, row);
	overlaps_tell(t, row, laters, n);
}

static void districts_find(struct table *t)
{
	const struct rule_check *c = t->check;

	t->districts =
		arena_array(c->arena, c->city->n_districts + 1, sizeof(*t->districts));
	for (size_t i = 0; i < c->city->n_districts; i++) {
		const struct city_district *district = &c->city->districts[i];

		if (city_valid_on(&district->valid, c->day))
			t->districts[t->n_districts++] = district->code;
	}
	t->n_districts++;
}

void rule_check_table(const struct rule_check *c)
{
	const struct city *city = c->city;
	struct table t = { .check = c };
	struct rule_row *rows =
		arena_array(c->arena, city->n_categories + 1, sizeof(*rows));
	size_t n = 0;

	districts_find(&t);
	for (size_t i = 0; i < city->n_categories; i++) {
		const struct city_category *category = &city->categories[i];

		if (city_valid_on(&category->valid, c->day))
			rows[n++] = (struct rule_row){ .category = category->code,
				.name = category->name };
	}
	rows[n++] = (struct rule_row){ .category = RULE_NO_CATEGORY,
		.name = "Ingen kategori" };
	for (size_t i = 0; i < n; i++)
		row_fill(&t, &rows[i]);
	c->report->rows = rows;
	c->report->n_rows = n;
	c->report->n_cells = t.n_districts;
}

json_t *rule_table_json(const struct rule_report *report)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < report->n_rows; i++) {
		const struct rule_row *row = &report->rows[i];
		json_t *cells = json_array();

		for (size_t k = 0; k < report->n_cells; k++)
			json_array_append_new(
				cells, json_pack("{s:s?, s:s, s:s}", "district",
					       row->cells[k].district, "rule",
					       row->cells[k].rule, "board",
					       row->cells[k].board));
		json_array_append_new(
			rows, json_pack("{s:s, s:s, s:o}", "category", row->category,
				      "name", row->name, "districts", cells));
	}
	return rows;
}
