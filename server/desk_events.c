#include "server/desk_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/log.h"
#include "server/desk_store.h"
#include "server/session.h"
#include "server/worker.h"

/* A session that ended is noticed by then, and a proxy sees that the line is alive. */
static const struct timeval beat = { .tv_sec = 20 };

#define ID_DIGITS 18
#define STREAMS_MAX 1000      /* of one worker */
#define STREAMS_OF_ONE_MAX 20 /* of one colleague at one worker: open tabs */
/* Questions under way: a change makes every stream ask, and the rest of the desk, which
 * shares the connections, must not stand behind all of them. */
#define ASKING_MAX 4

struct desk_stream {
	LIST_ENTRY(desk_stream) link;
	TAILQ_ENTRY(desk_stream) turn; /* while waits */
	struct http_request *req;
	struct desk_events *events;
	struct db_call *call;
	int64_t user_id;
	char token_hash[SHA256_HEX_SIZE];
	int64_t after; /* what has been sent; -1: only what comes from now on */
	bool open;     /* the place is known and the answer has begun */
	bool waits;    /* for its turn to ask */
	bool again;    /* something came while the question was under way */
	bool full;     /* the client reads slowly */
};

struct desk_events {
	struct db_pool *pool;
	struct event *timer;
	unsigned n_streams, n_asking;
	LIST_HEAD(, desk_stream) streams;
	TAILQ_HEAD(, desk_stream) waiting;
};

static void stream_ask(struct desk_stream *stream);
static void events_pump(struct desk_events *events);

static void stream_forget(struct desk_stream *stream)
{
	struct desk_events *events = stream->events;

	if (stream->call) {
		db_cancel(steal(stream->call));
		events->n_asking--;
	}
	if (stream->waits)
		TAILQ_REMOVE(&events->waiting, stream, turn);
	LIST_REMOVE(stream, link);
	events->n_streams--;
}

/* The request's end frees the stream, which lives in its arena. */
static void stream_on_gone(void *arg)
{
	struct desk_stream *stream = arg;

	stream_forget(stream);
	events_pump(stream->events);
}

static void stream_end(struct desk_stream *stream, const struct error *err)
{
	stream_forget(stream);
	if (stream->open)
		http_reply_end(stream->req);
	else
		http_reply_error(stream->req, err);
}

static void stream_on_drained(void *arg)
{
	struct desk_stream *stream = arg;

	stream->full = false;
	stream_ask(stream);
}

static void stream_send(struct desk_stream *stream, const char *text, int n)
{
	if (http_reply_chunk(stream->req, text, (size_t)n))
		return;
	stream->full = true;
	http_reply_on_drained(stream->req, stream_on_drained, stream);
}

static void stream_write(
	struct desk_stream *stream, const struct db_rows *rows, int row)
{
	char text[200];
	int n = snprintf(text, sizeof(text),
		"id: %s\nevent: case-changed\n"
		"data: {\"number\":\"%s\",\"version\":%s}\n\n",
		db_rows_text(rows, row, 0), db_rows_text(rows, row, 1),
		db_rows_text(rows, row, 2));

	stream->after = db_rows_int64(rows, row, 0);
	stream_send(stream, text, n);
}

/* Not before the place is known: what changes after the client has seen the answer
 * begin is told. An id without data is kept for Last-Event-ID all the same. */
static void stream_begin(struct desk_stream *stream, int64_t newest)
{
	char text[60];
	int n;

	if (stream->after < 0)
		stream->after = newest;
	n = snprintf(text, sizeof(text), "retry: 2000\nid: %lld\n\n",
		(long long)stream->after);
	http_set_header(stream->req, "X-Accel-Buffering", "no");
	http_reply_start(stream->req, 200, "text/event-stream");
	stream->open = true;
	stream_send(stream, text, n);
}

static void stream_on_changes(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct desk_stream *stream = arg;
	struct desk_events *events = stream->events;
	struct error err = { 0 };
	int n = db_err ? 0 : db_rows_count(rows);

	stream->call = NULL;
	events->n_asking--;
	if (n == 0) {
		/* No row: the session is dead, or sees no board any more. */
		if (!db_err)
			error_set(&err, ERR_UNAUTHORIZED, "sign in first, or again");
		/* On an error an open stream waits: the next beat asks again. */
		if (!db_err || !stream->open)
			stream_end(stream, db_err ? db_err : &err);
		events_pump(events);
		return;
	}
	if (!stream->open)
		stream_begin(stream, db_rows_int64(rows, 0, 0));
	for (int i = 1; i < n; i++)
		stream_write(stream, rows, i);
	if (stream->again || n > DESK_CHANGES_MAX)
		stream_ask(stream);
	events_pump(events);
}

static void events_pump(struct desk_events *events)
{
	while (events->n_asking < ASKING_MAX && !TAILQ_EMPTY(&events->waiting)) {
		struct desk_stream *stream = TAILQ_FIRST(&events->waiting);
		/* From now on: nothing is after the last number there is. */
		int64_t after = stream->after < 0 ? INT64_MAX : stream->after;
		char text[24];

		TAILQ_REMOVE(&events->waiting, stream, turn);
		stream->waits = false;
		events->n_asking++;
		snprintf(text, sizeof(text), "%lld", (long long)after);
		stream->call = desk_store_changes(events->pool, stream->token_hash,
			text, stream_on_changes, stream);
	}
}

static void stream_ask(struct desk_stream *stream)
{
	if (stream->call || stream->full) {
		stream->again = true;
		return;
	}
	stream->again = false;
	if (stream->waits)
		return;
	stream->waits = true;
	TAILQ_INSERT_TAIL(&stream->events->waiting, stream, turn);
	events_pump(stream->events);
}

static int64_t last_id_read(struct http_request *req)
{
	const char *text = http_header(req, "Last-Event-ID");
	int64_t id = 0;

	if (!text || !*text || strlen(text) > ID_DIGITS)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		id = id * 10 + (*text - '0');
	}
	return id;
}

/* 0, or there is no room, which was answered. */
static int ceiling_check(struct http_request *req, const struct desk_events *events)
{
	const struct desk_stream *stream;
	unsigned own = 0;
	struct error err = { 0 };

	LIST_FOREACH(stream, &events->streams, link)
	{
		own += stream->user_id == session_get(req)->user_id;
	}
	if (own >= STREAMS_OF_ONE_MAX)
		error_set(&err, ERR_BUSY, "you have %u streams open already", own);
	else if (events->n_streams >= STREAMS_MAX)
		error_set(&err, ERR_UNAVAILABLE, "too many streams are open");
	else
		return 0;
	http_reply_error(req, &err);
	return -1;
}

void desk_events_open(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct desk_events *events = worker->desk_events;
	struct desk_stream *stream;

	if (http_method(req) == HTTP_HEAD) {
		http_reply(req, 200, "text/event-stream");
		return;
	}
	if (ceiling_check(req, events) < 0)
		return;
	stream = arena_alloc(http_arena(req), sizeof(*stream));
	stream->req = req;
	stream->events = events;
	stream->user_id = session_get(req)->user_id;
	stream->after = last_id_read(req);
	memcpy(stream->token_hash, session_get(req)->token_hash,
		sizeof(stream->token_hash));
	LIST_INSERT_HEAD(&events->streams, stream, link);
	events->n_streams++;
	http_on_close(req, stream_on_gone, stream);
	stream_ask(stream);
}

static void on_heard(const char *payload, void *arg)
{
	struct desk_events *events = arg;
	struct desk_stream *stream;

	(void)payload; /* what it says is for each session to be allowed to know */
	LIST_FOREACH(stream, &events->streams, link)
	{
		stream_ask(stream);
	}
}

static void presence_tell(
	struct desk_events *events, int64_t user, const char *number, int n)
{
	struct desk_stream *stream, *next;
	char text[100];
	int size = snprintf(text, sizeof(text),
		"event: presence\ndata: {\"number\":\"%.*s\"}\n\n", n, number);

	for (stream = LIST_FIRST(&events->streams); stream; stream = next) {
		next = LIST_NEXT(stream, link);
		if (stream->user_id == user && stream->open && !stream->full)
			stream_send(stream, text, size);
	}
}

/* "2026-104233 12 15": something is new of who has the case open, for the users with
 * these ids, who have it open too. They ask what it is. */
static void on_presence(const char *payload, void *arg)
{
	char *end;

	/* What was missed while the line was away comes with the next sign of life. */
	if (!payload)
		return;
	for (const char *at = payload + strcspn(payload, " "); *at; at = end) {
		int64_t user = strtoll(at, &end, 10);

		if (end == at)
			return;
		presence_tell(arg, user, payload, (int)strcspn(payload, " "));
	}
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct desk_events *events = arg;
	struct desk_stream *stream, *next;

	for (stream = LIST_FIRST(&events->streams); stream; stream = next) {
		next = LIST_NEXT(stream, link);
		if (stream->open && !stream->full)
			stream_send(stream, ":\n\n", 3);
		stream_ask(stream);
	}
}

struct desk_events *desk_events_new(struct event_base *base, struct db_pool *pool)
{
	struct desk_events *events = mem_new(sizeof(*events));

	events->pool = pool;
	LIST_INIT(&events->streams);
	TAILQ_INIT(&events->waiting);
	events->timer = event_new(base, -1, EV_PERSIST, on_beat, events);
	event_add(events->timer, &beat);
	db_pool_listen(pool, "synpunkt_case", on_heard, events);
	db_pool_listen(pool, "synpunkt_presence", on_presence, events);
	return events;
}

void desk_events_free(struct desk_events *events)
{
	if (!events)
		return;
	event_free(events->timer);
	mem_free(events);
}
