#include "server/body_text.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/work.h"

struct body_text {
	struct body_text_call call;
	bool reading, abandoned;
	int fd;
	char *bytes;
	size_t size, used;
};

static void body_text_end(struct body_text *text)
{
	close(text->fd);
	mem_free(text->bytes);
	mem_free(text);
}

static void body_text_work(void *arg)
{
	struct body_text *text = arg;
	ssize_t n = 1;

	while (n > 0 && text->used < text->size) {
		n = pread(text->fd, text->bytes + text->used, text->size - text->used,
			(off_t)text->used);
		text->used += n > 0 ? (size_t)n : 0;
	}
}

static void body_text_done(void *arg)
{
	struct body_text *text = arg;
	struct error err = { 0 };

	text->reading = false;
	if (text->abandoned) {
		body_text_end(text);
		return;
	}
	if (text->used < text->size)
		error_set(&err, ERR_UNAVAILABLE, "what was sent cannot be read back");
	text->call.done(text->bytes, text->used, err.code == ERR_NONE ? NULL : &err,
		text->call.arg);
}

struct body_text *body_text_read(
	struct http_request *req, const struct body_text_call *call, struct error *err)
{
	const struct http_body *body = http_body(req);
	int fd = fcntl(body->fd, F_DUPFD_CLOEXEC, 0);
	struct body_text *text;

	if (fd < 0) {
		error_set(err, ERR_UNAVAILABLE, "too many files are open");
		return NULL;
	}
	text = mem_new(sizeof(*text));
	text->call = *call;
	text->fd = fd;
	text->size = body->size;
	text->bytes = mem_new(body->size);
	if (work_run(call->work, body_text_work, body_text_done, text, err) < 0) {
		body_text_end(text);
		return NULL;
	}
	text->reading = true;
	return text;
}

void body_text_free(struct body_text *text)
{
	if (!text)
		return;
	if (text->reading)
		text->abandoned = true;
	else
		body_text_end(text);
}
