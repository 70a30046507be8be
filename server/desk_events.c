#include "server/desk_events.h"

#include <stdio.h>
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

struct desk_stream {
	LIST_ENTRY(desk_stream) link;
	struct http_request *req;
	struct desk_events *events;
	struct db_call *call;
	char token_hash[SHA256_HEX_SIZE];
	int64_t after; /* what has been sent; -1: only what comes from now on */
	bool again;    /* something came while the question was under way */
	bool full;     /* the client reads slowly */
};

struct desk_events {
	struct db_pool *pool;
	struct event *timer;
	LIST_HEAD(, desk_stream) streams;
};

static void stream_ask(struct desk_stream *stream);

/* The request's end frees the stream, which lives in its arena. */
static void stream_on_gone(void *arg)
{
	struct desk_stream *stream = arg;

	db_cancel(stream->call);
	stream->call = NULL;
	LIST_REMOVE(stream, link);
}

static void stream_end(struct desk_stream *stream)
{
	LIST_REMOVE(stream, link);
	http_reply_end(stream->req);
}

static void stream_on_drained(void *arg)
{
	struct desk_stream *stream = arg;

	stream->full = false;
	stream_ask(stream);
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
	if (!http_reply_chunk(stream->req, text, (size_t)n)) {
		stream->full = true;
		http_reply_on_drained(stream->req, stream_on_drained, stream);
	}
}

static void stream_on_changes(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct desk_stream *stream = arg;

	stream->call = NULL;
	if (err) /* the next beat asks again */
		return;
	if (db_rows_count(rows) == 0) {
		stream_end(stream);
		return;
	}
	if (stream->after < 0) {
		stream->after = db_rows_int64(rows, 0, 0);
	} else {
		for (int i = 1; i < db_rows_count(rows); i++)
			stream_write(stream, rows, i);
	}
	if (stream->again)
		stream_ask(stream);
}

static void stream_ask(struct desk_stream *stream)
{
	char after[24];

	if (stream->call || stream->full) {
		stream->again = true;
		return;
	}
	stream->again = false;
	/* From now on: nothing is after the last number there is. */
	snprintf(after, sizeof(after), "%lld",
		stream->after < 0 ? (long long)INT64_MAX : (long long)stream->after);
	stream->call = desk_store_changes(stream->events->pool, stream->token_hash,
		after, stream_on_changes, stream);
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

void desk_events_open(struct http_request *req)
{
	static const char hello[] = "retry: 2000\n\n";
	struct worker *worker = http_app(req);
	struct desk_stream *stream = arena_alloc(http_arena(req), sizeof(*stream));

	stream->req = req;
	stream->events = worker->desk_events;
	stream->after = last_id_read(req);
	memcpy(stream->token_hash, session_get(req)->token_hash,
		sizeof(stream->token_hash));
	LIST_INSERT_HEAD(&worker->desk_events->streams, stream, link);
	http_on_close(req, stream_on_gone, stream);
	http_set_header(req, "X-Accel-Buffering", "no");
	http_reply_start(req, 200, "text/event-stream");
	http_reply_chunk(req, hello, sizeof(hello) - 1);
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

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct desk_events *events = arg;
	struct desk_stream *stream, *next;

	for (stream = LIST_FIRST(&events->streams); stream; stream = next) {
		next = LIST_NEXT(stream, link);
		if (!stream->full)
			http_reply_chunk(stream->req, ":\n\n", 3);
		stream_ask(stream);
	}
}

struct desk_events *desk_events_new(struct event_base *base, struct db_pool *pool)
{
	struct desk_events *events = mem_new(sizeof(*events));

	events->pool = pool;
	LIST_INIT(&events->streams);
	events->timer = event_new(base, -1, EV_PERSIST, on_beat, events);
	event_add(events->timer, &beat);
	db_pool_listen(pool, "synpunkt_case", on_heard, events);
	return events;
}

void desk_events_free(struct desk_events *events)
{
	if (!events)
		return;
	event_free(events->timer);
	mem_free(events);
}
