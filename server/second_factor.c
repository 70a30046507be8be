#include "server/second_factor.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/encode.h"
#include "lib/secret.h"

_Static_assert(SEAL_KEY_SIZE == SHA256_SIZE, "a key is a hash");

#define BOUND_SIZE sizeof("totp -9223372036854775808")

/* "123 456" as "123456". False: something else than digits and blanks, or too much. */
static bool digits_read(const char *text, char ret[RECOVERY_CODE_SIZE])
{
	char digits[TOTP_DIGITS + 1] = "";
	size_t n = 0;

	for (; *text; text++) {
		if (strchr(" \t\r\n-", *text))
			continue;
		if (*text < '0' || *text > '9' || n == TOTP_DIGITS)
			return false;
		digits[n++] = *text;
	}
	if (n != TOTP_DIGITS)
		return false;
	memcpy(ret, digits, sizeof(digits));
	return true;
}

enum factor_kind factor_read(const char *text, char ret[RECOVERY_CODE_SIZE])
{
	if (!text || text[strspn(text, " \t\r\n")] == '\0')
		return FACTOR_NONE;
	if (digits_read(text, ret))
		return FACTOR_CODE;
	return encode_base32_tidy(text, RECOVERY_CHARS, RECOVERY_GROUP, ret) == 0
		       ? FACTOR_RECOVERY
		       : FACTOR_ODD;
}

static void sealing_key(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	unsigned char ret[SEAL_KEY_SIZE], char ret_bound[BOUND_SIZE])
{
	static const char purpose[] = "totp-seal";
	const struct sha256_key server = { .bytes = key, .size = FACTOR_KEY_SIZE };

	sha256_hmac(&server, purpose, sizeof(purpose) - 1, ret);
	snprintf(ret_bound, BOUND_SIZE, "totp %lld", (long long)user);
}

void factor_seal(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const unsigned char secret[TOTP_SECRET_SIZE], char ret[FACTOR_SEALED_SIZE])
{
	unsigned char sealing[SEAL_KEY_SIZE], sealed[SEAL_OVERHEAD + TOTP_SECRET_SIZE];
	char bound[BOUND_SIZE];

	sealing_key(key, user, sealing, bound);
	seal_close(sealing, bound, secret, TOTP_SECRET_SIZE, sealed);
	encode_hex(sealed, sizeof(sealed), ret);
	secret_wipe(sealing, sizeof(sealing));
}

int factor_open(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const char *sealed, unsigned char ret[TOTP_SECRET_SIZE])
{
	unsigned char sealing[SEAL_KEY_SIZE], bytes[SEAL_OVERHEAD + TOTP_SECRET_SIZE];
	char bound[BOUND_SIZE];
	int failed;

	if (encode_hex_parse(sealed, bytes, sizeof(bytes)) < 0)
		return -1;
	sealing_key(key, user, sealing, bound);
	failed = seal_open(sealing, bound, bytes, sizeof(bytes), ret);
	secret_wipe(sealing, sizeof(sealing));
	return failed ? -1 : 0;
}

void recovery_make(char ret[RECOVERY_CODE_SIZE])
{
	unsigned char bytes[(RECOVERY_CHARS * 5 + 7) / 8];

	secret_random(bytes, sizeof(bytes));
	encode_base32(bytes, RECOVERY_CHARS, RECOVERY_GROUP, ret);
	secret_wipe(bytes, sizeof(bytes));
}

void recovery_hash(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const char *code, char ret[SHA256_HEX_SIZE])
{
	const struct sha256_key server = { .bytes = key, .size = FACTOR_KEY_SIZE };
	unsigned char mac[SHA256_SIZE];
	char text[64];
	int n = snprintf(
		text, sizeof(text), "recovery\n%lld\n%s", (long long)user, code);

	sha256_hmac(&server, text, (size_t)n, mac);
	encode_hex(mac, sizeof(mac), ret);
	secret_wipe(text, sizeof(text));
}
