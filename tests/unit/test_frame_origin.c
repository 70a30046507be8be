#include "tests/unit/test.h"

#include "lib/error.h"
#include "server/frame_origin.h"

static void test_frame_origin__takes_origins(void **state)
{
	static const char *const good[] = { "https://stad.example",
		"https://www.stad.example https://skola.stad.example:8443",
		"  https://a.b  https://c ", "http://localhost:3000",
		"http://127.0.0.1:8080 http://localhost",
		"https://xn--rksmrgs-5wao1o.se" };
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		print_message("input %zu: \"%s\"\n", i, good[i]);
		assert_int_equal(frame_origins_check(good[i], &err), 0);
	}
}

static void test_frame_origin__refuses_what_is_none(void **state)
{
	static const char *const bad[] = { "*", "https:", "https://", "stad.example",
		"https://*.stad.example", "https://stad.example/",
		"http://stad.example", "https://stad.example/sida",
		"https://stad..example", "https://.example",
		"https://stad.example:", "https://stad.example:0", "https://a:123456",
		"https://a:8x", "https://a@b", "https://a; script-src *", "'self'",
		"https://a,https://b", "https://räksmörgås.se", "https://a\r\nb",
		"https://a https://b/", "http://localhost.stad.example", "data:" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = { 0 };

		print_message("input %zu: \"%s\"\n", i, bad[i]);
		assert_int_equal(frame_origins_check(bad[i], &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
}

static void test_frame_origin__has_a_ceiling(void **state)
{
	static const char one[] = "https://a.b ";
	char text[(FRAME_ORIGINS_MAX + 1) * (sizeof(one) - 1) + 1];
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i <= FRAME_ORIGINS_MAX; i++)
		memcpy(text + i * (sizeof(one) - 1), one, sizeof(one));
	assert_int_equal(frame_origins_check(text, &err), -1);
	text[FRAME_ORIGINS_MAX * (sizeof(one) - 1)] = '\0';
	err = (struct error){ 0 };
	assert_int_equal(frame_origins_check(text, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_origin__takes_origins),
		cmocka_unit_test(test_frame_origin__refuses_what_is_none),
		cmocka_unit_test(test_frame_origin__has_a_ceiling),
	};

	return cmocka_run_group_tests_name("frame_origin", tests, NULL, NULL);
}
