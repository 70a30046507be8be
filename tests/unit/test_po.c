#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/error.h"
#include "lib/po.h"

/* Each entry as id=text, with ! for fuzzy and @ for its line. */
static int print_entry(const struct po_entry *entry, void *arg, struct error *err)
{
	fprintf(arg, "%s=%s%s@%u;", entry->id, entry->text, entry->fuzzy ? "!" : "",
		entry->line);
	if (strcmp(entry->id, "stop") == 0)
		return error_set(err, ERR_CONFLICT, "stopped");
	return 0;
}

static int read_back(const char *po, char **ret, struct error *err)
{
	size_t n;
	FILE *out = open_memstream(ret, &n);
	int result = po_read(po, strlen(po), print_entry, out, err);

	fclose(out);
	return result;
}

static void test_po__reads_entries(void **state)
{
	static const struct {
		const char *po, *want;
	} cases[] = {
		{ "", "" },
		{ "# only a comment\n\n", "" },
		{ "msgid \"a\"\nmsgstr \"b\"", "a=b@1;" },
		{ "msgid \"a\"\r\nmsgstr \"b\"\r\n", "a=b@1;" },
		{ "msgid\t\"a\" \n  msgstr   \"b\"\nmsgid \"c\"\nmsgstr \"d\"\n",
			"a=b@1;c=d@3;" },
		{ "msgid \"\"\nmsgstr \"\"\n\"Language: sv\\n\"\n\"X: y\\n\"\n",
			"=Language: sv\nX: y\n@1;" },
		{ "msgid \"a\"\n\"b\"\nmsgstr \"\"\n\"ett \"\n\n\"två\"\n",
			"ab=ett två@1;" },
		{ "msgid \"a\"\nmsgstr \"\\\"\\\\\\n\\t\\r\"\n", "a=\"\\\n\t\r@1;" },
		{ "#, fuzzy\nmsgid \"a\"\nmsgstr \"b\"\n#: x.c\nmsgid \"c\"\nmsgstr \"d\"\n",
			"a=b!@2;c=d@5;" },
		{ "msgid \"a\"\nmsgstr \"b\"\n#, c-format, fuzzy\n# x\nmsgid \"c\"\nmsgstr "
		  "\"d\"\n",
			"a=b@1;c=d!@5;" },
		{ "#~ msgid \"old\"\n#~ msgstr \"gone\"\n", "" },
		{ "msgid \"a\"\nmsgstr \"\"\n", "a=@1;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		char *got;

		print_message("case %zu\n", i);
		assert_int_equal(read_back(cases[i].po, &got, &err), 0);
		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void test_po__says_where_it_is_wrong(void **state)
{
	static const struct {
		const char *po, *text;
	} cases[] = {
		{ "msgid \"a\"\n", "line 1: msgid without msgstr" },
		{ "msgid \"a\"\n# c\nmsgstr \"b\"", "line 2: msgid without msgstr" },
		{ "msgstr \"a\"\n", "line 1: msgstr without msgid" },
		{ "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n",
			"line 3: msgstr without msgid" },
		{ "\nmsgid a\n", "line 2: a string in quotes is missing" },
		{ "msgid\n", "line 1: a string in quotes is missing" },
		{ "msgid \"a\n", "line 1: a string that does not end with the line" },
		{ "msgid \"a\" b\n",
			"line 1: a string that does not end with the line" },
		{ "msgid \"\\q\"\n", "line 1: an escape that is not known" },
		{ "msgid \"\\", "line 1: an escape that is not known" },
		{ "msgctxt \"a\"\n", "line 1: msgctxt is not taken" },
		{ "msgid \"a\"\nmsgid_plural \"b\"\n",
			"line 2: plural forms are not taken" },
		{ "msgid \"a\"\nmsgstr[0] \"b\"\n",
			"line 2: plural forms are not taken" },
		{ "hello\n", "line 1: neither msgid, msgstr, a string nor a comment" },
		{ "\"a\"\n", "line 1: neither msgid, msgstr, a string nor a comment" },
		{ "\xff", "not UTF-8 text" },
		{ "msgid \"stop\"\nmsgstr \"\"\n\n# now\n", "stopped" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		char *got;

		print_message("case %zu\n", i);
		assert_int_equal(read_back(cases[i].po, &got, &err), -1);
		assert_string_equal(err.text, cases[i].text);
		free(got);
	}
}

static void test_po__refuses_a_text_without_end(void **state)
{
	static const char head[] = "msgid \"a\"\nmsgstr \"";
	size_t n = PO_TEXT_MAX + sizeof(head);
	char *po = malloc(n + 3), *got;
	struct error err = { 0 };

	(void)state;
	memset(po, 'x', n);
	memcpy(po, head, sizeof(head) - 1);
	memcpy(po + n - 1, "\"\n", 3);
	assert_int_equal(read_back(po, &got, &err), 0);
	free(got);
	memcpy(po + n - 1, "x\"\n", 4);
	assert_int_equal(read_back(po, &got, &err), -1);
	assert_string_equal(err.text, "line 2: a text that is too long");
	free(got);
	free(po);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_po__reads_entries),
		cmocka_unit_test(test_po__says_where_it_is_wrong),
		cmocka_unit_test(test_po__refuses_a_text_without_end),
	};

	return cmocka_run_group_tests_name("po", tests, NULL, NULL);
}
