#include "server/mail_worker.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"
#include "lib/lmtp.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "server/mail_flow.h"
#include "server/mail_intake.h"
#include "server/measures.h"
#include "server/options.h"

/* Letters stored at once; each commit waits for the disk by itself. */
#define STORE_CONNECTIONS 8
/* A large letter takes longer than the database's other work may. */
#define STORE_PATIENCE 4

static const struct timeval measure_interval = { .tv_sec = 1 };
/* While it starts: who waits for /ready waits this much longer at most. */
static const struct timeval starting_interval = { .tv_usec = 20000 };

struct mail_worker {
	const struct mail_worker_start *start;
	const struct options *options;
	struct metrics *metrics;
	struct event_base *base;
	struct db_pool *lookup, *store, *large; /* as synpunkt_mail_in */
	struct mail_intake *intake;
	struct mail_flow *flow;
	struct lmtp_server *lmtp;
	struct event *starting; /* until it has been ready once */
	struct event *limit;    /* of finishing what is under way */
	struct lmtp_stats told; /* as last added to metrics */
};

/* ---- making it ---- */

static int mail_worker_pools(
	struct mail_worker *worker, struct arena *arena, struct error *err)
{
	struct db_config config = {
		.conninfo = db_conninfo_with(arena, worker->options->database, "user",
			"synpunkt_mail_in", err),
		.name = "synpunkt mail lookup",
		.size = 1,
		.timeout_ms = (unsigned)worker->options->database_timeout_ms,
	};

	if (!config.conninfo)
		return -1;
	worker->lookup = db_pool_new(worker->base, &config, err);
	if (!worker->lookup)
		return -1;
	config.name = "synpunkt mail store";
	config.size = STORE_CONNECTIONS;
	config.timeout_ms *= STORE_PATIENCE;
	config.pipeline_depth = 1; /* a commit is a connection's whole attention */
	worker->store = db_pool_new(worker->base, &config, err);
	if (!worker->store)
		return -1;
	config.name = "synpunkt mail large";
	config.size = 1;
	worker->large = db_pool_new(worker->base, &config, err);
	return worker->large ? 0 : -1;
}

/* The name told to mail servers: the domain that our own letters come from. */
static const char *own_domain(const struct options *options)
{
	const char *at = strrchr(options->mail_from, '@');

	return at ? at + 1 : "localhost";
}

static int mail_worker_listen(struct mail_worker *worker, struct error *err)
{
	const struct options *options = worker->options;
	struct lmtp_config config;

	lmtp_config_init(&config);
	config.name = own_domain(options);
	config.max_message = (size_t)options->lmtp_size;
	config.max_memory = (size_t)options->lmtp_memory;
	config.max_connections = (unsigned)options->lmtp_connections;
	config.idle_ms = (unsigned)options->lmtp_idle_ms;
	config.data_ms = (unsigned)options->lmtp_data_ms;
	config.data_total_ms = (unsigned)options->lmtp_data_total_ms;
	config.drain_ms = (unsigned)options->grace_s * 1000 / 2;
	mail_intake_hooks(&config.hooks);
	worker->intake =
		mail_intake_new(&(struct mail_intake_config){ .base = worker->base,
			.secret = worker->start->secret,
			.domain = config.name,
			.lookup = worker->lookup,
			.store = worker->store,
			.large = worker->large });
	worker->lmtp = lmtp_server_new(worker->base, &config, worker->intake);
	return lmtp_server_listen(worker->lmtp, dup(worker->start->lmtp_fd), err);
}

static int mail_worker_make(struct mail_worker *worker, struct error *err)
{
	struct arena *arena = arena_new();
	int rc = mail_worker_pools(worker, arena, err);

	arena_free(arena);
	if (rc < 0)
		return -1;
	worker->flow =
		mail_flow_new(&(struct mail_flow_config){ .metrics = worker->metrics,
				      .base = worker->base,
				      .options = worker->options,
				      .secret = worker->start->secret,
				      .reader_fd = worker->start->reader_fd,
				      .image_fd = worker->start->image_fd },
			err);
	return worker->flow ? mail_worker_listen(worker, err) : -1;
}

/* In the opposite order; what was never made is NULL. */
static void mail_worker_unmake(struct mail_worker *worker)
{
	lmtp_server_free(worker->lmtp);
	mail_intake_free(worker->intake);
	mail_flow_free(worker->flow);
	db_pool_free(worker->large);
	db_pool_free(worker->store);
	db_pool_free(worker->lookup);
}

/* ---- signals, figures, and the loop ---- */

static void on_drained(void *arg)
{
	struct mail_worker *worker = arg;

	event_base_loopbreak(worker->base);
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
	on_drained(arg);
}

/* A letter that is not stored by then is sent again: nobody was told 250. */
static void on_terminate(evutil_socket_t fd, short what, void *arg)
{
	struct mail_worker *worker = arg;
	int64_t ms = worker->options->grace_s * 1000 * 3 / 4;
	struct timeval limit = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_add(worker->limit, &limit);
	lmtp_server_drain(worker->lmtp, on_drained, worker);
}

static void on_measure(evutil_socket_t fd, short what, void *arg)
{
	struct mail_worker *worker = arg;
	struct metrics *metrics = worker->metrics;
	struct lmtp_stats now;

	lmtp_server_stats(worker->lmtp, &now);
	metrics_set(metrics, MEASURE_MAIL_IN_CONNECTIONS, now.connections);
	metrics_set(metrics, MEASURE_MAIL_IN_WAITING, now.waiting);
	metrics_set(metrics, MEASURE_MAIL_IN_BYTES, (int64_t)now.memory);
	metrics_add(metrics, MEASURE_MAIL_IN_TAKEN,
		(int64_t)(now.taken - worker->told.taken));
	metrics_add(metrics, MEASURE_MAIL_IN_REJECTED,
		(int64_t)(now.rejected - worker->told.rejected));
	metrics_add(metrics, MEASURE_MAIL_IN_DEFERRED,
		(int64_t)(now.deferred - worker->told.deferred));
	worker->told = now;
}

static void on_starting(evutil_socket_t fd, short what, void *arg)
{
	struct mail_worker *worker = arg;

	if (!db_pool_ready(worker->lookup) || !db_pool_ready(worker->store) ||
		!mail_flow_ready(worker->flow))
		return;
	metrics_add(worker->metrics, MEASURE_MAIL_WORKERS_READY, 1);
	event_del(worker->starting);
}

static void mail_worker_loop(struct mail_worker *worker)
{
	struct event *measure =
		event_new(worker->base, -1, EV_PERSIST, on_measure, worker);

	worker->starting = event_new(worker->base, -1, EV_PERSIST, on_starting, worker);
	event_add(measure, &measure_interval);
	event_add(worker->starting, &starting_interval);
	event_base_dispatch(worker->base);
	event_free(worker->starting);
	event_free(measure);
}

int mail_worker_run(void *arg)
{
	const struct mail_worker_start *start = arg;
	struct mail_worker worker = { .start = start,
		.options = start->options,
		.metrics = start->metrics,
		.base = event_base_new() };
	struct event *terminate =
		evsignal_new(worker.base, SIGTERM, on_terminate, &worker);
	struct error err = { 0 };
	int code = 0;

	metrics_use_slot(start->metrics, start->slot);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	worker.limit = evtimer_new(worker.base, on_limit, &worker);
	if (mail_worker_make(&worker, &err) == 0) {
		event_add(terminate, NULL);
		mail_worker_loop(&worker);
	} else {
		log_event(LOG_LEVEL_ERROR, "mail_worker_not_started",
			LOG_S("error", err.text));
		code = 1;
	}
	mail_worker_unmake(&worker);
	event_free(worker.limit);
	event_free(terminate);
	event_base_free(worker.base);
	return code;
}
