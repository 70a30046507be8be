#include "server/job_check.h"

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "server/case_watch.h"
#include "server/measures.h"
#include "server/options.h"

#define LONGEST_MS (4 * 3600 * 1000)

static const struct db_query check_query = {
	.name = "statistics_check",
	.sql = "SELECT c.differences, c.wrong, extract(epoch FROM c.checked_at)::bigint,"
	       " c.now FROM synpunkt_statistics.check($1::time) c",
	.n_params = 1,
};

enum check_column {
	CHECK_DIFFERENCES,
	CHECK_WRONG,
	CHECK_AT,
	CHECK_NOW
};

static const struct timeval soon = { .tv_sec = 5 };
static const struct timeval interval = { .tv_sec = 60 };

struct job_check {
	struct db_pool *pool;
	struct db_call *call;
	struct event *timer;
	struct metrics *metrics;
	const char *at; /* local time of day */
};

static void check_tell(struct job_check *check, const struct db_rows *rows)
{
	int64_t differences = db_rows_int64(rows, 0, CHECK_DIFFERENCES);
	int64_t wrong = db_rows_int64(rows, 0, CHECK_WRONG);

	metrics_set(check->metrics, MEASURE_CHECK_DIFFERENCES, differences);
	metrics_set(check->metrics, MEASURE_CHECK_WRONG, wrong);
	metrics_set(
		check->metrics, MEASURE_CHECKED_AT, db_rows_int64(rows, 0, CHECK_AT));
	if (db_rows_bool(rows, 0, CHECK_NOW))
		log_event(differences || wrong ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
			"statistics_checked", LOG_I("differences", differences),
			LOG_I("frozen_wrong", wrong));
}

static void on_checked(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_check *check = arg;

	check->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "statistics_check_failed",
			LOG_S("error", err->text));
	else if (db_rows_count(rows) > 0)
		check_tell(check, rows);
	event_add(check->timer, &interval);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_check *check = arg;

	check->call = db_run(check->pool, &check_query, (const char *[]){ check->at },
		on_checked, check);
}

static struct db_pool *check_pool(
	struct event_base *base, const struct options *options, struct error *err)
{
	struct arena *arena = arena_new();
	struct db_config config = {
		.conninfo = db_conninfo_with(
			arena, options->database, "user", "synpunkt_job", err),
		.name = "synpunkt check",
		.size = 1,
		.timeout_ms = LONGEST_MS,
	};
	struct db_pool *pool = config.conninfo ? db_pool_new(base, &config, err) : NULL;

	arena_free(arena);
	return pool;
}

struct job_check *job_check_new(struct event_base *base, const struct options *options,
	struct metrics *metrics, struct error *err)
{
	struct job_check *check;
	struct db_pool *pool;

	if (options->check_at && case_watch_time_parse(options->check_at) < 0) {
		error_set(err, ERR_INVALID,
			"SYNPUNKT_CHECK_AT must be a time, \"02:30\"");
		return NULL;
	}
	pool = check_pool(base, options, err);
	if (!pool)
		return NULL;
	check = mem_new(sizeof(*check));
	check->pool = pool;
	check->metrics = metrics;
	check->at = options->check_at;
	check->timer = event_new(base, -1, 0, on_timer, check);
	if (check->at)
		event_add(check->timer, &soon);
	return check;
}

void job_check_free(struct job_check *check)
{
	if (!check)
		return;
	db_cancel(check->call);
	event_free(check->timer);
	db_pool_free(check->pool);
	mem_free(check);
}
