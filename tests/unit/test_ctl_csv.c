#include "tests/unit/test.h"

#include <stdio.h>

#include "lib/error.h"
#include "server/ctl_csv.h"

/* A row as "line:cell|cell;" behind what was said before. */
static void say(const struct ctl_csv *csv, char *said, size_t room)
{
	size_t n = strlen(said);

	n += (size_t)snprintf(said + n, room - n, "%zu:", csv->line);
	for (size_t c = 0; c < csv->n_cells; c++)
		n += (size_t)snprintf(
			said + n, room - n, "%s%s", c ? "|" : "", csv->cells[c]);
	snprintf(said + n, room - n, ";");
}

static void test_ctl_csv__reads_rows(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "", "" },
		{ "\r\n \n", "" },
		{ "a", "1:a;" },
		{ "\xef\xbb\xbf"
		  "a,b\r\n1,2\r\n",
			"1:a|b;2:1|2;" },
		{ "a;b;c,d\n;\n 1 ;\"2\"", "1:a|b|c,d;3:1|2;" },
		{ "a\tb\n\"x\ty\"\t\"l1\nl2\"\n3\t4", "1:a|b;2:x\ty|l1\nl2;4:3|4;" },
		{ "a;b\n\"say \"\"hi\"\"\" ;\"\"\n", "1:a|b;2:say \"hi\"|;" },
		{ "a;b\n5\" pipe;\"\"\"\"\n", "1:a|b;2:5\" pipe|\";" },
		{ "a;b\n1;", "1:a|b;2:1|;" },
		{ "a\n\n\nb\n", "1:a;4:b;" },
		{ "\r\n\na;b\n1;2\n", "3:a|b;4:1|2;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200], said[400] = "";
		struct error err = { 0 };
		struct ctl_csv csv;

		print_message("case %zu\n", i);
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(ctl_csv_begin(&csv, text, strlen(text), &err), 0);
		while (ctl_csv_next(&csv, &err) > 0)
			say(&csv, said, sizeof(said));
		assert_string_equal(err.text, "");
		assert_string_equal(said, cases[i].rows);
	}
}

static void test_ctl_csv__says_the_line(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "a\n\"b\n\nc", "line 2: a quote in this row does not end" },
		{ "a;b\n\"x\"y;1\n", "line 2: words after the end of a quote" },
		{ "a\nb\n\xff\n", "line 3: is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[100];
		struct error err = { 0 };
		struct ctl_csv csv;
		int rc;

		snprintf(text, sizeof(text), "%s", cases[i].text);
		rc = ctl_csv_begin(&csv, text, strlen(text), &err) < 0 ? -1 : 1;
		while (rc > 0)
			rc = ctl_csv_next(&csv, &err);
		assert_int_equal(rc, -1);
		assert_int_equal(
			strncmp(err.text, cases[i].said, strlen(cases[i].said)), 0);
	}
}

static void test_ctl_csv__refuses_a_nul(void **state)
{
	char text[] = "a\nb\0c\n";
	struct error err = { 0 };
	struct ctl_csv csv;

	(void)state;
	assert_int_equal(ctl_csv_begin(&csv, text, sizeof(text) - 1, &err), -1);
	assert_int_equal(strncmp(err.text, "line 2: has a NUL", 17), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ctl_csv__reads_rows),
		cmocka_unit_test(test_ctl_csv__says_the_line),
		cmocka_unit_test(test_ctl_csv__refuses_a_nul),
	};

	return cmocka_run_group_tests_name("ctl_csv", tests, NULL, NULL);
}
