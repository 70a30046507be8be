#include "server/order_key.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "server/worker.h"

#define TOKEN_BYTES 20
#define BOUND_SIZE 100

_Static_assert(SEAL_KEY_SIZE == SHA256_SIZE, "a key is a hash");
_Static_assert(TOKEN_BYTES <= SHA256_SIZE, "a token is the beginning of a hash");

void order_ref_new(char ret[ORDER_REF_SIZE])
{
	unsigned char id[16];
	char hex[2 * sizeof(id) + 1];

	secret_random(id, sizeof(id));
	id[6] = (id[6] & 0x0f) | 0x40; /* RFC 9562 */
	id[8] = (id[8] & 0x3f) | 0x80;
	encode_hex(id, sizeof(id), hex);
	snprintf(ret, ORDER_REF_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

/* A key of its own for each purpose. */
static void purpose_key(const unsigned char *secret, const char *purpose,
	unsigned char ret[SHA256_SIZE])
{
	const struct sha256_key server = { .bytes = secret,
		.size = WORKER_SECRET_SIZE };

	sha256_hmac(&server, purpose, strlen(purpose), ret);
}

void order_token_make(
	const unsigned char *secret, const char *ref, char ret[ORDER_TOKEN_SIZE])
{
	unsigned char key[SHA256_SIZE], mac[SHA256_SIZE];

	purpose_key(secret, "order-token", key);
	sha256_hmac(&(struct sha256_key){ .bytes = key, .size = sizeof(key) }, ref,
		strlen(ref), mac);
	encode_base32(mac, ORDER_TOKEN_CHARS, /* group= */ 0, ret);
	secret_wipe(key, sizeof(key));
	secret_wipe(mac, sizeof(mac));
}

void order_token_hash(const char *token, char ret[ORDER_HASH_SIZE])
{
	unsigned char bytes[TOKEN_BYTES], hash[SHA256_SIZE];
	char tidy[ORDER_TOKEN_SIZE];
	size_t n = 0; /* nothing: no token is empty */

	if (encode_base32_tidy(token, ORDER_TOKEN_CHARS, /* group= */ 0, tidy) == 0 &&
		encode_base32_parse(tidy, ORDER_TOKEN_CHARS, bytes) == 0)
		n = sizeof(bytes);
	sha256_digest(bytes, n, hash);
	memcpy(ret, "\\x", 2);
	encode_hex(hash, sizeof(hash), ret + 2);
}

static void bound_print(const char *contractor, char ret[BOUND_SIZE])
{
	snprintf(ret, BOUND_SIZE, "contractor %s", contractor);
}

void order_key_seal(const unsigned char *secret, const char *contractor,
	const char *key, char ret[ORDER_SEALED_SIZE])
{
	unsigned char sealing[SEAL_KEY_SIZE], sealed[SEAL_OVERHEAD + ORDER_KEY_MAX];
	size_t n = strlen(key);
	char bound[BOUND_SIZE];

	purpose_key(secret, "contractor-seal", sealing);
	bound_print(contractor, bound);
	seal_close(sealing, bound, key, n, sealed);
	encode_hex(sealed, SEAL_OVERHEAD + n, ret);
	secret_wipe(sealing, sizeof(sealing));
}

int order_key_open(const unsigned char *secret, const char *contractor,
	const char *sealed, char ret[ORDER_KEY_MAX + 1])
{
	unsigned char sealing[SEAL_KEY_SIZE], bytes[SEAL_OVERHEAD + ORDER_KEY_MAX];
	size_t n = strlen(sealed) / 2;
	char bound[BOUND_SIZE];
	int failed;

	if (n <= SEAL_OVERHEAD || n > sizeof(bytes) ||
		encode_hex_parse(sealed, bytes, n) < 0)
		return -1;
	purpose_key(secret, "contractor-seal", sealing);
	bound_print(contractor, bound);
	failed = seal_open(sealing, bound, bytes, n, ret);
	ret[n - SEAL_OVERHEAD] = '\0';
	secret_wipe(sealing, sizeof(sealing));
	return failed ? -1 : 0;
}
