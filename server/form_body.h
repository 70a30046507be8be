/*
 * form_body - a request's form, read off the loop: its fields and its attachments.
 *
 * multipart/form-data and application/x-www-form-urlencoded, for the HTML form and
 * for the API alike. Parts named "attachment" are files; every other part is a text
 * field, also when it has a file name: JavaScript gives one to every Blob.
 */
#ifndef SYNPUNKT_SERVER_FORM_BODY_H
#define SYNPUNKT_SERVER_FORM_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base.h"

struct attachment_service;
struct attachment_set;
struct error;
struct form_body;
struct form_part;
struct http_request;
struct work_pool;

#define FORM_BODY_FIELD_MAX (256 * KIB) /* of one field, and of all but that one */

/*
 * Runs once, on the loop, never inside form_body_read(), unless the form is freed
 * first. form is what form_body_read() returned; on an error it holds what could be
 * read, so that a page can show it again. ERR_INVALID: the form is broken or not
 * UTF-8; ERR_TOO_LARGE: a ceiling; ERR_UNSUPPORTED: another media type;
 * ERR_UNAVAILABLE: the disk is full. Whether the attachments
 * are acceptable is attachment_set_check()'s to say.
 */
typedef void form_body_fn(struct form_body *form, const struct error *err, void *arg);

struct form_body_call {
	struct work_pool *work;
	struct attachment_service *attachments;
	form_body_fn *done;
	void *arg;
	/* Which parts are files, where others than "attachment" are; NULL: that one.
	 * Asked in a work thread. */
	bool (*is_file)(const struct form_part *part);
};

/* The request may end meanwhile: what is read is copied, or its file kept open. NULL
 * and ERR_UNAVAILABLE when too much is waiting to be read. */
struct form_body *form_body_read(
	struct http_request *req, const struct form_body_call *call, struct error *err);

/* What can be had at once, on the loop: the fields in the first HTTP_BODY_MEMORY bytes,
 * without any file. For when the rest cannot be read. */
struct form_body *form_body_glance(
	struct http_request *req, struct attachment_service *attachments);

/* At any time on the loop, also while it is read. Fields, values and attachments go
 * with it. NULL is fine. */
void form_body_free(struct form_body *form);

/* UTF-8 without U+0000. NULL when there is no such field; the first when several. */
const char *form_body_value(const struct form_body *form, const char *name);

/* Whether several fields have that name. */
bool form_body_repeats(const struct form_body *form, const char *name);

struct form_body_field {
	const char *name, *value;
};

/* All of them, in the order sent. */
const struct form_body_field *form_body_fields(struct form_body *form, size_t *ret_n);

struct attachment_set *form_body_attachments(struct form_body *form);

#endif
