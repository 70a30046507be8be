/*
 * mail_reader_client - the mail worker's end of the socket to the mail reader: raw
 * bytes go in, what they say comes out (lib/mail_read.h), read in a confined process.
 *
 * Belongs to one event_base and its thread. Few mails are on the socket at a time; the
 * others wait here.
 */
#ifndef SYNPUNKT_SERVER_MAIL_READER_CLIENT_H
#define SYNPUNKT_SERVER_MAIL_READER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/confined_wire.h"

struct error;
struct event_base;
struct mail_reader_call;
struct mail_reader_client;

/* Valid during the callback. The descriptors are the callee's to close when outcome is
 * CONFINED_OK, else -1; both are in memory and at offset 0. */
struct mail_reader_result {
	enum confined_outcome outcome;
	int json_fd;  /* one JSON value, as mail_json() makes it */
	int bytes_fd; /* the attachments, each at its `offset` */
};

/* Exactly once unless cancelled, never inside mail_reader_client_run(). A mail whose
 * reader died is sent once more; after that, or when the reader is away too long, it is
 * CONFINED_UNANSWERED, which like CONFINED_FAILED is worth another try. One that kills
 * the process it is read in is CONFINED_CRASHED, at once, and will never be read. */
typedef void mail_reader_done_fn(const struct mail_reader_result *result, void *arg);

/* Another time: it failed on our side. */
bool mail_reader_may_read(enum confined_outcome outcome);

/* socket: the client's end; stays the caller's. */
struct mail_reader_client *mail_reader_client_new(struct event_base *base, int socket);
/* Calls under way end silently. NULL is fine. */
void mail_reader_client_free(struct mail_reader_client *client);

/* fd is read from its start, whatever its offset; it must stay open and unchanged until
 * done or cancel, and stays the caller's. NULL and ERR_UNAVAILABLE when too many wait.
 */
struct mail_reader_call *mail_reader_client_run(struct mail_reader_client *client,
	int fd, mail_reader_done_fn *done, void *arg, struct error *err);
/* Forget a call: done will not run. NULL is fine. */
void mail_reader_client_cancel(struct mail_reader_call *call);

#endif
