/*
 * follow_code - the code that, with the case's number, lets its complainant follow it.
 *
 * Twelve characters of Crockford's base 32 in three groups, 60 bits, derived by
 * HMAC-SHA-256 from the server's secret, the number and a seed: the idempotency key,
 * so that a repeated submission gets the same code, or random bytes. What is stored is
 * a keyed hash of it and, where the resident is written to, the code sealed: encrypted
 * by a key of the server's secret, bound to the number, so that a letter can hold the
 * link and the database alone tells nobody a code.
 */
#ifndef SYNPUNKT_SERVER_FOLLOW_CODE_H
#define SYNPUNKT_SERVER_FOLLOW_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/seal.h"

#define FOLLOW_CODE_SIZE sizeof("ABCD-EFGH-JKMN")
#define FOLLOW_SECRET_SIZE 32
#define CASE_NUMBER_SIZE 32 /* "2026-104233", with room */

/* The parts of a public number. */
struct case_number {
	int year;       /* 2000 to 9999 */
	int64_t serial; /* above 0 */
};

/* -1 for anything but four digits, a hyphen and one to fifteen digits that do not
 * start with 0; surrounding white space is not a mistake. ret is then {0, 0}, which
 * no case has, so that the question can be asked all the same. */
int case_number_parse(const char *text, struct case_number *ret);
void case_number_print(const struct case_number *number, char ret[CASE_NUMBER_SIZE]);

void follow_code_make(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *seed, char ret[FOLLOW_CODE_SIZE]);
/* A seed for a submission without a key, as text. */
#define FOLLOW_SEED_SIZE 33
void follow_code_seed(char ret[FOLLOW_SEED_SIZE]);

/* The hash of a code as somebody typed it, as a bytea literal ("\x…"). A text that
 * is no code gives a hash that no case has. */
#define FOLLOW_HASH_SIZE (2 + 2 * 32 + 1)
void follow_code_hash(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *code, char ret[FOLLOW_HASH_SIZE]);

/* A code as a bytea literal that only the same secret and number open. */
#define FOLLOW_SEALED_SIZE (2 + 2 * (SEAL_OVERHEAD + FOLLOW_CODE_SIZE - 1) + 1)
void follow_code_seal(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *code,
	char ret[FOLLOW_SEALED_SIZE]);
/* From its hexadecimal digits, without "\x". -1: it was sealed by another secret or
 * for another case, or is no seal. */
int follow_code_open(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct case_number *number, const char *hex, char ret[FOLLOW_CODE_SIZE]);

#endif
