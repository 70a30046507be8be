#include "server/worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "clients/resident/embedded.h"
#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/catalogue.h"
#include "lib/clamav.h"
#include "lib/count.h"
#include "lib/db.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/log.h"
#include "lib/template_set.h"
#include "lib/vapid.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/api_client.h"
#include "server/attachment.h"
#include "server/city_holder.h"
#include "server/desk_events.h"
#include "server/image_client.h"
#include "server/intake.h"
#include "server/measures.h"
#include "server/oidc_provider.h"
#include "server/openapi_http.h"
#include "server/options.h"
#include "server/own_text_holder.h"
#include "server/page.h"
#include "server/page_words.h"
#include "server/pdf_print.h"
#include "server/routes.h"
#include "server/session.h"
#include "server/suggest_holder.h"

#define WORK_THREADS 3
#define WORK_QUEUE_MAX 1000
#define PASSWORD_THREADS 1
#define PASSWORD_QUEUE_MAX 16
#define WRITE_CONNECTIONS 2
#define INTAKE_WAITING_MAX 5000
/* Searches for a person look through contacts, for no index is kept of them: one at a
 * time, with none behind it that somebody waits for. Some seconds at a million cases.
 */
#define PERSON_TIMEOUT_MS 120000
/* The months of some forty boards, each as long as a pack, and what small numbers ask
 * of all of them: not in the way of one, nor of residents. */
#define COMPARE_QUEUE_MAX 4
#define COMPARE_TIMEOUT_MS 60000
#define PERSON_QUEUE_MAX 4

/* How often figures that others keep are copied to the shared metrics. */
static const struct timeval measure_interval = { .tv_sec = 1 };
/* While it starts: who waits for /ready waits this much longer at most. */
static const struct timeval starting_interval = { .tv_usec = 20000 };

/* ---- hooks of the HTTP layer ---- */

static void worker_log(const struct http_log *entry, void *app)
{
	struct worker *worker = app;

	measure_request(worker->metrics, entry->status, entry->ms);
	log_event(entry->status >= 500 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
		"http_request", LOG_S("method", entry->method),
		LOG_S("route", entry->route), LOG_I("status", entry->status),
		LOG_I("ms", entry->ms), LOG_I("bytes", entry->bytes),
		LOG_S("correlation", entry->correlation_id),
		LOG_S("what", entry->what));
}

static int worker_admit(uint64_t peer_key, void *app)
{
	struct worker *worker = app;

	return count_enter(worker->count, peer_key,
		(unsigned)worker->options->connections_per_address);
}

static void worker_release(int ticket, void *app)
{
	struct worker *worker = app;

	count_leave(worker->count, ticket);
}

/* ---- making it ---- */

static enum http_access worker_access(struct http_request *req, struct error *err)
{
	return http_route(req)->access & ACCESS_CLIENT ? api_client_access(req, err)
						       : session_access(req, err);
}

static const char *under_state(
	struct arena *arena, const struct options *options, const char *name)
{
	return arena_printf(arena, "%s/%s", options->state, name);
}

static int worker_texts(struct worker *worker, struct error *err)
{
	worker->words = page_words_load(err);
	if (!worker->words)
		return -1;
	worker->catalogue = worker->words;
	worker->templates = template_set_new(resident_files, err);
	return worker->templates ? 0 : -1;
}

/* What it signs with is the job worker's alone. */
static int worker_push_key(struct worker *worker, struct error *err)
{
	struct vapid *vapid;

	if (!worker->options->push_key_file)
		return 0;
	vapid = vapid_new(worker->options->push_key_file, err);
	if (!vapid)
		return -1;
	worker->push_key = mem_dup(vapid_public(vapid));
	vapid_free(vapid);
	return 0;
}

static int worker_database_slow(
	struct worker *worker, struct arena *arena, struct error *err)
{
	struct db_config config = {
		.conninfo = db_conninfo_with(
			arena, worker->options->database, "user", "synpunkt_desk", err),
		.name = "synpunkt person",
		.size = 1,
		.max_queue = PERSON_QUEUE_MAX,
		.timeout_ms = PERSON_TIMEOUT_MS,
		.pipeline_depth = 1,
	};

	if (!config.conninfo)
		return -1;
	worker->person_pool = db_pool_new(worker->base, &config, err);
	if (!worker->person_pool)
		return -1;
	config.conninfo = db_conninfo_with(
		arena, worker->options->database, "user", "synpunkt_report", err);
	config.name = "synpunkt comparison";
	config.max_queue = COMPARE_QUEUE_MAX;
	config.timeout_ms = COMPARE_TIMEOUT_MS;
	if (!config.conninfo)
		return -1;
	worker->compare_pool = db_pool_new(worker->base, &config, err);
	return worker->compare_pool ? 0 : -1;
}

static int worker_database(
	struct worker *worker, struct arena *arena, struct error *err)
{
	const struct options *options = worker->options;
	struct db_config config = {
		.conninfo = db_conninfo_with(
			arena, options->database, "user", "synpunkt_resident", err),
		.name = "synpunkt write",
		.size = WRITE_CONNECTIONS,
		.timeout_ms = (unsigned)options->database_timeout_ms,
		.pipeline_depth = 1, /* a batch is a connection's whole attention */
	};

	if (!config.conninfo)
		return -1;
	worker->write_pool = db_pool_new(worker->base, &config, err);
	if (!worker->write_pool)
		return -1;
	config.name = "synpunkt read";
	config.size = (unsigned)options->database_connections;
	config.pipeline_depth = 0;
	worker->read_pool = db_pool_new(worker->base, &config, err);
	if (!worker->read_pool)
		return -1;
	config.name = "synpunkt signin";
	config.conninfo = db_conninfo_with(
		arena, options->database, "user", "synpunkt_signin", err);
	config.size = 1;
	worker->signin_pool = db_pool_new(worker->base, &config, err);
	if (!worker->signin_pool)
		return -1;
	config.name = "synpunkt desk";
	config.conninfo = db_conninfo_with(
		arena, options->database, "user", "synpunkt_desk", err);
	config.size = (unsigned)options->database_connections;
	worker->desk_pool = db_pool_new(worker->base, &config, err);
	if (!worker->desk_pool)
		return -1;
	config.name = "synpunkt report";
	config.conninfo = db_conninfo_with(
		arena, options->database, "user", "synpunkt_report", err);
	config.size = 1;
	worker->report_pool = db_pool_new(worker->base, &config, err);
	return worker->report_pool ? worker_database_slow(worker, arena, err) : -1;
}

static int worker_clamav(struct worker *worker, struct error *err)
{
	const struct options *options = worker->options;

	if (!options->clamav)
		return 0;
	worker->clamav =
		clamav_new(&(struct clamav_config){ .base = worker->base,
				   .address = options->clamav,
				   .timeout_ms = (unsigned)options->clamav_timeout_ms },
			err);
	return worker->clamav ? 0 : -1;
}

static int worker_files(struct worker *worker, struct arena *arena, struct error *err)
{
	const char *spool = under_state(arena, worker->options, "spool");

	worker->blobs =
		blob_store_new(under_state(arena, worker->options, "attachments"), err);
	if (!worker->blobs)
		return -1;
	if (worker_clamav(worker, err) < 0)
		return -1;
	worker->images = image_client_new(worker->base,
		&(struct confined_client_config){ .socket = worker->start->image_fd });
	worker->attachments = attachment_service_new(
		&(struct attachment_config){ .base = worker->base,
			.work = worker->work,
			.blobs = worker->blobs,
			.images = worker->images,
			.spool_dir = spool,
			.clamav = worker->clamav,
			.metrics = worker->metrics });
	return 0;
}

/* "a, b" as a list. */
static const char *const *split_list(struct arena *arena, const char *text)
{
	const char **items = arena_array(arena, strlen(text) + 2, sizeof(*items));
	size_t n = 0;

	for (;;) {
		size_t length;

		text += strspn(text, ", ");
		length = strcspn(text, ", ");
		if (length == 0)
			return items;
		items[n++] = arena_dup_n(arena, text, length);
		text += length;
	}
}

static void worker_http_config(
	struct worker *worker, struct arena *arena, struct http_config *ret)
{
	const struct options *options = worker->options;

	http_config_init(ret);
	ret->max_connections = (unsigned)options->connections;
	ret->headers_ms = (unsigned)options->headers_ms;
	ret->body_ms = (unsigned)options->body_ms;
	ret->idle_ms = (unsigned)options->idle_ms;
	ret->spool_dir = under_state(arena, options, "spool");
	ret->spool_bytes_max = (uint64_t)options->spool_bytes;
	if (options->trusted_proxies)
		ret->trusted_proxies = split_list(arena, options->trusted_proxies);
	ret->tls_cert_file = options->tls_cert;
	ret->tls_key_file = options->tls_key;
	memcpy(ret->secret, worker->start->boot_secret, sizeof(ret->secret));
	ret->hooks.log = worker_log;
	ret->hooks.admit = worker_admit;
	ret->hooks.release = worker_release;
	ret->hooks.access = worker_access;
	ret->hooks.error_page = page_error;
}

/* Operators' machines ask once a second or so: no ceiling by address, no TLS, and
 * not a line in the log for each. */
static int worker_listen_ops(
	struct worker *worker, const struct http_config *public, struct error *err)
{
	struct http_config config = *public;

	config.tls_cert_file = NULL;
	config.tls_key_file = NULL;
	memset(&config.hooks, 0, sizeof(config.hooks));
	worker->ops = http_server_new(
		worker->base, worker->work, &config, routes_ops, worker, err);
	if (!worker->ops)
		return -1;
	return http_server_listen(worker->ops, dup(worker->start->ops_fd), err);
}

static int worker_listen(struct worker *worker, struct arena *arena, struct error *err)
{
	struct http_config config;

	worker_http_config(worker, arena, &config);
	worker->http = http_server_new(
		worker->base, worker->work, &config, routes_public, worker, err);
	if (!worker->http ||
		http_server_listen(worker->http, dup(worker->start->http_fd), err) < 0)
		return -1;
	return worker_listen_ops(worker, &config, err);
}

static void worker_on_own_texts(const struct catalogue *now, void *arg)
{
	((struct worker *)arg)->catalogue = now;
}

static int worker_make(struct worker *worker, struct arena *arena, struct error *err)
{
	if (worker_texts(worker, err) < 0 || worker_push_key(worker, err) < 0)
		return -1;
	worker->oidc = oidc_new(worker->base, worker->options, err);
	if (!worker->oidc)
		return -1;
	worker->openapi = evbuffer_new();
	openapi_write(worker->openapi, routes_public, worker->words);
	worker->work = work_pool_new(worker->base, WORK_THREADS, WORK_QUEUE_MAX);
	worker->compare_work = work_pool_new(worker->base, 1, COMPARE_QUEUE_MAX);
	worker->password_work =
		work_pool_new(worker->base, PASSWORD_THREADS, PASSWORD_QUEUE_MAX);
	worker->pdf = pdf_print_new(worker->base, &(struct pdf_print_config){ 0 });
	if (worker_database(worker, arena, err) < 0)
		return -1;
	worker->city = city_holder_new(worker->base, worker->read_pool, NULL, NULL);
	worker->own_texts = own_text_holder_new(worker->base, worker->read_pool,
		worker->words, worker_on_own_texts, worker);
	worker->desk_events = desk_events_new(worker->base, worker->desk_pool);
	worker->suggest =
		suggest_holder_new(worker->base, worker->desk_pool, worker->work);
	worker->intake = intake_new(&(struct intake_config){ .base = worker->base,
		.pool = worker->write_pool,
		.city = worker->city,
		.secret = worker->secret,
		.max_waiting = INTAKE_WAITING_MAX,
		.suggest = worker->suggest,
		.work = worker->work });
	if (worker_files(worker, arena, err) < 0)
		return -1;
	return worker_listen(worker, arena, err);
}

/* In the opposite order; what was never made is NULL. */
static void worker_unmake(struct worker *worker)
{
	http_server_free(worker->ops);
	http_server_free(worker->http);
	desk_events_free(worker->desk_events);
	intake_free(worker->intake);
	pdf_print_free(worker->pdf);
	if (worker->password_work)
		work_pool_free(worker->password_work);
	if (worker->compare_work)
		work_pool_free(worker->compare_work);
	if (worker->work)
		work_pool_free(worker->work);
	oidc_free(worker->oidc); /* after the threads: they hand back to it */
	suggest_holder_free(worker->suggest);
	attachment_service_free(worker->attachments);
	clamav_free(worker->clamav);
	image_client_free(worker->images);
	blob_store_free(worker->blobs);
	own_text_holder_free(worker->own_texts);
	city_holder_free(worker->city);
	db_pool_free(worker->person_pool);
	db_pool_free(worker->compare_pool);
	db_pool_free(worker->report_pool);
	db_pool_free(worker->desk_pool);
	db_pool_free(worker->signin_pool);
	db_pool_free(worker->read_pool);
	db_pool_free(worker->write_pool);
	if (worker->openapi)
		evbuffer_free(worker->openapi);
	mem_free(worker->push_key);
	template_set_free(worker->templates);
	catalogue_free(worker->words);
}

/* ---- signals, figures, and the loop ---- */

static void on_drained(void *arg)
{
	struct worker *worker = arg;

	event_base_loopbreak(worker->base);
}

/* The operations address keeps answering until the last resident is served. */
static void on_terminate(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	log_event(LOG_LEVEL_INFO, "worker_stops");
	http_server_drain(worker->http, on_drained, worker);
}

static void on_hangup(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	struct error err = { 0 };

	if (!worker->options->tls_cert)
		return;
	if (http_server_reload_tls(worker->http, &err) < 0)
		log_event(
			LOG_LEVEL_ERROR, "tls_not_reloaded", LOG_S("error", err.text));
	else
		log_event(LOG_LEVEL_INFO, "tls_reloaded");
}

/* A total that somebody else keeps: what came since the last look is added. */
static void measure_total(struct worker *worker, enum measure row, uint64_t total)
{
	metrics_add(worker->metrics, row, (int64_t)(total - worker->totals[row]));
	worker->totals[row] = total;
}

static void on_measure(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	struct db_stats read, write;
	struct http_stats http;

	db_pool_stats(worker->read_pool, &read);
	db_pool_stats(worker->write_pool, &write);
	http_server_stats(worker->http, &http);
	metrics_set(worker->metrics, MEASURE_CONNECTIONS, http.connections);
	metrics_set(worker->metrics, MEASURE_SPOOL_BYTES, (int64_t)http.spool_bytes);
	metrics_set(worker->metrics, MEASURE_INTAKE_WAITING,
		(int64_t)intake_pending(worker->intake));
	metrics_set(worker->metrics, MEASURE_DB_CONNECTIONS,
		read.connections + write.connections);
	metrics_set(worker->metrics, MEASURE_DB_QUEUED, read.queued + write.queued);
	measure_total(worker, MEASURE_INTAKE_STORED, intake_stored(worker->intake));
	measure_total(worker, MEASURE_DB_QUERIES, read.queries + write.queries);
	measure_total(worker, MEASURE_DB_FAILURES, read.failures + write.failures);
	measure_total(
		worker, MEASURE_DB_RECONNECTS, read.reconnects + write.reconnects);
}

bool worker_ready(const struct worker *worker)
{
	return city_holder_get(worker->city) &&
	       own_text_holder_loaded(worker->own_texts) &&
	       db_pool_ready(worker->read_pool) && db_pool_ready(worker->write_pool);
}

static void on_starting(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	if (!worker_ready(worker))
		return;
	metrics_add(worker->metrics, MEASURE_WORKERS_READY, 1);
	event_del(worker->starting);
}

static void worker_loop(struct worker *worker)
{
	struct event *events[] = {
		evsignal_new(worker->base, SIGTERM, on_terminate, worker),
		evsignal_new(worker->base, SIGHUP, on_hangup, worker),
		event_new(worker->base, -1, EV_PERSIST, on_measure, worker),
	};

	/* Ctrl-C reaches the whole group; the parent is the one to say stop. */
	signal(SIGINT, SIG_IGN);
	event_add(events[0], NULL);
	event_add(events[1], NULL);
	event_add(events[2], &measure_interval);
	worker->starting = event_new(worker->base, -1, EV_PERSIST, on_starting, worker);
	event_add(worker->starting, &starting_interval);
	event_base_dispatch(worker->base);
	event_free(worker->starting);
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		event_free(events[i]);
}

int worker_run(void *arg)
{
	const struct worker_start *start = arg;
	struct worker worker = {
		.start = start,
		.options = start->options,
		.metrics = start->metrics,
		.quota = start->quota,
		.count = start->count,
		.secret = start->secret,
	};
	struct arena *arena = arena_new();
	struct error err = { 0 };
	int code = 0;

	metrics_use_slot(worker.metrics, start->slot);
	count_use_slot(worker.count, start->slot);
	worker.base = event_base_new();
	if (worker_make(&worker, arena, &err) == 0) {
		worker_loop(&worker);
	} else {
		log_event(LOG_LEVEL_ERROR, "worker_not_started",
			LOG_S("error", err.text));
		code = 1;
	}
	worker_unmake(&worker);
	event_base_free(worker.base);
	arena_free(arena);
	return code;
}
