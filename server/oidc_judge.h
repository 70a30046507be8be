/*
 * oidc_judge - what an OpenID provider says, held against what it may say: its document
 * (OpenID Connect Discovery 1.0), the claims of an ID token (Core, 3.1.3.7) and of a
 * logout token (Back-Channel Logout 1.0, 2.6). The signature is lib/jwt's; nothing here
 * asks anybody or knows the time.
 *
 * Each judge gives NULL for what is right, else a word for the log: the claim or member
 * that is wrong.
 */
#ifndef SYNPUNKT_SERVER_OIDC_JUDGE_H
#define SYNPUNKT_SERVER_OIDC_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define OIDC_SKEW_S 60    /* clocks may differ so much */
#define OIDC_LOGIN_S 600  /* from leaving for the provider to coming back */
#define OIDC_TEXT_MAX 255 /* bytes of sub (Core, 2), sid and jti */
#define OIDC_URL_MAX 1000
#define OIDC_GROUPS_MAX 500
#define OIDC_GROUP_MAX                                                                 \
	200 /* characters of a group's name; longer ones are nobody's                  \
	     */

/* Base64url of 32 bytes: state, nonce, and the verifier of RFC 7636. */
#define OIDC_RANDOM_SIZE 44
void oidc_random(char ret[OIDC_RANDOM_SIZE]);
/* S256 of the verifier. */
void oidc_challenge(const char *verifier, char ret[OIDC_RANDOM_SIZE]);

struct oidc_expected {
	const char *issuer, *client_id;
	const char *nonce; /* of an ID token */
	int64_t now;
	int64_t signed_in_after; /* auth_time must be there and not before; 0: whenever
				  */
};

const char *oidc_id_token_judge(
	const json_t *claims, const struct oidc_expected *expected);
const char *oidc_logout_token_judge(
	const json_t *claims, const struct oidc_expected *expected);

/* allows_http: for tests and closed networks. */
const char *oidc_document_judge(
	const json_t *document, const char *issuer, bool allows_http);
/* https, or http where that is allowed; a host, no user, no fragment. */
bool oidc_url_is_fair(const char *url, bool allows_http);

/* values are by spaces; acr is a text, amr a list. True when one of them is there. */
bool oidc_has_factor(const json_t *claims, const char *acr, const char *amr);

/* The groups that the claim of that name tells, as a new list of texts; a text counts
 * as a list of one. NULL: more than OIDC_GROUPS_MAX. */
json_t *oidc_groups(const json_t *claims, const char *claim);

/* A path of our own to go to afterwards, or "/desk/". */
const char *oidc_path(const char *wish);

#endif
