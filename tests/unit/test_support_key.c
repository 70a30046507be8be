#include "tests/unit/test.h"

#include <string.h>

#include "lib/base.h"
#include "server/support_key.h"

static const unsigned char secret[FOLLOW_SECRET_SIZE] =
	"0123456789abcdef0123456789abcde";
static const unsigned char other[FOLLOW_SECRET_SIZE] =
	"another secret of 32 bytes here";

#define KEY "AAAAAAAAAAAAAAAAAAAAAA"
#define DEVICE "0123456789abcdef"

static void test_support_key__names_are_of_one_case_and_one_secret(void **state)
{
	(void)state;
	struct support_names a, b;
	static const struct {
		const unsigned char *secret;
		const char *key, *device, *email;
	} others[] = {
		{ other, KEY, DEVICE, "a@example.org" },
		{ secret, "BAAAAAAAAAAAAAAAAAAAAA", DEVICE, "a@example.org" },
		{ secret, KEY, "0123456789abcdeg", "b@example.org" },
	};

	support_names_make(secret, KEY, DEVICE, "a@example.org", &a);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		support_names_make(others[i].secret, others[i].key, others[i].device,
			others[i].email, &b);
		assert_string_not_equal(a.token, b.token);
		assert_string_not_equal(a.token_hash, b.token_hash);
		assert_string_not_equal(a.device, b.device);
		assert_string_not_equal(a.address, b.address);
	}
	support_names_make(secret, KEY, DEVICE, "A@Example.ORG", &b);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void test_support_key__an_address_alone_is_the_same_for_all_cases(void **state)
{
	(void)state;
	struct support_names a, b;

	support_names_make(secret, KEY, DEVICE, "a@example.org", &a);
	support_names_make(secret, "B", "another device...", "a@example.org", &b);
	assert_string_equal(a.anywhere, b.anywhere);
	support_names_make(secret, KEY, DEVICE, NULL, &b);
	assert_string_equal(b.address, "");
	assert_string_equal(b.anywhere, "");
	assert_string_equal(a.token, b.token);
}

static void test_support_key__what_is_no_token_has_a_hash_of_its_own(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "x", "Bearer", "\xff", KEY DEVICE };
	struct support_names names;
	char hash[SUPPORT_HASH_SIZE];

	support_names_make(secret, KEY, DEVICE, NULL, &names);
	support_token_hash(names.token, hash);
	assert_string_equal(hash, names.token_hash);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		support_token_hash(bad[i], hash);
		assert_string_not_equal(hash, names.token_hash);
	}
}

static void test_support_key__a_link_is_of_one_letter(void **state)
{
	(void)state;
	char link[SUPPORT_TOKEN_SIZE], changed[SUPPORT_TOKEN_SIZE];

	support_link_make(secret, 4711, "ab12", link);
	assert_int_equal(strlen(link), SUPPORT_TOKEN_CHARS);
	assert_int_equal(support_link_id(link), 4711);
	assert_true(support_link_signed(secret, link, "ab12"));
	assert_false(support_link_signed(secret, link, "ab13"));
	assert_false(support_link_signed(secret, link, ""));
	assert_false(support_link_signed(other, link, "ab12"));
	/* The last character has four bits that say nothing. */
	for (size_t i = 0; i < SUPPORT_TOKEN_CHARS - 1; i++) {
		memcpy(changed, link, sizeof(link));
		changed[i] = link[i] == '0' ? '1' : '0';
		assert_false(support_link_signed(secret, changed, "ab12"));
	}
}

static void test_support_key__what_is_no_link_is_nobodys(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "x",
		"UUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUUU",
		"ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(support_link_id(bad[i]), 0);
		assert_false(support_link_signed(secret, bad[i], ""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_support_key__names_are_of_one_case_and_one_secret),
		cmocka_unit_test(
			test_support_key__an_address_alone_is_the_same_for_all_cases),
		cmocka_unit_test(
			test_support_key__what_is_no_token_has_a_hash_of_its_own),
		cmocka_unit_test(test_support_key__a_link_is_of_one_letter),
		cmocka_unit_test(test_support_key__what_is_no_link_is_nobodys),
	};

	return cmocka_run_group_tests_name("support_key", tests, NULL, NULL);
}
