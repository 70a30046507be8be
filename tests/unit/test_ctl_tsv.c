#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/ctl_tsv.h"

static const char *const colours[] = { "red", "blue", NULL };
static const struct ctl_tsv_column columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "name", CTL_TSV_TEXT, false, NULL },
	{ "words", CTL_TSV_LIST, false, NULL },
	{ "days", CTL_TSV_INT, false, NULL },
	{ "open", CTL_TSV_BOOL, false, NULL },
	{ "from", CTL_TSV_DATE, false, NULL },
	{ "lat", CTL_TSV_DEGREES, false, NULL },
	{ "grade", CTL_TSV_GRADE, false, NULL },
	{ "colour", CTL_TSV_CHOICE, false, colours },
	{ "metres", CTL_TSV_METRES, false, NULL },
	{ 0 },
};

static void test_ctl_tsv_read__reads_rows(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{ "code\n", "[]" },
		{ "\xef\xbb\xbf# note\r\n\r\ncode\tname\r\na\tÅ b \r\n",
			"[{\"code\":\"a\",\"line\":4,\"name\":\"Å b\"}]" },
		{ "name\tcode\n\tx-1", "[{\"code\":\"x-1\",\"line\":2}]" },
		{ "code\twords\tdays\topen\na\t one; two words ;;\t250\tno\n",
			"[{\"code\":\"a\",\"days\":250,\"line\":2,\"open\":false,"
			"\"words\":[\"one\",\"two words\"]}]" },
		{ "code\tfrom\tlat\tgrade\tcolour\na\t2024-02-29\t-59.5\tS4\tblue\nb\t\t\t2\n",
			"[{\"code\":\"a\",\"colour\":\"blue\",\"from\":\"2024-02-29\",\"grade\":4,"
			"\"lat\":-59.5,\"line\":2},{\"code\":\"b\",\"grade\":2,\"line\":3}]" },
		{ "code\tmetres\na\t10\nb\t1000\n",
			"[{\"code\":\"a\",\"line\":2,\"metres\":10},"
			"{\"code\":\"b\",\"line\":3,\"metres\":1000}]" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct error err = { 0 };
		json_t *rows = ctl_tsv_read(arena, cases[i].text, columns, &err);
		char *json;

		if (!rows)
			fail_msg("case %zu: %s", i, err.text);
		json = json_dumps(rows, JSON_COMPACT | JSON_SORT_KEYS);
		assert_string_equal(json, cases[i].json);
		mem_free(json);
		json_decref(rows);
		arena_free(arena);
	}
}

static void test_ctl_tsv_read__says_line_and_column(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "", "no line of column names" },
		{ "# only a note\n", "no line of column names" },
		{ "code\tsize\n", "line 1, size: no such column" },
		{ "code\tcode\n", "line 1, code: the column is there twice" },
		{ "name\nx\n", "line 2, code: is missing" },
		{ "code\n\na\nB\n", "line 4, code: expected a code" },
		{ "code\na-\n", "expected a code" },
		{ "code\n-a\n", "expected a code" },
		{ "code\na--b\n", "expected a code" },
		{ "code\na\tb\n", "line 2: more cells than columns" },
		{ "code\tdays\na\t251\n", "line 2, days: expected a number" },
		{ "code\tdays\na\t-1\n", "expected a number" },
		{ "code\tdays\na\t2x\n", "expected a number" },
		{ "code\topen\na\tja\n", "expected yes or no" },
		{ "code\tfrom\na\t2023-02-29\n", "expected a date" },
		{ "code\tlat\na\tnan\n", "expected degrees" },
		{ "code\tlat\na\t181\n", "expected degrees" },
		{ "code\tgrade\na\tS5\n", "expected S1 to S4" },
		{ "code\tmetres\na\t9\n", "line 2, metres: expected metres" },
		{ "code\tmetres\na\t1001\n", "expected metres" },
		{ "code\tcolour\na\tgreen\n", "\"green\" is none of its values" },
		{ "code\na\xff\n", "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct error err = { 0 };

		assert_null(ctl_tsv_read(arena, cases[i].text, columns, &err));
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.text, cases[i].said))
			fail_msg("case %zu: %s", i, err.text);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ctl_tsv_read__reads_rows),
		cmocka_unit_test(test_ctl_tsv_read__says_line_and_column),
	};

	return cmocka_run_group_tests_name("ctl_tsv", tests, NULL, NULL);
}
