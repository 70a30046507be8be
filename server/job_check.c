/*
 * A turn:
 *
 *   check_on_turn      every second: whose turn is it?
 *   check_on_listed    a few at once
 *   task_open          in a work thread: the file
 *   task_on_opened     it goes to ClamAV
 *   task_on_answer     its word goes to the database
 *   task_on_told       the next of the list; after the last the next turn
 *
 * Without a scanner a turn is check_on_turn and check_on_released.
 */
#include "server/job_check.h"

#include <unistd.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/clamav.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/metrics.h"
#include "lib/work.h"
#include "server/attachment_scan.h"
#include "server/measures.h"
#include "server/options.h"

/* One that takes long must not hold up all others, and clamd has more to do. */
#define TASKS 4

#define LIST_MOST 100
#define LIST_MOST_TEXT "100"

static const struct db_query list_query = {
	.name = "files_to_check",
	.sql = "SELECT f FROM synpunkt_desk.files_to_check($1::integer) f",
	.n_params = 1,
};

static const struct db_query told_query = {
	.name = "file_checked",
	.sql = "SELECT synpunkt_desk.file_checked($1::text, $2::text, $3::text)",
	.n_params = 3,
};

static const struct db_query release_query = {
	.name = "files_release",
	.sql = "SELECT synpunkt_desk.files_release($1::integer)",
	.n_params = 1,
};

static const struct db_query waiting_query = {
	.name = "files_waiting",
	.sql = "SELECT w.n, w.oldest, w.failed FROM synpunkt_desk.files_waiting() w",
	.n_params = 0,
};

static const struct timeval at_once = { 0 };
static const struct timeval interval = { .tv_sec = 1 };
static const struct timeval away_interval = { .tv_sec = 5 };

struct check_task {
	struct job_check *check;
	const char *sha256; /* the list's */
	int fd;
	uint64_t size;
	struct clamav_call *scan;
	struct db_call *call;
	struct error err;
};

struct job_check {
	struct job_check_config config;
	struct clamav *clamav; /* NULL: nothing is checked */
	struct event *turn, *measure;
	struct db_call *call, *measuring;
	struct arena *arena; /* of the list */
	const char **list;
	size_t n, next;
	size_t busy; /* tasks */
	struct check_task tasks[TASKS];
	bool is_away, was_away, is_more;
};

/* ---- one file ---- */

static void check_go_on(struct job_check *check);

static void task_end(struct check_task *task)
{
	if (task->fd >= 0)
		close(task->fd);
	task->fd = -1;
	task->sha256 = NULL;
	task->check->busy--;
	check_go_on(task->check);
}

static void task_on_told(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct check_task *task = arg;

	task->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "file_check_not_kept",
			LOG_S("error", err->text));
	task_end(task);
}

static void task_tell(struct check_task *task, const char *verdict, const char *found)
{
	const struct job_check_config *config = &task->check->config;

	task->call = db_run(config->pool, &told_query,
		(const char *[]){ task->sha256, verdict, found }, task_on_told, task);
}

/* For the database; NULL: it stays as it is. */
static const char *const verdicts[] = {
	[CLAMAV_CLEAN] = "clean",
	[CLAMAV_FOUND] = "found",
	[CLAMAV_TOO_LARGE] = "failed",
	[CLAMAV_AWAY] = NULL,
	[CLAMAV_FAILED] = "failed",
};

static void task_on_answer(const struct clamav_result *result, void *arg)
{
	struct check_task *task = arg;
	struct job_check *check = task->check;

	task->scan = NULL;
	attachment_scan_note(check->config.metrics, result, task->size);
	if (result->verdict == CLAMAV_AWAY) {
		check->is_away = true;
		task_end(task);
		return;
	}
	task_tell(task, verdicts[result->verdict],
		result->verdict == CLAMAV_FOUND ? result->name : NULL);
}

static void task_open(void *arg)
{
	struct check_task *task = arg;

	blob_store_open(task->check->config.blobs, task->sha256, &task->fd, &task->size,
		&task->err);
}

static void task_on_opened(void *arg)
{
	struct check_task *task = arg;

	if (task->err.code == ERR_NONE) {
		task->scan = clamav_scan(task->check->clamav,
			&(struct clamav_bytes){ .fd = task->fd, .n = task->size },
			task_on_answer, task);
		return;
	}
	log_event(
		LOG_LEVEL_WARNING, "file_not_checked", LOG_S("error", task->err.text));
	metrics_add(task->check->config.metrics, MEASURE_FILES_FAILED, 1);
	task_tell(task, "failed", NULL);
}

/* ---- the list ---- */

static void check_wait(struct job_check *check)
{
	if (check->is_away != check->was_away)
		log_event(check->is_away ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
			check->is_away ? "file_scanner_away" : "file_scanner_back");
	check->was_away = check->is_away;
	if (check->is_away)
		event_add(check->turn, &away_interval);
	else
		event_add(check->turn, check->is_more ? &at_once : &interval);
}

/* Begins with those that there is room for, unless the scanner went away. */
static void check_go_on(struct job_check *check)
{
	struct error err = { 0 };

	for (size_t i = 0; i < TASKS && check->next < check->n; i++) {
		struct check_task *task = &check->tasks[i];

		if (check->is_away || task->sha256)
			continue;
		task->sha256 = check->list[check->next++];
		task->err = (struct error){ 0 };
		if (work_run(check->config.work, task_open, task_on_opened, task,
			    &err) == 0) {
			check->busy++;
			continue;
		}
		task->sha256 = NULL; /* too much waits: next turn */
		check->next = check->n;
		check->is_more = false;
	}
	if (check->busy == 0)
		check_wait(check);
}

static void check_on_listed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_check *check = arg;
	int n = err ? 0 : db_rows_count(rows);

	check->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "files_not_listed",
			LOG_S("error", err->text));
	arena_free(check->arena);
	check->arena = arena_new();
	check->list = arena_array(check->arena, (size_t)n + 1, sizeof(*check->list));
	for (int i = 0; i < n; i++)
		check->list[i] = arena_dup(check->arena, db_rows_text(rows, i, 0));
	check->n = (size_t)n;
	check->next = 0;
	check->is_more = n == LIST_MOST;
	if (n > 0)
		check->is_away = false; /* as far as is known */
	check_go_on(check);
}

static void check_on_released(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_check *check = arg;
	int64_t n = err ? 0 : db_rows_int64(rows, 0, 0);

	check->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "files_not_released",
			LOG_S("error", err->text));
	else if (n > 0)
		log_event(LOG_LEVEL_WARNING, "files_released_unchecked", LOG_I("n", n));
	event_add(check->turn, n == LIST_MOST ? &at_once : &interval);
}

static void check_on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct job_check *check = arg;

	check->call =
		db_run(check->config.pool, check->clamav ? &list_query : &release_query,
			(const char *[]){ LIST_MOST_TEXT },
			check->clamav ? check_on_listed : check_on_released, check);
}

/* ---- measuring ---- */

static void check_on_measured(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_check *check = arg;
	struct metrics *metrics = check->config.metrics;

	check->measuring = NULL;
	if (!err) {
		metrics_set(metrics, MEASURE_FILES_WAITING, db_rows_int64(rows, 0, 0));
		metrics_set(metrics, MEASURE_FILES_OLDEST, db_rows_int64(rows, 0, 1));
		metrics_set(metrics, MEASURE_FILES_UNKNOWN, db_rows_int64(rows, 0, 2));
	}
	event_add(check->measure, &away_interval);
}

static void check_on_measure(evutil_socket_t fd, short what, void *arg)
{
	struct job_check *check = arg;

	check->measuring = db_run(check->config.pool, &waiting_query,
		(const char *[]){ NULL }, check_on_measured, check);
}

/* ---- making it ---- */

struct job_check *job_check_new(
	const struct job_check_config *config, struct error *err)
{
	const struct options *options = config->options;
	struct clamav *clamav = NULL;
	struct job_check *check;

	if (options->clamav) {
		clamav = clamav_new(
			&(struct clamav_config){ .base = config->base,
				.address = options->clamav,
				.timeout_ms = (unsigned)options->clamav_timeout_ms },
			err);
		if (!clamav)
			return NULL;
	}
	check = mem_new(sizeof(*check));
	check->config = *config;
	check->clamav = clamav;
	for (size_t i = 0; i < TASKS; i++)
		check->tasks[i] = (struct check_task){ .check = check, .fd = -1 };
	check->turn = evtimer_new(config->base, check_on_turn, check);
	check->measure = evtimer_new(config->base, check_on_measure, check);
	event_add(check->turn, &interval);
	event_add(check->measure, &interval);
	return check;
}

void job_check_free(struct job_check *check)
{
	if (!check)
		return;
	db_cancel(check->call);
	db_cancel(check->measuring);
	for (size_t i = 0; i < TASKS; i++) {
		struct check_task *task = &check->tasks[i];

		db_cancel(task->call);
		clamav_cancel(task->scan);
		if (task->fd >= 0)
			close(task->fd);
	}
	clamav_free(check->clamav);
	arena_free(check->arena);
	event_free(check->turn);
	event_free(check->measure);
	mem_free(check);
}
