#include "tests/unit/test.h"

#include <stdio.h>

#include "server/tile_range.h"

static void test_tile_range_read__says_which_part(void **state)
{
	static const struct {
		const char *range, *if_range;
		uint64_t size;
		struct tile_range part;
	} cases[] = {
		{ NULL, NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=0-9", NULL, 100, { TILE_RANGE_PART, 0, 9 } },
		{ "Bytes=0-0", NULL, 100, { TILE_RANGE_PART, 0, 0 } },
		{ "bytes=90-200", NULL, 100, { TILE_RANGE_PART, 90, 99 } },
		{ "bytes=90-", NULL, 100, { TILE_RANGE_PART, 90, 99 } },
		{ "bytes=-10", NULL, 100, { TILE_RANGE_PART, 90, 99 } },
		{ "bytes=-200", NULL, 100, { TILE_RANGE_PART, 0, 99 } },
		{ "bytes=99-99", NULL, 100, { TILE_RANGE_PART, 99, 99 } },
		{ "bytes=0-9", "\"a\"", 100, { TILE_RANGE_PART, 0, 9 } },
		{ "bytes=0-9", "\"b\"", 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=0-9", "W/\"a\"", 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=0-9", "Sat, 28 Nov 2026 22:00:00 GMT", 100,
			{ TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=100-", NULL, 100, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=100-200", NULL, 100, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=-0", NULL, 100, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=0-", NULL, 0, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=-1", NULL, 0, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=0-1,5-6", NULL, 100, { TILE_RANGE_OUTSIDE, 0, 0 } },
		{ "bytes=9-0", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=-", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes= 0-9", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=0-9x", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=0x1-9", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "bytes=99999999999999999999999-", NULL, 100,
			{ TILE_RANGE_WHOLE, 0, 0 } },
		{ "lines=0-9", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
		{ "", NULL, 100, { TILE_RANGE_WHOLE, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tile_range part = tile_range_read(
			cases[i].range, cases[i].if_range, "\"a\"", cases[i].size);

		print_message("case %zu\n", i);
		assert_int_equal(part.kind, cases[i].part.kind);
		assert_int_equal(part.first, cases[i].part.first);
		assert_int_equal(part.last, cases[i].part.last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tile_range_read__says_which_part),
	};

	return cmocka_run_group_tests_name("tile_range", tests, NULL, NULL);
}
