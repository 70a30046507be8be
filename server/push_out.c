#include "server/push_out.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/https_client.h"
#include "lib/log.h"
#include "lib/vapid.h"
#include "server/measures.h"
#include "server/options.h"
#include "server/out_queue.h"
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
#define TTL_S "2419200" /* 28 days */
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

enum claim_column {
	CLAIM_NEWS = 2,
	CLAIM_ENDPOINT,
};

struct push_out {
	struct push_out_config config;
	struct arena *arena; /* of what lives as long as this */
	struct vapid *vapid;
	struct https_client *client;
	const char *subject;
	struct out_queue *queue; /* NULL: switched off */
};

struct attempt {
	const char *news, *why;
};

/* ---- marking ---- */

/* Neither case nor address: who has a device is nothing for a log. */
static void attempt_on_marked(const struct out_job *job, const char *became)
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
	const struct push_out *out = job->owner;
	const struct attempt *attempt = job->more;

	if (!became)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].became, became))
			metrics_add(out->config.metrics, rows[i].measure, 1);
	if (!strcmp(became, "waiting") || !strcmp(became, "given-up"))
		log_event(LOG_LEVEL_WARNING, "push_waits", LOG_S("became", became),
			LOG_S("why", attempt->why));
}

static void attempt_mark(struct out_job *job, const char *outcome, long wait_s)
{
	const struct attempt *attempt = job->more;

	if (wait_s > RETRY_AFTER_MAX_S)
		wait_s = RETRY_AFTER_MAX_S;
	out_job_mark(job, &finish_query,
		(const char *[]){ job->id, job->attempt, attempt->news, outcome,
			arena_printf(job->arena, "%ld", wait_s) });
}

static void attempt_end(struct out_job *job, const char *outcome, const char *why)
{
	struct attempt *attempt = job->more;

	attempt->why = why;
	attempt_mark(job, outcome, 0);
}

/* ---- sending ---- */

/* RFC 8030, 5 and 7.3: 2xx is taken, of 404 and 410 nobody is there any more. */
static const char *outcome_of(const struct https_result *result)
{
	if (!result->why[0])
		return "sent";
	return result->status == 404 || result->status == 410 ? "gone" : "later";
}

static void attempt_on_sent(const struct https_result *result, void *arg)
{
	struct out_job *job = arg;
	struct attempt *attempt = job->more;

	attempt->why = arena_dup(job->arena, result->why);
	attempt_mark(job, outcome_of(result), result->retry_after_s);
}

/* Nothing is said: it wakes the service worker. */
static void attempt_send(
	struct out_job *job, const char *endpoint, const char *authorization)
{
	const struct push_out *out = job->owner;

	https_send(out->client,
		&(struct https_message){ .url = endpoint,
			.body = "",
			.headers = (const char *[]){ arena_printf(job->arena,
							     "Authorization: %s",
							     authorization),
				"TTL: " TTL_S, "Topic: " TOPIC,
				"Content-Type:", /* of no content */
				NULL } },
		attempt_on_sent, job);
}

static void attempt_start(struct out_job *job, const struct db_rows *rows, int row)
{
	const struct push_out *out = job->owner;
	const char *endpoint = db_rows_text(rows, row, CLAIM_ENDPOINT);
	const char *origin =
		push_origin(job->arena, out->config.options->push_hosts, endpoint);
	struct attempt *attempt = arena_alloc(job->arena, sizeof(*attempt));
	const char *authorization;
	struct error err = { 0 };

	job->more = attempt;
	attempt->news = arena_dup(job->arena, db_rows_text(rows, row, CLAIM_NEWS));
	if (!origin) {
		attempt_end(job, "gone", "host");
		return;
	}
	authorization = vapid_authorization(job->arena, out->vapid,
		&(struct vapid_claim){ .audience = origin,
			.subject = out->subject,
			.expires = stamp_now() / 1000000 + TOKEN_SECONDS },
		&err);
	if (authorization)
		attempt_send(job, endpoint, authorization);
	else
		attempt_end(job, "later", "not-signed");
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
	out->client = https_client_new(out->config.base,
		&(struct https_client_config){ .ca_file = options->push_ca_file,
			.timeout_ms = TIMEOUT_S * 1000,
			.connections = AT_ONCE },
		err);
	return out->client ? 0 : -1;
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
	out->queue = out_queue_new(&(struct out_queue_config){ .base = config->base,
		.pool = config->pool,
		.claim = &claim_query,
		.lease_seconds = LEASE_SECONDS,
		.at_once = AT_ONCE,
		.name = "push",
		.start = attempt_start,
		.marked = attempt_on_marked,
		.owner = out });
	return out;
}

void push_out_free(struct push_out *out)
{
	if (!out)
		return;
	https_client_free(out->client);
	out_queue_free(out->queue);
	vapid_free(out->vapid);
	arena_free(out->arena);
	mem_free(out);
}
