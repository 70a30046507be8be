/*
 *   task_start       one claimed row: what is to be done, by the contractor's way
 *   order_task_end   how it ended; the row is marked
 *   task_on_marked   counted; what did not go well is told in the log
 *   on_measure       every ten seconds: how many wait, and since when
 */
#include "server/order_out.h"

#include <string.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/https_client.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "server/measures.h"
#include "server/options.h"
#include "server/order_way.h"
#include "server/out_queue.h"

#define AT_ONCE 8

static const struct db_query claim_query = {
	.name = "order_claim",
	.sql = "SELECT c.id, c.attempt, c.task, c.way, c.contractor, c.url,"
	       " c.jurisdiction, c.sealed, c.takes_keys, c.ref, c.service_code,"
	       " c.number, c.subject, c.words, c.address, c.lat, c.lon, c.remote_id,"
	       " c.remote_token, c.recall_words, synpunkt_order.reads_keyed(c.contractor),"
	       " synpunkt_order.service_answers(c.contractor, c.service_code)"
	       " FROM synpunkt_order.claim($1::integer, $2::integer) c",
	.n_params = 2,
};

enum claim_column {
	CLAIM_TASK = 2,
	CLAIM_WAY,
	CLAIM_CONTRACTOR,
	CLAIM_URL,
	CLAIM_JURISDICTION,
	CLAIM_SEALED,
	CLAIM_TAKES_KEYS,
	CLAIM_REF,
	CLAIM_SERVICE_CODE,
	CLAIM_NUMBER,
	CLAIM_SUBJECT,
	CLAIM_WORDS,
	CLAIM_ADDRESS,
	CLAIM_LAT,
	CLAIM_LON,
	CLAIM_REMOTE_ID,
	CLAIM_REMOTE_TOKEN,
	CLAIM_RECALL_WORDS,
	CLAIM_READS_KEYED,
	CLAIM_ANSWERS,
};

static const struct db_query finish_query = {
	.name = "order_finish",
	.sql = "SELECT f FROM synpunkt_order.finish($1::bigint, $2::integer, $3::text,"
	       " $4::text, $5::text, $6::text, $7::text) f",
	.n_params = 7,
};

static const struct db_query post_query = {
	.name = "order_post",
	.sql = "SELECT p FROM synpunkt_order.post($1::bigint, $2::integer, $3::text,"
	       " $4::bytea) p",
	.n_params = 4,
};

static const struct db_query waiting_query = {
	.name = "order_waiting",
	.sql = "SELECT w.n, w.oldest FROM synpunkt_order.waiting() w",
	.n_params = 0,
};

static const struct timeval measure_interval = { .tv_sec = 10 };

static const struct order_way *const ways[] = { &order_way_open311, &order_way_mail,
	&order_way_link };

struct order_out {
	struct order_out_config config;
	struct order_tools tools;
	struct arena *arena; /* of what lives as long as this */
	struct out_queue *queue;
	struct event *measure;
	struct db_call *measuring;
};

/* ---- marking ---- */

/* Neither case nor address: the log names the order. */
static void task_on_marked(const struct out_job *job, const char *became)
{
	static const struct {
		const char *became;
		enum measure measure;
	} rows[] = {
		{ "sent", MEASURE_ORDER_SENT },
		{ "posted", MEASURE_ORDER_SENT },
		{ "waiting", MEASURE_ORDER_LATER },
		{ "stuck", MEASURE_ORDER_STUCK },
		{ "failed", MEASURE_ORDER_STUCK },
	};
	const struct order_out *out = job->owner;
	const struct order_task *task = job->more;

	if (!became)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].became, became))
			metrics_add(out->config.metrics, rows[i].measure, 1);
	if (task->why)
		log_event(LOG_LEVEL_WARNING, "order_not_taken", LOG_S("order", job->id),
			LOG_S("task", task->task), LOG_S("why", task->why),
			LOG_S("became", became));
}

void order_task_end(struct order_task *task, const struct order_outcome *outcome)
{
	struct out_job *job = task->job;

	task->why = outcome->why ? arena_dup(job->arena, outcome->why) : NULL;
	out_job_mark(job, &finish_query,
		(const char *[]){ job->id, job->attempt, outcome->outcome, task->why,
			outcome->id, outcome->token, outcome->words });
}

void order_task_post(struct order_task *task, const char *kind, const char *hash)
{
	struct out_job *job = task->job;

	out_job_mark(job, &post_query,
		(const char *[]){ job->id, job->attempt, kind, hash });
}

/* ---- doing ---- */

static const char *text_of(
	struct out_job *job, const struct db_rows *rows, int row, int column)
{
	return db_rows_is_null(rows, row, column)
		       ? NULL
		       : arena_dup(job->arena, db_rows_text(rows, row, column));
}

static struct order_task *task_read(
	struct out_job *job, const struct db_rows *rows, int row)
{
	const struct order_out *out = job->owner;
	struct order_task *task = arena_alloc(job->arena, sizeof(*task));

	*task = (struct order_task){
		.job = job,
		.tools = &out->tools,
		.task = text_of(job, rows, row, CLAIM_TASK),
		.contractor = text_of(job, rows, row, CLAIM_CONTRACTOR),
		.url = text_of(job, rows, row, CLAIM_URL),
		.jurisdiction = text_of(job, rows, row, CLAIM_JURISDICTION),
		.sealed = text_of(job, rows, row, CLAIM_SEALED),
		.takes_keys = db_rows_bool(rows, row, CLAIM_TAKES_KEYS),
		.reads_keyed = db_rows_bool(rows, row, CLAIM_READS_KEYED),
		.ref = text_of(job, rows, row, CLAIM_REF),
		.service_code = text_of(job, rows, row, CLAIM_SERVICE_CODE),
		.answers = text_of(job, rows, row, CLAIM_ANSWERS),
		.number = text_of(job, rows, row, CLAIM_NUMBER),
		.subject = text_of(job, rows, row, CLAIM_SUBJECT),
		.words = text_of(job, rows, row, CLAIM_WORDS),
		.address = text_of(job, rows, row, CLAIM_ADDRESS),
		.lat = text_of(job, rows, row, CLAIM_LAT),
		.lon = text_of(job, rows, row, CLAIM_LON),
		.remote_id = text_of(job, rows, row, CLAIM_REMOTE_ID),
		.remote_token = text_of(job, rows, row, CLAIM_REMOTE_TOKEN),
		.recall_words = text_of(job, rows, row, CLAIM_RECALL_WORDS),
	};
	job->more = task;
	return task;
}

static const struct order_way *way_find(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (!strcmp(ways[i]->code, code))
			return ways[i];
	}
	return NULL;
}

static void task_start(struct out_job *job, const struct db_rows *rows, int row)
{
	const struct order_way *way = way_find(db_rows_text(rows, row, CLAIM_WAY));
	struct order_task *task = task_read(job, rows, row);
	void (*run)(struct order_task *) = NULL;

	if (way && !strcmp(task->task, "send"))
		run = way->send;
	else if (way && !strcmp(task->task, "look"))
		run = way->look;
	else if (way)
		run = way->recall;
	if (run)
		run(task);
	else /* the contractor's way is another by now */
		order_task_end(task,
			&(struct order_outcome){ .outcome = "refused", .why = "way" });
}

/* ---- measuring ---- */

static void on_measured(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct order_out *out = arg;

	out->measuring = NULL;
	if (err)
		return;
	metrics_set(
		out->config.metrics, MEASURE_ORDER_WAITING, db_rows_int64(rows, 0, 0));
	metrics_set(
		out->config.metrics, MEASURE_ORDER_OLDEST, db_rows_int64(rows, 0, 1));
}

static void on_measure(evutil_socket_t fd, short what, void *arg)
{
	struct order_out *out = arg;

	event_add(out->measure, &measure_interval);
	if (!out->measuring)
		out->measuring = db_run(out->config.pool, &waiting_query,
			(const char *[]){ NULL }, on_measured, out);
}

/* ---- making it ---- */

/* An attempt has its time-out, then the mark is written; well within that. */
#define LEASE_MORE_SECONDS 60

struct order_out *order_out_new(
	const struct order_out_config *config, struct error *err)
{
	const struct options *options = config->options;
	struct https_client *client = https_client_new(config->base,
		&(struct https_client_config){ .ca_file = options->contractor_ca_file,
			.timeout_ms = (unsigned)options->contractor_timeout_s * 1000,
			.connections = AT_ONCE,
			.only_public = !options->contractor_private,
			.allow_http = options->contractor_private },
		err);
	struct order_out *out;

	if (!client)
		return NULL;
	out = mem_new(sizeof(*out));
	out->config = *config;
	out->tools.client = client;
	out->arena = arena_new();
	out->tools.secret = config->secret;
	out->queue = out_queue_new(&(struct out_queue_config){ .base = config->base,
		.pool = config->pool,
		.claim = &claim_query,
		.lease_seconds = arena_printf(out->arena, "%lld",
			(long long)options->contractor_timeout_s + LEASE_MORE_SECONDS),
		.at_once = AT_ONCE,
		.name = "order",
		.start = task_start,
		.marked = task_on_marked,
		.owner = out });
	out->measure = evtimer_new(config->base, on_measure, out);
	event_add(out->measure, &measure_interval);
	return out;
}

void order_out_free(struct order_out *out)
{
	if (!out)
		return;
	https_client_free(out->tools.client);
	out_queue_free(out->queue);
	db_cancel(out->measuring);
	event_free(out->measure);
	arena_free(out->arena);
	mem_free(out);
}
