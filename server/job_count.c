#include "server/job_count.h"

#include <stdio.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"

#define CASES 1000
#define CASES_TEXT "1000"

static const struct db_query catch_up_query = {
	.name = "statistics_catch_up",
	.sql = "SELECT c.n, c.last"
	       " FROM synpunkt_statistics.catch_up($1::integer, $2::bigint) c",
	.n_params = 2,
};

static const struct timeval at_once = { 0 };
static const struct timeval interval = { .tv_sec = 1 };

struct job_count {
	struct db_pool *pool;
	struct db_call *call;
	struct event *timer;
	int64_t after;  /* the last case looked at since the start */
	bool caught_up; /* since the start nothing has been left uncounted */
};

static void on_caught_up(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_count *count = arg;
	bool more = !err && db_rows_int64(rows, 0, 0) >= CASES;

	count->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "statistics_failed",
			LOG_S("error", err->text));
	else if (!more)
		count->caught_up = true;
	else if (!count->caught_up)
		count->after = db_rows_int64(rows, 0, 1);
	event_add(count->timer, more ? &at_once : &interval);
}

/* Until it has caught up it looks at every case there is, not only at those after the
 * mark: what was restored or loaded by other means is counted too. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_count *count = arg;
	char after[24];

	snprintf(after, sizeof(after), "%lld", (long long)count->after);
	count->call = db_run(count->pool, &catch_up_query,
		(const char *[]){ CASES_TEXT, count->caught_up ? NULL : after },
		on_caught_up, count);
}

struct job_count *job_count_new(struct event_base *base, struct db_pool *pool)
{
	struct job_count *count = mem_new(sizeof(*count));

	count->pool = pool;
	count->timer = event_new(base, -1, 0, on_timer, count);
	event_add(count->timer, &at_once);
	return count;
}

void job_count_free(struct job_count *count)
{
	if (!count)
		return;
	db_cancel(count->call);
	event_free(count->timer);
	mem_free(count);
}
