#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "server/form_stamp.h"
#include "server/worker.h"

static const unsigned char secret[WORKER_SECRET_SIZE] = "one";
static const unsigned char other[WORKER_SECRET_SIZE] = "another";

static void test_form_stamp__reads_what_it_made(void **state)
{
	(void)state;
	static const int64_t times[] = { 0, 1, 1795318614123,
		INT64_C(253402300799999) };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char stamp[FORM_STAMP_SIZE];
		int64_t ms = -1;

		form_stamp_make(secret, times[i], stamp);
		assert_int_equal(form_stamp_read(secret, stamp, &ms), 0);
		assert_int_equal(ms, times[i]);
		assert_int_equal(form_stamp_read(other, stamp, &ms), -1);
	}
}

static void test_form_stamp__refuses_what_it_did_not_make(void **state)
{
	(void)state;
	char stamp[FORM_STAMP_SIZE], changed[FORM_STAMP_SIZE];
	const char *bad[] = { NULL, "", ".", "1795318614123", "1795318614123.", "-1.00",
		" 1.00", changed };
	int64_t ms = 7;

	form_stamp_make(secret, 1795318614123, stamp);
	snprintf(
		changed, sizeof(changed), "0%.*s", (int)sizeof(changed) - 2, stamp + 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(form_stamp_read(secret, bad[i], &ms), -1);
		assert_int_equal(ms, 7); /* output left alone */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form_stamp__reads_what_it_made),
		cmocka_unit_test(test_form_stamp__refuses_what_it_did_not_make),
	};

	return cmocka_run_group_tests_name("form_stamp", tests, NULL, NULL);
}
