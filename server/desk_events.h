/*
 * desk_events - changes as they happen: server-sent events (HTML, section 9.2).
 *
 * The database tells each worker that something changed; each open stream then asks,
 * under its own session, what there is after its last place. So a stream shows only
 * what its session may see, ends with the session, and goes on by Last-Event-ID after a
 * break of up to a day.
 */
#ifndef SYNPUNKT_SERVER_DESK_EVENTS_H
#define SYNPUNKT_SERVER_DESK_EVENTS_H

struct db_pool;
struct desk_events;
struct event_base;
struct http_request;

struct desk_events *desk_events_new(struct event_base *base, struct db_pool *pool);
/* After the HTTP server, so that no stream is left. NULL is fine. */
void desk_events_free(struct desk_events *events);

/* Takes the request: a GET of a signed-in colleague. */
void desk_events_open(struct http_request *req);

#endif
