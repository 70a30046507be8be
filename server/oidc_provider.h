/*
 * oidc_provider - an OpenID provider as a worker knows it: its document and its keys,
 * fetched when somebody needs them and kept for a while, and the exchange of a code.
 *
 * Who needs something waits in the provider's list; what is being fetched is fetched
 * once for all of them. A token whose key nobody knows has the keys fetched anew, but
 * at most once a minute: anybody can send such a token.
 */
#ifndef SYNPUNKT_SERVER_OIDC_PROVIDER_H
#define SYNPUNKT_SERVER_OIDC_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/https_client.h"
#include "server/oidc_config.h"

struct error;
struct event_base;
struct oidc;
struct oidc_provider;
struct options;

#define OIDC_TOKEN_ANSWER_MAX                                                          \
	((size_t)65536) /* bytes of the token endpoint's answer                        \
			 */

/* Without providers it is there and has none. */
struct oidc *oidc_new(
	struct event_base *base, const struct options *options, struct error *err);
/* Who waits hears nothing more; what is kept is dropped. NULL is fine. */
void oidc_free(struct oidc *oidc);

size_t oidc_count(const struct oidc *oidc);
struct oidc_provider *oidc_at(struct oidc *oidc, size_t i);
/* NULL: there is none of that name, or of that issuer. */
struct oidc_provider *oidc_find(struct oidc *oidc, const char *name);
struct oidc_provider *oidc_find_issuer(struct oidc *oidc, const char *issuer);
const struct oidc_config *oidc_config_of(const struct oidc_provider *provider);

enum oidc_need {
	OIDC_DOCUMENT,
	OIDC_KEYS,     /* the document, too */
	OIDC_NEW_KEYS, /* not those that are known */
};

/* Runs once, later, on the loop. why is NULL when what was needed is there, else
 * words for the log. Of OIDC_NEW_KEYS it is also NULL when they were new a moment ago.
 */
typedef void oidc_ready_fn(const char *why, void *arg);
void oidc_need(struct oidc_provider *provider, enum oidc_need need,
	oidc_ready_fn *ready, void *arg);

/* Of the document, which must be there; NULL: it does not say. */
const char *oidc_said(const struct oidc_provider *provider, const char *member);
/* It promises to name itself where it sends people back (RFC 9207). */
bool oidc_promises_iss(const struct oidc_provider *provider);
/* The keys as text, for a thread to read. */
const char *oidc_keys_text(const struct oidc_provider *provider);

/* Seconds of the epoch when they were fetched last, 0: never; and how many keys. */
int64_t oidc_document_at(const struct oidc_provider *provider);
int64_t oidc_keys_at(const struct oidc_provider *provider);
size_t oidc_keys_count(const struct oidc_provider *provider);

/* form goes to the token endpoint, which the document must name. done as
 * https_send()'s.
 */
void oidc_exchange(struct oidc_provider *provider, const char *form,
	https_done_fn *done, void *arg);

/* What waits for a provider longer than its request lives: oidc_free() drops it, for
 * nothing will call it any more. drop lets go of it and frees it. */
struct oidc_kept {
	struct oidc_kept *next, **link;
	void (*drop)(struct oidc_kept *kept);
};
void oidc_keep(struct oidc_provider *provider, struct oidc_kept *kept);
void oidc_let_go(struct oidc_kept *kept);

#endif
