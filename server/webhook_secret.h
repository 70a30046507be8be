/*
 * webhook_secret - what a webhook is signed with: made here, told once to who
 * subscribes, sealed at rest with a key of the server's.
 *
 * A signature is "t=SECONDS,v1=HEX": HMAC-SHA256, by the secret as it was told, of the
 * seconds, a full stop and the body's bytes. A receiver that refuses old seconds and
 * ids that it has seen takes nothing twice.
 */
#ifndef SYNPUNKT_SERVER_WEBHOOK_SECRET_H
#define SYNPUNKT_SERVER_WEBHOOK_SECRET_H

#include <stdint.h>

#include "lib/seal.h"

struct arena;

#define WEBHOOK_SECRET_BYTES 32
#define WEBHOOK_SECRET_SIZE (2 * WEBHOOK_SECRET_BYTES + 1) /* as text */
#define WEBHOOK_SEALED_SIZE (2 * (SEAL_OVERHEAD + WEBHOOK_SECRET_SIZE - 1) + 1)
#define WEBHOOK_ID_SIZE sizeof("01234567-89ab-cdef-0123-456789abcdef")

/* A new id (UUID version 4) and secret. */
void webhook_secret_make(char ret_id[WEBHOOK_ID_SIZE], char ret[WEBHOOK_SECRET_SIZE]);

/* key is the server's secret, 32 bytes; id the webhook's, which the seal is bound to.
 */
void webhook_secret_seal(const unsigned char *key, const char *id, const char *secret,
	char ret[WEBHOOK_SEALED_SIZE]);
/* -1: the key is another, or it is another webhook's. */
int webhook_secret_open(const unsigned char *key, const char *id, const char *sealed,
	char ret[WEBHOOK_SECRET_SIZE]);

/* The header line; the arena's. */
char *webhook_signature(
	struct arena *arena, const char *secret, int64_t seconds, const char *body);

#endif
