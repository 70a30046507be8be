/*
 * second_factor - what a user's telephone and recovery codes are checked against, and
 * how it is kept: the secret sealed and bound to the user, recovery codes as keyed
 * hashes. Both need the server's own secret; with another one every second factor is
 * worthless and must be reset (synpunktctl user totp-reset).
 */
#ifndef SYNPUNKT_SERVER_SECOND_FACTOR_H
#define SYNPUNKT_SERVER_SECOND_FACTOR_H

#include <stdint.h>

#include "lib/seal.h"
#include "lib/sha256.h"
#include "lib/totp.h"

#define FACTOR_KEY_SIZE 32 /* of the server's secret */
#define FACTOR_SEALED_SIZE (2 * (SEAL_OVERHEAD + TOTP_SECRET_SIZE) + 1)

#define RECOVERY_CODES 10
#define RECOVERY_CHARS 12 /* of Crockford's base 32: 60 bits */
#define RECOVERY_GROUP 4
#define RECOVERY_CODE_SIZE (RECOVERY_CHARS + RECOVERY_CHARS / RECOVERY_GROUP)

enum factor_kind {
	FACTOR_NONE,     /* nothing was typed */
	FACTOR_CODE,     /* six digits */
	FACTOR_RECOVERY, /* a recovery code, in its plain form */
	FACTOR_ODD,      /* neither */
};

/* Reads what a person typed: blanks and hyphens do not matter. text NULL: none. */
enum factor_kind factor_read(const char *text, char ret[RECOVERY_CODE_SIZE]);

/* In hexadecimal. */
void factor_seal(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const unsigned char secret[TOTP_SECRET_SIZE], char ret[FACTOR_SEALED_SIZE]);
/* -1: another server's secret, another user's seal, or none. */
int factor_open(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const char *sealed, unsigned char ret[TOTP_SECRET_SIZE]);

void recovery_make(char ret[RECOVERY_CODE_SIZE]);
void recovery_hash(const unsigned char key[FACTOR_KEY_SIZE], int64_t user,
	const char *code, char ret[SHA256_HEX_SIZE]);

#endif
