/*
 * sha256 - SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104).
 *
 * Hashing a large body takes milliseconds: do it in a work thread. A struct
 * sha256 belongs to one thread at a time.
 */
#ifndef SYNPUNKT_LIB_SHA256_H
#define SYNPUNKT_LIB_SHA256_H

#include <stddef.h>

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65 /* lower case, with the final NUL */

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *hash); /* NULL is fine */
void sha256_update(struct sha256 *hash, const void *bytes, size_t n);
/* Ends the hash; after it the hash starts again from nothing. */
void sha256_finish(struct sha256 *hash, unsigned char ret[SHA256_SIZE]);

/* In one go. */
void sha256_digest(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE]);
void sha256_hex(const void *bytes, size_t n, char ret[SHA256_HEX_SIZE]);

struct sha256_key {
	const void *bytes;
	size_t size; /* any; 32 is what to use */
};

void sha256_hmac(const struct sha256_key *key, const void *bytes, size_t n,
	unsigned char ret[SHA256_SIZE]);

#endif
