#include "server/compare.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/pack.h"
#include "server/pack_parts.h"

static const char *const kind_codes[COMPARE_KINDS] = {
	[COMPARE_BOARD] = "board",
	[COMPARE_DISTRICT_BOARD] = "district-board",
	[COMPARE_ADMINISTRATION] = "administration",
	[COMPARE_COMPANY] = "company",
	[COMPARE_DISPATCH] = "dispatch",
};

const char *compare_kind_code(enum compare_kind kind)
{
	return kind_codes[kind];
}

size_t compare_kind_size(const struct compare *compare, enum compare_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < compare->n_boards; i++)
		n += compare->boards[i].kind == kind;
	return n;
}

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* ---- reading ---- */

static bool has_rows(const json_t *body)
{
	static const char *const members[] = { "rows", "lastYear", "history" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (json_array_size(json_object_get(body, members[i])) > 0)
			return true;
	}
	return false;
}

static struct pack *pack_read(json_t *body, struct error *err)
{
	const char *first = string_of(body, "first");
	struct pack *pack = pack_new(body, err);

	if (pack && first)
		pack_begin(pack, first);
	if (pack && pack_mask(pack, err) < 0) {
		pack_free(pack);
		return NULL;
	}
	return pack;
}

static int board_read(struct compare *compare, const json_t *one,
	enum compare_kind kind, struct error *err)
{
	struct compare_board *board = &compare->boards[compare->n_boards];
	json_t *body = json_object_get(one, "pack");

	if (!has_rows(body))
		return 0;
	*board = (struct compare_board){ .code = string_of(one, "code"),
		.name = string_of(body, "boardName"),
		.kind = kind,
		.ended = string_of(one, "ended"),
		.successor = string_of(one, "successor") };
	if (!board->code || !board->name)
		return error_set(err, ERR_INTERNAL, "a board has no code or name");
	board->pack = pack_read(body, err);
	if (!board->pack)
		return -1;
	compare->n_boards++;
	return 0;
}

static int kind_read(struct compare *compare, enum compare_kind kind, struct error *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(compare->body, "boards"), i, one)
	{
		const char *code = string_of(one, "kind");

		if (code && !strcmp(code, kind_codes[kind]) &&
			board_read(compare, one, kind, err) < 0)
			return -1;
	}
	return 0;
}

static int boards_read(struct compare *compare, struct error *err)
{
	size_t n = json_array_size(json_object_get(compare->body, "boards"));

	compare->city = pack_read(json_object_get(compare->body, "city"), err);
	if (!compare->city)
		return -1;
	compare->boards = mem_new((n + 1) * sizeof(*compare->boards));
	for (enum compare_kind kind = 0; kind < COMPARE_KINDS; kind++) {
		if (kind_read(compare, kind, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- sums of a kind ---- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* What the boards show of themselves; ranks do not add up. */
static void figure_add(
	const struct pack_key *key, const struct pack_figure *figure, void *arg)
{
	struct pack *sum = arg;
	struct pack_figure mine;

	if (!figure->known ||
		(!pack_is_own_total(key->part, key->col) &&
			strcmp(key->part, "handling-days") != 0) ||
		ends_with(key->col, "_median") || ends_with(key->col, "_p90"))
		return;
	mine = pack_get(sum, key->month, key->part, key->item, key->col);
	mine.n += figure->n;
	mine.known = true;
	pack_put(sum, key, &mine);
}

static int64_t closed_within(const struct pack *sum, long days)
{
	const json_t *items = pack_items(sum, "handling-days");
	int64_t n = 0;
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)items, item, unused)
	{
		if (strtol(item, NULL, 10) <= days)
			n += pack_get(sum, pack_month(sum), "handling-days", item, "n")
				     .n;
	}
	return n;
}

/* By nearest rank, as days_rows() of 0044 does it: the first day by which half are
 * closed. */
static void median_put(struct pack *sum)
{
	const struct pack_key key = { pack_month(sum), "whole", "", "handling_median" };
	int64_t of = pack_get(sum, key.month, "whole", "", "handling_n").n;
	struct pack_figure median = { .n = INT64_MAX, .known = true };
	const char *item;
	json_t *unused;

	json_object_foreach((json_t *)pack_items(sum, "handling-days"), item, unused)
	{
		long days = strtol(item, NULL, 10);

		if (days < median.n && closed_within(sum, days) * 2 >= of)
			median.n = days;
	}
	if (of > 0 && median.n < INT64_MAX)
		pack_put(sum, &key, &median);
}

static int kind_sum(struct compare *compare, enum compare_kind kind, struct error *err)
{
	const char *month = pack_month(compare->city);
	bool last_year = pack_last_year(compare->city);
	json_t *body = json_pack("{s:s, s:[], s:o}", "month", month, "rows", "lastYear",
		last_year ? json_array() : json_null());
	struct pack *sum = pack_new(body, err);

	json_decref(body);
	if (!sum)
		return -1;
	compare->kinds[kind] = sum;
	for (size_t i = 0; i < compare->n_boards; i++) {
		const struct compare_board *board = &compare->boards[i];

		if (board->kind != kind)
			continue;
		pack_begin(sum, pack_first_month(board->pack));
		pack_each(board->pack, figure_add, sum);
	}
	median_put(sum);
	return 0;
}

static int kinds_sum(struct compare *compare, struct error *err)
{
	for (enum compare_kind kind = 0; kind < COMPARE_KINDS; kind++) {
		if (compare_kind_size(compare, kind) > 0 &&
			kind_sum(compare, kind, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the whole ---- */

static const char *const form_cols[] = { "received", "closed", "acknowledge_of",
	"acknowledge_in", "answer_of", "answer_in", NULL };
static const struct compare_list forms = { "form", form_cols };

int compare_make(json_t *body, struct compare **ret, struct error *err)
{
	struct compare *compare = mem_new(sizeof(*compare));

	compare->body = json_incref(body);
	if (boards_read(compare, err) < 0 || kinds_sum(compare, err) < 0 ||
		compare_mask(compare, &forms, err) < 0) {
		compare_free(compare);
		return -1;
	}
	*ret = compare;
	return 0;
}

void compare_free(struct compare *compare)
{
	if (!compare)
		return;
	for (size_t i = 0; i < compare->n_boards; i++)
		pack_free(compare->boards[i].pack);
	for (int kind = 0; kind < COMPARE_KINDS; kind++)
		pack_free(compare->kinds[kind]);
	pack_free(compare->city);
	mem_free(compare->boards);
	json_decref(compare->body);
	mem_free(compare);
}
