/*
 * signin - is this the password of that user, and the code of their telephone where
 * they have one? Never on the loop, never faster for a name that nobody has, and ever
 * slower for whoever keeps guessing.
 *
 * Guesses are counted for each pair of address and username, and for each address; an
 * address that guesses somebody's password locks nobody out who comes from another.
 * Codes are counted for the user, from wherever they come: who gets as far as a code
 * knows the password.
 */
#ifndef SYNPUNKT_SERVER_SIGNIN_H
#define SYNPUNKT_SERVER_SIGNIN_H

#include "server/session.h"

struct arena;
struct http_request;
struct signin;
struct signin_passkey_given;
struct worker;

/* At once, a user: with one more, the one that was not used for longest ends. */
#define SIGNIN_SESSIONS_MAX 20

#define PASSWORD_HASH_SIZE 128 /* crypto_pwhash_STRBYTES */

/* Argon2id, 19 MiB, two passes (OWASP's least). Takes tens of milliseconds. -1 when
 * there is no memory for it. */
int signin_password_hash(const char *password, char ret[PASSWORD_HASH_SIZE]);

struct signin_attempt {
	const char *username, *password;
	const char *code; /* of the telephone, or a recovery code; NULL: none */
	const struct signin_passkey_given *passkey; /* in its place; NULL: none */
	const char *agent; /* kept with the session; NULL: not known */
	/* Of a session of that user's, which is then confirmed; NULL: a new one. */
	const char *confirms;
};

/*
 * ERR_BUSY with Retry-After set on the request: too many guesses. ERR_UNAVAILABLE: too
 * many passwords are being checked. ERR_UNAUTHORIZED: not that user's password, or no
 * such user, or a closed account; with the field "totp": the password is right, and a
 * code is wanted, or another one; the problem then has what a passkey of the user's can
 * answer in its place. On success session is filled, in the arena, and token
 * is what the cookie is to hold, as hexadecimal text; both are NULL after a
 * confirmation.
 */
typedef void signin_done_fn(const struct session *session, const char *token,
	const struct error *err, void *arg);

/* The attempt's strings live as long as the request. done never runs inside. */
struct signin *signin_begin(struct http_request *req,
	const struct signin_attempt *attempt, signin_done_fn *done, void *arg);
/* done will not run. */
void signin_cancel(struct signin *signin);

#endif
