#include "server/webhook_secret.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "server/worker.h"

_Static_assert(SEAL_KEY_SIZE == SHA256_SIZE, "a key is a hash");

#define SECRET_TEXT (WEBHOOK_SECRET_SIZE - 1)
#define BOUND_SIZE (WEBHOOK_ID_SIZE + sizeof("webhook "))

void webhook_secret_make(char ret_id[WEBHOOK_ID_SIZE], char ret[WEBHOOK_SECRET_SIZE])
{
	unsigned char bytes[WEBHOOK_SECRET_BYTES], id[16];
	char hex[2 * sizeof(id) + 1];

	secret_random(bytes, sizeof(bytes));
	encode_hex(bytes, sizeof(bytes), ret);
	secret_wipe(bytes, sizeof(bytes));
	secret_random(id, sizeof(id));
	id[6] = (id[6] & 0x0f) | 0x40; /* RFC 9562 */
	id[8] = (id[8] & 0x3f) | 0x80;
	encode_hex(id, sizeof(id), hex);
	snprintf(ret_id, WEBHOOK_ID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

static void sealing_key(const unsigned char *key, const char *id,
	unsigned char ret[SEAL_KEY_SIZE], char ret_bound[BOUND_SIZE])
{
	static const char purpose[] = "webhook-seal";
	const struct sha256_key server = { .bytes = key, .size = WORKER_SECRET_SIZE };

	sha256_hmac(&server, purpose, sizeof(purpose) - 1, ret);
	snprintf(ret_bound, BOUND_SIZE, "webhook %s", id);
}

void webhook_secret_seal(const unsigned char *key, const char *id, const char *secret,
	char ret[WEBHOOK_SEALED_SIZE])
{
	unsigned char sealing[SEAL_KEY_SIZE], sealed[SEAL_OVERHEAD + SECRET_TEXT];
	char bound[BOUND_SIZE];

	sealing_key(key, id, sealing, bound);
	seal_close(sealing, bound, secret, SECRET_TEXT, sealed);
	encode_hex(sealed, sizeof(sealed), ret);
	secret_wipe(sealing, sizeof(sealing));
}

int webhook_secret_open(const unsigned char *key, const char *id, const char *sealed,
	char ret[WEBHOOK_SECRET_SIZE])
{
	unsigned char sealing[SEAL_KEY_SIZE], bytes[SEAL_OVERHEAD + SECRET_TEXT];
	char bound[BOUND_SIZE];
	int failed;

	if (encode_hex_parse(sealed, bytes, sizeof(bytes)) < 0)
		return -1;
	sealing_key(key, id, sealing, bound);
	failed = seal_open(sealing, bound, bytes, sizeof(bytes), ret);
	ret[SECRET_TEXT] = '\0';
	secret_wipe(sealing, sizeof(sealing));
	return failed ? -1 : 0;
}

char *webhook_signature(
	struct arena *arena, const char *secret, int64_t seconds, const char *body)
{
	const struct sha256_key key = { .bytes = secret, .size = strlen(secret) };
	char *signed_text = arena_printf(arena, "%lld.%s", (long long)seconds, body);
	unsigned char mac[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	sha256_hmac(&key, signed_text, strlen(signed_text), mac);
	encode_hex(mac, sizeof(mac), hex);
	return arena_printf(
		arena, "Synpunkt-Signature: t=%lld,v1=%s", (long long)seconds, hex);
}
