#include "server/support_key.h"

#include <string.h>

#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"

/* The longest email and device, and the words around them, with room. */
#define TEXT_MAX 1024

#define ID_BYTES 8
#define MAC_BYTES (SHA256_SIZE - ID_BYTES)

/* What base 32 reads: the last of its characters holds four bits that are none of a
 * hash. */
#define TOKEN_BYTES (SHA256_SIZE + 1)

/* Under a key of its own for each purpose: no hash is another's. The parts are apart by
 * a NUL, which none of them holds. */
static void keyed(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *const parts[3], unsigned char ret[SHA256_SIZE])
{
	const struct sha256_key whole = { .bytes = secret, .size = FOLLOW_SECRET_SIZE };
	unsigned char key[SHA256_SIZE];
	char text[TEXT_MAX];
	size_t n = 0;

	for (size_t i = 1; i < 3; i++) {
		size_t length = strnlen(parts[i], TEXT_MAX - 1 - n);

		memcpy(text + n, parts[i], length);
		n += length;
		if (n < TEXT_MAX)
			text[n++] = '\0';
	}
	sha256_hmac(&whole, parts[0], strlen(parts[0]), key);
	sha256_hmac(&(struct sha256_key){ .bytes = key, .size = sizeof(key) }, text, n,
		ret);
	secret_wipe(key, sizeof(key));
}

static void literal(const unsigned char bytes[SHA256_SIZE], char ret[SUPPORT_HASH_SIZE])
{
	memcpy(ret, "\\x", 2);
	encode_hex(bytes, SHA256_SIZE, ret + 2);
}

static void keyed_literal(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *const parts[3], char ret[SUPPORT_HASH_SIZE])
{
	unsigned char bytes[SHA256_SIZE];

	keyed(secret, parts, bytes);
	literal(bytes, ret);
}

static void lower(const char *text, char *ret, size_t size)
{
	size_t i = 0;

	for (; text[i] && i < size - 1; i++)
		ret[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 'a' - 'A')
							  : text[i];
	ret[i] = '\0';
}

void support_names_make(const unsigned char secret[FOLLOW_SECRET_SIZE], const char *key,
	const char *device, const char *email, struct support_names *ret)
{
	unsigned char bytes[TOKEN_BYTES] = { 0 };
	char small[TEXT_MAX];

	*ret = (struct support_names){ 0 };
	keyed(secret, (const char *const[]){ "support-token", key, device }, bytes);
	encode_base32(bytes, SUPPORT_TOKEN_CHARS, /* group= */ 0, ret->token);
	support_token_hash(ret->token, ret->token_hash);
	keyed_literal(secret, (const char *const[]){ "support-device", key, device },
		ret->device);
	if (!email)
		return;
	lower(email, small, sizeof(small));
	keyed_literal(secret, (const char *const[]){ "support-address", key, small },
		ret->address);
	keyed_literal(secret, (const char *const[]){ "support-anywhere", small, "" },
		ret->anywhere);
}

void support_token_hash(const char *token, char ret[SUPPORT_HASH_SIZE])
{
	char tidy[SUPPORT_TOKEN_SIZE] = "";
	unsigned char bytes[SHA256_SIZE];

	/* What is no token is hashed all the same, in the same time. */
	encode_base32_tidy(token, SUPPORT_TOKEN_CHARS, /* group= */ 0, tidy);
	sha256_digest(tidy, SUPPORT_TOKEN_CHARS, bytes);
	literal(bytes, ret);
}

static void sign(const unsigned char secret[FOLLOW_SECRET_SIZE], const char *id,
	const char *address, unsigned char ret[SHA256_SIZE])
{
	keyed(secret, (const char *const[]){ "support-letter", id, address }, ret);
}

void support_link_make(const unsigned char secret[FOLLOW_SECRET_SIZE], int64_t id,
	const char *address, char ret[SUPPORT_TOKEN_SIZE])
{
	unsigned char bytes[TOKEN_BYTES] = { 0 }, mac[SHA256_SIZE];
	char hex[2 * ID_BYTES + 1];

	for (size_t i = 0; i < ID_BYTES; i++)
		bytes[i] = (unsigned char)((uint64_t)id >> (8 * (ID_BYTES - 1 - i)));
	encode_hex(bytes, ID_BYTES, hex);
	sign(secret, hex, address, mac);
	memcpy(bytes + ID_BYTES, mac, MAC_BYTES);
	encode_base32(bytes, SUPPORT_TOKEN_CHARS, /* group= */ 0, ret);
}

static int link_read(const char *link, unsigned char ret[TOKEN_BYTES])
{
	char tidy[SUPPORT_TOKEN_SIZE];

	if (encode_base32_tidy(link, SUPPORT_TOKEN_CHARS, /* group= */ 0, tidy) < 0)
		return -1;
	return encode_base32_parse(tidy, SUPPORT_TOKEN_CHARS, ret);
}

int64_t support_link_id(const char *link)
{
	unsigned char bytes[TOKEN_BYTES];
	uint64_t id = 0;

	if (link_read(link, bytes) < 0)
		return 0;
	for (size_t i = 0; i < ID_BYTES; i++)
		id = id << 8 | bytes[i];
	return id < INT64_MAX ? (int64_t)id : 0;
}

bool support_link_signed(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *link, const char *address)
{
	unsigned char bytes[TOKEN_BYTES], mac[SHA256_SIZE];
	char hex[2 * ID_BYTES + 1];

	if (link_read(link, bytes) < 0)
		return false;
	encode_hex(bytes, ID_BYTES, hex);
	sign(secret, hex, address, mac);
	return secret_equal(mac, bytes + ID_BYTES, MAC_BYTES);
}
