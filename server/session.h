/*
 * session - who calls: the signed-in colleague behind a request.
 *
 * A session is 32 random bytes that only the browser has, in a cookie; the database
 * keeps their hash. Routes with ACCESS_STAFF are let through by session_access() alone,
 * before the body is read: no cookie or a dead one is 401, then a changing call without
 * the right X-CSRF-Token is 403. What the caller may see and do is decided by the
 * database's policies, which ask for the same session again.
 *
 * Who must have a second factor and has none (session.needs) gets 403 everywhere but
 * where ACCESS_UNENROLLED is, too.
 *
 * The cookie is "__Host-synpunkt", Secure, where the request came by TLS or a trusted
 * proxy says so; "synpunkt" otherwise, which the start-up allows for loopback only.
 */
#ifndef SYNPUNKT_SERVER_SESSION_H
#define SYNPUNKT_SERVER_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/http_server.h"
#include "lib/sha256.h"

#define SESSION_TOKEN_SIZE 32

struct session_role {
	const char *role, *board; /* codes; board "*": not of a board */
	const char *unit;         /* NULL: all of the board */
};

struct session {
	int64_t user_id;
	const char *username, *name;
	const struct session_role *roles; /* today's */
	size_t n_roles;
	/* Before anything else: "totp-enrolment", or "provider-factor", which is to
	 * sign in anew with two steps; or NULL. */
	const char *needs;
	const char *issuer;  /* of the provider that was signed in with; NULL: none */
	int64_t confirmed_s; /* since they last said who they are */
	char token_hash[SHA256_HEX_SIZE]; /* what database functions are given */
	char csrf[SHA256_HEX_SIZE];
};

/* The access hook of the public server: grants everything that is not for staff. */
enum http_access session_access(struct http_request *req, struct error *err);

/* Of a request to a route with ACCESS_STAFF; never NULL there. Lives as long as it. */
const struct session *session_get(struct http_request *req);

/* board NULL: at any board. */
bool session_has_role(
	const struct session *session, const char *role, const char *board);
/* At the board for a case of that unit, which may be NULL. */
bool session_has_role_for(const struct session *session, const char *role,
	const char *board, const char *unit);

/* roles is the database's [{"role", "board", "unit"}]. The strings go to the arena. */
struct arena;
void session_roles_parse(
	struct session *session, struct arena *arena, const char *roles);

/* Fills the hash and the CSRF token. */
void session_token_use(
	struct session *session, const unsigned char token[SESSION_TOKEN_SIZE]);
/* The cookie that came, whoever's it is; NULL: none did that can be one. */
const char *session_cookie(struct http_request *req);
/* Of it; false: none did. */
bool session_cookie_hash(struct http_request *req, char ret[SHA256_HEX_SIZE]);
/* A password or a session must not cross a network in the clear. The start-up has seen
 * to it unless somebody goes past the proxy that is trusted to speak TLS. */
int session_transport_check(struct http_request *req, struct error *err);
/* Sets or, with token NULL, takes back the cookie. */
void session_cookie_set(struct http_request *req, const char *token);

#endif
