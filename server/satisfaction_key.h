/*
 * satisfaction_key - the token that leads to the two questions after an answer, and the
 * key that an answer is kept by. The database keeps hashes of tokens alone, and cannot
 * make the key: only who has the server's secret can tell whose an answer is.
 */
#ifndef SYNPUNKT_SERVER_SATISFACTION_KEY_H
#define SYNPUNKT_SERVER_SATISFACTION_KEY_H

#include <stdint.h>

#include "server/follow_code.h"

/* 20 bytes in Crockford's base 32. */
#define SATISFACTION_TOKEN_BYTES 20
#define SATISFACTION_TOKEN_CHARS 32
#define SATISFACTION_TOKEN_SIZE (SATISFACTION_TOKEN_CHARS + 1)

/* A bytea literal ("\x…"). */
#define SATISFACTION_HASH_SIZE (2 + 2 * 32 + 1)

void satisfaction_token_new(char ret[SATISFACTION_TOKEN_SIZE]);

/* As the database made it, in hexadecimal. -1: it is none. */
int satisfaction_token_print(const char *hex, char ret[SATISFACTION_TOKEN_SIZE]);

/* Of a token as somebody sent it; what is none has a hash that nothing has. */
void satisfaction_token_hash(const char *token, char ret[SATISFACTION_HASH_SIZE]);

void satisfaction_answer_key(const unsigned char secret[FOLLOW_SECRET_SIZE],
	int64_t ask, char ret[SATISFACTION_HASH_SIZE]);

#endif
