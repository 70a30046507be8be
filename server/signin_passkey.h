/*
 * signin_passkey - a passkey's answer in the place of a code: what came with the
 * request, what it is judged by, and how it was judged. Lives as long as the thread
 * that judges.
 */
#ifndef SYNPUNKT_SERVER_SIGNIN_PASSKEY_H
#define SYNPUNKT_SERVER_SIGNIN_PASSKEY_H

#include <stdbool.h>

#include "lib/passkey.h"

struct arena;
struct db_rows;
struct http_request;
struct signin_passkey;

/* As it came; all of it or none. */
struct signin_passkey_given {
	const char *id; /* base64url */
	struct passkey_answer answer;
};

/* NULL: it cannot be one. */
struct signin_passkey *signin_passkey_new(
	struct http_request *req, const struct signin_passkey_given *given);
void signin_passkey_free(struct signin_passkey *passkey); /* NULL is fine */

/* In hexadecimal, for synpunkt_signin.passkey_key(). */
const char *signin_passkey_id(
	const struct signin_passkey *passkey, struct arena *arena);
/* What that told. No row: the user has no such passkey, or was asked for none. */
void signin_passkey_take(struct signin_passkey *passkey, const struct db_rows *rows);

/* In a thread. */
void signin_passkey_check(struct signin_passkey *passkey);
bool signin_passkey_is_right(const struct signin_passkey *passkey); /* NULL: false */
/* For factor_take(). */
const char *signin_passkey_json(
	const struct signin_passkey *passkey, struct arena *arena);

#endif
