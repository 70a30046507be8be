/*
 * oidc_proof - what a sign-in by OpenID Connect has to reckon, for a thread: is a token
 * the provider's and for us, and the assertion by which we prove who we are.
 */
#ifndef SYNPUNKT_SERVER_OIDC_PROOF_H
#define SYNPUNKT_SERVER_OIDC_PROOF_H

#include <stdbool.h>

#include "lib/jwt.h"
#include "server/oidc_judge.h"

/* Texts are the caller's, and stay until it has run. */
struct oidc_proof {
	const char *token, *keys, *algorithms;
	struct oidc_expected expected;
	bool is_logout;

	enum jwt_verdict verdict;
	const char *wrong; /* NULL: all is right, and claims is there */
	json_t *claims;    /* json_decref() */
};

/* May run again. */
void oidc_proof_run(struct oidc_proof *proof);

struct oidc_assertion {
	const char *client_id, *issuer;
	json_t *key; /* private; the caller's */
	char *text;  /* mem_free(); NULL: the key cannot sign */
};

/* RFC 7523, 3. */
void oidc_assertion_run(struct oidc_assertion *assertion);

#endif
