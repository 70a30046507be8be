/*
 * order_key - the token of an order's page, and a contractor's key at rest.
 *
 * A token is made of the order's ref by the server's secret: it can stand in a letter
 * that is written later, and the database, which has the ref and the token's hash,
 * cannot make it.
 */
#ifndef SYNPUNKT_SERVER_ORDER_KEY_H
#define SYNPUNKT_SERVER_ORDER_KEY_H

#include "lib/seal.h"

#define ORDER_REF_SIZE sizeof("01234567-89ab-cdef-0123-456789abcdef")
/* 20 bytes in Crockford's base 32. */
#define ORDER_TOKEN_CHARS 32
#define ORDER_TOKEN_SIZE (ORDER_TOKEN_CHARS + 1)
/* A bytea literal ("\x…"). */
#define ORDER_HASH_SIZE (2 + 2 * 32 + 1)

#define ORDER_KEY_MAX 500 /* characters of a contractor's key */
#define ORDER_SEALED_SIZE (2 * (SEAL_OVERHEAD + ORDER_KEY_MAX) + 1)

/* A new ref, UUID version 4. */
void order_ref_new(char ret[ORDER_REF_SIZE]);

/* secret is the server's. */
void order_token_make(
	const unsigned char *secret, const char *ref, char ret[ORDER_TOKEN_SIZE]);
/* Of what is no token the hash is one that no order has. */
void order_token_hash(const char *token, char ret[ORDER_HASH_SIZE]);

/* key has at most ORDER_KEY_MAX bytes; the seal is bound to the contractor's code. */
void order_key_seal(const unsigned char *secret, const char *contractor,
	const char *key, char ret[ORDER_SEALED_SIZE]);
/* -1: the secret is another, or it is another contractor's. secret_wipe() ret after
 * it was used. */
int order_key_open(const unsigned char *secret, const char *contractor,
	const char *sealed, char ret[ORDER_KEY_MAX + 1]);

#endif
