#include "server/form_body.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/form_data.h"
#include "lib/http.h"
#include "lib/utf8.h"
#include "lib/work.h"
#include "server/attachment.h"

/* Read from the spooled file at a time. */
#define READ_SIZE (64 * KIB)

struct form_field {
	struct form_field *next;
	const char *name;
	const char *value;
};

struct form_body {
	struct arena *arena; /* the work thread's until it is done */
	struct form_field *fields;
	struct attachment_set *set;
	struct error err;
	form_body_fn *done;
	void *arg;
	bool reading, abandoned;
	bool glance; /* files are passed over */
	bool (*is_file)(const struct form_part *part);

	/* What is read. */
	const char *content_type, *data;
	size_t size;
	int fd;

	/* The part being read. */
	bool in_file;
	const char *name;
	char *value;
	size_t used, total;
};

/* ---- in the work thread ---- */

static bool is_attachment(const struct form_part *part)
{
	return !strcmp(part->name, "attachment");
}

static int part_begin(const struct form_part *part, void *arg, struct error *err)
{
	struct form_body *form = arg;

	form->in_file = form->is_file(part);
	if (form->in_file && form->glance)
		return 0;
	if (form->in_file)
		return attachment_set_begin(form->set, part->filename, err);
	form->name = arena_dup(form->arena, part->name);
	form->used = 0;
	return 0;
}

static int part_data(const char *bytes, size_t n, void *arg, struct error *err)
{
	struct form_body *form = arg;

	if (form->in_file && form->glance)
		return 0;
	if (form->in_file)
		return attachment_set_data(form->set, bytes, n, err);
	if (form->used + n > FORM_BODY_FIELD_MAX ||
		form->total + n > 2 * FORM_BODY_FIELD_MAX)
		return error_set(err, ERR_TOO_LARGE, "a field of the form is too long");
	memcpy(form->value + form->used, bytes, n);
	form->used += n;
	form->total += n;
	return 0;
}

static int part_end(void *arg, struct error *err)
{
	struct form_body *form = arg;
	struct form_field *field;

	if (form->in_file && form->glance)
		return 0;
	if (form->in_file)
		return attachment_set_end(form->set, err);
	if (!utf8_is_text(form->value, form->used))
		return error_set(
			err, ERR_INVALID, "a field of the form is not UTF-8 text");
	field = arena_alloc(form->arena, sizeof(*field));
	field->name = form->name;
	field->value = arena_dup_n(form->arena, form->value, form->used);
	field->next = form->fields;
	form->fields = field;
	return 0;
}

static const struct form_handler form_handler = {
	.part_begin = part_begin,
	.part_data = part_data,
	.part_end = part_end,
};

static int feed_file(
	struct form_body *form, struct form_data *reader, struct error *err)
{
	scoped_free char *buffer = mem_new(READ_SIZE);
	off_t at = 0;
	ssize_t n;

	while (at < (off_t)form->size) {
		n = pread(form->fd, buffer, READ_SIZE, at);
		if (n <= 0)
			return error_set(
				err, ERR_INTERNAL, "the body cannot be read back");
		if (form_data_feed(reader, buffer, (size_t)n, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

static int form_read(
	struct form_body *form, struct form_data *reader, struct error *err)
{
	int fed = form->fd >= 0 ? feed_file(form, reader, err)
				: form_data_feed(reader, form->data, form->size, err);

	return fed < 0 ? -1 : form_data_finish(reader, err);
}

static void form_body_work(void *arg)
{
	struct form_body *form = arg;
	struct form_data *reader =
		form_data_new(form->content_type, &form_handler, form, &form->err);

	if (!reader)
		return;
	form->value = mem_new(FORM_BODY_FIELD_MAX);
	form_read(form, reader, &form->err);
	mem_free(steal(form->value));
	form_data_free(reader);
}

/* ---- on the loop ---- */

static void form_body_end(struct form_body *form)
{
	if (form->fd >= 0)
		close(form->fd);
	attachment_set_free(form->set);
	arena_free(form->arena);
	mem_free(form);
}

static void form_body_done(void *arg)
{
	struct form_body *form = arg;

	form->reading = false;
	if (form->abandoned)
		form_body_end(form);
	else
		form->done(form, form->err.code == ERR_NONE ? NULL : &form->err,
			form->arg);
}

static struct form_body *form_body_new(
	struct http_request *req, struct attachment_service *attachments)
{
	struct form_body *form = mem_new(sizeof(*form));
	const char *type = http_header(req, "content-type");

	form->arena = arena_new();
	form->set = attachment_set_new(attachments);
	form->size = http_body(req)->size;
	form->content_type = arena_dup(form->arena, type ? type : "");
	form->fd = -1;
	form->is_file = is_attachment;
	return form;
}

/* A spooled file was written just now: its first block is in the kernel's cache. */
struct form_body *form_body_glance(
	struct http_request *req, struct attachment_service *attachments)
{
	struct form_body *form = form_body_new(req, attachments);
	const struct http_body *body = http_body(req);
	char *block = NULL;

	form->glance = true;
	form->data = body->data ? body->data : "";
	if (body->fd >= 0) {
		block = mem_new(HTTP_BODY_MEMORY);
		ssize_t n = pread(body->fd, block, HTTP_BODY_MEMORY, 0);

		form->data = block;
		form->size = n > 0 ? (size_t)n : 0;
	}
	form_body_work(form); /* where it breaks off is no fault of the form's */
	mem_free(block);
	return form;
}

struct form_body *form_body_read(
	struct http_request *req, const struct form_body_call *call, struct error *err)
{
	const struct http_body *body = http_body(req);
	struct form_body *form = form_body_new(req, call->attachments);

	form->done = call->done;
	form->arg = call->arg;
	if (call->is_file)
		form->is_file = call->is_file;
	form->fd = body->fd >= 0 ? fcntl(body->fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (body->fd < 0)
		form->data = arena_dup_n(
			form->arena, body->data ? body->data : "", body->size);
	if (work_run(call->work, form_body_work, form_body_done, form, err) < 0) {
		form_body_end(form);
		return NULL;
	}
	form->reading = true;
	return form;
}

void form_body_free(struct form_body *form)
{
	if (!form)
		return;
	if (form->reading)
		form->abandoned = true;
	else
		form_body_end(form);
}

const char *form_body_value(const struct form_body *form, const char *name)
{
	const char *value = NULL;

	for (const struct form_field *field = form->fields; field; field = field->next)
		if (!strcmp(field->name, name))
			value = field->value; /* the list runs backwards */
	return value;
}

bool form_body_repeats(const struct form_body *form, const char *name)
{
	size_t n = 0;

	for (const struct form_field *field = form->fields; field; field = field->next)
		n += !strcmp(field->name, name);
	return n > 1;
}

const struct form_body_field *form_body_fields(struct form_body *form, size_t *ret_n)
{
	struct form_body_field *all;
	size_t n = 0;

	for (const struct form_field *field = form->fields; field; field = field->next)
		n++;
	*ret_n = n;
	all = arena_array(form->arena, n + 1, sizeof(*all));
	for (const struct form_field *field = form->fields; field; field = field->next)
		all[--n] = (struct form_body_field){ field->name, field->value };
	return all;
}

struct attachment_set *form_body_attachments(struct form_body *form)
{
	return form->set;
}
