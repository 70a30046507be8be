#include "tests/unit/test.h"

#include "server/second_factor.h"

static const unsigned char key[FACTOR_KEY_SIZE] = "0123456789abcdef0123456789abcde";
static const unsigned char other[FACTOR_KEY_SIZE] = "another secret of 32 bytes here";
static const unsigned char secret[TOTP_SECRET_SIZE + 1] = "12345678901234567890";

static void test_factor_read__tells_codes_from_recovery_codes(void **state)
{
	static const struct {
		const char *text;
		enum factor_kind kind;
		const char *plain;
	} cases[] = {
		{ NULL, FACTOR_NONE, NULL },
		{ "", FACTOR_NONE, NULL },
		{ " \t", FACTOR_NONE, NULL },
		{ "123456", FACTOR_CODE, "123456" },
		{ " 123 456\n", FACTOR_CODE, "123456" },
		{ "123-456", FACTOR_CODE, "123456" },
		{ "12345", FACTOR_ODD, NULL },
		{ "1234567", FACTOR_ODD, NULL },
		{ "12345x", FACTOR_ODD, NULL },
		{ "abcd efgh jkmn", FACTOR_RECOVERY, "ABCD-EFGH-JKMN" },
		{ "ABCDEFGHJKMN", FACTOR_RECOVERY, "ABCD-EFGH-JKMN" },
		{ "123456789012", FACTOR_RECOVERY, "1234-5678-9012" },
		{ "ABCD-EFGH-JKM", FACTOR_ODD, NULL },
		{ "ABCD-EFGH-JKMNP", FACTOR_ODD, NULL },
		{ "\xc3\xa5", FACTOR_ODD, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char plain[RECOVERY_CODE_SIZE] = "untouched";

		print_message("\"%s\"\n", cases[i].text ? cases[i].text : "NULL");
		assert_int_equal(factor_read(cases[i].text, plain), cases[i].kind);
		assert_string_equal(
			plain, cases[i].plain ? cases[i].plain : "untouched");
	}
}

static void test_factor_seal__opens_for_its_user_and_key_alone(void **state)
{
	char sealed[FACTOR_SEALED_SIZE], again[FACTOR_SEALED_SIZE];
	unsigned char got[TOTP_SECRET_SIZE];

	(void)state;
	factor_seal(key, 7, secret, sealed);
	factor_seal(key, 7, secret, again);
	assert_string_not_equal(sealed, again);
	assert_int_equal(factor_open(key, 7, sealed, got), 0);
	assert_memory_equal(got, secret, sizeof(got));
	assert_int_equal(factor_open(key, 8, sealed, got), -1);
	assert_int_equal(factor_open(other, 7, sealed, got), -1);
	assert_int_equal(factor_open(key, 7, "", got), -1);
	sealed[60] = sealed[60] == '0' ? '1' : '0';
	assert_int_equal(factor_open(key, 7, sealed, got), -1);
}

static void test_recovery__is_hashed_by_user_and_key(void **state)
{
	char code[RECOVERY_CODE_SIZE], plain[RECOVERY_CODE_SIZE];
	char hashes[4][SHA256_HEX_SIZE];

	(void)state;
	recovery_make(code);
	assert_int_equal(factor_read(code, plain), FACTOR_RECOVERY);
	assert_string_equal(code, plain);
	recovery_hash(key, 7, code, hashes[0]);
	recovery_hash(key, 7, code, hashes[1]);
	recovery_hash(key, 8, code, hashes[2]);
	recovery_hash(other, 7, code, hashes[3]);
	assert_string_equal(hashes[0], hashes[1]);
	assert_string_not_equal(hashes[0], hashes[2]);
	assert_string_not_equal(hashes[0], hashes[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_factor_read__tells_codes_from_recovery_codes),
		cmocka_unit_test(test_factor_seal__opens_for_its_user_and_key_alone),
		cmocka_unit_test(test_recovery__is_hashed_by_user_and_key),
	};

	return cmocka_run_group_tests_name("second_factor", tests, NULL, NULL);
}
