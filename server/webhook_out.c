#include "server/webhook_out.h"

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/https_client.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "server/options.h"
#include "server/out_queue.h"
#include "server/stamp.h"
#include "server/webhook_secret.h"

#define AT_ONCE 8
#define TIMEOUT_S 20
/* A message has its time-out, then the mark is written; well within that. */
#define LEASE_SECONDS "90"

static const struct db_query claim_query = {
	.name = "webhook_claim",
	.sql = "SELECT c.id, c.attempt, c.webhook, c.url, c.secret, c.body"
	       " FROM synpunkt_webhook.claim($1::integer, $2::integer) c",
	.n_params = 2,
};

enum claim_column {
	CLAIM_WEBHOOK = 2,
	CLAIM_URL,
	CLAIM_SECRET,
	CLAIM_BODY,
};

static const struct db_query finish_query = {
	.name = "webhook_finish",
	.sql = "SELECT f FROM synpunkt_webhook.finish($1::bigint, $2::integer,"
	       " $3::text) f",
	.n_params = 3,
};

struct webhook_out {
	struct webhook_out_config config;
	struct https_client *client;
	struct out_queue *queue;
};

struct attempt {
	const char *webhook, *why; /* why it was not taken, or NULL */
};

/* The address may hold a token of the receiver's: the log names the webhook's id. */
static void attempt_on_marked(const struct out_job *job, const char *became)
{
	const struct attempt *attempt = job->more;

	if (attempt->why && became)
		log_event(LOG_LEVEL_WARNING, "webhook_not_taken",
			LOG_S("webhook", attempt->webhook), LOG_S("why", attempt->why),
			LOG_S("became", became));
}

static void attempt_end(struct out_job *job, const char *why)
{
	struct attempt *attempt = job->more;

	attempt->why = why[0] ? arena_dup(job->arena, why) : NULL;
	out_job_mark(job, &finish_query,
		(const char *[]){ job->id, job->attempt, attempt->why });
}

static void attempt_on_sent(const struct https_result *result, void *arg)
{
	attempt_end(arg, result->why);
}

static void attempt_start(struct out_job *job, const struct db_rows *rows, int row)
{
	const struct webhook_out *out = job->owner;
	const char *body = db_rows_text(rows, row, CLAIM_BODY);
	struct attempt *attempt = arena_alloc(job->arena, sizeof(*attempt));
	char secret[WEBHOOK_SECRET_SIZE];
	const char *signature;

	job->more = attempt;
	attempt->webhook =
		arena_dup(job->arena, db_rows_text(rows, row, CLAIM_WEBHOOK));
	if (webhook_secret_open(out->config.secret, attempt->webhook,
		    db_rows_text(rows, row, CLAIM_SECRET), secret) < 0) {
		attempt_end(job, "secret");
		return;
	}
	signature = webhook_signature(job->arena, secret, stamp_now() / 1000000, body);
	secret_wipe(secret, sizeof(secret));
	https_send(out->client,
		&(struct https_message){ .url = db_rows_text(rows, row, CLAIM_URL),
			.body = body,
			.headers = (const char *[]){ "Content-Type:"
						     " application/cloudevents+json;"
						     " charset=utf-8",
				signature, NULL } },
		attempt_on_sent, job);
}

struct webhook_out *webhook_out_new(
	const struct webhook_out_config *config, struct error *err)
{
	const struct options *options = config->options;
	struct https_client *client = https_client_new(config->base,
		&(struct https_client_config){ .ca_file = options->webhook_ca_file,
			.timeout_ms = TIMEOUT_S * 1000,
			.connections = AT_ONCE,
			.only_public = !options->webhook_private,
			.allow_http = options->webhook_private },
		err);
	struct webhook_out *out;

	if (!client)
		return NULL;
	out = mem_new(sizeof(*out));
	out->config = *config;
	out->client = client;
	out->queue = out_queue_new(&(struct out_queue_config){ .base = config->base,
		.pool = config->pool,
		.claim = &claim_query,
		.lease_seconds = LEASE_SECONDS,
		.at_once = AT_ONCE,
		.name = "webhook",
		.start = attempt_start,
		.marked = attempt_on_marked,
		.owner = out });
	return out;
}

void webhook_out_free(struct webhook_out *out)
{
	if (!out)
		return;
	https_client_free(out->client);
	out_queue_free(out->queue);
	mem_free(out);
}
