#include "tests/unit/test.h"

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/passkey.h"
#include "server/passkey_origin.h"

static const unsigned char challenge[PASSKEY_CHALLENGE_SIZE] = { 0xfb, 0xff };

static void test_passkey__writes_a_challenge_as_browsers_do(void **state)
{
	char text[PASSKEY_CHALLENGE_TEXT];

	(void)state;
	passkey_challenge_print(challenge, text);
	assert_string_equal(text, "-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

static void test_passkey__reads_base64url_alone(void **state)
{
	static const char *const bad[] = { "+_8A", "-_8=", "-_8 ", "A", "Å" };
	unsigned char bytes[4];
	size_t size;

	(void)state;
	assert_int_equal(passkey_bytes("-_8", bytes, sizeof(bytes), &size), 0);
	assert_int_equal(size, 2);
	assert_memory_equal(bytes, challenge, 2);
	assert_int_equal(passkey_bytes("AAAAAAA", bytes, sizeof(bytes), &size), -1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("\"%s\"\n", bad[i]);
		assert_int_equal(
			passkey_bytes(bad[i], bytes, sizeof(bytes), &size), -1);
	}
}

/* What is no answer at all is refused before any key is looked at. */
static void test_passkey__refuses_what_is_no_answer(void **state)
{
	static const char *const bad[] = { "", "e30", "W10", "bnVsbA",
		"eyJ0eXBlIjoxfQ" };
	const struct passkey_asked asked = { "https://a.example", "a.example",
		challenge };
	struct passkey_made made;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err = (struct error){ 0 };
		print_message("\"%s\"\n", bad[i]);
		assert_int_equal(
			passkey_make(&asked,
				&(struct passkey_answer){ .client_data = bad[i],
					.authenticator_data = "AAAA" },
				&made, &err),
			-1);
		assert_string_equal(err.field, "clientData");
	}
}

static void test_passkey__is_for_a_name_alone(void **state)
{
	static const struct {
		const char *url, *origin, *host;
	} rows[] = {
		{ "https://synpunkt.example", "https://synpunkt.example",
			"synpunkt.example" },
		{ "https://Synpunkt.Example:8443/x", "https://synpunkt.example:8443",
			"synpunkt.example" },
		{ "http://localhost:8080", "http://localhost:8080", "localhost" },
		{ "http://127.0.0.1:8080", NULL, NULL },
		{ "https://[::1]:8443", NULL, NULL },
		{ "https://", NULL, NULL },
		{ "synpunkt.example", NULL, NULL },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct passkey_asked asked = { 0 };

		print_message("%s\n", rows[i].url);
		assert_int_equal(passkey_origin(arena, rows[i].url, &asked),
			rows[i].host ? 0 : -1);
		if (!rows[i].host)
			continue;
		assert_string_equal(asked.origin, rows[i].origin);
		assert_string_equal(asked.host, rows[i].host);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passkey__writes_a_challenge_as_browsers_do),
		cmocka_unit_test(test_passkey__reads_base64url_alone),
		cmocka_unit_test(test_passkey__refuses_what_is_no_answer),
		cmocka_unit_test(test_passkey__is_for_a_name_alone),
	};

	return cmocka_run_group_tests_name("passkey", tests, NULL, NULL);
}
