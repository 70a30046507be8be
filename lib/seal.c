#include "lib/seal.h"

#include <sodium.h>
#include <string.h>

#include "lib/secret.h"

#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

_Static_assert(
	SEAL_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(SEAL_OVERHEAD == NONCE_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
	"size of nonce and tag");

void seal_close(const unsigned char key[SEAL_KEY_SIZE], const char *bound_to,
	const void *bytes, size_t n, unsigned char *ret)
{
	secret_random(ret, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(ret + NONCE_SIZE, NULL, bytes, n,
		(const unsigned char *)bound_to, strlen(bound_to), NULL, ret, key);
}

int seal_open(const unsigned char key[SEAL_KEY_SIZE], const char *bound_to,
	const unsigned char *sealed, size_t n, void *ret)
{
	if (n < SEAL_OVERHEAD)
		return -1;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL,
		sealed + NONCE_SIZE, n - NONCE_SIZE, (const unsigned char *)bound_to,
		strlen(bound_to), sealed, key);
}
