/*
 * A message's way:
 *
 *   out_poll          every second: take what is due, as much as may go at once
 *   out_on_claimed    rows; sign a token for each one's service, send
 *   job_on_sent       taken, gone or later: mark the row
 *   job_on_marked     done; with the database away the lease ends and it goes again
 */
#include "server/push_out.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/vapid.h"
#include "lib/web_push.h"
#include "server/measures.h"
#include "server/options.h"
#include "server/push_host.h"
#include "server/stamp.h"

#define AT_ONCE 16
#define TIMEOUT_S 30
/* A message has its time-out, then the mark is written; well within that. */
#define LEASE_SECONDS "90"
/* Of a token: long enough for clocks that disagree, short of the day that is allowed.
 */
#define TOKEN_SECONDS 3600
/* What a service may ask us to wait. */
#define RETRY_AFTER_MAX_S 86400
/* How long it may wait for a telephone that is off: as long as any service keeps it. */
#define TTL_S (28 * 86400)
/* The same for every case: who watches the service learns nothing by it, and a device
 * that was off is told once. */
#define TOPIC "nytt"

static const struct db_query claim_query = {
	.name = "push_claim",
	.sql = "SELECT p.id, p.attempt, p.news, p.endpoint"
	       " FROM synpunkt_push.claim($1::integer, $2::integer) p",
	.n_params = 2,
};

static const struct db_query finish_query = {
	.name = "push_finish",
	.sql = "SELECT f FROM synpunkt_push.finish($1::bigint, $2::smallint,"
	       " $3::integer, $4::text, $5::integer) f",
	.n_params = 5,
};

static const struct timeval poll_interval = { .tv_sec = 1 };

static const char *const outcome_words[] = {
	[WEB_PUSH_TAKEN] = "sent",
	[WEB_PUSH_GONE] = "gone",
	[WEB_PUSH_LATER] = "later",
};

struct push_out {
	struct push_out_config config;
	struct arena *arena; /* of what lives as long as this */
	struct vapid *vapid;
	struct web_push *push;
	const char *subject;
	struct event *poll;
	struct db_call *claim;
	struct job *jobs;
	unsigned n_jobs;
};

/* One attempt at one row. */
struct job {
	struct job *next, **link;
	struct push_out *out;
	struct arena *arena;
	const char *id, *attempt, *news;
	struct web_push_result result;
	struct db_call *db;
};

static struct job *job_new(struct push_out *out)
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

/* ---- marking ---- */

/* Neither case nor address: who has a device is nothing for a log. */
static void job_count(const struct job *job, const char *became)
{
	static const struct {
		const char *became;
		enum measure measure;
	} rows[] = {
		{ "sent", MEASURE_PUSH_SENT },
		{ "gone", MEASURE_PUSH_GONE },
		{ "waiting", MEASURE_PUSH_LATER },
		{ "given-up", MEASURE_PUSH_LATER },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].became, became))
			metrics_add(job->out->config.metrics, rows[i].measure, 1);
	if (!strcmp(became, "waiting") || !strcmp(became, "given-up"))
		log_event(LOG_LEVEL_WARNING, "push_waits", LOG_S("became", became),
			LOG_S("why", job->result.why));
}

static void job_on_marked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job *job = arg;

	job->db = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "push_mark_failed",
			LOG_S("sqlstate", err->sqlstate));
	else if (db_rows_count(rows) > 0)
		job_count(job, db_rows_text(rows, 0, 0));
	job_free(job);
}

static void job_mark(struct job *job)
{
	long wait = job->result.retry_after_s;

	if (wait > RETRY_AFTER_MAX_S)
		wait = RETRY_AFTER_MAX_S;
	job->db = db_run(job->out->config.pool, &finish_query,
		(const char *[]){ job->id, job->attempt, job->news,
			outcome_words[job->result.outcome],
			arena_printf(job->arena, "%ld", wait) },
		job_on_marked, job);
}

/* ---- sending ---- */

static void job_on_sent(const struct web_push_result *result, void *arg)
{
	struct job *job = arg;

	job->result = *result;
	job_mark(job);
}

static void job_end(struct job *job, enum web_push_outcome outcome, const char *why)
{
	job->result.outcome = outcome;
	snprintf(job->result.why, sizeof(job->result.why), "%s", why);
	job_mark(job);
}

static void job_start(struct job *job, const struct db_rows *rows, int row)
{
	struct push_out *out = job->out;
	const char *endpoint = db_rows_text(rows, row, 3);
	const char *origin =
		push_origin(job->arena, out->config.options->push_hosts, endpoint);
	const char *authorization;
	struct error err = { 0 };

	job->id = arena_dup(job->arena, db_rows_text(rows, row, 0));
	job->attempt = arena_dup(job->arena, db_rows_text(rows, row, 1));
	job->news = arena_dup(job->arena, db_rows_text(rows, row, 2));
	if (!origin) {
		job_end(job, WEB_PUSH_GONE, "host");
		return;
	}
	authorization = vapid_authorization(job->arena, out->vapid,
		&(struct vapid_claim){ .audience = origin,
			.subject = out->subject,
			.expires = stamp_now() / 1000000 + TOKEN_SECONDS },
		&err);
	if (!authorization) {
		job_end(job, WEB_PUSH_LATER, "not-signed");
		return;
	}
	web_push_send(out->push,
		&(struct web_push_message){ .endpoint = endpoint,
			.authorization = authorization,
			.topic = TOPIC,
			.ttl_s = TTL_S },
		job_on_sent, job);
}

/* ---- taking ---- */

static void out_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct push_out *out = arg;

	out->claim = NULL;
	if (err) {
		log_event(LOG_LEVEL_WARNING, "push_claim_failed",
			LOG_S("sqlstate", err->sqlstate));
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++)
		job_start(job_new(out), rows, i);
}

static void out_poll(evutil_socket_t fd, short what, void *arg)
{
	struct push_out *out = arg;
	char most[12];

	event_add(out->poll, &poll_interval);
	if (out->claim || out->n_jobs >= AT_ONCE)
		return;
	snprintf(most, sizeof(most), "%u", AT_ONCE - out->n_jobs);
	out->claim = db_run(out->config.pool, &claim_query,
		(const char *[]){ most, LEASE_SECONDS }, out_on_claimed, out);
}

/* ---- making it ---- */

static int out_make(struct push_out *out, struct error *err)
{
	const struct options *options = out->config.options;

	out->subject = options->push_subject ? options->push_subject
					     : arena_printf(out->arena, "mailto:%s",
						       options->mail_from);
	out->vapid = vapid_new(options->push_key_file, err);
	if (!out->vapid)
		return -1;
	out->push = web_push_new(out->config.base,
		&(struct web_push_config){ .ca_file = options->push_ca_file,
			.timeout_ms = TIMEOUT_S * 1000,
			.connections = AT_ONCE },
		err);
	return out->push ? 0 : -1;
}

struct push_out *push_out_new(const struct push_out_config *config, struct error *err)
{
	struct push_out *out = mem_new(sizeof(*out));

	out->config = *config;
	out->arena = arena_new();
	if (!config->options->push_key_file)
		return out;
	if (out_make(out, err) < 0) {
		push_out_free(out);
		return NULL;
	}
	out->poll = evtimer_new(config->base, out_poll, out);
	event_add(out->poll, &poll_interval);
	return out;
}

void push_out_free(struct push_out *out)
{
	if (!out)
		return;
	web_push_free(out->push);
	while (out->jobs)
		job_free(out->jobs);
	db_cancel(out->claim);
	if (out->poll)
		event_free(out->poll);
	vapid_free(out->vapid);
	arena_free(out->arena);
	mem_free(out);
}
