#include "server/follow_code.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/encode.h"
#include "lib/seal.h"
#include "lib/secret.h"
#include "lib/sha256.h"

#define CODE_CHARS 12
#define CODE_GROUP 4
#define SERIAL_DIGITS_MAX 15

int case_number_parse(const char *text, struct case_number *ret)
{
	const char *digits;
	size_t n;

	*ret = (struct case_number){ 0 };
	text += strspn(text, " \t\r\n");
	if (strspn(text, "0123456789") != 4 || text[0] == '0' || text[4] != '-')
		return -1;
	digits = text + 5;
	n = strspn(digits, "0123456789");
	if (n < 1 || n > SERIAL_DIGITS_MAX || digits[0] == '0')
		return -1;
	if (digits[n + strspn(digits + n, " \t\r\n")] != '\0')
		return -1;
	ret->year = (int)strtol(text, NULL, 10);
	ret->serial = strtoll(digits, NULL, 10);
	return 0;
}

void case_number_print(const struct case_number *number, char ret[CASE_NUMBER_SIZE])
{
	snprintf(ret, CASE_NUMBER_SIZE, "%d-%lld", number->year,
		(long long)number->serial);
}

/* One HMAC for each purpose: a code is never also a hash. */
static void follow_hmac(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *purpose, const struct case_number *number, const char *seed,
	unsigned char ret[SHA256_SIZE])
{
	const struct sha256_key key = { .bytes = secret, .size = FOLLOW_SECRET_SIZE };
	char number_text[CASE_NUMBER_SIZE], text[256];
	int n;

	case_number_print(number, number_text);
	n = snprintf(text, sizeof(text), "%s\n%s\n%s", purpose, number_text, seed);
	if (n < 0 || (size_t)n >= sizeof(text))
		abort(); /* a seed is a key of at most 64 characters */
	sha256_hmac(&key, text, (size_t)n, ret);
}

void follow_code_make(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *seed, char ret[FOLLOW_CODE_SIZE])
{
	unsigned char mac[SHA256_SIZE];

	follow_hmac(secret, "follow-code", number, seed, mac);
	encode_base32(mac, CODE_CHARS, CODE_GROUP, ret);
}

void follow_code_seed(char ret[FOLLOW_SEED_SIZE])
{
	unsigned char bytes[(FOLLOW_SEED_SIZE - 1) / 2];

	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), ret);
}

void follow_code_hash(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *code, char ret[FOLLOW_HASH_SIZE])
{
	unsigned char mac[SHA256_SIZE];
	char tidy[FOLLOW_CODE_SIZE] = "no code";

	if (encode_base32_tidy(code, CODE_CHARS, CODE_GROUP, tidy) < 0)
		snprintf(tidy, sizeof(tidy), "no code");
	follow_hmac(secret, "follow-hash", number, tidy, mac);
	memcpy(ret, "\\x", 2);
	encode_hex(mac, sizeof(mac), ret + 2);
}

/* One key for all codes: the number is what a seal is bound to. */
static void sealing_key(const unsigned char secret[FOLLOW_SECRET_SIZE],
	unsigned char ret[SEAL_KEY_SIZE])
{
	static const char purpose[] = "follow-seal";
	const struct sha256_key key = { .bytes = secret, .size = FOLLOW_SECRET_SIZE };

	_Static_assert(SEAL_KEY_SIZE == SHA256_SIZE, "a key is a hash");
	sha256_hmac(&key, purpose, sizeof(purpose) - 1, ret);
}

#define SEALED_BYTES (SEAL_OVERHEAD + FOLLOW_CODE_SIZE - 1)

void follow_code_seal(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *code,
	char ret[FOLLOW_SEALED_SIZE])
{
	unsigned char key[SEAL_KEY_SIZE], sealed[SEALED_BYTES];
	char bound[CASE_NUMBER_SIZE];

	sealing_key(secret, key);
	case_number_print(number, bound);
	seal_close(key, bound, code, FOLLOW_CODE_SIZE - 1, sealed);
	memcpy(ret, "\\x", 2);
	encode_hex(sealed, sizeof(sealed), ret + 2);
	secret_wipe(key, sizeof(key));
}

int follow_code_open(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *hex, char ret[FOLLOW_CODE_SIZE])
{
	unsigned char key[SEAL_KEY_SIZE], sealed[SEALED_BYTES];
	char bound[CASE_NUMBER_SIZE], code[FOLLOW_CODE_SIZE] = "";
	int failed;

	if (encode_hex_parse(hex, sealed, sizeof(sealed)) < 0)
		return -1;
	sealing_key(secret, key);
	case_number_print(number, bound);
	failed = seal_open(key, bound, sealed, sizeof(sealed), code);
	secret_wipe(key, sizeof(key));
	if (failed)
		return -1;
	memcpy(ret, code, sizeof(code));
	return 0;
}
