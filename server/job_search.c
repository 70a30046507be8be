#include "server/job_search.h"

#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"

#define ROWS 500
#define ROWS_TEXT "500"

static const struct db_query catch_up_query = {
	.name = "desk_catch_up",
	.sql = "SELECT synpunkt_desk.catch_up($1::integer)",
	.n_params = 1,
};

static const struct timeval at_once = { 0 };
static const struct timeval interval = { .tv_sec = 1 };

struct job_search {
	struct db_pool *pool;
	struct db_call *call;
	struct event *timer;
};

static void on_caught_up(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_search *search = arg;
	bool more = !err && db_rows_int64(rows, 0, 0) == ROWS;

	search->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "catch_up_failed",
			LOG_S("error", err->text));
	event_add(search->timer, more ? &at_once : &interval);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_search *search = arg;

	search->call = db_run(search->pool, &catch_up_query,
		(const char *[]){ ROWS_TEXT }, on_caught_up, search);
}

struct job_search *job_search_new(struct event_base *base, struct db_pool *pool)
{
	struct job_search *search = mem_new(sizeof(*search));

	search->pool = pool;
	search->timer = event_new(base, -1, 0, on_timer, search);
	event_add(search->timer, &interval);
	return search;
}

void job_search_free(struct job_search *search)
{
	if (!search)
		return;
	db_cancel(search->call);
	event_free(search->timer);
	mem_free(search);
}
