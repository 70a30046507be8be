/*
 * secret - random bytes, comparing without telling, wiping, and a keyed hash.
 */
#ifndef SYNPUNKT_LIB_SECRET_H
#define SYNPUNKT_LIB_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_HASH_KEY_SIZE 16

/* From the kernel (getrandom(2)); ends the process if there is no randomness. */
void secret_random(void *ret, size_t n);

/* Takes the same time whatever the bytes are. */
bool secret_equal(const void *a, const void *b, size_t n);
/* The same for texts; only the length of `given` shows in the time. */
bool secret_equal_text(const char *given, const char *kept);

/* Not removed by the compiler. */
void secret_wipe(void *bytes, size_t n);

/* SipHash-2-4: for hash tables and quotas whose keys strangers choose. Never 0,
 * which those tables use for "empty". */
uint64_t secret_hash64(
	const unsigned char key[SECRET_HASH_KEY_SIZE], const void *bytes, size_t n);

/* Empties the environment, and its strings where they lie: a database's address may
 * hold a password, and /proc/PID/environ shows those bytes. For a process that needs
 * none. */
void secret_wipe_environment(void);

#endif
