/*
 *   on_timer      every three seconds: corrections
 *   on_corrected  then the earliest frozen month that is not published, if any
 *   on_next       its packs; in a work thread:
 *   open_work     what of them is published
 *   on_made       written down
 *   on_put        the next month at once
 */
#include "server/job_open.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <jansson.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"
#include "server/open_data.h"

static const struct db_query correct_query = {
	.name = "open_take_corrections",
	.sql = "SELECT synpunkt_open.take_corrections(100)",
};

static const struct db_query next_query = {
	.name = "open_next",
	.sql = "SELECT synpunkt_open.next()",
};

static const struct db_query put_query = {
	.name = "open_put",
	.sql = "SELECT synpunkt_open.put($1::date, $2::jsonb)",
	.n_params = 2,
};

static const struct timeval at_once = { 0 };
static const struct timeval soon = { .tv_sec = 2 };
static const struct timeval interval = { .tv_sec = 3 };

struct job_open {
	struct db_pool *pool;
	struct work_pool *work;
	struct db_call *call;
	struct event *timer;
	char *input; /* what is being made of, until it is read */
	char month[sizeof("YYYY-MM-01")];
	char *rows; /* what was made */
	struct error err;
};

static void open_fail(struct job_open *open, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "open_data_failed", LOG_S("error", err->text));
	event_add(open->timer, &interval);
}

static void on_put(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_open *open = arg;

	open->call = NULL;
	if (err) {
		open_fail(open, err);
		return;
	}
	log_event(LOG_LEVEL_INFO, "month_published", LOG_S("month", open->month),
		LOG_I("rows", db_rows_int64(rows, 0, 0)));
	event_add(open->timer, &at_once);
}

static void on_made(void *arg)
{
	struct job_open *open = arg;

	if (!open->rows) {
		open_fail(open, &open->err);
		return;
	}
	open->call = db_run(open->pool, &put_query,
		(const char *[]){ open->month, open->rows }, on_put, open);
	mem_free(steal(open->rows));
}

static int open_make(struct job_open *open, const json_t *input)
{
	const char *month = json_string_value(json_object_get(input, "month"));
	json_t *rows;

	if (!month || strlen(month) != strlen("YYYY-MM"))
		return error_set(&open->err, ERR_INTERNAL, "open data without a month");
	snprintf(open->month, sizeof(open->month), "%.7s-01", month);
	if (open_data_make(input, &rows, &open->err) < 0)
		return -1;
	open->rows = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return 0;
}

static void open_work(void *arg)
{
	struct job_open *open = arg;
	json_t *input = json_loads(open->input, 0, NULL);

	mem_free(steal(open->input));
	open->err = (struct error){ 0 };
	open_make(open, input);
	json_decref(input);
}

static void on_next(const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct job_open *open = arg;
	const char *input = db_err ? NULL : db_rows_text(rows, 0, 0);
	struct error err = { 0 };

	open->call = NULL;
	if (db_err) {
		open_fail(open, db_err);
		return;
	}
	if (!input) {
		event_add(open->timer, &interval);
		return;
	}
	open->input = mem_dup(input);
	if (work_run(open->work, open_work, on_made, open, &err) < 0) {
		mem_free(steal(open->input));
		open_fail(open, &err);
	}
}

static void on_corrected(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_open *open = arg;

	open->call = NULL;
	if (err)
		open_fail(open, err);
	else
		open->call = db_run(open->pool, &next_query, NULL, on_next, open);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_open *open = arg;

	open->call = db_run(open->pool, &correct_query, NULL, on_corrected, open);
}

struct job_open *job_open_new(struct event_base *base, struct db_pool *pool)
{
	struct job_open *open = mem_new(sizeof(*open));

	open->pool = pool;
	open->work = work_pool_new(base, 1, 1);
	open->timer = event_new(base, -1, 0, on_timer, open);
	event_add(open->timer, &soon);
	return open;
}

/* Its thread first: what that has begun is finished, and may ask the database. */
void job_open_free(struct job_open *open)
{
	if (!open)
		return;
	work_pool_free(open->work);
	db_cancel(open->call);
	event_free(open->timer);
	mem_free(open->input);
	mem_free(open->rows);
	mem_free(open);
}
