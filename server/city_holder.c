#include "server/city_holder.h"

#include <string.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/city.h"

#define CITY_CHANNEL "synpunkt_city"

static const struct db_query city_snapshot = {
	.name = "city_snapshot",
	.sql = "SELECT synpunkt.city_snapshot()",
	.n_params = 0,
};

/* A load that failed is tried again after this; a new connection asks for one too. */
static const struct timeval city_retry = { .tv_sec = 1 };

struct city_holder {
	struct db_pool *pool;
	struct event *retry;
	struct db_call *call; /* the load under way, or NULL */
	bool again;           /* the city changed while it was under way */
	struct city *city;    /* NULL until the first load */
	void (*changed)(void *arg);
	void *arg;
};

static void holder_retry(struct city_holder *holder, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "city_load_failed", LOG_S("reason", err->text));
	event_add(holder->retry, &city_retry);
}

/* What comes in goes to the dispatch then: somebody must know why. */
static void unreadable_tell(const struct city *city)
{
	for (size_t i = 0; i < city->n_rules; i++) {
		if (city->rules[i].is_unreadable)
			log_event(LOG_LEVEL_ERROR, "rules_unreadable",
				LOG_I("version", city->rules[i].version));
	}
}

static void holder_take(struct city_holder *holder, struct city *city)
{
	city_unref(holder->city);
	holder->city = city;
	log_event(LOG_LEVEL_INFO, "city_loaded", LOG_I("version", city->version),
		LOG_I("rules", city->n_rules), LOG_I("units", city->n_units));
	unreadable_tell(city);
	if (holder->changed)
		holder->changed(holder->arg);
}

static void holder_on_loaded(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct city_holder *holder = arg;
	struct error parse_err = { 0 };
	struct city *city;
	const char *json;

	holder->call = NULL;
	if (err) {
		holder_retry(holder, err);
		return;
	}
	json = db_rows_text(rows, 0, 0);
	city = city_parse(json, strlen(json), &parse_err);
	if (!city) {
		holder_retry(holder, &parse_err);
		return;
	}
	holder_take(holder, city);
	if (holder->again)
		city_holder_refresh(holder);
}

void city_holder_refresh(struct city_holder *holder)
{
	/* What is under way may have read the rows before the change. */
	holder->again = holder->call != NULL;
	if (holder->call)
		return;
	event_del(holder->retry);
	holder->call =
		db_run(holder->pool, &city_snapshot, NULL, holder_on_loaded, holder);
}

static void holder_on_heard(const char *payload, void *arg)
{
	(void)payload;
	city_holder_refresh(arg);
}

static void holder_on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	city_holder_refresh(arg);
}

struct city_holder *city_holder_new(struct event_base *base, struct db_pool *pool,
	void (*changed)(void *arg), void *arg)
{
	struct city_holder *holder = mem_new(sizeof(*holder));

	holder->pool = pool;
	holder->changed = changed;
	holder->arg = arg;
	holder->retry = evtimer_new(base, holder_on_retry, holder);
	/* Heard as soon as a connection is up, so that is when the first load begins.
	 */
	db_pool_listen(pool, CITY_CHANNEL, holder_on_heard, holder);
	return holder;
}

void city_holder_free(struct city_holder *holder)
{
	if (!holder)
		return;
	db_cancel(holder->call);
	event_free(holder->retry);
	city_unref(holder->city);
	mem_free(holder);
}

const struct city *city_holder_get(const struct city_holder *holder)
{
	return holder->city;
}
