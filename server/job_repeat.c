#include "server/job_repeat.h"

#include <stdio.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"

static const struct timeval at_once = { 0 };
static const struct timeval interval = { .tv_sec = 1 };

struct job_repeat {
	struct job_repeat_config config;
	char most[12];
	struct db_call *call;
	struct event *timer;
};

static void on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_repeat *repeat = arg;
	bool more = !err && db_rows_int64(rows, 0, 0) >= repeat->config.most;

	repeat->call = NULL;
	if (err)
		log_event(LOG_LEVEL_WARNING, "job_failed",
			LOG_S("job", repeat->config.query->name),
			LOG_S("error", err->text));
	event_add(repeat->timer, more ? &at_once : &interval);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_repeat *repeat = arg;

	repeat->call = db_run(repeat->config.pool, repeat->config.query,
		(const char *[]){ repeat->most }, on_done, repeat);
}

struct job_repeat *job_repeat_new(const struct job_repeat_config *config)
{
	struct job_repeat *repeat = mem_new(sizeof(*repeat));

	repeat->config = *config;
	snprintf(repeat->most, sizeof(repeat->most), "%d", config->most);
	repeat->timer = event_new(config->base, -1, 0, on_timer, repeat);
	event_add(repeat->timer, &interval);
	return repeat;
}

void job_repeat_free(struct job_repeat *repeat)
{
	if (!repeat)
		return;
	db_cancel(repeat->call);
	event_free(repeat->timer);
	mem_free(repeat);
}
