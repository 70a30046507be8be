/*
 * http_private - what the files of the HTTP server share. Nobody else includes it.
 *
 *   http_server.c  accepting, the tick that finds passed deadlines, draining
 *   http_conn.c    one connection: its phases, reading, writing, closing
 *   http_request.c one request: from head to handler; what handlers ask of it
 *   http_body.c    bodies in memory and on disk
 *   http_reply.c   answers, whole and in pieces
 *   http_problem.c answers that say what is wrong
 */
#ifndef SYNPUNKT_LIB_HTTP_PRIVATE_H
#define SYNPUNKT_LIB_HTTP_PRIVATE_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <openssl/types.h>
#include <sys/queue.h>
#include <time.h>

#include "lib/http_chunk.h"
#include "lib/http_parse.h"
#include "lib/http_peer.h"
#include "lib/http_route.h"
#include "lib/http_server.h"

/* The ticket of a connection that no hook was asked about. */
#define HTTP_UNCOUNTED (-2)

#define HTTP_CORRELATION_MAX 64
/* Read from the socket at a time, and so the most that is ever read ahead. */
#define HTTP_READ_SIZE ((size_t)16384)
/* An answer up to this size goes out in one piece with its head. */
#define HTTP_ONE_PIECE ((size_t)16384)

enum http_phase {
	HTTP_PHASE_IDLE,   /* nothing of the next request has come */
	HTTP_PHASE_HEAD,   /* some of its head has */
	HTTP_PHASE_ACCESS, /* the access check has not settled */
	HTTP_PHASE_BODY,   /* the body is coming */
	HTTP_PHASE_SPOOL,  /* a work thread writes a block of it; nothing is read */
	HTTP_PHASE_WORK,   /* with the handler */
	HTTP_PHASE_STREAM, /* with the handler, which has begun to answer */
	HTTP_PHASE_SEND,   /* answered; the client has not read it all */
	HTTP_PHASE_LINGER, /* answered and shut; what still comes is discarded */
};

/* A line of text that is built again and again in the same place. */
struct http_text {
	char *bytes;
	size_t n, size;
};

/* Freed only by the server's turn, so nobody finds it gone under their feet. */
struct http_conn {
	TAILQ_ENTRY(http_conn) all;
	TAILQ_ENTRY(http_conn) ready;
	struct http_server *server;
	struct bufferevent *bev;
	SSL *ssl; /* owned by bev; NULL: plain */
	int fd;
	enum http_phase phase;
	uint64_t due;     /* ms on the monotonic clock; 0: no deadline */
	uint64_t left_ms; /* of the body's deadline, while a thread writes */
	uint64_t mark;    /* bytes received or sent when the present window began */
	uint64_t queued;  /* bytes given to the socket or its buffer so far */
	uint64_t peer_key;
	struct http_address from;
	struct http_request *req; /* the one under way, or NULL */
	bool trusted;             /* the peer is a proxy of ours */
	int ticket;               /* to be released, or HTTP_UNCOUNTED */
	bool served;              /* has had an answer: idle time counts now */
	bool eof;                 /* the client has said its last byte */
	bool closing;             /* no request after this one */
	bool linger;              /* the client may be sending still */
	bool running;             /* somewhere above on the stack */
	bool is_ready;            /* in the server's ready list */
	bool cut;                 /* broken: to be closed in the turn */
	bool dead;                /* closed: to be freed in the turn */
};

struct http_set_field {
	const char *name, *value;
	struct http_set_field *next;
};

/* How far the body is. */
struct http_receive {
	uint64_t left;            /* by Content-Length */
	uint64_t total;           /* of decoded bytes so far */
	struct http_chunk *chunk; /* NULL: by Content-Length */
	char *block;              /* the body, or what of it is not on disk yet */
	size_t used, size;
	struct http_spool *spool; /* NULL: in memory */
	uint64_t reserved;        /* of the server's spool bytes */
};

struct http_request {
	LIST_ENTRY(http_request) all;
	struct http_server *server;
	struct http_conn *conn; /* NULL: the client has left */
	struct arena *arena;    /* holds this struct too */
	struct http_parse parse;
	struct http_match match;
	struct http_receive receive;
	struct http_body body;
	struct evbuffer *out; /* made when asked for */
	struct http_set_field *fields, **fields_end;
	unsigned replaced; /* standard headers that the handler has set, as bits */
	char correlation[HTTP_CORRELATION_MAX + 1];
	const char *traceparent;
	void *caller;
	void (*gone)(void *arg);
	void *gone_arg;
	void (*drained)(void *arg);
	void *drained_arg;
	uint64_t peer_key;
	uint64_t started_ms;
	uint64_t sent;       /* bytes of the answer */
	int status;          /* 0 until answered */
	const char *what;    /* why the server itself refused it */
	const char *problem; /* members of a problem document, or NULL */
	bool has_peer_key;
	bool held;                  /* a handler or an access check has it */
	bool broken;                /* a header could not be set: 500 */
	bool settled;               /* the late access check has ended */
	const struct error *denied; /* by that check, or NULL */
	bool chunked;               /* the stream is */
	bool full;                  /* the stream was told to wait */
};

TAILQ_HEAD(http_conn_list, http_conn);
LIST_HEAD(http_request_list, http_request);
TAILQ_HEAD(http_spool_list, http_spool);

struct http_listener {
	struct http_listener *next;
	struct http_server *server;
	struct event *readable;
	int fd;
};

/* Refused connections that wait a moment so that their answer is not lost. */
#define HTTP_PARTING_MAX 64

struct http_parting {
	int fd;
	uint64_t due;
};

struct http_server {
	struct event_base *base;
	struct work_pool *work;
	struct http_config config; /* its strings must not be read any more */
	void *app;
	struct http_routes *routes;
	struct http_peers *peers;
	struct tls *tls; /* NULL: plain */
	struct http_listener *listeners;
	struct http_conn_list conns, ready;
	struct http_request_list requests;
	struct event *tick; /* looks for passed deadlines */
	struct event *turn; /* runs the ready ones, from the loop */
	uint64_t rest_until;
	bool draining;
	void (*drained)(void *arg);
	void *drained_arg;
	struct http_parting partings[HTTP_PARTING_MAX];
	unsigned next_parting;
	struct http_stats stats;

	char *spool_dir;               /* NULL: no large bodies */
	struct http_spool_list spools; /* waiting for a place in the work queue */

	struct http_text text; /* where answers are put together */
	char date[64];         /* the whole header line */
	time_t date_of;
	uint64_t ids, id_salt; /* of correlation ids */
};

/* ---- http_server.c ---- */
uint64_t http_now_ms(void); /* monotonic */

/* ---- http_conn.c ---- */
void http_conn_new(
	struct http_server *s, int fd, const struct http_address *from, int ticket);
void http_conn_enter(struct http_conn *conn, enum http_phase phase);
/* Has it run from the loop, not now. */
void http_conn_wake(struct http_conn *conn);
/* That: the conn stands in no list of ready ones any more. */
void http_conn_turn(struct http_conn *conn);
void http_conn_overdue(struct http_conn *conn, uint64_t now);
/* Bytes to the client: at once as far as it takes them, the rest when it does. */
void http_conn_write(struct http_conn *conn, const void *bytes, size_t n);
void http_conn_write_buffer(struct http_conn *conn, struct evbuffer *out);
size_t http_conn_unsent(const struct http_conn *conn);
/* The request has been answered in full and is gone. */
void http_conn_answered(struct http_conn *conn);
/* The block of the body is on disk. */
void http_conn_spooled(struct http_conn *conn);
/* Ends it now, as if the client had left; freed in the turn. */
void http_conn_close(struct http_conn *conn);
void http_conn_free(struct http_conn *conn);

/* ---- http_request.c ---- */
struct http_request *http_request_new(struct http_conn *conn);
void http_request_free(struct http_request *req);
/* The head is complete: match, check, and go on to the body or an answer. */
void http_request_begin(struct http_request *req);
void http_request_settled(struct http_request *req);
void http_request_handle(struct http_request *req);
/* The client has left: tells the handler, or keeps the request for its answer. */
void http_request_abandon(struct http_request *req);
void http_request_log(struct http_request *req);
bool http_request_has_body(const struct http_request *req);
void http_correlation_make(struct http_server *s, char ret[HTTP_CORRELATION_MAX + 1]);

/* ---- http_body.c ---- */
enum http_body_step {
	HTTP_BODY_MORE, /* bytes are needed */
	HTTP_BODY_WAIT, /* a work thread has the block */
	HTTP_BODY_COMPLETE,
	HTTP_BODY_ANSWERED, /* refused */
};

/* False: answered (413, 503). */
bool http_body_begin(struct http_request *req);
enum http_body_step http_body_take(struct http_request *req, struct evbuffer *in);
void http_body_clear(struct http_request *req);
/* Those that found the work queue full try again. */
void http_body_retry(struct http_server *s);

/* ---- http_reply.c ---- */
void http_text_add(struct http_text *text, const void *bytes, size_t n);
void http_text_add_string(struct http_text *text, const char *string);
void http_text_add_number(struct http_text *text, uint64_t number);
/* Status line, Date, the standard headers and the correlation id. */
void http_head_start(struct http_server *s, int status, bool secure, unsigned replaced);
bool http_has_field(const struct http_request *req, const char *name);

/* ---- http_problem.c ---- */
/* Refuses a request before or instead of a handler. */
void http_refuse(struct http_request *req, int status, const char *detail);
const char *http_status_title(int status);
/* What a status owes: 401 the scheme, 429 and 503 when to come again. */
void http_status_headers(struct http_request *req, int status);

#endif
