#include "server/reply_address.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"

static const char local_part[] = "arende+";
#define LOCAL_PART_LENGTH (sizeof(local_part) - 1)

/* The year, the serial, the party, and 128 bits of the signature over them. */
#define YEAR_BYTES 2
#define SERIAL_BYTES 6
#define NAMED_BYTES (YEAR_BYTES + SERIAL_BYTES + 1)
#define MAC_BYTES 16
#define TOKEN_BYTES (NAMED_BYTES + MAC_BYTES)

_Static_assert(TOKEN_BYTES * 8 == REPLY_TOKEN_CHARS * 5, "no bit is left over");

static void put_number(uint64_t value, size_t n, unsigned char *ret)
{
	while (n-- > 0) {
		ret[n] = value & 0xff;
		value >>= 8;
	}
}

static uint64_t get_number(const unsigned char *bytes, size_t n)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < n; i++)
		ret = ret << 8 | bytes[i];
	return ret;
}

/* A key of its own: no other signature of the secret is one of these. */
static void sign(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const unsigned char named[NAMED_BYTES], unsigned char ret[SHA256_SIZE])
{
	static const char purpose[] = "reply-address";
	const struct sha256_key whole = { .bytes = secret, .size = FOLLOW_SECRET_SIZE };
	unsigned char key[SHA256_SIZE];

	sha256_hmac(&whole, purpose, sizeof(purpose) - 1, key);
	sha256_hmac(&(struct sha256_key){ .bytes = key, .size = sizeof(key) }, named,
		NAMED_BYTES, ret);
	secret_wipe(key, sizeof(key));
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

void reply_address_make(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct reply_address *address, const char *domain,
	char ret[REPLY_ADDRESS_SIZE])
{
	unsigned char bytes[TOKEN_BYTES], mac[SHA256_SIZE];
	char token[REPLY_TOKEN_SIZE];

	put_number((uint64_t)address->number.year, YEAR_BYTES, bytes);
	put_number((uint64_t)address->number.serial, SERIAL_BYTES, bytes + YEAR_BYTES);
	bytes[NAMED_BYTES - 1] = (unsigned char)address->party;
	sign(secret, bytes, mac);
	memcpy(bytes + NAMED_BYTES, mac, MAC_BYTES);
	encode_base32(bytes, REPLY_TOKEN_CHARS, /* group= */ 0, token);
	lower(token);
	snprintf(ret, REPLY_ADDRESS_SIZE, "%s%s@%s", local_part, token, domain);
}

int reply_token_read(const unsigned char secret[FOLLOW_SECRET_SIZE], const char *token,
	struct reply_address *ret)
{
	unsigned char bytes[TOKEN_BYTES], mac[SHA256_SIZE];

	if (!token || strlen(token) != REPLY_TOKEN_CHARS ||
		encode_base32_parse(token, REPLY_TOKEN_CHARS, bytes) < 0)
		return -1;
	sign(secret, bytes, mac);
	if (!secret_equal(mac, bytes + NAMED_BYTES, MAC_BYTES) ||
		bytes[NAMED_BYTES - 1] != REPLY_PARTY_COMPLAINANT)
		return -1;
	ret->number.year = (int)get_number(bytes, YEAR_BYTES);
	ret->number.serial = (int64_t)get_number(bytes + YEAR_BYTES, SERIAL_BYTES);
	ret->party = REPLY_PARTY_COMPLAINANT;
	return 0;
}

int reply_address_read(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *address, const char *domain, struct reply_address *ret,
	char token[REPLY_TOKEN_SIZE])
{
	const char *rest = address + LOCAL_PART_LENGTH;
	char copy[REPLY_TOKEN_SIZE] = "";

	if (strncasecmp(address, local_part, LOCAL_PART_LENGTH) != 0 ||
		strcspn(rest, "@") != REPLY_TOKEN_CHARS ||
		strncmp(rest + REPLY_TOKEN_CHARS, "@", 1) != 0 ||
		strcasecmp(rest + REPLY_TOKEN_CHARS + 1, domain) != 0)
		return -1;
	memcpy(copy, rest, REPLY_TOKEN_CHARS);
	lower(copy);
	if (reply_token_read(secret, copy, ret) < 0)
		return -1;
	memcpy(token, copy, sizeof(copy));
	return 0;
}
