/*
 * reply_address - the address that an answer to a letter about a case goes to:
 * arende+TOKEN@DOMAIN. The token names case and party and is signed by a key of the
 * server's secret: who has it was written to. 40 letters and digits of Crockford's base
 * 32 in lower case, so that a server that changes case on the way does no harm.
 */
#ifndef SYNPUNKT_SERVER_REPLY_ADDRESS_H
#define SYNPUNKT_SERVER_REPLY_ADDRESS_H

#include "server/follow_code.h"

#define REPLY_TOKEN_CHARS 40
#define REPLY_TOKEN_SIZE (REPLY_TOKEN_CHARS + 1)
#define REPLY_ADDRESS_DOMAIN_MAX 255
/* 47 octets before the @, of 64 (RFC 5321 4.5.3.1.1). */
#define REPLY_ADDRESS_SIZE                                                             \
	(sizeof("arende+@") + REPLY_TOKEN_CHARS + REPLY_ADDRESS_DOMAIN_MAX)

/* Who of a case was written to. The numbers are in letters that lie about: they stay.
 */
enum reply_party {
	REPLY_PARTY_COMPLAINANT = 1,
};

struct reply_address {
	struct case_number number;
	enum reply_party party;
};

/* domain: ASCII, REPLY_ADDRESS_DOMAIN_MAX at most. */
void reply_address_make(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const struct reply_address *address, const char *domain,
	char ret[REPLY_ADDRESS_SIZE]);

/* -1: it is no reply address of this domain, or not one that this secret signed. In
 * either case of letters. token is as it was made. */
int reply_address_read(const unsigned char secret[FOLLOW_SECRET_SIZE],
	const char *address, const char *domain, struct reply_address *ret,
	char token[REPLY_TOKEN_SIZE]);

/* The same from the token alone, which may be NULL. */
int reply_token_read(const unsigned char secret[FOLLOW_SECRET_SIZE], const char *token,
	struct reply_address *ret);

#endif
