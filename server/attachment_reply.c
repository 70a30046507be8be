#include "server/attachment_private.h"

#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/blob_store.h"
#include "lib/http.h"
#include "lib/link_values.h"
#include "lib/work.h"

/* Lives by itself: the work thread may outlast the request. */
struct attachment_send {
	struct http_request *req; /* NULL: gone */
	struct blob_store *blobs;
	struct arena *arena;
	struct attachment_file file;
	int fd;
	uint64_t size;
	struct error err;
};

static void send_end(struct attachment_send *send)
{
	if (send->fd >= 0)
		close(send->fd);
	arena_free(send->arena);
	mem_free(send);
}

static void send_on_gone(void *arg)
{
	struct attachment_send *send = arg;

	send->req = NULL;
}

static void send_open(void *arg)
{
	struct attachment_send *send = arg;

	blob_store_open(
		send->blobs, send->file.sha256, &send->fd, &send->size, &send->err);
}

/* RFC 6266 with RFC 8187: the name as it is, and in ASCII for old readers. */
static const char *disposition(struct attachment_send *send)
{
	bool shown = !strncmp(send->file.type, "image/", strlen("image/"));
	char *ascii = arena_dup(send->arena, send->file.name);

	for (char *p = ascii; *p; p++)
		if ((unsigned char)*p >= 0x7f || *p < ' ' || *p == '"' || *p == '\\')
			*p = '_';
	return arena_printf(send->arena, "%s; filename=\"%s\"; filename*=UTF-8''%s",
		shown ? "inline" : "attachment", ascii,
		link_encode(send->arena, send->file.name));
}

static void send_on_open(void *arg)
{
	struct attachment_send *send = arg;
	struct http_request *req = send->req;

	if (!req) {
		send_end(send);
		return;
	}
	if (send->err.code != ERR_NONE) {
		http_reply_error(req, &send->err);
	} else {
		http_set_header(req, "Content-Disposition", disposition(send));
		http_set_header(
			req, "Content-Security-Policy", "sandbox; default-src 'none'");
		/* The buffer takes the descriptor. */
		if (send->size > 0)
			evbuffer_add_file(
				http_out(req), send->fd, 0, (ev_off_t)send->size);
		send->fd = send->size > 0 ? -1 : send->fd;
		http_reply(req, 200, send->file.type);
	}
	send_end(send);
}

void attachment_reply(struct http_request *req, struct attachment_service *service,
	const struct attachment_file *file)
{
	struct attachment_send *send = mem_new(sizeof(*send));

	send->req = req;
	send->blobs = service->config.blobs;
	send->arena = arena_new();
	send->fd = -1;
	send->file = (struct attachment_file){
		.sha256 = arena_dup(send->arena, file->sha256),
		.type = arena_dup(send->arena, file->type),
		.name = arena_dup(send->arena, file->name),
	};
	http_on_close(req, send_on_gone, send);
	if (work_run(service->config.work, send_open, send_on_open, send, &send->err) <
		0)
		send_on_open(send);
}
