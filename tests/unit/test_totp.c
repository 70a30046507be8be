#include "tests/unit/test.h"

#include "lib/totp.h"

static const unsigned char secret[TOTP_SECRET_SIZE + 1] = "12345678901234567890";

/* RFC 6238, appendix B: the last six of its eight digits. */
static const struct {
	time_t now;
	const char *code;
} rfc[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

static void test_totp__agrees_with_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc); i++) {
		int64_t step = 0;

		assert_true(totp_check(secret, rfc[i].code, rfc[i].now, &step));
		assert_int_equal(step, rfc[i].now / TOTP_STEP_S);
	}
}

static void test_totp__takes_one_step_of_drift(void **state)
{
	int64_t step = 0;

	(void)state;
	for (int off = -3; off <= 3; off++) {
		bool is_near = off >= -1 && off <= 1;

		step = 7;
		assert_int_equal(totp_check(secret, "005924",
					 1234567890 + off * TOTP_STEP_S, &step),
			is_near);
		assert_int_equal(step, is_near ? 1234567890 / TOTP_STEP_S : 7);
	}
}

static void test_totp__refuses_what_is_no_code(void **state)
{
	static const char *const bad[] = { "", "00592", "0005924", "89005924", "00592x",
		" 05924", "-05924", "005924 ", "000000" };
	int64_t step;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("\"%s\"\n", bad[i]);
		assert_false(totp_check(secret, bad[i], 1234567890, &step));
	}
}

static void test_totp__prints_the_secret_in_base_32(void **state)
{
	char text[TOTP_SECRET_TEXT_SIZE];

	(void)state;
	totp_secret_print(secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totp__agrees_with_the_standard),
		cmocka_unit_test(test_totp__takes_one_step_of_drift),
		cmocka_unit_test(test_totp__refuses_what_is_no_code),
		cmocka_unit_test(test_totp__prints_the_secret_in_base_32),
	};

	return cmocka_run_group_tests_name("totp", tests, NULL, NULL);
}
