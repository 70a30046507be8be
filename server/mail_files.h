/*
 * mail_files - what came with a mail, taken in as a form's files are: judged by
 * content, pictures made anew by the confined image worker, then into the blob store.
 * What is not taken (its type, its size, too many) stays in the mail as it came.
 */
#ifndef SYNPUNKT_SERVER_MAIL_FILES_H
#define SYNPUNKT_SERVER_MAIL_FILES_H

#include <stddef.h>

#include <jansson.h>

struct attachment;
struct error;
struct event_base;
struct mail_files;
struct mail_files_service;

struct mail_files_config {
	struct event_base *base;
	const char *state; /* the folder of all that is kept */
	int image_fd;      /* for image_client_new(); stays the caller's */
};

struct mail_files_service *mail_files_service_new(
	const struct mail_files_config *config, struct error *err);
/* After every mail_files_free(). NULL is fine. */
void mail_files_service_free(struct mail_files_service *service);

/* all lives until mail_files_free(). err: none of them may be used, and it can be tried
 * again. */
typedef void mail_files_done_fn(
	const struct attachment *all, size_t n, const struct error *err, void *arg);

struct mail_files_order {
	const json_t *attachments; /* as mail_json() makes it; unchanged until done */
	const json_t *withheld; /* SHA-256 of those that are refused; unchanged, too */
	int bytes_fd;           /* they, each at its offset; stays the caller's */
	mail_files_done_fn *done; /* once, never inside mail_files_take() */
	void *arg;
};

/* NULL and ERR_UNAVAILABLE when too much waits. */
struct mail_files *mail_files_take(struct mail_files_service *service,
	const struct mail_files_order *order, struct error *err);
/* Also while it is under way: done will not run. NULL is fine. */
void mail_files_free(struct mail_files *files);

/* A mail's bytes, from hexadecimal digits, as a descriptor in memory; the caller's. */
int mail_files_raw(const char *hex, struct error *err);

#endif
