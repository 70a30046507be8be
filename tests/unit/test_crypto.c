#include "tests/unit/test.h"

#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"

/* FIPS 180-4 examples and RFC 4231; the keys and texts of the latter as hex. */
static void test_sha256__matches_the_standard_vectors(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc",
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = strlen(cases[i].text);
		struct sha256 *hash = sha256_new();
		unsigned char digest[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];

		sha256_hex(cases[i].text, n, hex);
		assert_string_equal(hex, cases[i].hex);
		for (size_t j = 0; j < n; j++)
			sha256_update(hash, cases[i].text + j, 1);
		sha256_finish(hash, digest);
		encode_hex(digest, sizeof(digest), hex);
		assert_string_equal(hex, cases[i].hex);
		/* Finishing starts it anew. */
		sha256_update(hash, cases[i].text, n);
		sha256_finish(hash, digest);
		encode_hex(digest, sizeof(digest), hex);
		assert_string_equal(hex, cases[i].hex);
		sha256_free(hash);
	}
	sha256_free(NULL);
}

static void test_sha256__hashes_a_million_letters(void **state)
{
	struct sha256 *hash = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE], block[1000];

	(void)state;
	memset(block, 'a', sizeof(block));
	for (int i = 0; i < 1000; i++)
		sha256_update(hash, block, sizeof(block));
	sha256_finish(hash, digest);
	encode_hex(digest, sizeof(digest), hex);
	assert_string_equal(hex,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	sha256_free(hash);
}

static void test_sha256__hmac_matches_rfc4231(void **state)
{
	unsigned char long_key[131], digest[SHA256_SIZE];
	const struct {
		const void *key;
		size_t key_size;
		const char *text, *hex;
	} cases[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		  "\x0b\x0b\x0b",
			20, "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 4, "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ long_key, sizeof(long_key),
			"Test Using Larger Than Block-Size Key - Hash Key First",
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	};

	(void)state;
	memset(long_key, 0xaa, sizeof(long_key));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sha256_key key = { cases[i].key, cases[i].key_size };
		char hex[SHA256_HEX_SIZE];

		sha256_hmac(&key, cases[i].text, strlen(cases[i].text), digest);
		encode_hex(digest, sizeof(digest), hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void test_secret__random_differs_and_compares(void **state)
{
	unsigned char a[600] = { 0 }, b[600] = { 0 };

	(void)state;
	secret_random(a, sizeof(a));
	secret_random(b, sizeof(b));
	assert_memory_not_equal(a, b, 16);
	assert_memory_not_equal(a + 584, b + 584, 16);
	assert_true(secret_equal(a, a, sizeof(a)));
	assert_false(secret_equal(a, b, sizeof(a)));
	assert_true(secret_equal_text("hemlig", "hemlig"));
	assert_true(secret_equal_text("", ""));
	assert_false(secret_equal_text("hemlig", "hemlig1"));
	assert_false(secret_equal_text("hemlig1", "hemlig"));
	assert_false(secret_equal_text("hemliG", "hemlig"));
	secret_wipe(a, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		assert_int_equal(a[i], 0);
}

/* The first vector of the SipHash paper's reference code. */
static void test_secret__hash64_is_siphash(void **state)
{
	unsigned char key[SECRET_HASH_KEY_SIZE];

	(void)state;
	for (unsigned char i = 0; i < sizeof(key); i++)
		key[i] = i;
	assert_true(secret_hash64(key, "", 0) == 0x726fdb47dd0e0e31u);
	assert_true(secret_hash64(key, key, 15) == 0xa129ca6149be45e5u);
}

static void test_encode__hex_goes_both_ways(void **state)
{
	static const char *const bad[] = { "", "0", "00f", "00ff1", "00fg", "00 f",
		"0x0f" };
	unsigned char bytes[2] = { 1, 2 };
	char text[5];

	(void)state;
	assert_int_equal(encode_hex_parse("00Ff", bytes, 2), 0);
	encode_hex(bytes, 2, text);
	assert_string_equal(text, "00ff");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(encode_hex_parse(bad[i], bytes, 2), -1);
	assert_int_equal(bytes[1], 0xff);
}

static void test_encode__base32_goes_both_ways(void **state)
{
	(void)state;
	for (size_t chars = 1; chars <= 26; chars++) {
		unsigned char bytes[17], back[17];
		char text[64];
		size_t n = (chars * 5 + 7) / 8, spare = n * 8 - chars * 5;

		secret_random(bytes, sizeof(bytes));
		bytes[n - 1] = (unsigned char)(bytes[n - 1] >> spare << spare);
		encode_base32(bytes, chars, 4, text);
		assert_int_equal(strlen(text), chars + (chars - 1) / 4);
		assert_int_equal(encode_base32_parse(text, chars, back), 0);
		assert_memory_equal(bytes, back, n);
	}
}

static void test_encode__base32_reads_what_people_type(void **state)
{
	static const char *const good[] = { "01AB-CDEF-GHJK", "01abcdefghjk",
		"oiab cdef ghjk", " OLAB\u2013CDEF\u00a0GHJK\n",
		"0-1-a-b-c-d-e-f-g-h-j-k", "--01ABCDEFGHJK--" };
	static const char *const bad[] = { "", "01AB-CDEF-GHJ", "01AB-CDEF-GHJKM",
		"01AB-CDEF-GHJU", "01AB_CDEF_GHJK", "01AB-CDEF-GHJ\xc3", "----" };
	char text[15] = "kept";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(encode_base32_tidy(bad[i], 12, 4, text), -1);
		assert_string_equal(text, "kept");
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(encode_base32_tidy(good[i], 12, 4, text), 0);
		assert_string_equal(text, "01AB-CDEF-GHJK");
	}
}

/* "f", "fo", "foo" in the alphabet above; RFC 4648 gives MY, MZXQ, MZXW6. */
static void test_encode__base32_matches_known_values(void **state)
{
	char text[16];

	(void)state;
	encode_base32((const unsigned char *)"foo", ENCODE_BASE32_CHARS(3), 0, text);
	assert_string_equal(text, "CSQPY");
	encode_base32((const unsigned char *)"\xff\xff\xff\xff\xff", 8, 0, text);
	assert_string_equal(text, "ZZZZZZZZ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256__matches_the_standard_vectors),
		cmocka_unit_test(test_sha256__hashes_a_million_letters),
		cmocka_unit_test(test_sha256__hmac_matches_rfc4231),
		cmocka_unit_test(test_secret__random_differs_and_compares),
		cmocka_unit_test(test_secret__hash64_is_siphash),
		cmocka_unit_test(test_encode__hex_goes_both_ways),
		cmocka_unit_test(test_encode__base32_goes_both_ways),
		cmocka_unit_test(test_encode__base32_reads_what_people_type),
		cmocka_unit_test(test_encode__base32_matches_known_values),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
