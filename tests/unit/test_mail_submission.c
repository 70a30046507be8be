#include "tests/unit/test.h"

#include "lib/arena.h"
#include "server/city.h"
#include "server/mail_submission.h"
#include "server/submission.h"

/* What the reader could not read is nobody's words, and still somebody's case. */
static void test_mail_submission__unread_mail_is_a_case_of_its_mailbox(void **state)
{
	static const struct {
		const char *board, *expected;
	} rows[] = {
		{ "trafiknamnden", "trafiknamnden" }, { CITY_DISPATCH, CITY_DISPATCH },
		{ NULL, CITY_DISPATCH }, /* to a reply address */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *arena = arena_new();
		struct submission s;

		print_message("input %zu\n", i);
		mail_submission_make(
			arena, &(struct mail_submission){ .board = rows[i].board }, &s);
		assert_string_equal(s.board, rows[i].expected);
		assert_string_equal(s.channel, "mail");
		assert_non_null(strstr(s.text, "gick inte att läsa"));
		assert_null(s.contact.email);
		assert_null(s.contact.name);
		assert_true(s.no_receipt);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_mail_submission__unread_mail_is_a_case_of_its_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
