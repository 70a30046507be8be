/*
 * passkey - what a browser hands over for a passkey, judged (W3C Web Authentication
 * Level 2, 7.1 and 7.2, by libfido2).
 *
 * No attestation is asked for: which make a device is, is nobody's business here. Who
 * makes one must have been there (the flag UP); whether a finger or a PIN was asked for
 * is the device's choice, as a password has been given before.
 */
#ifndef SYNPUNKT_LIB_PASSKEY_H
#define SYNPUNKT_LIB_PASSKEY_H

#include <stddef.h>
#include <stdint.h>

#define PASSKEY_CHALLENGE_SIZE 32
#define PASSKEY_ID_MAX 1023   /* bytes (Level 2, 4, Credential ID) */
#define PASSKEY_KEY_MAX 1024  /* of the libraries' forms: RS256 takes 259 */
#define PASSKEY_TEXT_MAX 4096 /* characters of base64url that are read of any part */
#define PASSKEY_CHALLENGE_TEXT 44 /* with the end of the string */

struct error;

/* Where it happens, and what was asked. */
struct passkey_asked {
	const char *origin; /* "https://synpunkt.example" */
	const char *host;   /* the relying party's id: "synpunkt.example" */
	const unsigned char *challenge;
};

struct passkey_key {
	unsigned char bytes[PASSKEY_KEY_MAX];
	size_t size;
	int algorithm; /* COSE: -7, -8 or -257 (RFC 9053, RFC 8812) */
};

struct passkey_made {
	unsigned char id[PASSKEY_ID_MAX];
	size_t id_size;
	struct passkey_key key;
	uint32_t count; /* of signatures; 0 where the device counts none */
};

/* As the browser gives them, base64url without padding. */
struct passkey_answer {
	const char *client_data;
	const char *authenticator_data;
	const char *signature; /* NULL when one is made */
};

/* ret ends with a zero. */
void passkey_challenge_print(const unsigned char challenge[PASSKEY_CHALLENGE_SIZE],
	char ret[PASSKEY_CHALLENGE_TEXT]);

/* The bytes of base64url, at most max of them. -1: something else, or more. */
int passkey_bytes(const char *text, unsigned char *ret, size_t max, size_t *ret_size);

/* A passkey that was just made. -1 with ERR_INVALID and what does not hold as the
 * field: "clientData" or "authenticatorData". */
int passkey_make(const struct passkey_asked *asked, const struct passkey_answer *answer,
	struct passkey_made *ret, struct error *err);

/* A signature by key. The caller compares the count with the one before. -1 with
 * ERR_UNAUTHORIZED. */
int passkey_prove(const struct passkey_asked *asked, const struct passkey_key *key,
	const struct passkey_answer *answer, uint32_t *ret_count, struct error *err);

#endif
