#include "tests/unit/test.h"

#include "server/email_address.h"

static void test_email_address__takes_what_people_have(void **state)
{
	static const char *const good[] = { "a@b.se", "anna.svensson@stockholm.se",
		"x+tag@mail.example.com", "o'neill@example.org", "åsa@exempel.se",
		"info@räksmörgås.se", "a_b-c@sub.do-main.co", "1@2.nu" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		print_message("input %zu: \"%s\"\n", i, good[i]);
		assert_true(email_address_is_possible(good[i]));
	}
}

static void test_email_address__refuses_what_can_not_be_one(void **state)
{
	static const char *const bad[] = {
		"", "a", "@", "a@", "@b.se", "a@b", "a b@c.se", "a@b .se", "a@b..se",
		"a@.b.se", "a@b.se.", ".a@b.se", "a.@b.se", "a..b@c.se", "a@-b.se",
		"a@b-.se", "a@b.se-", "a@b@c.se", "a@b.se\n", "a\r\nBcc: x@y.se@b.se",
		"<a@b.se>", "Anna <a@b.se>", "a@[127.0.0.1]", "\"a b\"@c.se",
		"a,b@c.se",
		"1234567890123456789012345678901234567890123456789012345678901234x@b.se"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("input %zu: \"%s\"\n", i, bad[i]);
		assert_false(email_address_is_possible(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_email_address__takes_what_people_have),
		cmocka_unit_test(test_email_address__refuses_what_can_not_be_one),
	};

	return cmocka_run_group_tests_name("email_address", tests, NULL, NULL);
}
