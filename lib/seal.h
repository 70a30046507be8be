/*
 * seal - a few bytes encrypted so that only the holder of a key reads them, and bound
 * to what they belong to, so that one seal cannot be put in the place of another.
 * XChaCha20-Poly1305 (libsodium) with a random nonce.
 */
#ifndef SYNPUNKT_LIB_SEAL_H
#define SYNPUNKT_LIB_SEAL_H

#include <stddef.h>

#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD (24 + 16) /* nonce and tag */

/* ret has room for n + SEAL_OVERHEAD bytes. */
void seal_close(const unsigned char key[SEAL_KEY_SIZE], const char *bound_to,
	const void *bytes, size_t n, unsigned char *ret);

/* ret has room for n - SEAL_OVERHEAD bytes. -1 when the key or what it is bound to is
 * another, or the seal was changed; ret is then not to be used. */
int seal_open(const unsigned char key[SEAL_KEY_SIZE], const char *bound_to,
	const unsigned char *sealed, size_t n, void *ret);

#endif
