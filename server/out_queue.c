/*
 *   queue_poll         every second: take what is due, as much as may go at once
 *   queue_on_claimed   start each row's attempt, which the owner sends
 *   job_on_marked      done; with the database away the lease ends and it goes again
 */
#include "server/out_queue.h"

#include <stdio.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"

static const struct timeval poll_interval = { .tv_sec = 1 };

struct out_queue {
	struct out_queue_config config;
	struct event *poll;
	struct db_call *claim;
	struct out_job *jobs;
	unsigned n_jobs;
};

static struct out_job *job_new(struct out_queue *queue)
{
	struct arena *arena = arena_new();
	struct out_job *job = arena_alloc(arena, sizeof(*job));

	job->queue = queue;
	job->owner = queue->config.owner;
	job->arena = arena;
	job->next = queue->jobs;
	job->link = &queue->jobs;
	if (job->next)
		job->next->link = &job->next;
	queue->jobs = job;
	queue->n_jobs++;
	return job;
}

static void job_free(struct out_job *job)
{
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	job->queue->n_jobs--;
	db_cancel(job->call);
	arena_free(job->arena);
}

static void job_on_marked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct out_job *job = arg;
	const struct out_queue_config *config = &job->queue->config;

	job->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "mark_failed",
			LOG_S("queue", config->name), LOG_S("sqlstate", err->sqlstate));
	else
		config->marked(
			job, db_rows_count(rows) > 0 ? db_rows_text(rows, 0, 0) : NULL);
	job_free(job);
}

void out_job_mark(
	struct out_job *job, const struct db_query *query, const char *const *params)
{
	job->call = db_run(job->queue->config.pool, query, params, job_on_marked, job);
}

static void queue_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct out_queue *queue = arg;

	queue->claim = NULL;
	if (err) {
		log_event(LOG_LEVEL_WARNING, "claim_failed",
			LOG_S("queue", queue->config.name),
			LOG_S("sqlstate", err->sqlstate));
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++) {
		struct out_job *job = job_new(queue);

		job->id = arena_dup(job->arena, db_rows_text(rows, i, 0));
		job->attempt = arena_dup(job->arena, db_rows_text(rows, i, 1));
		queue->config.start(job, rows, i);
	}
}

static void queue_poll(evutil_socket_t fd, short what, void *arg)
{
	struct out_queue *queue = arg;
	const struct out_queue_config *config = &queue->config;
	char most[12];

	event_add(queue->poll, &poll_interval);
	if (queue->claim || queue->n_jobs >= config->at_once)
		return;
	snprintf(most, sizeof(most), "%u", config->at_once - queue->n_jobs);
	queue->claim = db_run(config->pool, config->claim,
		(const char *[]){ most, config->lease_seconds }, queue_on_claimed,
		queue);
}

struct out_queue *out_queue_new(const struct out_queue_config *config)
{
	struct out_queue *queue = mem_new(sizeof(*queue));

	queue->config = *config;
	queue->poll = evtimer_new(config->base, queue_poll, queue);
	event_add(queue->poll, &poll_interval);
	return queue;
}

void out_queue_free(struct out_queue *queue)
{
	if (!queue)
		return;
	while (queue->jobs)
		job_free(queue->jobs);
	db_cancel(queue->claim);
	event_free(queue->poll);
	mem_free(queue);
}
