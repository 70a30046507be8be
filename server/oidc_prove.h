/*
 * oidc_prove - is a token the provider's and for us? The provider's keys are had first;
 * a thread judges; a key that nobody knows has the keys had anew, once.
 */
#ifndef SYNPUNKT_SERVER_OIDC_PROVE_H
#define SYNPUNKT_SERVER_OIDC_PROVE_H

#include <stdbool.h>

#include "server/oidc_proof.h"

struct arena;
struct error;
struct oidc_prove;
struct oidc_provider;
struct worker;

/* keys: NULL, or words for the log why the provider's keys cannot be had. Else
 * proof.wrong says whether the token is right. err: no thread could be had. */
typedef void oidc_proved_fn(const char *keys, const struct error *err, void *arg);

/* A member of what waits for it. token, nonce and is_logout of the proof are set. */
struct oidc_prove {
	struct oidc_provider *provider;
	struct worker *worker;
	struct arena *arena;
	struct oidc_proof proof;
	oidc_proved_fn *done; /* once, later, on the loop */
	void *arg;
	bool has_new_keys;
};

/* The struct stays where it is until done() or the end of the provider (oidc_keep()).
 */
void oidc_prove(struct oidc_prove *prove);

#endif
