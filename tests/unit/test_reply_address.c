#include "tests/unit/test.h"

#include "server/reply_address.h"

static const unsigned char secret[FOLLOW_SECRET_SIZE] =
	"0123456789abcdef0123456789abcde";
static const unsigned char other[FOLLOW_SECRET_SIZE] =
	"another secret of 32 bytes here";
static const char domain[] = "stad.example";
static const struct reply_address address = {
	.number = { .year = 2026, .serial = 104233 },
	.party = REPLY_PARTY_COMPLAINANT,
};

static void make(char ret[REPLY_ADDRESS_SIZE])
{
	reply_address_make(secret, &address, domain, ret);
}

static void assert_is_no_address(const char *text)
{
	struct reply_address got = { .number = { .year = 1 } };
	char token[REPLY_TOKEN_SIZE] = "untouched";

	print_message("input \"%s\"\n", text);
	assert_int_equal(reply_address_read(secret, text, domain, &got, token), -1);
	assert_int_equal(got.number.year, 1);
	assert_string_equal(token, "untouched");
}

static void test_reply_address__comes_back_whatever_case_it_is_in(void **state)
{
	char text[REPLY_ADDRESS_SIZE], upper[REPLY_ADDRESS_SIZE];
	char token[REPLY_TOKEN_SIZE], again[REPLY_TOKEN_SIZE];
	struct reply_address got;

	(void)state;
	make(text);
	assert_true(strcspn(text, "@") <= 64);
	assert_int_equal(reply_address_read(secret, text, domain, &got, token), 0);
	assert_int_equal(got.number.year, 2026);
	assert_int_equal(got.number.serial, 104233);
	assert_int_equal(got.party, REPLY_PARTY_COMPLAINANT);
	for (size_t i = 0; i < sizeof(text); i++)
		upper[i] = text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i];
	assert_int_equal(reply_address_read(secret, upper, domain, &got, again), 0);
	assert_string_equal(token, again);
	assert_int_equal(reply_token_read(secret, token, &got), 0);
	assert_int_equal(reply_token_read(other, token, &got), -1);
	assert_int_equal(reply_token_read(secret, NULL, &got), -1);
}

static void test_reply_address__knows_no_other_case_by_a_changed_letter(void **state)
{
	char text[REPLY_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 7; i < 7 + REPLY_TOKEN_CHARS; i++) {
		make(text);
		text[i] = text[i] == 'x' ? 'y' : 'x';
		assert_is_no_address(text);
	}
}

static void test_reply_address__refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "", "arende", "arende+",
		"arende+@stad.example", "arende@stad.example", "arende+x@stad.example",
		"trafik@stad.example" };
	char text[REPLY_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_is_no_address(bad[i]);
	reply_address_make(secret, &address, "other.example", text);
	assert_is_no_address(text);
	reply_address_make(other, &address, domain, text);
	assert_is_no_address(text);
	make(text);
	text[7 + REPLY_TOKEN_CHARS] = '\0'; /* no domain */
	assert_is_no_address(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply_address__comes_back_whatever_case_it_is_in),
		cmocka_unit_test(
			test_reply_address__knows_no_other_case_by_a_changed_letter),
		cmocka_unit_test(test_reply_address__refuses_what_is_none),
	};

	return cmocka_run_group_tests_name("reply_address", tests, NULL, NULL);
}
