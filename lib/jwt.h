/*
 * jwt - signed tokens in compact form (RFC 7515, RFC 7519), by José: taking one apart,
 * holding its signature against a set of public keys, and making one of our own.
 *
 * Only signatures with a pair of keys count: "none" and HMAC are refused whatever the
 * caller allows, and of a token's head nothing names the key but kid. What the claims
 * say is for the caller to judge, after jwt_verify() and not before.
 *
 * Nothing here is shared, so a thread of a work pool may do it.
 */
#ifndef SYNPUNKT_LIB_JWT_H
#define SYNPUNKT_LIB_JWT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct error;

#define JWT_SIZE_MAX ((size_t)32768) /* bytes of a whole token */
#define JWT_KEYS_MAX 100             /* of a set; more are not looked at */

struct jwt {
	json_t *jws;    /* protected, payload and signature, as José takes them */
	json_t *header; /* what protected says */
	json_t *claims;
};

/* ERR_INVALID for what is not three parts of base64url with two objects of JSON in
 * them, each without repeated names. */
int jwt_parse(const char *text, struct jwt *ret, struct error *err);
void jwt_clear(struct jwt *jwt);

enum jwt_verdict {
	JWT_RIGHT,  /* one of the keys has signed it */
	JWT_WRONG,  /* the key that it names has not, or it is no signature that counts
		     */
	JWT_NO_KEY, /* no key is called so: perhaps a newer set has it */
};

/* keys is a JWK set ({"keys": […]}); algorithms are by spaces, as "RS256 ES256". */
enum jwt_verdict jwt_verify(
	const struct jwt *jwt, const json_t *keys, const char *algorithms);

/* Is each word the name of an algorithm that can be asked for? */
bool jwt_algorithms_are_known(const char *algorithms);

/* key is a private JWK with alg and kid. Freed by the caller; NULL when it cannot sign.
 */
char *jwt_sign(const json_t *claims, const json_t *key);

/* A new private JWK, its kid the thumbprint of RFC 7638. */
json_t *jwt_key_make(const char *algorithm, struct error *err);
/* A set with only what may be shown of each; keys is a set, too. */
json_t *jwt_keys_public(const json_t *keys);
/* A private key, of enough bits, that jwt_sign() can use. */
bool jwt_key_is_private(const json_t *key);

#endif
