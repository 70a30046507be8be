#include "tests/unit/test.h"

#include "server/follow_code.h"

static const unsigned char secret[FOLLOW_SECRET_SIZE] =
	"0123456789abcdef0123456789abcde";
static const unsigned char other[FOLLOW_SECRET_SIZE] =
	"another secret of 32 bytes here";
static const struct case_number number = { .year = 2026, .serial = 104233 };

static void test_case_number__reads_what_people_write(void **state)
{
	static const char *const good[] = { "2026-104233", " 2026-104233",
		"2026-104233\r\n" };
	struct case_number got;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(case_number_parse(good[i], &got), 0);
		assert_int_equal(got.year, 2026);
		assert_int_equal(got.serial, 104233);
	}
}

static void test_case_number__refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-", "-104233",
		"2026-0104233", "2026-104233x", "2026 104233", "0026-1", "20266-1",
		"2026--1", "2026-1234567890123456", "2026-104233-1", "\xc3\xa5" };
	struct case_number got;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("input %zu: \"%s\"\n", i, bad[i]);
		assert_int_equal(case_number_parse(bad[i], &got), -1);
		assert_int_equal(got.serial, 0);
	}
}

static void test_follow_code__is_the_same_for_the_same_key(void **state)
{
	char one[FOLLOW_CODE_SIZE], two[FOLLOW_CODE_SIZE];

	(void)state;
	follow_code_make(secret, &number, "key-1", one);
	follow_code_make(secret, &number, "key-1", two);
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), FOLLOW_CODE_SIZE - 1);
	assert_int_equal(one[4], '-');
	assert_int_equal(one[9], '-');
}

static void test_follow_code__differs_by_number_key_and_secret(void **state)
{
	const struct case_number next = { .year = 2026, .serial = 104234 };
	char one[FOLLOW_CODE_SIZE], two[FOLLOW_CODE_SIZE];

	(void)state;
	follow_code_make(secret, &number, "key-1", one);
	follow_code_make(secret, &next, "key-1", two);
	assert_string_not_equal(one, two);
	follow_code_make(secret, &number, "key-2", two);
	assert_string_not_equal(one, two);
	follow_code_make(other, &number, "key-1", two);
	assert_string_not_equal(one, two);
}

static void test_follow_code__hash_forgives_how_it_was_typed(void **state)
{
	char code[FOLLOW_CODE_SIZE], typed[64], hash[FOLLOW_HASH_SIZE],
		again[FOLLOW_HASH_SIZE];
	size_t n = 0;

	(void)state;
	follow_code_make(secret, &number, "key-1", code);
	follow_code_hash(secret, &number, code, hash);
	for (const char *p = code; *p; p++) {
		if (*p == '-')
			continue;
		typed[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
		typed[n++] = ' ';
	}
	typed[n] = '\0';
	follow_code_hash(secret, &number, typed, again);
	assert_string_equal(hash, again);
}

static void test_follow_code__wrong_codes_have_other_hashes(void **state)
{
	static const char *const wrong[] = { "", "ABCD", "ABCD-EFGH-JKM",
		"ABCD-EFGH-JKMN-P", "no code", "'; DROP TABLE", "ÅÄÖ" };
	char code[FOLLOW_CODE_SIZE], hash[FOLLOW_HASH_SIZE], got[FOLLOW_HASH_SIZE];

	(void)state;
	follow_code_make(secret, &number, "key-1", code);
	follow_code_hash(secret, &number, code, hash);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		follow_code_hash(secret, &number, wrong[i], got);
		assert_string_not_equal(hash, got);
		assert_int_equal(strlen(got), FOLLOW_HASH_SIZE - 1);
	}
}

static void test_follow_code__a_seal_opens_with_its_secret_and_number_only(void **state)
{
	(void)state;
	unsigned char one[FOLLOW_SECRET_SIZE] = { 1 }, two[FOLLOW_SECRET_SIZE] = { 2 };
	const struct case_number here = { 2026, 104233 }, there = { 2026, 104234 };
	char sealed[FOLLOW_SEALED_SIZE], again[FOLLOW_SEALED_SIZE];
	char code[FOLLOW_CODE_SIZE] = "";

	follow_code_seal(one, &here, "ABCD-EFGH-JKMN", sealed);
	follow_code_seal(one, &here, "ABCD-EFGH-JKMN", again);
	assert_string_not_equal(sealed, again);
	assert_int_equal(follow_code_open(one, &here, sealed + 2, code), 0);
	assert_string_equal(code, "ABCD-EFGH-JKMN");
	assert_int_equal(follow_code_open(two, &here, sealed + 2, code), -1);
	assert_int_equal(follow_code_open(one, &there, sealed + 2, code), -1);
	assert_int_equal(follow_code_open(one, &here, "00", code), -1);
	sealed[60] = sealed[60] == '0' ? '1' : '0';
	assert_int_equal(follow_code_open(one, &here, sealed + 2, code), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case_number__reads_what_people_write),
		cmocka_unit_test(test_case_number__refuses_what_is_none),
		cmocka_unit_test(test_follow_code__is_the_same_for_the_same_key),
		cmocka_unit_test(test_follow_code__differs_by_number_key_and_secret),
		cmocka_unit_test(test_follow_code__hash_forgives_how_it_was_typed),
		cmocka_unit_test(test_follow_code__wrong_codes_have_other_hashes),
		cmocka_unit_test(
			test_follow_code__a_seal_opens_with_its_secret_and_number_only),
	};

	return cmocka_run_group_tests_name("follow_code", tests, NULL, NULL);
}
