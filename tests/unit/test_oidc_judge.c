#include "tests/unit/test.h"

#include <string.h>

#include "server/oidc_judge.h"

#define NOW 1700000000
#define HTTPS "https://id.example"

static const struct oidc_expected expected = {
	.issuer = HTTPS, .client_id = "synpunkt", .nonce = "n-1", .now = NOW
};

/* A row changes one claim of a token that is right; NULL takes it away. */
struct row {
	const char *claim, *json, *wrong;
};

static json_t *with(const char *right, const struct row *row)
{
	json_t *claims = json_loads(right, 0, NULL);

	assert_non_null(claims);
	if (row->json)
		json_object_set_new(claims, row->claim,
			json_loads(row->json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
	else
		json_object_del(claims, row->claim);
	return claims;
}

static void rows_judge(const char *right, const struct row *rows, size_t n,
	const char *(*judge)(
		const json_t *claims, const struct oidc_expected *expected))
{
	for (size_t i = 0; i < n; i++) {
		json_t *claims = with(right, &rows[i]);
		const char *wrong = judge(claims, &expected);

		print_message(
			"%s: %s\n", rows[i].claim, rows[i].json ? rows[i].json : "-");
		if (rows[i].wrong)
			assert_string_equal(wrong ? wrong : "right", rows[i].wrong);
		else
			assert_null(wrong);
		json_decref(claims);
	}
}

static const char id_token[] =
	"{\"iss\":\"https://id.example\",\"aud\":\"synpunkt\",\"sub\":\"u1\","
	"\"nonce\":\"n-1\",\"iat\":1700000000,\"exp\":1700000300}";

static const struct row id_rows[] = {
	{ "x", "1", NULL },
	{ "iss", "\"https://id.example/\"", "iss" },
	{ "iss", NULL, "iss" },
	{ "aud", "\"another\"", "aud" },
	{ "aud", NULL, "aud" },
	{ "aud", "[]", "aud" },
	{ "aud", "[\"synpunkt\"]", NULL },
	{ "aud", "[\"synpunkt\",\"another\"]", "aud" },
	{ "aud", "[\"synpunkt\",7]", "aud" },
	{ "azp", "\"synpunkt\"", NULL },
	{ "azp", "\"another\"", "azp" },
	{ "azp", "7", "azp" },
	{ "nonce", "\"n-2\"", "nonce" },
	{ "nonce", NULL, "nonce" },
	{ "nbf", "1700000060", NULL },
	{ "nbf", "1700000061", "nbf" },
	{ "nbf", "\"1700000000\"", "nbf" },
	{ "exp", "1699999941", NULL },
	{ "exp", "1699999940", "exp" },
	{ "exp", NULL, "exp" },
	{ "exp", "\"1700000300\"", "exp" },
	{ "exp", "1e300", "exp" },
	{ "iat", "1700000060", NULL },
	{ "iat", "1700000061", "iat" },
	{ "iat", "1699999340", NULL },
	{ "iat", "1699999339", "iat" },
	{ "iat", NULL, "iat" },
	{ "sub", "\"\"", "sub" },
	{ "sub", NULL, "sub" },
	{ "sub", "17", "sub" },
	{ "sub", "\"a\\u0000b\"", "sub" },
	{ "sid", "\"s\"", NULL },
	{ "sid", "{}", "sid" },
};

static void test_oidc_judge__an_id_token_is_what_it_must_be(void **state)
{
	(void)state;
	rows_judge(id_token, id_rows, ARRAY_LEN(id_rows), oidc_id_token_judge);
}

static void test_oidc_judge__several_audiences_need_us_as_the_party(void **state)
{
	json_t *claims = json_loads(id_token, 0, NULL);

	(void)state;
	json_object_set_new(claims, "aud", json_pack("[s, s]", "another", "synpunkt"));
	json_object_set_new(claims, "azp", json_string("synpunkt"));
	assert_null(oidc_id_token_judge(claims, &expected));
	json_decref(claims);
}

static void test_oidc_judge__a_new_sign_in_is_asked_for_by_time(void **state)
{
	struct oidc_expected again = expected;
	json_t *claims = json_loads(id_token, 0, NULL);

	(void)state;
	again.signed_in_after = NOW - 10;
	assert_string_equal(oidc_id_token_judge(claims, &again), "auth_time");
	json_object_set_new(claims, "auth_time", json_integer(NOW - 5));
	assert_null(oidc_id_token_judge(claims, &again));
	json_object_set_new(claims, "auth_time", json_integer(NOW - 71));
	assert_string_equal(oidc_id_token_judge(claims, &again), "auth_time");
	json_decref(claims);
}

static const char logout_token[] =
	"{\"iss\":\"https://id.example\",\"aud\":\"synpunkt\",\"sub\":\"u1\","
	"\"sid\":\"s1\",\"jti\":\"j1\",\"iat\":1700000000,\"exp\":1700000120,"
	"\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}}";

static const struct row logout_rows[] = {
	{ "x", "1", NULL },
	{ "sub", NULL, NULL },
	{ "sid", NULL, NULL },
	{ "exp", NULL, NULL },
	{ "exp", "1699999940", "exp" },
	{ "iss", "\"https://other.example\"", "iss" },
	{ "aud", "\"another\"", "aud" },
	{ "iat", "1699999339", "iat" },
	{ "events", NULL, "events" },
	{ "events", "{}", "events" },
	{ "events", "{\"http://schemas.openid.net/event/backchannel-logout\":1}",
		"events" },
	{ "nonce", "\"n-1\"", "nonce" },
	{ "jti", NULL, "jti" },
	{ "jti", "7", "jti" },
	{ "sub", "7", "sub" },
	{ "sid", "\"\"", "sid" },
};

static void test_oidc_judge__a_logout_token_is_what_it_must_be(void **state)
{
	json_t *claims = json_loads(logout_token, 0, NULL);

	(void)state;
	rows_judge(logout_token, logout_rows, ARRAY_LEN(logout_rows),
		oidc_logout_token_judge);
	json_object_del(claims, "sub");
	json_object_del(claims, "sid");
	assert_string_equal(oidc_logout_token_judge(claims, &expected), "sub");
	json_decref(claims);
}

static const char document[] = "{\"issuer\":\"https://id.example\","
			       "\"authorization_endpoint\":\"https://id.example/auth\","
			       "\"token_endpoint\":\"https://id.example/token\","
			       "\"jwks_uri\":\"https://id.example/jwks\","
			       "\"response_types_supported\":[\"code\"]}";

static const char *document_word(
	const json_t *claims, const struct oidc_expected *unused)
{
	(void)unused;
	return oidc_document_judge(claims, HTTPS, false);
}

static const struct row document_rows[] = {
	{ "x", "1", NULL },
	{ "issuer", "\"https://id.example/\"", "issuer" },
	{ "issuer", "\"https://evil.example\"", "issuer" },
	{ "authorization_endpoint", NULL, "authorization_endpoint" },
	{ "authorization_endpoint", "\"javascript:alert(1)\"",
		"authorization_endpoint" },
	{ "token_endpoint", "\"http://id.example/token\"", "token_endpoint" },
	{ "jwks_uri", "\"file:///etc/passwd\"", "jwks_uri" },
	{ "jwks_uri", "\"https://a@b/keys\"", "jwks_uri" },
	{ "end_session_endpoint", "\"http://id.example/end\"", "end_session_endpoint" },
	{ "response_types_supported", "[\"id_token\"]", "response_types_supported" },
	{ "code_challenge_methods_supported", "[\"plain\"]",
		"code_challenge_methods_supported" },
	{ "code_challenge_methods_supported", "[\"plain\",\"S256\"]", NULL },
	{ "token_endpoint_auth_methods_supported", "[\"client_secret_basic\"]",
		"token_endpoint_auth_methods_supported" },
	{ "token_endpoint_auth_methods_supported", "[\"private_key_jwt\"]", NULL },
};

static void test_oidc_judge__a_document_is_what_it_must_be(void **state)
{
	(void)state;
	rows_judge(document, document_rows, ARRAY_LEN(document_rows), document_word);
}

static void test_oidc_judge__addresses_are_of_a_host_and_nothing_hidden(void **state)
{
	static const char *const bad[] = { "", "https://", "https:///x", "id.example",
		"ftp://id.example", "https://a b", "https://a#b", "https://u:p@a/",
		"http://id.example" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(oidc_url_is_fair(bad[i], false));
	assert_false(oidc_url_is_fair(NULL, true));
	assert_true(oidc_url_is_fair("http://127.0.0.1:8080/a?b=c", true));
	assert_true(oidc_url_is_fair("https://id.example/a@b", false));
}

/* RFC 7636, appendix B. */
static void test_oidc_judge__the_challenge_is_the_standards(void **state)
{
	char challenge[OIDC_RANDOM_SIZE], one[OIDC_RANDOM_SIZE], two[OIDC_RANDOM_SIZE];

	(void)state;
	oidc_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", challenge);
	assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	oidc_random(one);
	oidc_random(two);
	assert_int_equal(strlen(one), 43);
	assert_string_not_equal(one, two);
}

static void test_oidc_judge__a_second_factor_is_one_of_those_named(void **state)
{
	json_t *claims =
		json_pack("{s:s, s:[s, s]}", "acr", "urn:loa3", "amr", "pwd", "otp");

	(void)state;
	assert_true(oidc_has_factor(claims, "urn:loa3", NULL));
	assert_true(oidc_has_factor(claims, "urn:loa4 urn:loa3", NULL));
	assert_true(oidc_has_factor(claims, NULL, "mfa otp"));
	assert_false(oidc_has_factor(claims, "urn:loa", "ot"));
	assert_false(oidc_has_factor(claims, NULL, NULL));
	assert_false(oidc_has_factor(claims, "urn:loa3x", "pwdx"));
	json_decref(claims);
}

static void test_oidc_judge__groups_are_texts_and_not_without_end(void **state)
{
	json_t *claims = json_pack("{s:[s, i, n, s], s:s, s:o}", "groups", "a", 7, "b",
		"one", "x", "many", json_array());
	json_t *groups = oidc_groups(claims, "groups"),
	       *one = oidc_groups(claims, "one");
	json_t *none = oidc_groups(claims, "other");

	(void)state;
	assert_int_equal(json_array_size(groups), 2);
	assert_int_equal(json_array_size(one), 1);
	assert_int_equal(json_array_size(none), 0);
	for (size_t i = 0; i <= OIDC_GROUPS_MAX; i++)
		json_array_append_new(
			json_object_get(claims, "many"), json_string("g"));
	assert_null(oidc_groups(claims, "many"));
	json_decref(groups);
	json_decref(one);
	json_decref(none);
	json_decref(claims);
}

static void test_oidc_judge__only_our_own_pages_are_gone_to(void **state)
{
	static const char *const bad[] = { "", "//evil.example/desk/", "/desk//evil",
		"https://evil.example/desk/", "/\\evil", "/desk/\\x",
		"/api/v1/sessions", "/desk/\r\nSet-Cookie: a=b", "desk/", "/deskx" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_string_equal(oidc_path(bad[i]), "/desk/");
	assert_string_equal(oidc_path(NULL), "/desk/");
	assert_string_equal(
		oidc_path("/desk/arenden/2026-1?x=1"), "/desk/arenden/2026-1?x=1");
	assert_string_equal(oidc_path("/diarium/"), "/diarium/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oidc_judge__an_id_token_is_what_it_must_be),
		cmocka_unit_test(
			test_oidc_judge__several_audiences_need_us_as_the_party),
		cmocka_unit_test(test_oidc_judge__a_new_sign_in_is_asked_for_by_time),
		cmocka_unit_test(test_oidc_judge__a_logout_token_is_what_it_must_be),
		cmocka_unit_test(test_oidc_judge__a_document_is_what_it_must_be),
		cmocka_unit_test(
			test_oidc_judge__addresses_are_of_a_host_and_nothing_hidden),
		cmocka_unit_test(test_oidc_judge__the_challenge_is_the_standards),
		cmocka_unit_test(
			test_oidc_judge__a_second_factor_is_one_of_those_named),
		cmocka_unit_test(test_oidc_judge__groups_are_texts_and_not_without_end),
		cmocka_unit_test(test_oidc_judge__only_our_own_pages_are_gone_to),
	};

	return cmocka_run_group_tests_name("oidc_judge", tests, NULL, NULL);
}
