#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/mail_format.h"

static void test_mail_format__header_words(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "Hej (2026-1)", "Hej (2026-1)" },
		{ "åäö", "=?UTF-8?Q?=C3=A5=C3=A4=C3=B6?=" },
		{ "a å", "=?UTF-8?Q?a_=C3=A5?=" },
		{ "=?x?=", "=?UTF-8?Q?=3D=3Fx=3F=3D?=" },
		{ "a\r\nBcc: b", "=?UTF-8?Q?a__Bcc=3A_b?=" },
		{ "", "" },
	};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			mail_header_text(arena, cases[i].text), cases[i].expected);
	assert_string_equal(
		mail_header_name(arena, "Stockholms stad"), "Stockholms stad");
	assert_string_equal(mail_header_name(arena, "a, b"), "=?UTF-8?Q?a=2C_b?=");
	arena_free(arena);
}

static void test_mail_format__long_words_are_cut_between_characters(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char text[401] = "";
	char *folded;

	for (int i = 0; i < 200; i++)
		memcpy(text + i * 2, "\xc3\xa5", 3);
	folded = mail_header_text(arena, text);
	for (char *line = folded; line;) {
		char *end = strstr(line, "\r\n ");
		size_t n = end ? (size_t)(end - line) : strlen(line);

		assert_true(n <= 75);
		assert_int_equal((n - 12) % 6, 0); /* whole characters: =C3=A5 */
		line = end ? end + 3 : NULL;
	}
	arena_free(arena);
}

static void test_mail_format__date(void **state)
{
	(void)state;
	char date[MAIL_DATE_SIZE];

	mail_date(1795323600, date);
	assert_string_equal(date, "Sun, 22 Nov 2026 05:00:00 +0000");
	mail_date(0, date);
	assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 +0000");
}

static void test_mail_format__addresses(void **state)
{
	(void)state;
	static const struct {
		const char *address, *expected;
	} cases[] = {
		{ "a@example.se", "a@example.se" },
		{ "a@\xc3\xa5kesson.se", "a@xn--kesson-hua.se" },
		{ "\xc3\xa5@b.se", "\xc3\xa5@b.se" },
		{ "a b@c.se", NULL },
		{ "a@b.se>\r\nRCPT TO:<c@d.se", NULL },
		{ "nobody", NULL },
		{ "@b.se", NULL },
	};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *got = mail_address_ascii(arena, cases[i].address);

		if (!cases[i].expected)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].expected);
	}
	assert_true(mail_address_needs_utf8("\xc3\xa5@b.se"));
	assert_false(mail_address_needs_utf8("a@b.se"));
	arena_free(arena);
}

static void test_mail_format__quoted_printable(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "Hej\nd\xc3\xa5\n", "Hej\r\nd=C3=A5\r\n" },
		{ "a=b \r\nc", "a=3Db=20\r\nc\r\n" },
		{ ".\n..a", "=2E\r\n=2E.a\r\n" },
		{ "\n\na", "\r\n\r\na\r\n" },
		{ "a\tb\t", "a\tb=09\r\n" },
		{ "a\rb", "a=0Db\r\n" },
		{ "", "" },
	};
	struct evbuffer *out = evbuffer_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		mail_quoted_printable(out, cases[i].text, strlen(cases[i].text));
		evbuffer_add(out, "", 1);
		assert_string_equal(
			(char *)evbuffer_pullup(out, -1), cases[i].expected);
		evbuffer_drain(out, evbuffer_get_length(out));
	}
	evbuffer_free(out);
}

/* Full stops land on the place before a soft break and after it. */
static void test_mail_format__long_lines(void **state)
{
	(void)state;
	struct evbuffer *out = evbuffer_new();
	char text[400];

	memset(text, '.', sizeof(text));
	mail_quoted_printable(out, text, sizeof(text));
	while (evbuffer_get_length(out) > 0) {
		char *line = evbuffer_readln(out, NULL, EVBUFFER_EOL_CRLF_STRICT);

		assert_non_null(line);
		assert_true(strlen(line) <= 76);
		assert_true(line[0] != '.');
		mem_free(line);
	}
	evbuffer_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_format__header_words),
		cmocka_unit_test(
			test_mail_format__long_words_are_cut_between_characters),
		cmocka_unit_test(test_mail_format__date),
		cmocka_unit_test(test_mail_format__addresses),
		cmocka_unit_test(test_mail_format__quoted_printable),
		cmocka_unit_test(test_mail_format__long_lines),
	};

	return cmocka_run_group_tests_name("mail_format", tests, NULL, NULL);
}
