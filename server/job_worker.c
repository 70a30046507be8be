#include "server/job_worker.h"

#include <signal.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/db.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "lib/work.h"
#include "server/job_anchor.h"
#include "server/job_blobs.h"
#include "server/job_check.h"
#include "server/job_count.h"
#include "server/job_figures.h"
#include "server/job_open.h"
#include "server/job_rehearse.h"
#include "server/job_repeat.h"
#include "server/job_watch.h"
#include "server/mail_out.h"
#include "server/options.h"
#include "server/order_out.h"
#include "server/push_out.h"
#include "server/webhook_out.h"

/* A few rows at a time, so that nobody waits for a long delete. */
static const struct db_query sweep_query = {
	.name = "intake_key_sweep",
	.sql = "DELETE FROM synpunkt.intake_key k WHERE k.key_hash = ANY (ARRAY("
	       "SELECT o.key_hash FROM synpunkt.intake_key o"
	       " WHERE o.stored_at < now() - interval '30 days' LIMIT $1::integer))",
	.n_params = 1,
};

/* Every second, in one place, so that intake's batches need not. */
#define JOB_REPEATS 9

static const struct {
	struct db_query query;
	int most;
} repeats[JOB_REPEATS] = {
	/* New cases get their number in the board's series. */
	{ { .name = "register_assign",
		  .sql = "SELECT synpunkt_register.assign($1::integer)",
		  .n_params = 1 },
		1000 },
	/* Of what a contractor does by itself the order goes. */
	{ { .name = "order_place_due",
		  .sql = "SELECT synpunkt_order.place_due($1::integer)",
		  .n_params = 1 },
		100 },
	/* They become findable, and the desk is told of them. */
	{ { .name = "desk_catch_up",
		  .sql = "SELECT synpunkt_desk.catch_up($1::integer)",
		  .n_params = 1 },
		500 },
	/* After an upgrade that finds more by words: the older ones, a few at a time,
	 * since whoever changes a case waits meanwhile. */
	{ { .name = "desk_renew_words",
		  .sql = "SELECT synpunkt_desk.renew_words($1::integer)",
		  .n_params = 1 },
		50 },
	/* The public map forgets what was closed long ago, and finds what was there
	 * before its category was on it. */
	{ { .name = "map_catch_up",
		  .sql = "SELECT synpunkt_map.catch_up($1::integer)",
		  .n_params = 1 },
		500 },
	/* Webhooks are told of changed cases, a hundred a message. */
	{ { .name = "webhook_make",
		  .sql = "SELECT synpunkt_webhook.make($1::integer)",
		  .n_params = 1 },
		100 },
	/* Open cases go to who succeeds their board or unit. */
	{ { .name = "reorganise_carry",
		  .sql = "SELECT synpunkt_reorganise.carry($1::integer)",
		  .n_params = 1 },
		100 },
	/* So do those of whoever asked for documents, when no letter could be sent. */
	{ { .name = "disclosure_forget",
		  .sql = "SELECT synpunkt_disclosure.forget($1::integer)",
		  .n_params = 1 },
		100 },
	/* Addresses of followers that are not needed any more go. */
	{ { .name = "support_forget",
		  .sql = "SELECT synpunkt_support.forget($1::integer)",
		  .n_params = 1 },
		100 },
};

#define SWEEP_ROWS "1000"

static const struct timeval sweep_soon = { .tv_sec = 1 };
static const struct timeval sweep_interval = { .tv_sec = 600 };

struct job_worker {
	struct event_base *base;
	struct db_pool *pool;
	struct event *sweep;
	struct work_pool *work;
	struct blob_store *blobs;
	struct job_blobs *clear;
	struct job_check *check;
	struct job_repeat *repeats[JOB_REPEATS];
	struct job_watch *watch;
	char *anchors; /* folder */
	struct job_anchor *anchor;
	struct job_count *count;
	struct job_figures *figures;
	struct job_open *open;
	struct job_rehearse *rehearse;
	struct mail_out *mail;
	struct push_out *push;
	struct webhook_out *webhooks;
	struct order_out *orders;
};

static void on_swept(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_worker *worker = arg;
	bool more = !err && db_rows_affected(rows) > 0;

	if (err)
		log_event(LOG_LEVEL_WARNING, "sweep_failed", LOG_S("error", err->text));
	else if (more)
		log_event(LOG_LEVEL_INFO, "answers_swept",
			LOG_I("n", db_rows_affected(rows)));
	event_add(worker->sweep, more ? &sweep_soon : &sweep_interval);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct job_worker *worker = arg;

	db_run(worker->pool, &sweep_query, (const char *[]){ SWEEP_ROWS }, on_swept,
		worker);
}

static void on_drained(void *arg)
{
	struct job_worker *worker = arg;

	event_base_loopbreak(worker->base);
}

/* A letter under way is finished: nobody could tell whether it arrived. */
static void on_terminate(evutil_socket_t fd, short what, void *arg)
{
	struct job_worker *worker = arg;

	if (worker->mail)
		mail_out_drain(worker->mail, on_drained, worker);
	else
		on_drained(worker);
}

static int job_worker_make(struct job_worker *worker,
	const struct job_worker_start *start, struct error *err)
{
	const struct options *options = start->options;
	struct arena *arena = arena_new();
	struct db_config config = {
		.conninfo = db_conninfo_with(
			arena, options->database, "user", "synpunkt_job", err),
		.name = "synpunkt job",
		.size = 3, /* mail waits neither for a sweep nor for counting */
		.timeout_ms = 60000,
	};

	if (config.conninfo)
		worker->pool = db_pool_new(worker->base, &config, err);
	if (worker->pool)
		worker->blobs = blob_store_new(
			arena_printf(arena, "%s/attachments", options->state), err);
	worker->anchors = mem_dup(
		options->anchors ? options->anchors
				 : arena_printf(arena, "%s/anchors", options->state));
	arena_free(arena);
	if (!worker->blobs)
		return -1;
	worker->work = work_pool_new(worker->base, 1, 16);
	worker->mail = mail_out_new(&(struct mail_out_config){ .base = worker->base,
					    .pool = worker->pool,
					    .work = worker->work,
					    .blobs = worker->blobs,
					    .options = options,
					    .secret = start->secret,
					    .metrics = start->metrics },
		err);
	if (worker->mail)
		worker->figures =
			job_figures_new(worker->base, options, start->metrics, err);
	if (worker->figures)
		worker->watch = job_watch_new(worker->base, worker->pool, options, err);
	if (worker->watch)
		worker->push =
			push_out_new(&(struct push_out_config){ .base = worker->base,
					     .pool = worker->pool,
					     .options = options,
					     .metrics = start->metrics },
				err);
	if (worker->push)
		worker->webhooks = webhook_out_new(
			&(struct webhook_out_config){ .base = worker->base,
				.pool = worker->pool,
				.options = options,
				.secret = start->secret },
			err);
	if (worker->webhooks)
		worker->orders =
			order_out_new(&(struct order_out_config){ .base = worker->base,
					      .pool = worker->pool,
					      .options = options,
					      .secret = start->secret,
					      .metrics = start->metrics },
				err);
	if (worker->orders)
		worker->check =
			job_check_new(&(struct job_check_config){ .base = worker->base,
					      .pool = worker->pool,
					      .work = worker->work,
					      .blobs = worker->blobs,
					      .metrics = start->metrics,
					      .options = options },
				err);
	return worker->check ? 0 : -1;
}

static void job_worker_loop(struct job_worker *worker, const struct options *options)
{
	worker->sweep = event_new(worker->base, -1, 0, on_sweep, worker);
	event_add(worker->sweep, &sweep_soon);
	worker->clear = job_blobs_new(&(struct job_blobs_config){ .base = worker->base,
		.pool = worker->pool,
		.work = worker->work,
		.blobs = worker->blobs,
		.interval_ms = (int)options->clear_ms });
	for (size_t i = 0; i < JOB_REPEATS; i++)
		worker->repeats[i] = job_repeat_new(
			&(struct job_repeat_config){ .base = worker->base,
				.pool = worker->pool,
				.query = &repeats[i].query,
				.most = repeats[i].most });
	worker->anchor =
		job_anchor_new(&(struct job_anchor_config){ .base = worker->base,
			.pool = worker->pool,
			.work = worker->work,
			.dir = worker->anchors });
	worker->count = job_count_new(worker->base, worker->pool);
	worker->open = job_open_new(worker->base, worker->pool);
	worker->rehearse = job_rehearse_new(worker->base, worker->pool);
	event_base_dispatch(worker->base);
	job_rehearse_free(worker->rehearse);
	job_open_free(worker->open);
	job_count_free(worker->count);
	for (size_t i = 0; i < JOB_REPEATS; i++)
		job_repeat_free(worker->repeats[i]);
	work_pool_free(steal(worker->work));
	job_blobs_free(worker->clear);
	job_anchor_free(worker->anchor);
	event_free(worker->sweep);
}

int job_worker_run(void *arg)
{
	const struct job_worker_start *start = arg;
	struct job_worker worker = { .base = event_base_new() };
	struct event *terminate;
	struct error err = { 0 };
	int code = 0;

	metrics_use_slot(start->metrics, start->slot);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	terminate = evsignal_new(worker.base, SIGTERM, on_terminate, &worker);
	event_add(terminate, NULL);
	if (job_worker_make(&worker, start, &err) == 0) {
		job_worker_loop(&worker, start->options);
	} else {
		log_event(LOG_LEVEL_ERROR, "job_worker_not_started",
			LOG_S("error", err.text));
		code = 1;
	}
	work_pool_free(worker.work);
	job_check_free(worker.check);
	order_out_free(worker.orders);
	webhook_out_free(worker.webhooks);
	push_out_free(worker.push);
	job_watch_free(worker.watch);
	job_figures_free(worker.figures);
	mail_out_free(worker.mail);
	mem_free(worker.anchors);
	blob_store_free(worker.blobs);
	db_pool_free(worker.pool);
	event_free(terminate);
	event_base_free(worker.base);
	return code;
}
