#include "lib/sha256.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "lib/base.h"
#include "lib/encode.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

/* Looking an algorithm up takes OpenSSL 3 longer than hashing a short text. */
static EVP_MD *sha256_md;                                 /* style: global */
static pthread_once_t sha256_md_once = PTHREAD_ONCE_INIT; /* style: global */

static void sha256_md_fetch(void)
{
	sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256_md)
		abort(); /* an OpenSSL without SHA-256 */
}

static const EVP_MD *sha256_md_get(void)
{
	pthread_once(&sha256_md_once, sha256_md_fetch);
	return sha256_md;
}

static void sha256_start(struct sha256 *hash)
{
	if (EVP_DigestInit_ex2(hash->ctx, sha256_md_get(), NULL) != 1)
		abort(); /* only memory can be short */
}

struct sha256 *sha256_new(void)
{
	struct sha256 *hash = mem_new(sizeof(*hash));

	hash->ctx = EVP_MD_CTX_new();
	if (!hash->ctx)
		abort();
	sha256_start(hash);
	return hash;
}

void sha256_free(struct sha256 *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->ctx);
	mem_free(hash);
}

void sha256_update(struct sha256 *hash, const void *bytes, size_t n)
{
	if (n > 0 && EVP_DigestUpdate(hash->ctx, bytes, n) != 1)
		abort();
}

void sha256_finish(struct sha256 *hash, unsigned char ret[SHA256_SIZE])
{
	if (EVP_DigestFinal_ex(hash->ctx, ret, NULL) != 1)
		abort();
	sha256_start(hash);
}

void sha256_digest(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE])
{
	if (EVP_Digest(n > 0 ? bytes : "", n, ret, NULL, sha256_md_get(), NULL) != 1)
		abort();
}

void sha256_hex(const void *bytes, size_t n, char ret[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	sha256_digest(bytes, n, digest);
	encode_hex(digest, sizeof(digest), ret);
}

/* libsodium's, since OpenSSL 3 looks HMAC up anew for every message. */
void sha256_hmac(const struct sha256_key *key, const void *bytes, size_t n,
	unsigned char ret[SHA256_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key->bytes, key->size);
	crypto_auth_hmacsha256_update(&state, n > 0 ? bytes : "", n);
	crypto_auth_hmacsha256_final(&state, ret);
	sodium_memzero(&state, sizeof(state));
}
