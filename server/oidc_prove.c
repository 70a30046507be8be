#include "server/oidc_prove.h"

#include <time.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/work.h"
#include "server/oidc_provider.h"
#include "server/worker.h"

static void prove_on_keys(const char *why, void *arg);

static void prove_on_judged(void *arg)
{
	struct oidc_prove *prove = arg;

	if (prove->proof.verdict != JWT_NO_KEY || prove->has_new_keys) {
		prove->done(NULL, NULL, prove->arg);
		return;
	}
	prove->has_new_keys = true;
	oidc_need(prove->provider, OIDC_NEW_KEYS, prove_on_keys, prove);
}

static void prove_judge(void *arg)
{
	oidc_proof_run(&((struct oidc_prove *)arg)->proof);
}

static void prove_on_keys(const char *why, void *arg)
{
	struct oidc_prove *prove = arg;
	const struct oidc_config *config = oidc_config_of(prove->provider);
	struct error err = { 0 };

	if (why) {
		prove->done(why, NULL, prove->arg);
		return;
	}
	prove->proof.keys = arena_dup(prove->arena, oidc_keys_text(prove->provider));
	prove->proof.algorithms = config->algorithms;
	prove->proof.expected.issuer = config->issuer;
	prove->proof.expected.client_id = config->client_id;
	prove->proof.expected.now = time(NULL);
	if (work_run(prove->worker->work, prove_judge, prove_on_judged, prove, &err) <
		0)
		prove->done(NULL, &err, prove->arg);
}

void oidc_prove(struct oidc_prove *prove)
{
	oidc_need(prove->provider, OIDC_KEYS, prove_on_keys, prove);
}
