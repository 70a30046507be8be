#include "tests/unit/test.h"

#include <string.h>

#include "server/order_marks.h"

static const struct {
	const char *text, *name;
	const char *kind, *found; /* NULL: nothing is */
} cases[] = {
	{ "Byt lampan i stolpe 4711.", "Eva Ek", NULL, NULL },
	{ "Skriv till eva@example.org.", NULL, "mail", "eva@example.org" },
	{ "Ring 070-765 43 21 efter tre.", NULL, "telephone", "070-765 43 21" },
	{ "Jag heter Eva Ek.", "Eva Ek", "name", "Eva" },
	{ "Född 19640823-3234.", NULL, "identity-number", "19640823-3234" },
	{ "Född 19640823-3235.", NULL, NULL, NULL },
};

static void test_order_marks__finds_what_tells_who_somebody_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		json_t *marks = order_marks(cases[i].text, cases[i].name);
		const json_t *first = json_array_get(marks, 0);

		print_message("\"%s\"\n", cases[i].text);
		if (cases[i].kind) {
			assert_non_null(first);
			assert_string_equal(
				json_string_value(json_object_get(first, "kind")),
				cases[i].kind);
			assert_non_null(strstr(
				json_string_value(json_object_get(first, "text")),
				cases[i].found));
		} else {
			assert_int_equal(json_array_size(marks), 0);
		}
		json_decref(marks);
	}
}

static void test_order_marks__shows_twenty_of_a_kind_at_most(void **state)
{
	char text[2000] = "";
	json_t *marks;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		char one[] = "aa@example.org ";

		one[0] = (char)('a' + i % 26);
		one[1] = (char)('a' + i / 26);
		memcpy(text + i * (sizeof(one) - 1), one, sizeof(one));
	}
	marks = order_marks(text, NULL);
	assert_in_range(json_array_size(marks), 1, 20);
	json_decref(marks);
}

static void test_order_marks__an_identity_number_is_one_by_its_digits(void **state)
{
	(void)state;
	assert_true(order_marks_identity_number("Hon är 640823-3234."));
	assert_false(order_marks_identity_number("Stolpe 640823-3235."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_marks__finds_what_tells_who_somebody_is),
		cmocka_unit_test(test_order_marks__shows_twenty_of_a_kind_at_most),
		cmocka_unit_test(
			test_order_marks__an_identity_number_is_one_by_its_digits),
	};

	return cmocka_run_group_tests_name("order_marks", tests, NULL, NULL);
}
