/*
 * One part of the store:
 *
 *   blobs_on_turn      the clock says it is time
 *   blobs_list         in a work thread: the part's old files
 *   blobs_on_listed    which of them does no case know?
 *   blobs_on_unknown   the database has answered
 *   blobs_remove       in a work thread: those go
 *   blobs_on_removed   the next part, when it is time
 */
#include "server/job_blobs.h"

#include <time.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/db.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"

static const struct db_query unknown_query = {
	.name = "attachments_unknown",
	.sql = "SELECT u FROM synpunkt.attachments_unknown($1::text[]) u",
	.n_params = 1,
};

struct job_blobs {
	struct job_blobs_config config;
	struct event *turn;
	struct db_call *call;
	struct arena *arena; /* of the part under way */
	unsigned char shard;
	int64_t before;
	const char *const *names; /* old files, then those that nobody knows */
	unsigned removed;
	struct error err;
};

static void blobs_next(struct job_blobs *job)
{
	const struct timeval wait = { .tv_sec = job->config.interval_ms / 1000,
		.tv_usec = job->config.interval_ms % 1000 * 1000 };

	if (job->err.code != ERR_NONE)
		log_event(LOG_LEVEL_WARNING, "blobs_not_cleared",
			LOG_S("error", job->err.text));
	else
		job->shard++;
	job->err = (struct error){ 0 };
	arena_free(steal(job->arena));
	event_add(job->turn, &wait);
}

static void blobs_remove(void *arg)
{
	struct job_blobs *job = arg;

	for (; *job->names; job->names++, job->removed++)
		if (blob_store_remove_old(
			    job->config.blobs, *job->names, job->before, &job->err) < 0)
			return;
}

static void blobs_on_removed(void *arg)
{
	struct job_blobs *job = arg;

	log_event(LOG_LEVEL_INFO, "blobs_cleared", LOG_I("n", job->removed));
	blobs_next(job);
}

static void blobs_on_unknown(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_blobs *job = arg;
	int n = err ? 0 : db_rows_count(rows);
	const char **names = arena_array(job->arena, (size_t)n + 1, sizeof(*names));

	job->call = NULL;
	if (err)
		job->err = *err;
	for (int i = 0; i < n; i++)
		names[i] = arena_dup(job->arena, db_rows_text(rows, i, 0));
	job->names = names;
	job->removed = 0;
	if (n == 0 || work_run(job->config.work, blobs_remove, blobs_on_removed, job,
			      &job->err) < 0)
		blobs_next(job);
}

static void blobs_list(void *arg)
{
	struct job_blobs *job = arg;
	const struct blob_store_old old = { .shard = job->shard,
		.before = job->before };

	blob_store_list_old(
		job->config.blobs, &old, job->arena, &job->names, &job->err);
}

static void blobs_on_listed(void *arg)
{
	struct job_blobs *job = arg;
	struct db_array *array = db_array_new(job->arena);

	if (job->err.code != ERR_NONE || !job->names[0]) {
		blobs_next(job);
		return;
	}
	for (const char *const *name = job->names; *name; name++)
		db_array_text(array, *name);
	job->call = db_run(job->config.pool, &unknown_query,
		(const char *[]){ db_array_literal(array) }, blobs_on_unknown, job);
}

static void blobs_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct job_blobs *job = arg;

	job->arena = arena_new();
	job->before = time(NULL) - JOB_BLOBS_AGE_S;
	if (work_run(job->config.work, blobs_list, blobs_on_listed, job, &job->err) < 0)
		blobs_next(job);
}

struct job_blobs *job_blobs_new(const struct job_blobs_config *config)
{
	struct job_blobs *job = mem_new(sizeof(*job));

	job->config = *config;
	job->turn = event_new(config->base, -1, 0, blobs_on_turn, job);
	event_add(job->turn, &(struct timeval){ .tv_sec = 1 });
	return job;
}

void job_blobs_free(struct job_blobs *job)
{
	if (!job)
		return;
	db_cancel(job->call);
	arena_free(job->arena);
	event_free(job->turn);
	mem_free(job);
}
