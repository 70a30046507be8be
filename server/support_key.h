/*
 * support_key - by what a supporter of a public case is known again, without being
 * known: hashes of device and address that only this server makes, each for one case
 * alone; the token that reads and ends a support; and the signed link in letters to
 * followers.
 *
 * A case goes by the key that it has outside (22 characters, see 0031_map.sql).
 */
#ifndef SYNPUNKT_SERVER_SUPPORT_KEY_H
#define SYNPUNKT_SERVER_SUPPORT_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "server/follow_code.h"

/* 32 bytes in Crockford's base 32. */
#define SUPPORT_TOKEN_CHARS 52
#define SUPPORT_TOKEN_SIZE (SUPPORT_TOKEN_CHARS + 1)

/* A bytea literal ("\x…"). */
#define SUPPORT_HASH_SIZE (2 + 2 * 32 + 1)

struct support_names {
	char token[SUPPORT_TOKEN_SIZE]; /* the same for the same case and device */
	char token_hash[SUPPORT_HASH_SIZE];
	char device[SUPPORT_HASH_SIZE];
	char address[SUPPORT_HASH_SIZE];  /* of case and address; "" without one */
	char anywhere[SUPPORT_HASH_SIZE]; /* of the address alone */
};

/* email may be NULL; capital letters of ASCII are as small ones. */
void support_names_make(const unsigned char secret[FOLLOW_SECRET_SIZE], const char *key,
	const char *device, const char *email, struct support_names *ret);

/* Of a token as somebody sent it; what is none has a hash that nobody has. */
void support_token_hash(const char *token, char ret[SUPPORT_HASH_SIZE]);

/* The link of a letter to one follower: id is the support's, address the hexadecimal
 * hash that it was asked for with. */
void support_link_make(const unsigned char secret[FOLLOW_SECRET_SIZE], int64_t id,
	const char *address, char ret[SUPPORT_TOKEN_SIZE]);
/* Whose it says it is, not looked at yet; 0, which nobody is, for what is no link. */
int64_t support_link_id(const char *link);
/* Was it made with that address? In the same time whatever it is. */
bool support_link_signed(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *link, const char *address);

#endif
