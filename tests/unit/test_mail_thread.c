#include "tests/unit/test.h"

#include "server/mail_thread.h"

#define ONE                                                                            \
	{                                                                              \
		2026, 104233                                                           \
	}
#define TWO                                                                            \
	{                                                                              \
		2026, 104234                                                           \
	}

static const struct {
	const char *what;
	struct mail_facts facts;
	struct mail_decision want;
} cases[] = {
	{ "new", { .class = "new", .may_answer = true },
		{ .move = MAIL_MOVE_CASE, .answer = true } },
	{ "by token", { .class = "new", .token = ONE }, { .number = ONE } },
	{ "the token before the Message-ID",
		{ .class = "reply", .token = ONE, .answered = TWO, .is_party = true },
		{ .number = ONE } },
	{ "by Message-ID, a party",
		{ .class = "reply", .answered = ONE, .is_party = true },
		{ .number = ONE } },
	{ "by Message-ID, a stranger",
		{ .class = "reply", .answered = ONE, .may_answer = true },
		{ .move = MAIL_MOVE_CASE, .hint = ONE, .answer = true } },
	{ "a number in the subject",
		{ .class = "new",
			.subject = "Sv: (2026-104233) hej",
			.is_party = true },
		{ .move = MAIL_MOVE_CASE, .hint = ONE } },
	{ "out of office, by token", { .class = "auto-reply", .token = ONE },
		{ .move = MAIL_MOVE_NOTE, .number = ONE } },
	{ "bounce", { .class = "bounce", .answered = ONE, .null_sender = true },
		{ .move = MAIL_MOVE_NOTE, .number = ONE } },
	{ "a bounce of nothing", { .class = "bounce", .subject = "2026-104233" },
		{ .move = MAIL_MOVE_KEEP } },
	{ "an automatic answer to nothing",
		{ .class = "auto-reply", .may_answer = true },
		{ .move = MAIL_MOVE_CASE } },
	{ "a receipt of nothing", { .class = "receipt", .may_answer = true },
		{ .move = MAIL_MOVE_KEEP } },
	{ "a list", { .class = "new", .may_answer = true, .never_answer = true },
		{ .move = MAIL_MOVE_CASE } },
	{ "spam", { .class = "spam", .may_answer = true }, { .move = MAIL_MOVE_CASE } },
	{ "null sender", { .class = "new", .may_answer = true, .null_sender = true },
		{ .move = MAIL_MOVE_CASE } },
	{ "not read", { .token = ONE, .may_answer = true },
		{ .move = MAIL_MOVE_CASE, .hint = ONE } },
};

static void assert_number(const struct case_number *got, const struct case_number *want)
{
	assert_int_equal(got->year, want->year);
	assert_int_equal(got->serial, want->serial);
}

static void test_mail_thread__decides_by_the_table(void **state)
{
	struct mail_decision got;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("%s\n", cases[i].what);
		mail_thread_decide(&cases[i].facts, &got);
		assert_int_equal(got.move, cases[i].want.move);
		assert_int_equal(got.answer, cases[i].want.answer);
		assert_number(&got.number, &cases[i].want.number);
		assert_number(&got.hint, &cases[i].want.hint);
	}
}

static void test_mail_thread__finds_a_number_among_words(void **state)
{
	static const struct {
		const char *text;
		int64_t serial;
	} texts[] = { { "2026-1", 1 }, { "12026-1", 0 }, { "2026-", 0 }, { "", 0 },
		{ NULL, 0 }, { "08-508 2026-12 hej", 12 }, { "tel 2026-0", 0 },
		{ "2026-99999999999999999999", 0 }, { "0000-1 2026-7", 7 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(
			mail_thread_number(texts[i].text).serial, texts[i].serial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_thread__decides_by_the_table),
		cmocka_unit_test(test_mail_thread__finds_a_number_among_words),
	};

	return cmocka_run_group_tests_name("mail_thread", tests, NULL, NULL);
}
