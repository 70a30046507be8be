#include "server/own_text_holder.h"

#include <string.h>

#include <event2/event.h>
#include <jansson.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/day.h"
#include "server/own_text.h"
#include "server/stamp.h"

#define TEXT_CHANNEL "synpunkt_text"
#define REPLACED_MAX 64
#define REPLACED_TICKS 60 /* ten minutes */

static const struct timeval tick_interval = { .tv_sec = 10 };

/* A load that failed is tried again after this; a new connection asks for one too. */
static const struct timeval load_retry = { .tv_sec = 1 };

static const struct db_query text_snapshot = {
	.name = "text_snapshot",
	.sql = "SELECT synpunkt.text_snapshot()",
	.n_params = 0,
};

struct own_text_holder {
	struct db_pool *pool;
	const struct catalogue *built_in;
	own_text_changed_fn *changed;
	void *arg;
	struct event *retry, *tick;
	struct db_call *call; /* the load under way, or NULL */
	bool again;           /* they changed while it was under way */
	json_t *rows;         /* as last loaded; NULL: never */
	json_t *today;        /* those of them that hold now */
	struct catalogue *now;
	unsigned ticks;
	struct {
		struct catalogue *catalogue;
		unsigned ticks;   /* when it was replaced */
	} replaced[REPLACED_MAX]; /* oldest first */
	size_t n_replaced;
};

static const char *member(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

/* Written as they are, days compare as texts. */
static json_t *rows_of(const json_t *rows, const char *day)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		const char *from = member(row, "from"), *to = member(row, "to");

		if ((!from || strcmp(from, day) <= 0) && (!to || strcmp(to, day) >= 0))
			json_array_append(list, row);
	}
	return list;
}

static struct catalogue *catalogue_of(
	const struct own_text_holder *holder, const json_t *rows)
{
	struct catalogue_own *own = mem_new((json_array_size(rows) + 1) * sizeof(*own));
	struct catalogue *with;
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row)
	{
		const struct own_text *text = own_text_find(member(row, "text"));

		/* A program that goes back a version may know fewer. */
		if (text)
			own[n++] = (struct catalogue_own){
				.language = member(row, "language"),
				.key = text->code,
				.text = member(row, "wording"),
				.paragraphs = text->form == OWN_TEXT_PARAGRAPHS,
			};
	}
	with = catalogue_with(holder->built_in, own, n);
	mem_free(own);
	return with;
}

static void replaced_forget(struct own_text_holder *holder)
{
	size_t n = 0;

	while (n < holder->n_replaced &&
		holder->ticks - holder->replaced[n].ticks > REPLACED_TICKS)
		catalogue_free(holder->replaced[n++].catalogue);
	holder->n_replaced -= n;
	memmove(holder->replaced, holder->replaced + n,
		holder->n_replaced * sizeof(holder->replaced[0]));
}

/* Today's words, if they are others than those that hold. */
static void holder_renew(struct own_text_holder *holder)
{
	char day[DAY_TEXT];
	json_t *today;

	if (!holder->rows)
		return;
	day_format(day_of_instant(stamp_now() / 1000000), day);
	today = rows_of(holder->rows, day);
	if (json_equal(today, holder->today) || holder->n_replaced == REPLACED_MAX) {
		json_decref(today);
		return;
	}
	if (holder->now) {
		holder->replaced[holder->n_replaced].catalogue = holder->now;
		holder->replaced[holder->n_replaced++].ticks = holder->ticks;
	}
	json_decref(holder->today);
	holder->today = today;
	holder->now = catalogue_of(holder, today);
	log_event(LOG_LEVEL_INFO, "own_texts", LOG_I("n", json_array_size(today)));
	holder->changed(holder->now, holder->arg);
}

static void holder_load(struct own_text_holder *holder);

static void holder_retry(struct own_text_holder *holder, const char *why)
{
	log_event(LOG_LEVEL_WARNING, "own_texts_load_failed", LOG_S("reason", why));
	event_add(holder->retry, &load_retry);
}

static void holder_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct own_text_holder *holder = arg;
	json_t *loaded;

	holder->call = NULL;
	if (err) {
		holder_retry(holder, err->text);
		return;
	}
	loaded = json_loads(db_rows_text(rows, 0, 0), 0, NULL);
	if (!json_is_array(loaded)) {
		json_decref(loaded);
		holder_retry(holder, "no list");
		return;
	}
	json_decref(holder->rows);
	holder->rows = loaded;
	holder_renew(holder);
	if (holder->again)
		holder_load(holder);
}

static void holder_load(struct own_text_holder *holder)
{
	/* What is under way may have read the rows before the change. */
	holder->again = holder->call != NULL;
	if (holder->call)
		return;
	event_del(holder->retry);
	holder->call =
		db_run(holder->pool, &text_snapshot, NULL, holder_on_rows, holder);
}

static void holder_on_heard(const char *payload, void *arg)
{
	(void)payload;
	holder_load(arg);
}

static void holder_on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	holder_load(arg);
}

static void holder_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct own_text_holder *holder = arg;

	(void)fd;
	(void)what;
	holder->ticks++;
	replaced_forget(holder);
	holder_renew(holder);
}

struct own_text_holder *own_text_holder_new(struct event_base *base,
	struct db_pool *pool, const struct catalogue *built_in,
	own_text_changed_fn *changed, void *arg)
{
	struct own_text_holder *holder = mem_new(sizeof(*holder));

	holder->pool = pool;
	holder->built_in = built_in;
	holder->changed = changed;
	holder->arg = arg;
	holder->today = json_array();
	holder->retry = evtimer_new(base, holder_on_retry, holder);
	holder->tick = event_new(base, -1, EV_PERSIST, holder_on_tick, holder);
	event_add(holder->tick, &tick_interval);
	/* Heard as soon as a connection is up, so that is when the first load begins.
	 */
	db_pool_listen(pool, TEXT_CHANNEL, holder_on_heard, holder);
	return holder;
}

void own_text_holder_free(struct own_text_holder *holder)
{
	if (!holder)
		return;
	db_cancel(holder->call);
	event_free(holder->retry);
	event_free(holder->tick);
	json_decref(holder->rows);
	json_decref(holder->today);
	catalogue_free(holder->now);
	for (size_t i = 0; i < holder->n_replaced; i++)
		catalogue_free(holder->replaced[i].catalogue);
	mem_free(holder);
}

bool own_text_holder_loaded(const struct own_text_holder *holder)
{
	return holder->rows;
}
