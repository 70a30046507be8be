/*
 * oidc_http - signing in with an OpenID provider, as the browser sees it:
 *
 *   GET /api/v1/sign-in          which ways there are
 *   GET /oidc/{provider}/start   to the provider; with confirm=1 to say once more who
 *                                one is, for sensitive acts
 *   GET /oidc/{provider}/callback   back from it (oidc_callback.c)
 *   GET /oidc/{provider}/end     to the provider's own sign-out (oidc_end.c)
 *   GET /oidc/{provider}/jwks    our public keys
 *   POST /oidc/{provider}/logout   somebody left, the provider says (oidc_logout.c)
 *
 * A browser is known by a cookie of its own from leaving to coming back. Whatever goes
 * wrong ends at /desk/?inloggning=WORD, where the sign-in page says it in words.
 */
#ifndef SYNPUNKT_SERVER_OIDC_HTTP_H
#define SYNPUNKT_SERVER_OIDC_HTTP_H

#include <stdbool.h>

#include "lib/http.h"
#include "lib/sha256.h"

struct oidc_provider;

/* Under way at once, by everybody and in one browser: of more some begin again
 * (oidc_begin() in 0110_oidc.sql). */
#define OIDC_LOGINS_MAX 10000
#define OIDC_BROWSER_LOGINS_MAX 10

extern const struct http_route oidc_routes[];

/* Of the address; NULL: it was answered, there is none. */
struct oidc_provider *oidc_of_address(struct http_request *req);
/* Where the provider sends people back to. */
const char *oidc_redirect_uri(struct http_request *req);
/* To the sign-in page, which says what the word stands for. */
void oidc_refuse(struct http_request *req, const char *word);
/* True: it was answered, with the desk. Another site's page led here, which could else
 * sign somebody in, or out at the provider, who has pressed nothing of ours. */
bool oidc_turn_away(struct http_request *req);
/* Of the browser's own cookie; false: it has none that can be. */
bool oidc_browser_hash(struct http_request *req, char ret[SHA256_HEX_SIZE]);

/* A longer ID token is not kept: it would have to go into an address. */
#define OIDC_HINT_MAX 4000
/* The session that ends was a provider's: its cookie's value stays for a moment, by
 * which oidc_end_get() finds whom the provider is to sign out. */
void oidc_end_mark(struct http_request *req);

void oidc_callback_get(struct http_request *req);
void oidc_end_get(struct http_request *req);
void oidc_logout_post(struct http_request *req);

#endif
