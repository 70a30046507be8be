#include "server/satisfaction_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"

static void literal(
	const unsigned char bytes[SHA256_SIZE], char ret[SATISFACTION_HASH_SIZE])
{
	memcpy(ret, "\\x", 2);
	encode_hex(bytes, SHA256_SIZE, ret + 2);
}

void satisfaction_token_new(char ret[SATISFACTION_TOKEN_SIZE])
{
	unsigned char bytes[SATISFACTION_TOKEN_BYTES];

	secret_random(bytes, sizeof(bytes));
	encode_base32(bytes, SATISFACTION_TOKEN_CHARS, /* group= */ 0, ret);
}

int satisfaction_token_print(const char *hex, char ret[SATISFACTION_TOKEN_SIZE])
{
	unsigned char bytes[SATISFACTION_TOKEN_BYTES];

	if (encode_hex_parse(hex, bytes, sizeof(bytes)) < 0)
		return -1;
	encode_base32(bytes, SATISFACTION_TOKEN_CHARS, /* group= */ 0, ret);
	return 0;
}

void satisfaction_token_hash(const char *token, char ret[SATISFACTION_HASH_SIZE])
{
	unsigned char bytes[SATISFACTION_TOKEN_BYTES], hash[SHA256_SIZE];
	char tidy[SATISFACTION_TOKEN_SIZE];
	size_t n = 0; /* nothing: no token is empty */

	if (encode_base32_tidy(token, SATISFACTION_TOKEN_CHARS, /* group= */ 0, tidy) ==
			0 &&
		encode_base32_parse(tidy, SATISFACTION_TOKEN_CHARS, bytes) == 0)
		n = sizeof(bytes);
	sha256_digest(bytes, n, hash);
	literal(hash, ret);
}

void satisfaction_answer_key(const unsigned char secret[FOLLOW_SECRET_SIZE],
	int64_t ask, char ret[SATISFACTION_HASH_SIZE])
{
	static const char purpose[] = "satisfaction-answer";
	const struct sha256_key whole = { .bytes = secret, .size = FOLLOW_SECRET_SIZE };
	unsigned char key[SHA256_SIZE], hash[SHA256_SIZE];
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, ask);
	sha256_hmac(&whole, purpose, strlen(purpose), key);
	sha256_hmac(&(struct sha256_key){ .bytes = key, .size = sizeof(key) }, text,
		strlen(text), hash);
	secret_wipe(key, sizeof(key));
	literal(hash, ret);
}
