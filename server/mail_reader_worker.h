/*
 * mail_reader_worker - the process that has mails read (lib/mail_read.h).
 *
 * A confined_worker (lib/confined_worker.h) for the mail worker: each mail is read in a
 * process of its own without secrets, network or files, under ceilings of memory and
 * time. Results are in memory: JSON, and the bytes of all attachments.
 */
#ifndef SYNPUNKT_SERVER_MAIL_READER_WORKER_H
#define SYNPUNKT_SERVER_MAIL_READER_WORKER_H

#include <stddef.h>

#include "lib/mail_read.h"

struct options;

/* Zero stands for the value behind it. */
struct mail_reader_worker_config {
	const int *sockets; /* the worker's end of each pair; they stay the caller's */
	size_t n_sockets;
	struct mail_read_config read;
	unsigned limit_ms; /* for one mail, 20,000 */
	size_t memory;     /* for one mail, 384 MiB */
};

struct mail_read_config mail_reader_config(const struct options *options);

/* As confined_worker_run(). */
int mail_reader_worker_run(const struct mail_reader_worker_config *config);

#endif
