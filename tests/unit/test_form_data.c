#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/error.h"
#include "lib/form_data.h"

#define MULTI "multipart/form-data; boundary=abc"
#define URL "application/x-www-form-urlencoded"

/* What the callbacks were told, as name(filename,type)=data; */
struct told {
	FILE *out;
	size_t calls; /* of part_data() */
	bool open;
};

static int told_begin(const struct form_part *part, void *arg, struct error *err)
{
	struct told *told = arg;

	assert_false(told->open);
	told->open = true;
	fputs(part->name, told->out);
	if (part->filename || part->content_type)
		fprintf(told->out, "(%s,%s)", part->filename ? part->filename : "-",
			part->content_type ? part->content_type : "-");
	fputc('=', told->out);
	if (strcmp(part->name, "refuse") == 0)
		return error_set(err, ERR_CONFLICT, "refused");
	return 0;
}

static int told_data(const char *bytes, size_t n, void *arg, struct error *err)
{
	struct told *told = arg;

	assert_true(told->open);
	assert_true(n > 0);
	told->calls++;
	fwrite(bytes, 1, n, told->out);
	return 0;
}

static int told_end(void *arg, struct error *err)
{
	struct told *told = arg;

	assert_true(told->open);
	told->open = false;
	fputc(';', told->out);
	return 0;
}

static const struct form_handler handler = {
	.part_begin = told_begin,
	.part_data = told_data,
	.part_end = told_end,
};

/* Where to cut a body: after the first bytes, if any, and then after each piece. */
struct cut {
	size_t first, piece;
};

/* Returns
 * what was told, malloc()ed; err tells whether it worked. Each piece is a block of its
 * own, so that the sanitizer sees a read past its end. */
static char *feed(
	const char *type, const char *body, size_t n, struct cut cut, struct error *err)
{
	struct told told = { 0 };
	struct form_data *form = form_data_new(type, &handler, &told, err);
	char *text = NULL;
	size_t size, take;
	int result = 0;

	if (!form)
		return NULL;
	told.out = open_memstream(&text, &size);
	for (size_t i = 0; i < n && result == 0; i += take) {
		char *copy;

		take = i == 0 && cut.first > 0 ? cut.first : cut.piece;
		take = take < n - i ? take : n - i;
		copy = mem_new(take);
		memcpy(copy, body + i, take);
		result = form_data_feed(form, copy, take, err);
		mem_free(copy);
	}
	if (result == 0)
		form_data_finish(form, err);
	form_data_free(form);
	fclose(told.out);
	return text;
}

struct form_case {
	const char *type, *body, *told, *error;
};

static void check_one(const struct form_case *c, size_t n, struct cut cut)
{
	struct error err = { 0 };
	char *text = feed(c->type, c->body, n, cut, &err);

	assert_string_equal(err.text, c->error ? c->error : "");
	if (c->told)
		assert_string_equal(text, c->told);
	free(text);
}

/* Whole, byte by byte, and cut in two at every place. */
static void check_case(const struct form_case *c)
{
	size_t n = strlen(c->body);

	check_one(c, n, (struct cut){ 0, n + 1 });
	check_one(c, n, (struct cut){ 0, 1 });
	for (size_t first = 1; first < n; first++)
		check_one(c, n, (struct cut){ first, n });
}

#define NAMED(name_) "Content-Disposition: form-data; name=\"" name_ "\"\r\n\r\n"
#define DISPOSITION "Content-Disposition: form-data; name=a\r\n"
#define BROKEN "the form cannot be read: "

static void test_form_data__reads_multipart(void **state)
{
	static const struct form_case cases[] = {
		{ MULTI,
			"--abc\r\n" NAMED("a") "1\r\n--abc\r\n" NAMED(
				"b") "2\r\n--abc--\r\n",
			"a=1;b=2;", NULL },
		{ MULTI, "--abc--", "", NULL },
		{ MULTI, "--abc\r\n" NAMED("a") "\r\n--abc--", "a=;", NULL },
		{ MULTI, "--abc\r\n" NAMED("a") "\r\n\r\n--abc--", "a=\r\n;", NULL },
		/* What only looks like a boundary. */
		{ MULTI,
			"--abc\r\n" NAMED(
				"a") "x\r\n--ab\r\n--\r\r\n-\r\n--abd\n--abc\r--abc\r\n--abc--",
			"a=x\r\n--ab\r\n--\r\r\n-\r\n--abd\n--abc\r--abc;", NULL },
		{ MULTI, "--abc\r\n" NAMED("a") "\r\r\n\r\n\r\r\n--abc--",
			"a=\r\r\n\r\n\r;", NULL },
		/* Preamble, padding, epilogue. */
		{ MULTI,
			"not shown\r\n--abc \t\r\n" NAMED(
				"a") "1\r\n--abc--\r\n--abc\r\n",
			"a=1;", NULL },
		{ MULTI, "\r\n--abc\r\n" NAMED("a") "1\r\n--abc--  \r\n", "a=1;",
			NULL },
		/* Headers. */
		{ MULTI,
			"--abc\r\ncontent-TYPE:text/plain; "
			"charset=utf-8 \r\nX-Other: "
			"x\r\nCONTENT-disposition:Form-Data;NAME=a;filename=b.txt\r\n\r\n1"
			"\r\n--abc--",
			"a(b.txt,text/plain; charset=utf-8)=1;", NULL },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a\"; "
			"filename=\"\"\r\nContent-Type: "
			"application/octet-stream\r\nContent-Transfer-Encoding: "
			"binary\r\n\r\n\r\n--abc--",
			"a(,application/octet-stream)=;", NULL },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a\"; "
			"filename*=UTF-8''x; x=\"a;b\" ; filename=\"å %22\\\"%0A\\.x\"\r\n\r\n"
			"\r\n--abc--",
			"a(.x,-)=;", NULL },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a;%22b\\\"\"; "
			"filename=\"å %22\\\"%0A%2\"\r\n\r\n\r\n--abc--",
			"a;\"b\"(å \"\"%0A%2,-)=;", NULL },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a\"; "
			"filename=\"C:\\dir\\x.jpg\"\r\n\r\n\r\n--abc--",
			"a(x.jpg,-)=;", NULL },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a\"; "
			"filename=\"../../etc/passwd\"\r\n\r\n\r\n--abc--",
			"a(passwd,-)=;", NULL },
		/* Boundaries. */
		{ "Multipart/Form-Data ; charset=x; Boundary=\"a b?c\"",
			"--a b?c\r\n" NAMED("a") "1\r\n--a b?c--", "a=1;", NULL },
		{ "multipart/form-data;boundary=--",
			"----\r\n" NAMED("a") "1\r\n------", "a=1;", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		check_case(&cases[i]);
	}
}

static void test_form_data__refuses_broken_multipart(void **state)
{
	static const struct form_case cases[] = {
		{ MULTI, "", "", BROKEN "it ends before its closing boundary" },
		{ MULTI, "--abc\r\n" NAMED("a") "1", "a=1",
			BROKEN "it ends before its closing boundary" },
		{ MULTI, "--abc\r\n" NAMED("a") "1\r\n--abc\r\n", "a=1;",
			BROKEN "it ends before its closing boundary" },
		{ MULTI, "--abc\r\n" NAMED("a") "1\r\n--abc-", "a=1;",
			BROKEN "it ends before its closing boundary" },
		{ MULTI, "--abc\n" NAMED("a") "1\r\n--abc--", "",
			BROKEN "a boundary goes on after its end" },
		{ MULTI, "--abc\r\n" NAMED("a") "1\r\n--abcd\r\n", "a=1;",
			BROKEN "a boundary goes on after its end" },
		{ MULTI, "--abc\r\n" NAMED("a") "1\r\n--abc-x", "a=1;",
			BROKEN "a boundary goes on after its end" },
		{ MULTI, "--abc -", "", BROKEN "a boundary goes on after its end" },
		{ MULTI, "--abc\r\r", "", BROKEN "a boundary has no CRLF at its end" },
		{ MULTI, "--abc\r\n\r\n", "", BROKEN "a part has no disposition" },
		{ MULTI, "--abc\r\nContent-Type: text/plain\r\n\r\n", "",
			BROKEN "a part without a name" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data\r\n\r\n", "",
			BROKEN "a part without a name" },
		{ MULTI, "--abc\r\n" NAMED(""), "", BROKEN "a part without a name" },
		{ MULTI, "--abc\r\nContent-Disposition: attachment; name=a\r\n\r\n", "",
			BROKEN "a part is not form-data" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data; name=\"a\r\n\r\n",
			"", BROKEN "a part's disposition is broken" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data; name=\"a\\\r\n\r\n",
			"", BROKEN "a part's disposition is broken" },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=\"a\" b\r\n\r\n",
			"", BROKEN "a part's disposition is broken" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data; name\r\n\r\n", "",
			BROKEN "a part's disposition is broken" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data; name=\r\n\r\n", "",
			BROKEN "a part's disposition is broken" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data; name=a;\r\n\r\n", "",
			BROKEN "a part's disposition is broken" },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n",
			"", BROKEN "a part has two names" },
		{ MULTI,
			"--abc\r\nContent-Disposition: form-data; name=a\r\n"
			"Content-Disposition: form-data; name=b\r\n\r\n",
			"", BROKEN "a part has two dispositions" },
		{ MULTI, "--abc\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n", "",
			BROKEN "a part has two content types" },
		{ MULTI, "--abc\r\nContent-Transfer-Encoding: base64\r\n\r\n", "",
			BROKEN "a part has a transfer encoding" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n",
			"", BROKEN "a part's disposition is broken" },
		{ MULTI, "--abc\r\nContent-Disposition: form-data\r\n ;name=a\r\n\r\n",
			"", BROKEN "a part's header line is broken" },
		{ MULTI, "--abc\r\nContent-Disposition : form-data; name=a\r\n\r\n", "",
			BROKEN "a part's header line is broken" },
		{ MULTI, "--abc\r\n: x\r\n\r\n", "",
			BROKEN "a part's header line is broken" },
		{ MULTI, "--abc\r\nX\r\n\r\n", "",
			BROKEN "a part's header line is broken" },
		{ MULTI, "--abc\r\nX: a\n\r\n", "",
			BROKEN "a line of a part's header has no CRLF at its end" },
		{ MULTI, "--abc\r\nX: a\rb\r\n\r\n", "",
			BROKEN "a line of a part's header has no CRLF at its end" },
		{ MULTI, "--abc\r\nX: a\x01\r\n\r\n", "",
			BROKEN "a part's header has control characters" },
		{ MULTI, "--abc\r\n" NAMED("a\tb"), "",
			BROKEN "a name with a control character" },
		{ MULTI, "--abc\r\n" NAMED("\xff"), "", BROKEN "a name is not UTF-8" },
		{ MULTI, "--abc\r\n" NAMED("refuse") "x", "refuse=", "refused" },
		{ "multipart/form-data", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary=", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary=\"\"", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary=\"a \"", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary=a@b", "x", NULL,
			BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary="
		  "01234567890123456789012345678901234567890123456789012345678901234567890",
			"x", NULL, BROKEN "the boundary is missing or wrong" },
		{ "multipart/form-data; boundary=a; boundary=b", "x", NULL,
			BROKEN "two boundaries are given" },
		{ "multipart/mixed; boundary=a", "x", NULL,
			"the content type is not a form's" },
		{ "text/plain", "x", NULL, "the content type is not a form's" },
		{ "", "x", NULL, "the content type is not a form's" },
		{ NULL, "x", NULL, "the content type is not a form's" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		check_case(&cases[i]);
	}
}

static void test_form_data__reads_urlencoded(void **state)
{
	static const struct form_case cases[] = {
		{ URL, "", "", NULL },
		{ URL, "a=1&b=2", "a=1;b=2;", NULL },
		{ "application/X-WWW-form-urlencoded; charset=UTF-8", "a=", "a=;",
			NULL },
		{ URL, "&&a&=&b=x=y&", NULL, BROKEN "a part without a name" },
		{ URL, "&&a&b=x=y&", "a=;b=x=y;", NULL },
		{ URL, "a%2Bb+c=%C3%a5+%2B%25%0D%0A", "a+b c=å +%\r\n;", NULL },
		{ URL, "a=1&a=2", "a=1;a=2;", NULL },
		{ URL, "a=å", "a=å;", NULL },
		{ URL, "a=%", "a=", BROKEN "a % without two hexadecimal digits" },
		{ URL, "a=%4", "a=", BROKEN "a % without two hexadecimal digits" },
		{ URL, "%zz=a", "", BROKEN "a % without two hexadecimal digits" },
		{ URL, "a=%4&b=1", "a=", BROKEN "a % without two hexadecimal digits" },
		{ URL, "a%00b=1", "", BROKEN "a name with a control character" },
		{ URL, "a%0a=1", "", BROKEN "a name with a control character" },
		{ URL, "%ff=1", "", BROKEN "a name is not UTF-8" },
		{ URL, "refuse=1", "refuse=", "refused" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: %s\n", i, cases[i].body);
		check_case(&cases[i]);
	}
}

static void test_form_data__keeps_null_bytes(void **state)
{
	static const char body[] = "--abc\r\n" NAMED("a") "\0\r\0\n\0\r\n--abc--";
	struct error err = { 0 };
	char *text = feed(MULTI, body, sizeof(body) - 1, (struct cut){ 0, 3 }, &err);

	(void)state;
	assert_memory_equal(text, "a=\0\r\0\n\0;", 9);
	free(text);
	text = feed(URL, "a=%00", 5, (struct cut){ 0, 9 }, &err);
	assert_memory_equal(text, "a=\0;", 5);
	free(text);
}

/* before, then n bytes of fill, then after: does it pass? */
static void check_ceiling(const char *before, size_t n, const char *after, bool good)
{
	size_t size = strlen(before) + n + strlen(after);
	char *body = mem_new(size), *text;
	struct error err = { 0 };
	const char *type = strncmp(before, "--abc", 5) == 0 || strcmp(before, "") == 0
				   ? MULTI
				   : URL;

	memcpy(body, before, strlen(before));
	memset(body + strlen(before), 'x', n);
	memcpy(body + size - strlen(after), after, strlen(after));
	text = feed(type, body, size, (struct cut){ 0, 1000 }, &err);
	assert_int_equal(err.code == ERR_NONE, good);
	free(text);
	mem_free(body);
}

static void test_form_data__has_ceilings(void **state)
{
	static const struct {
		const char *before, *after;
		size_t max;
	} cases[] = {
		{ "--abc\r\nContent-Disposition: form-data; name=\"",
			"\"\r\n\r\n\r\n--abc--", FORM_NAME_MAX },
		{ "--abc\r\nContent-Disposition: form-data; name=a; filename=\"",
			"\"\r\n\r\n\r\n--abc--", FORM_FILENAME_MAX },
		{ "--abc\r\nContent-Disposition: form-data; name=a\r\nContent-Type: ",
			"\r\n\r\n\r\n--abc--", FORM_TYPE_MAX },
		{ "--abc\r\n" DISPOSITION "X: ", "\r\n\r\n\r\n--abc--",
			FORM_HEADER_MAX - (sizeof(DISPOSITION "X: \r\n\r\n") - 1) },
		/* The line end in front of the boundary is not of the preamble, but two
		 * bytes that never were are. */
		{ "", "\r\n--abc--", FORM_PREAMBLE_MAX - 2 },
		{ "a", "=1", FORM_NAME_MAX - 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		check_ceiling(cases[i].before, cases[i].max, cases[i].after, true);
		check_ceiling(cases[i].before, cases[i].max + 1, cases[i].after, false);
	}
}

static void test_form_data__counts_parts(void **state)
{
	char body[FORM_PARTS_MAX * 4 + 8] = "";
	struct error err = { 0 };
	char *text;

	(void)state;
	for (size_t i = 0; i < FORM_PARTS_MAX; i++)
		memcpy(body + i * 4, "a=b&", 4);
	text = feed(URL, body, strlen(body), (struct cut){ 0, 77 }, &err);
	assert_int_equal(err.code, ERR_NONE);
	free(text);
	memcpy(body + strlen(body), "a", 2);
	text = feed(URL, body, strlen(body), (struct cut){ 0, 77 }, &err);
	assert_int_equal(err.code, ERR_TOO_LARGE);
	free(text);
}

static void test_form_data__passes_content_on_uncopied(void **state)
{
	struct told told = { 0 };
	struct error err = { 0 };
	struct form_data *form = form_data_new(MULTI, &handler, &told, &err);
	char *text, chunk[5000];
	size_t size;

	(void)state;
	told.out = open_memstream(&text, &size);
	memset(chunk, '\r', sizeof(chunk));
	assert_int_equal(form_data_feed(form, "--abc\r\n" NAMED("a"),
				 strlen("--abc\r\n" NAMED("a")), &err),
		0);
	assert_int_equal(form_data_feed(form, chunk, sizeof(chunk), &err), 0);
	assert_int_equal(told.calls, 1);
	assert_int_equal(form_data_feed(form, "x\r\n--abc--", 10, &err), 0);
	assert_int_equal(form_data_finish(form, &err), 0);
	fclose(told.out);
	assert_int_equal(size, 2 + sizeof(chunk) + 2);
	free(text);
	form_data_free(form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form_data__reads_multipart),
		cmocka_unit_test(test_form_data__refuses_broken_multipart),
		cmocka_unit_test(test_form_data__reads_urlencoded),
		cmocka_unit_test(test_form_data__keeps_null_bytes),
		cmocka_unit_test(test_form_data__has_ceilings),
		cmocka_unit_test(test_form_data__counts_parts),
		cmocka_unit_test(test_form_data__passes_content_on_uncopied),
	};

	return cmocka_run_group_tests_name("form_data", tests, NULL, NULL);
}
