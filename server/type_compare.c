#include "server/type_compare.h"

#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/compare.h"
#include "server/pack.h"

static const char *const type_cols[] = { "received", NULL };
static const struct compare_list types_list = { "type", type_cols };

static const char *string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int city_read(struct type_compare *types, struct error *err)
{
	struct compare *compare = types->compare;

	if (report_sum_make(json_object_get(compare->body, "city"), &types->city, err) <
		0)
		return -1;
	compare->city = types->city.pack;
	return 0;
}

static int board_read(struct compare *compare, const json_t *one,
	enum compare_kind kind, struct error *err)
{
	struct compare_board *board = &compare->boards[compare->n_boards];
	const json_t *body = json_object_get(one, "sum");
	struct report_sum sum;

	*board = (struct compare_board){ .code = string_of(one, "code"),
		.name = string_of(body, "boardName"),
		.kind = kind,
		.ended = string_of(one, "ended"),
		.successor = string_of(one, "successor") };
	if (!board->code || !board->name)
		return error_set(err, ERR_INTERNAL, "a board has no code or name");
	if (report_sum_make(body, &sum, err) < 0)
		return -1;
	board->pack = steal(sum.pack);
	compare->n_boards += board->pack != NULL;
	report_sum_end(&sum);
	return 0;
}

static int kind_read(struct compare *compare, enum compare_kind kind, struct error *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(compare->body, "boards"), i, one)
	{
		const char *code = string_of(one, "kind");

		if (code && !strcmp(code, compare_kind_code(kind)) &&
			board_read(compare, one, kind, err) < 0)
			return -1;
	}
	return 0;
}

static int boards_read(struct compare *compare, struct error *err)
{
	size_t n = json_array_size(json_object_get(compare->body, "boards"));

	compare->boards = mem_new((n + 1) * sizeof(*compare->boards));
	for (enum compare_kind kind = 0; kind < COMPARE_KINDS; kind++) {
		if (kind_read(compare, kind, err) < 0)
			return -1;
	}
	return compare->city ? compare_mask(compare, &types_list, err) : 0;
}

int type_compare_make(json_t *body, struct type_compare *ret, struct error *err)
{
	struct type_compare types = { .compare = mem_new(sizeof(*types.compare)) };

	types.compare->body = json_incref(body);
	if (city_read(&types, err) < 0 || boards_read(types.compare, err) < 0) {
		type_compare_end(&types);
		return -1;
	}
	*ret = types;
	return 0;
}

void type_compare_end(struct type_compare *types)
{
	compare_free(types->compare);
	types->city.pack = NULL; /* it went with them */
	report_sum_end(&types->city);
	*types = (struct type_compare){ 0 };
}
