#include "lib/secret.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

void secret_random(void *ret, size_t n)
{
	unsigned char *p = ret;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort(); /* going on without would be worse */
		p += got;
		n -= (size_t)got;
	}
}

bool secret_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

/* Every character of `given` is looked at, against itself once `kept` has ended. */
bool secret_equal_text(const char *given, const char *kept)
{
	size_t n = strlen(given), kept_n = strlen(kept);
	const char *against = n == kept_n ? kept : given;

	return secret_equal(given, against, n) && n == kept_n;
}

void secret_wipe(void *bytes, size_t n)
{
	sodium_memzero(bytes, n);
}

uint64_t secret_hash64(
	const unsigned char key[SECRET_HASH_KEY_SIZE], const void *bytes, size_t n)
{
	unsigned char digest[crypto_shorthash_BYTES];
	uint64_t hash;

	_Static_assert(crypto_shorthash_KEYBYTES == SECRET_HASH_KEY_SIZE, "key size");
	crypto_shorthash(digest, n > 0 ? bytes : (const void *)"", n, key);
	memcpy(&hash, digest, sizeof(hash));
	return hash ? hash : 1;
}

void secret_wipe_environment(void)
{
	for (char **variable = environ; variable && *variable; variable++)
		secret_wipe(*variable, strlen(*variable));
	clearenv();
}
