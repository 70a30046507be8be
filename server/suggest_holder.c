/*
 *   holder_load       asks for what is not held: model, lists, or neither
 *   holder_on_rows    nothing new: done. Else read in a thread: reading_work,
 *   reading_done      takes it over, and tells those who wait
 *
 * A load begun before somebody asked may have read the rows before the change: they
 * wait for another, which begins when this one is done.
 */
#include "server/suggest_holder.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <jansson.h>

#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"
#include "server/spot.h"
#include "server/suggest.h"

#define CHANNEL "synpunkt_classifier"
#define WORDS_SIZE 33 /* a count and a day */

static const struct db_query held_query = {
	.name = "suggest_held",
	.sql = "SELECT s.version, s.labels, encode(s.model, 'hex'), w.version, w.list,"
	       " h.version, synpunkt_suggest.set_from()"
	       " FROM synpunkt_suggest.held() h"
	       " CROSS JOIN synpunkt_suggest.spot_list($2::text) w"
	       " LEFT JOIN synpunkt_suggest.serving($1::bigint) s ON true",
	.n_params = 2,
};

enum column {
	VERSION,
	LABELS,
	MODEL,
	WORDS,
	LIST,
	SERVES, /* NULL: none */
	SET_FROM,
};

/* Tried again after this; a new connection asks for one, too. */
static const struct timeval retry_after = { .tv_sec = 5 };
/* A row may begin or end to be valid with a day, which nobody is told. */
static const struct timeval again_after = { .tv_sec = 600 };

/* Counted: the holder has one, and each thread that works with it. The model and the
 * lists are counted apart, since often only one of them is new. */
struct counted {
	unsigned refs;
	struct suggest *suggest;
	struct spot *spot;
};

struct held {
	struct suggest_held shown; /* first: what is shown is this */
	unsigned refs;
	struct counted *model, *lists;
	char words[WORDS_SIZE];
};

struct suggest_wait {
	struct suggest_wait *next, **link;
	unsigned load; /* that is to be done first */
	void (*done)(void *arg);
	void *arg;
};

struct reading {
	struct suggest_holder *holder;
	int64_t version;
	char words[WORDS_SIZE];
	char *hex, *labels, *list; /* NULL: that is not new */
	bool is_none;              /* no model serves any more */
	int set_from;
	struct suggest *suggest;
	struct spot *spot;
	struct error err;
};

struct suggest_holder {
	struct db_pool *pool;
	struct work_pool *work;
	struct event *retry;
	struct db_call *call;
	bool is_reading, again;
	unsigned load; /* how many were begun */
	struct held *held;
	struct suggest_wait *waits;
};

/* ---- what is held ---- */

static struct counted *counted_ref(struct counted *counted)
{
	if (counted)
		counted->refs++;
	return counted;
}

static void counted_unref(struct counted *counted)
{
	if (!counted || --counted->refs > 0)
		return;
	suggest_free(counted->suggest);
	spot_free(counted->spot);
	mem_free(counted);
}

static struct counted *counted_new(struct suggest *suggest, struct spot *spot)
{
	struct counted *counted = mem_new(sizeof(*counted));

	*counted = (struct counted){ .refs = 1, .suggest = suggest, .spot = spot };
	return counted;
}

static void held_unref(struct held *held)
{
	if (!held || --held->refs > 0)
		return;
	counted_unref(held->model);
	counted_unref(held->lists);
	mem_free(held);
}

const struct suggest_held *suggest_held_ref(const struct suggest_held *held)
{
	((struct held *)held)->refs++;
	return held;
}

void suggest_held_unref(const struct suggest_held *held)
{
	held_unref((struct held *)held);
}

const struct suggest_held *suggest_holder_get(const struct suggest_holder *holder)
{
	return &holder->held->shown;
}

/* The model as it is now: read, gone, or the same as before. */
static void held_model(
	struct held *held, const struct held *old, struct reading *reading)
{
	if (reading->suggest) {
		held->shown.version = reading->version;
		held->model = counted_new(steal(reading->suggest), NULL);
	} else if (!reading->is_none) {
		held->shown.version = old->shown.version;
		held->model = counted_ref(old->model);
	}
	held->shown.suggest = held->model ? held->model->suggest : NULL;
}

static void held_lists(
	struct held *held, const struct held *old, struct reading *reading)
{
	if (reading->spot) {
		memcpy(held->words, reading->words, WORDS_SIZE);
		held->lists = counted_new(NULL, steal(reading->spot));
	} else {
		memcpy(held->words, old->words, WORDS_SIZE);
		held->lists = counted_ref(old->lists);
	}
	held->shown.spot = held->lists ? held->lists->spot : NULL;
	held->shown.words = held->lists ? held->words : NULL;
}

static void held_take(struct suggest_holder *holder, struct reading *reading)
{
	struct held *held = mem_new(sizeof(*held));

	held->refs = 1;
	held_model(held, holder->held, reading);
	held_lists(held, holder->held, reading);
	held->shown.set_from = reading->set_from;
	held_unref(holder->held);
	holder->held = held;
	log_event(
		LOG_LEVEL_INFO, "suggest_held", LOG_I("version", held->shown.version));
}

/* ---- who waits ---- */

void suggest_wait_cancel(struct suggest_wait *wait)
{
	if (!wait)
		return;
	*wait->link = wait->next;
	if (wait->next)
		wait->next->link = wait->link;
	mem_free(wait);
}

static void holder_load(struct suggest_holder *holder);

static struct suggest_wait *wait_find(
	const struct suggest_holder *holder, unsigned load)
{
	struct suggest_wait *wait = holder->waits;

	while (wait && wait->load > load)
		wait = wait->next;
	return wait;
}

/* Whoever is told may cancel another: each time the list is looked at anew. */
static void holder_tell(struct suggest_holder *holder, unsigned load)
{
	struct suggest_wait *wait;

	for (wait = wait_find(holder, load); wait; wait = wait_find(holder, load)) {
		void (*done)(void *arg) = wait->done;
		void *arg = wait->arg;

		suggest_wait_cancel(wait);
		done(arg);
	}
}

static void holder_done(struct suggest_holder *holder)
{
	holder_tell(holder, holder->load);
	if (holder->again)
		holder_load(holder);
	else
		event_add(holder->retry, &again_after);
}

struct suggest_wait *suggest_holder_catch_up(
	struct suggest_holder *holder, void (*done)(void *arg), void *arg)
{
	struct suggest_wait *wait = mem_new(sizeof(*wait));

	/* The load that begins now, or the one after that which is under way. */
	*wait = (struct suggest_wait){ .next = holder->waits,
		.link = &holder->waits,
		.load = holder->load + 1,
		.done = done,
		.arg = arg };
	if (wait->next)
		wait->next->link = &wait->next;
	holder->waits = wait;
	holder_load(holder);
	return wait;
}

/* ---- loading ---- */

static void reading_work(void *arg)
{
	struct reading *reading = arg;
	size_t n = reading->hex ? strlen(reading->hex) / 2 : 0;
	unsigned char *bytes = mem_new(n + 1);
	json_t *labels = NULL, *list = NULL;
	struct text_model *model = NULL;

	if (reading->hex && encode_hex_parse(reading->hex, bytes, n) == 0)
		model = text_model_load(bytes, n, &reading->err);
	if (model) {
		labels = json_loads(reading->labels, 0, NULL);
		reading->suggest = suggest_new(model, labels, &reading->err);
	}
	if (reading->list) {
		struct error err = { 0 };

		list = json_loads(reading->list, 0, NULL);
		reading->spot = spot_new(list, &err);
		if (!reading->spot && reading->err.code == ERR_NONE)
			reading->err = err;
	}
	json_decref(labels);
	json_decref(list);
	mem_free(bytes);
}

static void reading_free(struct reading *reading)
{
	suggest_free(reading->suggest);
	spot_free(reading->spot);
	mem_free(reading->hex);
	mem_free(reading->labels);
	mem_free(reading->list);
	mem_free(reading);
}

static void reading_done(void *arg)
{
	struct reading *reading = arg;
	struct suggest_holder *holder = reading->holder;

	holder->is_reading = false;
	if (reading->err.code != ERR_NONE)
		log_event(LOG_LEVEL_WARNING, "suggest_unread",
			LOG_S("error", reading->err.text));
	if (reading->suggest || reading->spot || reading->is_none ||
		reading->set_from != holder->held->shown.set_from)
		held_take(holder, reading);
	reading_free(reading);
	holder_done(holder);
}

static char *text_of(const struct db_rows *rows, enum column column)
{
	return db_rows_is_null(rows, 0, column)
		       ? NULL
		       : mem_dup(db_rows_text(rows, 0, column));
}

static struct reading *reading_new(
	struct suggest_holder *holder, const struct db_rows *rows)
{
	struct reading *reading = mem_new(sizeof(*reading));
	const char *words = db_rows_text(rows, 0, WORDS);

	reading->holder = holder;
	reading->version = db_rows_int64(rows, 0, VERSION);
	reading->hex = text_of(rows, MODEL);
	reading->labels = text_of(rows, LABELS);
	reading->list = text_of(rows, LIST);
	reading->set_from = (int)db_rows_int64(rows, 0, SET_FROM);
	if (strlen(words) < WORDS_SIZE)
		memcpy(reading->words, words, strlen(words));
	reading->is_none =
		db_rows_is_null(rows, 0, SERVES) && holder->held->shown.suggest;
	return reading;
}

static void holder_failed(struct suggest_holder *holder, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "suggest_load_failed", LOG_S("error", err->text));
	event_add(holder->retry, &retry_after);
	holder->again = false;
	holder_tell(holder, holder->load + 1);
}

static void holder_on_rows(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct suggest_holder *holder = arg;
	struct reading *reading;
	struct error busy = { 0 };

	holder->call = NULL;
	if (err) {
		holder_failed(holder, err);
		return;
	}
	reading = reading_new(holder, rows);
	if (!reading->hex && !reading->list) {
		reading_done(reading); /* nothing that takes a thread */
		return;
	}
	if (work_run(holder->work, reading_work, reading_done, reading, &busy) == 0) {
		holder->is_reading = true;
		return;
	}
	reading_free(reading);
	holder_failed(holder, &busy);
}

static void holder_load(struct suggest_holder *holder)
{
	char version[24];

	holder->again = holder->call || holder->is_reading;
	if (holder->again)
		return;
	event_del(holder->retry);
	holder->load++;
	snprintf(version, sizeof(version), "%lld",
		(long long)holder->held->shown.version);
	holder->call = db_run(holder->pool, &held_query,
		(const char *[]){ version, holder->held->shown.words }, holder_on_rows,
		holder);
}

static void holder_on_heard(const char *payload, void *arg)
{
	(void)payload;
	holder_load(arg);
}

static void holder_on_retry(evutil_socket_t fd, short what, void *arg)
{
	holder_load(arg);
}

/* ---- its life ---- */

struct suggest_holder *suggest_holder_new(
	struct event_base *base, struct db_pool *pool, struct work_pool *work)
{
	struct suggest_holder *holder = mem_new(sizeof(*holder));

	holder->pool = pool;
	holder->work = work;
	holder->held = mem_new(sizeof(*holder->held));
	holder->held->refs = 1;
	holder->retry = evtimer_new(base, holder_on_retry, holder);
	db_pool_listen(pool, CHANNEL, holder_on_heard, holder);
	return holder;
}

void suggest_holder_free(struct suggest_holder *holder)
{
	if (!holder)
		return;
	while (holder->waits)
		suggest_wait_cancel(holder->waits);
	db_cancel(holder->call);
	event_free(holder->retry);
	held_unref(holder->held);
	mem_free(holder);
}
