/*
 *   out_poll         every second: take what is due, as much as may go at once
 *   out_on_claimed   signed with the secret as it is opened, sent
 *   job_on_sent      mark the row
 *   job_on_marked    done; with the database away the lease ends and it goes again
 */
#include "server/webhook_out.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/web_hook.h"
#include "server/options.h"
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
	CLAIM_ID,
	CLAIM_ATTEMPT,
	CLAIM_WEBHOOK,
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

static const struct timeval poll_interval = { .tv_sec = 1 };

struct webhook_out {
	struct webhook_out_config config;
	struct web_hook *hook;
	struct event *poll;
	struct db_call *claim;
	struct job *jobs;
	unsigned n_jobs;
};

/* One attempt at one row. */
struct job {
	struct job *next, **link;
	struct webhook_out *out;
	struct arena *arena;
	const char *id, *attempt, *webhook, *why;
	struct db_call *db;
};

static struct job *job_new(struct webhook_out *out)
{
	struct arena *arena = arena_new();
	struct job *job = arena_alloc(arena, sizeof(*job));

	job->out = out;
	job->arena = arena;
	job->next = out->jobs;
	job->link = &out->jobs;
	if (job->next)
		job->next->link = &job->next;
	out->jobs = job;
	out->n_jobs++;
	return job;
}

static void job_free(struct job *job)
{
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	job->out->n_jobs--;
	db_cancel(job->db);
	arena_free(job->arena);
}

/* The address may hold a token of the receiver's: the log names the webhook's id. */
static void job_on_marked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job *job = arg;

	job->db = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "webhook_mark_failed",
			LOG_S("sqlstate", err->sqlstate));
	else if (job->why && db_rows_count(rows) > 0)
		log_event(LOG_LEVEL_WARNING, "webhook_not_taken",
			LOG_S("webhook", job->webhook), LOG_S("why", job->why),
			LOG_S("became", db_rows_text(rows, 0, 0)));
	job_free(job);
}

static void job_on_sent(const char *why, void *arg)
{
	struct job *job = arg;

	job->why = arena_dup(job->arena, why);
	job->db = db_run(job->out->config.pool, &finish_query,
		(const char *[]){ job->id, job->attempt, job->why }, job_on_marked,
		job);
}

static void job_start(struct job *job, const struct db_rows *rows, int row)
{
	struct webhook_out *out = job->out;
	const char *body = db_rows_text(rows, row, CLAIM_BODY);
	char secret[WEBHOOK_SECRET_SIZE];

	job->id = arena_dup(job->arena, db_rows_text(rows, row, CLAIM_ID));
	job->attempt = arena_dup(job->arena, db_rows_text(rows, row, CLAIM_ATTEMPT));
	job->webhook = arena_dup(job->arena, db_rows_text(rows, row, CLAIM_WEBHOOK));
	if (webhook_secret_open(out->config.secret, job->webhook,
		    db_rows_text(rows, row, CLAIM_SECRET), secret) < 0) {
		job_on_sent("secret", job);
		return;
	}
	web_hook_send(out->hook,
		&(struct web_hook_message){ .url = db_rows_text(rows, row, CLAIM_URL),
			.body = body,
			.signature = webhook_signature(
				job->arena, secret, stamp_now() / 1000000, body) },
		job_on_sent, job);
	secret_wipe(secret, sizeof(secret));
}

static void out_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct webhook_out *out = arg;

	out->claim = NULL;
	if (err) {
		log_event(LOG_LEVEL_WARNING, "webhook_claim_failed",
			LOG_S("sqlstate", err->sqlstate));
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++)
		job_start(job_new(out), rows, i);
}

static void out_poll(evutil_socket_t fd, short what, void *arg)
{
	struct webhook_out *out = arg;
	char most[12];

	event_add(out->poll, &poll_interval);
	if (out->claim || out->n_jobs >= AT_ONCE)
		return;
	snprintf(most, sizeof(most), "%u", AT_ONCE - out->n_jobs);
	out->claim = db_run(out->config.pool, &claim_query,
		(const char *[]){ most, LEASE_SECONDS }, out_on_claimed, out);
}

struct webhook_out *webhook_out_new(
	const struct webhook_out_config *config, struct error *err)
{
	const struct options *options = config->options;
	struct web_hook *hook = web_hook_new(config->base,
		&(struct web_hook_config){ .ca_file = options->webhook_ca_file,
			.timeout_ms = TIMEOUT_S * 1000,
			.connections = AT_ONCE,
			.allow_private = options->webhook_private },
		err);
	struct webhook_out *out;

	if (!hook)
		return NULL;
	out = mem_new(sizeof(*out));
	out->config = *config;
	out->hook = hook;
	out->poll = evtimer_new(config->base, out_poll, out);
	event_add(out->poll, &poll_interval);
	return out;
}

void webhook_out_free(struct webhook_out *out)
{
	if (!out)
		return;
	web_hook_free(out->hook);
	while (out->jobs)
		job_free(out->jobs);
	db_cancel(out->claim);
	event_free(out->poll);
	mem_free(out);
}
