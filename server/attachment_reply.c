/*
 * Sending a stored file:
 *
 *   attachment_reply          on the loop; the client may leave from here on
 *   attachment_reply_work     in a work thread: open, and read once so that the
 *                             loop, which sends it from the page cache, need not
 *                             wait for the disk
 *   attachment_reply_on_open  on the loop: answer
 */
#include "server/attachment.h"

#include <unistd.h>

#include <event2/buffer.h>

#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/http.h"
#include "lib/work.h"
#include "server/attachment_name.h"
#include "server/attachment_private.h"

#define ATTACHMENT_READ_SIZE (64 * KIB)

struct attachment_sending {
	struct http_request *req; /* NULL: the client has left */
	struct attachment_service *service;
	struct arena *arena; /* own: the request may go before the work is done */
	const char *sha256, *type, *disposition;
	int fd;
	uint64_t size;
	struct error err;
};

static void attachment_sending_free(struct attachment_sending *sending)
{
	if (sending->fd >= 0)
		close(sending->fd);
	arena_free(sending->arena);
	mem_free(sending);
}

static void attachment_reply_work(void *arg)
{
	struct attachment_sending *sending = arg;
	scoped_free char *buffer = NULL;
	off_t at = 0;
	ssize_t n = 1;

	if (blob_store_open(sending->service->config.blobs, sending->sha256,
		    &sending->fd, &sending->size, &sending->err) < 0)
		return;
	buffer = mem_new(ATTACHMENT_READ_SIZE);
	for (; n > 0; at += n)
		n = pread(sending->fd, buffer, ATTACHMENT_READ_SIZE, at);
}

static void attachment_reply_send(struct attachment_sending *sending)
{
	struct http_request *req = sending->req;
	int fd = sending->fd;

	http_set_header(req, "Content-Disposition", sending->disposition);
	http_set_header(req, "Content-Security-Policy", "default-src 'none'; sandbox");
	http_set_header(req, "X-Content-Type-Options", "nosniff");
	sending->fd = -1; /* the buffer closes it, also when it fails */
	if (sending->size > 0 &&
		evbuffer_add_file(http_out(req), fd, 0, (ev_off_t)sending->size) < 0) {
		error_set(&sending->err, ERR_INTERNAL, "a stored file cannot be sent");
		http_reply_error(req, &sending->err);
		return;
	}
	http_reply(req, 200, sending->type);
}

static void attachment_reply_on_open(void *arg)
{
	struct attachment_sending *sending = arg;

	if (sending->req && sending->err.code != ERR_NONE)
		http_reply_error(sending->req, &sending->err);
	else if (sending->req)
		attachment_reply_send(sending);
	attachment_sending_free(sending);
}

static void attachment_reply_abandon(void *arg)
{
	struct attachment_sending *sending = arg;

	sending->req = NULL;
}

void attachment_reply(struct http_request *req, struct attachment_service *service,
	const struct attachment_file *file)
{
	struct attachment_sending *sending = mem_new(sizeof(*sending));
	struct error err = { 0 };

	sending->req = req;
	sending->service = service;
	sending->arena = arena_new();
	sending->sha256 = arena_dup(sending->arena, file->sha256);
	sending->type = arena_dup(sending->arena, file->type);
	sending->disposition =
		attachment_name_disposition(sending->arena, file->name, file->type);
	sending->fd = -1;
	if (work_run(service->config.work, attachment_reply_work,
		    attachment_reply_on_open, sending, &err) < 0) {
		attachment_sending_free(sending);
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, attachment_reply_abandon, sending);
}
