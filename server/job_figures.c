/*
 *   on_timer     every ten seconds: freeze what is due
 *   on_frozen    then look for signals, once a week
 *   on_looked    then check, once a day
 *   on_checked   until the next time
 */
#include "server/job_figures.h"

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

static const struct db_query freeze_query = {
	.name = "statistics_freeze",
	.sql = "SELECT synpunkt_statistics.freeze_due(1)",
};

static const struct db_query check_query = {
	.name = "statistics_check",
	.sql = "SELECT c.differences, c.wrong, extract(epoch FROM c.checked_at)::bigint,"
	       " c.now FROM synpunkt_statistics.check($1::time) c",
	.n_params = 1,
};

/* NULL but for the first call of a week. */
static const struct db_query signal_query = {
	.name = "signal_run",
	.sql = "SELECT synpunkt_signal.run_due()",
};

enum check_column {
	CHECK_DIFFERENCES,
	CHECK_WRONG,
	CHECK_AT,
	CHECK_NOW
};

static const struct timeval soon = { .tv_sec = 2 };
static const struct timeval interval = { .tv_sec = 10 };

struct job_figures {
	struct db_pool *pool;
	struct db_call *call;
	struct event *timer;
	struct metrics *metrics;
	const char *check_at; /* local time of day; NULL: never */
};

static void check_tell(struct job_figures *figures, const struct db_rows *rows)
{
	int64_t differences = db_rows_int64(rows, 0, CHECK_DIFFERENCES);
	int64_t wrong = db_rows_int64(rows, 0, CHECK_WRONG);

	metrics_set(figures->metrics, MEASURE_CHECK_DIFFERENCES, differences);
	metrics_set(figures->metrics, MEASURE_CHECK_WRONG, wrong);
	metrics_set(
		figures->metrics, MEASURE_CHECKED_AT, db_rows_int64(rows, 0, CHECK_AT));
	if (db_rows_bool(rows, 0, CHECK_NOW))
		log_event(differences || wrong ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
			"statistics_checked", LOG_I("differences", differences),
			LOG_I("frozen_wrong", wrong));
}

static void on_checked(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_figures *figures = arg;

	figures->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "statistics_check_failed",
			LOG_S("error", err->text));
	else if (db_rows_count(rows) > 0)
		check_tell(figures, rows);
	event_add(figures->timer, &interval);
}

static void on_looked(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_figures *figures = arg;

	figures->call = NULL;
	if (err)
		log_event(
			LOG_LEVEL_WARNING, "signals_failed", LOG_S("error", err->text));
	else if (!db_rows_is_null(rows, 0, 0))
		log_event(LOG_LEVEL_INFO, "signals_found",
			LOG_I("n", db_rows_int64(rows, 0, 0)));
	if (figures->check_at)
		figures->call = db_run(figures->pool, &check_query,
			(const char *[]){ figures->check_at }, on_checked, figures);
	else
		event_add(figures->timer, &interval);
}

static void on_frozen(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_figures *figures = arg;

	figures->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "statistics_freeze_failed",
			LOG_S("error", err->text));
	else if (db_rows_int64(rows, 0, 0) > 0)
		log_event(LOG_LEVEL_INFO, "months_frozen",
			LOG_I("n", db_rows_int64(rows, 0, 0)));
	/* One a transaction, so that none is lost with the next; the next at once. */
	if (!err && db_rows_int64(rows, 0, 0) > 0) {
		figures->call =
			db_run(figures->pool, &freeze_query, NULL, on_frozen, figures);
		return;
	}
	figures->call = db_run(figures->pool, &signal_query, NULL, on_looked, figures);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_figures *figures = arg;

	figures->call = db_run(figures->pool, &freeze_query, NULL, on_frozen, figures);
}

static struct db_pool *figures_pool(
	struct event_base *base, const struct options *options, struct error *err)
{
	struct arena *arena = arena_new();
	struct db_config config = {
		.conninfo = db_conninfo_with(
			arena, options->database, "user", "synpunkt_job", err),
		.name = "synpunkt figures",
		.size = 1,
		.timeout_ms = LONGEST_MS,
	};
	struct db_pool *pool = config.conninfo ? db_pool_new(base, &config, err) : NULL;

	arena_free(arena);
	return pool;
}

struct job_figures *job_figures_new(struct event_base *base,
	const struct options *options, struct metrics *metrics, struct error *err)
{
	struct job_figures *figures;
	struct db_pool *pool;

	if (options->check_at && case_watch_time_parse(options->check_at) < 0) {
		error_set(err, ERR_INVALID,
			"SYNPUNKT_CHECK_AT must be a time, \"02:30\"");
		return NULL;
	}
	pool = figures_pool(base, options, err);
	if (!pool)
		return NULL;
	figures = mem_new(sizeof(*figures));
	figures->pool = pool;
	figures->metrics = metrics;
	figures->check_at = options->check_at;
	figures->timer = event_new(base, -1, 0, on_timer, figures);
	event_add(figures->timer, &soon);
	return figures;
}

void job_figures_free(struct job_figures *figures)
{
	if (!figures)
		return;
	db_cancel(figures->call);
	event_free(figures->timer);
	db_pool_free(figures->pool);
	mem_free(figures);
}
