/*
 * Bodies: up to 64 KiB in memory, larger ones block by block to a file without a
 * name, written by work threads. While a thread has the block nothing is read, so
 * an upload costs one block and one read, whatever its size.
 */
#include "lib/http_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/temp_file.h"
#include "lib/work.h"

#define BLOCK_FIRST ((size_t)2048)

static const char too_large[] = "the body is larger than is taken here";
static const char not_stored[] = "the upload could not be stored";
static const char too_many[] = "too many large uploads at once";

/* A file that a body goes to. While busy the struct belongs to a thread, and
 * outlives the request if need be. */
struct http_spool {
	TAILQ_ENTRY(http_spool) waiting;
	char *dir;
	struct http_request *req; /* NULL: it has gone */
	int fd;
	char *block; /* to be written, while busy */
	size_t n;
	off_t at;
	bool failed;     /* in the thread */
	bool busy;       /* with a thread */
	bool is_waiting; /* in the server's list: the queue was full */
};

/* ---- in the thread ---- */

static void spool_write_work(void *arg)
{
	struct http_spool *spool = arg;
	size_t written = 0;

	if (spool->fd < 0)
		spool->fd = temp_file_open(spool->dir, NULL);
	if (spool->fd < 0) {
		spool->failed = true;
		return;
	}
	while (written < spool->n) {
		ssize_t n = pwrite(spool->fd, spool->block + written,
			spool->n - written, spool->at + (off_t)written);

		if (n < 0 && errno != EINTR) {
			spool->failed = true;
			return;
		}
		written += n > 0 ? (size_t)n : 0;
	}
}

static void spool_close_work(void *arg)
{
	struct http_spool *spool = arg;

	close(spool->fd);
	spool->fd = -1;
}

/* ---- on the loop ---- */

static void spool_free(void *arg)
{
	struct http_spool *spool = arg;

	if (spool->fd >= 0)
		close(spool->fd);
	mem_free(spool->dir);
	mem_free(spool->block);
	mem_free(spool);
}

/* Giving 50 MiB back to the file system takes milliseconds: not on the loop. */
static void spool_drop(struct work_pool *work, struct http_spool *spool)
{
	if (spool->fd < 0 ||
		work_run(work, spool_close_work, spool_free, spool, NULL) < 0)
		spool_free(spool);
}

static void spool_write_done(void *arg)
{
	struct http_spool *spool = arg;
	struct http_request *req = spool->req;

	spool->busy = false;
	if (!req) {
		spool_free(spool);
		return;
	}
	req->receive.block = steal(spool->block);
	req->receive.used = 0;
	spool->at += (off_t)spool->n;
	http_body_retry(req->server);
	http_conn_spooled(req->conn);
}

static void spool_start(struct http_server *s, struct http_spool *spool)
{
	if (work_run(s->work, spool_write_work, spool_write_done, spool, NULL) == 0) {
		spool->busy = true;
		return;
	}
	/* Others write; the block waits for one of them, or for the tick. */
	spool->is_waiting = true;
	TAILQ_INSERT_TAIL(&s->spools, spool, waiting);
}

void http_body_retry(struct http_server *s)
{
	struct http_spool *spool = TAILQ_FIRST(&s->spools);

	while (spool && work_run(s->work, spool_write_work, spool_write_done, spool,
				NULL) == 0) {
		TAILQ_REMOVE(&s->spools, spool, waiting);
		spool->is_waiting = false;
		spool->busy = true;
		spool = TAILQ_FIRST(&s->spools);
	}
}

static struct http_spool *spool_new(struct http_request *req)
{
	struct http_spool *spool = mem_new(sizeof(*spool));

	spool->dir = mem_dup(req->server->spool_dir);
	spool->req = req;
	spool->fd = -1;
	return spool;
}

static void body_flush(struct http_request *req)
{
	struct http_receive *receive = &req->receive;

	if (!receive->spool)
		receive->spool = spool_new(req);
	receive->spool->block = steal(receive->block);
	receive->spool->n = receive->used;
	spool_start(req->server, receive->spool);
}

/* True: the route wants at least the beginning, and no more than that is read. False:
 * answered. */
static bool body_cut(struct http_request *req, int status, const char *what)
{
	if (!req->match.route->takes_cut) {
		http_refuse(req, status, what);
		return false;
	}
	req->body.cut = status;
	req->receive.left = HTTP_BODY_MEMORY;
	return true;
}

/* Room in the spool directory for so many bytes in all; false: there is none. */
static bool body_reserve(struct http_request *req, uint64_t bytes)
{
	struct http_server *s = req->server;
	uint64_t more;

	if (bytes <= req->receive.reserved)
		return true;
	more = bytes - req->receive.reserved;
	if (!s->work || !s->spool_dir || more > s->config.spool_bytes_max ||
		s->stats.spool_bytes > s->config.spool_bytes_max - more)
		return false;
	s->stats.spool_bytes += more;
	req->receive.reserved = bytes;
	return true;
}

bool http_body_begin(struct http_request *req)
{
	const struct http_head *head = &req->parse.head;
	uint64_t length = head->chunked ? 0 : head->length;

	if (head->chunked && req->match.route->max_body == 0) {
		http_refuse(req, 413, too_large);
		return false;
	}
	req->receive.left = length;
	if (length > req->match.route->max_body)
		return body_cut(req, 413, too_large);
	if (length > HTTP_BODY_MEMORY && !body_reserve(req, length))
		return body_cut(req, 503, too_many);
	if (head->chunked) {
		req->receive.chunk =
			arena_alloc(req->arena, sizeof(*req->receive.chunk));
		http_chunk_init(req->receive.chunk, req->arena);
	}
	return true;
}

/* The block grows with what has really come, so a promise costs nothing. One byte
 * is left for the NUL after a body in memory. */
static void body_add(struct http_receive *receive, const char *bytes, size_t n)
{
	if (!receive->block)
		receive->size = 0;
	if (receive->used + n > receive->size) {
		size_t size = receive->size ? receive->size : BLOCK_FIRST;

		while (size < receive->used + n)
			size *= 2;
		receive->block = mem_grow(receive->block, size + 1);
		receive->size = size;
	}
	memcpy(receive->block + receive->used, bytes, n);
	receive->used += n;
	receive->total += n;
}

static size_t take_length(struct http_receive *receive, const char *in, size_t n)
{
	size_t run = receive->left < n ? (size_t)receive->left : n;

	body_add(receive, in, run);
	receive->left -= run;
	return run;
}

static size_t take_chunked(struct http_receive *receive, const char *in, size_t n)
{
	const char *data;
	size_t run, used = http_chunk_feed(receive->chunk, in, n, &data, &run);

	if (run > 0)
		body_add(receive, data, run);
	return used;
}

static bool body_is_complete(const struct http_receive *receive)
{
	return receive->chunk ? receive->chunk->state == HTTP_CHUNK_DONE
			      : receive->left == 0;
}

/* False: answered. */
static bool body_is_fine(struct http_request *req)
{
	struct http_receive *receive = &req->receive;

	if (receive->chunk && receive->chunk->state == HTTP_CHUNK_REFUSED) {
		http_refuse(req, receive->chunk->status, receive->chunk->what);
		return false;
	}
	if (receive->total > req->match.route->max_body) {
		http_refuse(req, 413, too_large);
		return false;
	}
	if (receive->total > HTTP_BODY_MEMORY && !body_reserve(req, receive->total)) {
		http_refuse(req, 503, too_many);
		return false;
	}
	return true;
}

static enum http_body_step body_complete(struct http_request *req)
{
	struct http_receive *receive = &req->receive;

	if (receive->spool && receive->used > 0) {
		body_flush(req);
		return HTTP_BODY_WAIT;
	}
	req->body.size = (size_t)receive->total;
	if (receive->spool) {
		req->body.fd = receive->spool->fd;
		req->body.data = NULL;
		mem_free(steal(receive->block));
	} else if (receive->block) {
		receive->block[receive->used] = '\0';
		req->body.data = receive->block;
	}
	return HTTP_BODY_COMPLETE;
}

/* The block is full and another byte of the body is due. Behind the last one of a
 * chunked body only its end may be to come, which needs no room. */
static bool body_is_full(const struct http_receive *receive)
{
	return receive->used == HTTP_BODY_MEMORY &&
	       (!receive->chunk || receive->chunk->state == HTTP_CHUNK_DATA);
}

/* How much to take at a time: what there is room for, or one byte between chunks. */
static size_t body_room(const struct http_receive *receive)
{
	size_t room = HTTP_BODY_MEMORY - receive->used;

	return room > 0 ? room : 1;
}

/* A full disk, most likely: the next try may find room. The first block is still here.
 */
static enum http_body_step body_failed(struct http_request *req)
{
	struct http_spool *spool = req->receive.spool;

	if (spool->at != (off_t)spool->n) {
		http_refuse(req, 503, not_stored);
		return HTTP_BODY_ANSWERED;
	}
	if (!body_cut(req, 503, not_stored))
		return HTTP_BODY_ANSWERED;
	req->receive.block[spool->n] = '\0';
	req->body.data = req->receive.block;
	req->body.size = spool->n;
	return HTTP_BODY_COMPLETE;
}

enum http_body_step http_body_take(struct http_request *req, struct evbuffer *in)
{
	struct http_receive *receive = &req->receive;
	const char *front;
	size_t n;

	if (receive->spool && receive->spool->failed)
		return body_failed(req);
	while (!body_is_complete(receive) && evbuffer_get_length(in) > 0) {
		if (body_is_full(receive)) {
			body_flush(req);
			return HTTP_BODY_WAIT;
		}
		n = evbuffer_get_contiguous_space(in);
		if (n > body_room(receive))
			n = body_room(receive);
		front = (const char *)evbuffer_pullup(in, (ev_ssize_t)n);
		n = receive->chunk ? take_chunked(receive, front, n)
				   : take_length(receive, front, n);
		evbuffer_drain(in, n);
		if (!body_is_fine(req))
			return HTTP_BODY_ANSWERED;
	}
	return body_is_complete(receive) ? body_complete(req) : HTTP_BODY_MORE;
}

void http_body_clear(struct http_request *req)
{
	struct http_receive *receive = &req->receive;
	struct http_spool *spool = receive->spool;

	mem_free(steal(receive->block));
	req->server->stats.spool_bytes -= receive->reserved;
	if (!spool)
		return;
	spool->req = NULL;
	if (spool->is_waiting)
		TAILQ_REMOVE(&req->server->spools, spool, waiting);
	if (!spool->busy)
		spool_drop(req->server->work, spool);
}
