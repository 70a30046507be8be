#include "tests/unit/test.h"

#include <stdio.h>

#include "server/mail_known.h"

static void test_mail_known__knows_what_it_was_told_for_a_while(void **state)
{
	struct mail_known *known = mail_known_new();

	(void)state;
	assert_false(mail_known_has(known, "trafik@stad.example", 5));
	mail_known_add(known, "trafik@stad.example", 5);
	assert_true(mail_known_has(known, "Trafik@STAD.example", 5));
	assert_true(mail_known_has(known, "trafik@stad.example", 5 + MAIL_KNOWN_S - 1));
	assert_false(mail_known_has(known, "trafik@stad.example", 5 + MAIL_KNOWN_S));
	assert_false(mail_known_has(known, "trafik@stad.exampl", 5));
	assert_false(mail_known_has(known, "kultur@stad.example", 5));
	mail_known_free(known);
}

static void test_mail_known__has_room_for_some_and_no_more(void **state)
{
	struct mail_known *known = mail_known_new();
	char address[400];
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(address, sizeof(address), "%u@stad.example", i);
		mail_known_add(known, address, 0);
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(address, sizeof(address), "%u@stad.example", i);
		n += mail_known_has(known, address, 0);
	}
	assert_in_range(n, 1, 256);
	mail_known_free(known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_known__knows_what_it_was_told_for_a_while),
		cmocka_unit_test(test_mail_known__has_room_for_some_and_no_more),
	};

	return cmocka_run_group_tests_name("mail_known", tests, NULL, NULL);
}
