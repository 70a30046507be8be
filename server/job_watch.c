/*
 *   on_timer       every ten seconds: mark what became due
 *   on_marked      a full batch: again at once; then the letters
 *   on_digested    until the next time
 */
#include "server/job_watch.h"

#include <stdio.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/case_watch.h"
#include "server/options.h"

#define ROWS 200
#define ROWS_TEXT "200"

static const struct db_query watch_query = {
	.name = "desk_watch",
	.sql = "SELECT synpunkt_desk.watch(now(), $1::integer, $2::integer)",
	.n_params = 2,
};

static const struct db_query digest_query = {
	.name = "desk_digest",
	.sql = "SELECT synpunkt_desk.digest(now(), $1::time, $2::integer)",
	.n_params = 2,
};

static const struct timeval at_once = { 0 };
static const struct timeval soon = { .tv_sec = 1 };
static const struct timeval interval = { .tv_sec = 10 };

struct job_watch {
	struct db_pool *pool;
	struct db_call *call;
	struct event *timer;
	const char *digest_at; /* or NULL: no letters */
	char near_days[12];
};

static void on_digested(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_watch *watch = arg;

	watch->call = NULL;
	if (err)
		log_event(
			LOG_LEVEL_WARNING, "digest_failed", LOG_S("error", err->text));
	else if (db_rows_int64(rows, 0, 0) > 0)
		log_event(LOG_LEVEL_INFO, "digests_made",
			LOG_I("n", db_rows_int64(rows, 0, 0)));
	event_add(watch->timer, &interval);
}

static void on_marked(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_watch *watch = arg;
	bool more = !err && db_rows_int64(rows, 0, 0) >= ROWS;

	watch->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "watch_failed", LOG_S("error", err->text));
	if (more || !watch->digest_at)
		event_add(watch->timer, more ? &at_once : &interval);
	else
		watch->call = db_run(watch->pool, &digest_query,
			(const char *[]){ watch->digest_at, watch->near_days },
			on_digested, watch);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_watch *watch = arg;

	watch->call = db_run(watch->pool, &watch_query,
		(const char *[]){ watch->near_days, ROWS_TEXT }, on_marked, watch);
}

struct job_watch *job_watch_new(struct event_base *base, struct db_pool *pool,
	const struct options *options, struct error *err)
{
	struct job_watch *watch;

	if (options->digest_at && case_watch_time_parse(options->digest_at) < 0) {
		error_set(err, ERR_INVALID,
			"SYNPUNKT_DIGEST_AT must be a time, \"07:30\"");
		return NULL;
	}
	watch = mem_new(sizeof(*watch));
	watch->pool = pool;
	watch->digest_at = options->digest_at;
	snprintf(watch->near_days, sizeof(watch->near_days), "%d",
		(int)options->near_due_days);
	watch->timer = event_new(base, -1, 0, on_timer, watch);
	event_add(watch->timer, &soon);
	return watch;
}

void job_watch_free(struct job_watch *watch)
{
	if (!watch)
		return;
	db_cancel(watch->call);
	event_free(watch->timer);
	mem_free(watch);
}
