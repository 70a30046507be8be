#include "tests/unit/test.h"

#include <string.h>

#include "lib/error.h"
#include "lib/jwt.h"

static json_t *key_of(const char *algorithm)
{
	struct error err = { 0 };
	json_t *key = jwt_key_make(algorithm, &err);

	assert_non_null(key);
	return key;
}

static json_t *set_of(const json_t *key)
{
	json_t *all = json_pack("{s:[O]}", "keys", key), *shown = jwt_keys_public(all);

	json_decref(all);
	return shown;
}

static enum jwt_verdict verdict(
	const char *token, const json_t *keys, const char *algorithms)
{
	struct error err = { 0 };
	struct jwt jwt;
	enum jwt_verdict ret;

	assert_int_equal(jwt_parse(token, &jwt, &err), 0);
	ret = jwt_verify(&jwt, keys, algorithms);
	jwt_clear(&jwt);
	return ret;
}

static void test_jwt__what_one_signed_is_right_by_its_public_key(void **state)
{
	static const char *const names[] = { "RS256", "PS256", "ES256", "ES384" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		json_t *key = key_of(names[i]), *keys = set_of(key);
		json_t *claims = json_pack("{s:s}", "sub", "anna");
		scoped_free char *token = jwt_sign(claims, key);
		struct error err = { 0 };
		struct jwt jwt;

		assert_true(jwt_key_is_private(key));
		assert_non_null(token);
		assert_int_equal(jwt_parse(token, &jwt, &err), 0);
		assert_int_equal(jwt_verify(&jwt, keys, names[i]), JWT_RIGHT);
		assert_true(json_equal(jwt.claims, claims));
		jwt_clear(&jwt);
		assert_int_equal(verdict(token, keys, "ES512"), JWT_WRONG);
		json_decref(claims);
		json_decref(key);
		json_decref(keys);
	}
}

static void test_jwt__a_changed_claim_or_signature_is_wrong(void **state)
{
	json_t *key = key_of("ES256"), *keys = set_of(key);
	json_t *claims = json_pack("{s:s}", "sub", "anna");
	scoped_free char *token = jwt_sign(claims, key);
	size_t n = strlen(token);

	(void)state;
	token[n - 10] = token[n - 10] == 'A' ? 'B' : 'A';
	assert_int_equal(verdict(token, keys, "ES256"), JWT_WRONG);
	json_decref(claims);
	json_decref(key);
	json_decref(keys);
}

static void test_jwt__another_key_of_the_same_name_is_wrong(void **state)
{
	json_t *key = key_of("ES256"), *other = key_of("ES256"), *keys;
	json_t *claims = json_pack("{s:s}", "sub", "anna");
	scoped_free char *token = jwt_sign(claims, key);

	(void)state;
	keys = set_of(other);
	assert_int_equal(verdict(token, keys, "ES256"), JWT_NO_KEY);
	json_decref(keys);
	json_object_set(other, "kid", json_object_get(key, "kid"));
	keys = set_of(other);
	assert_int_equal(verdict(token, keys, "ES256"), JWT_WRONG);
	json_decref(keys);
	json_decref(claims);
	json_decref(key);
	json_decref(other);
}

/* Head and payload of the classic forgeries: the signature is none, or made with what
 * everybody knows. */
static void test_jwt__none_hmac_and_extensions_are_wrong(void **state)
{
	static const char *const forged[] = {
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIn0.",      /* {"alg":"none"} */
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.AAAA", /* {"alg":"HS256"} */
		"e30.eyJzdWIiOiJhbm5hIn0.AAAA",                  /* {} */
		/* {"alg":"ES256","crit":["b64"],"b64":false} */
		"eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiYjY0Il0sImI2NCI6ZmFsc2V9."
		"eyJzdWIiOiJhbm5hIn0.AAAA",
	};
	json_t *key = key_of("ES256"), *keys = set_of(key);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forged); i++)
		assert_int_equal(
			verdict(forged[i], keys, "none HS256 ES256"), JWT_WRONG);
	json_decref(key);
	json_decref(keys);
}

static void test_jwt__a_key_of_few_bits_or_for_secrets_is_not_used(void **state)
{
	json_t *key = key_of("RS256"), *keys = set_of(key), *one;
	json_t *claims = json_pack("{s:s}", "sub", "anna");
	scoped_free char *token = jwt_sign(claims, key);

	(void)state;
	one = json_array_get(json_object_get(keys, "keys"), 0);
	json_object_set_new(one, "use", json_string("enc"));
	assert_int_equal(verdict(token, keys, "RS256"), JWT_NO_KEY);
	json_object_del(one, "use");
	assert_int_equal(verdict(token, keys, "RS256"), JWT_RIGHT);
	json_object_set_new(one, "n", json_string("AQAB"));
	assert_int_equal(verdict(token, keys, "RS256"), JWT_NO_KEY);
	json_decref(claims);
	json_decref(key);
	json_decref(keys);
}

static void test_jwt__what_is_no_token_is_told(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a.b", "e30.e30",
		"e30.e30.x.y", "!!!.e30.AA", "e30.W10.AA" /* [] */,
		"eyJhIjoxLCJhIjoyfQ.e30.AA" /* twice */, "e30.bnVsbA.AA" };
	struct error err = { 0 };
	struct jwt jwt;
	scoped_free char *large = mem_new(JWT_SIZE_MAX + 2);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("\"%s\"\n", bad[i]);
		err = (struct error){ 0 };
		assert_int_equal(jwt_parse(bad[i], &jwt, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
	memset(large, 'a', JWT_SIZE_MAX + 1);
	err = (struct error){ 0 };
	assert_int_equal(jwt_parse(large, &jwt, &err), -1);
}

static void test_jwt__nothing_private_is_shown(void **state)
{
	static const char *const secrets[] = { "d", "p", "q", "dp", "dq", "qi", "k",
		"oth" };
	json_t *key = key_of("RS256"), *keys = set_of(key), *one;

	(void)state;
	one = json_array_get(json_object_get(keys, "keys"), 0);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		assert_null(json_object_get(one, secrets[i]));
	assert_non_null(json_object_get(one, "n"));
	assert_false(jwt_key_is_private(one));
	json_decref(key);
	json_decref(keys);
}

static void test_jwt__only_known_algorithms_can_be_asked_for(void **state)
{
	(void)state;
	assert_true(jwt_algorithms_are_known("RS256 PS256 ES256"));
	assert_false(jwt_algorithms_are_known("RS256 HS256"));
	assert_false(jwt_algorithms_are_known("none"));
	assert_false(jwt_algorithms_are_known(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jwt__what_one_signed_is_right_by_its_public_key),
		cmocka_unit_test(test_jwt__a_changed_claim_or_signature_is_wrong),
		cmocka_unit_test(test_jwt__another_key_of_the_same_name_is_wrong),
		cmocka_unit_test(test_jwt__none_hmac_and_extensions_are_wrong),
		cmocka_unit_test(
			test_jwt__a_key_of_few_bits_or_for_secrets_is_not_used),
		cmocka_unit_test(test_jwt__what_is_no_token_is_told),
		cmocka_unit_test(test_jwt__nothing_private_is_shown),
		cmocka_unit_test(test_jwt__only_known_algorithms_can_be_asked_for),
	};

	return cmocka_run_group_tests_name("jwt", tests, NULL, NULL);
}
