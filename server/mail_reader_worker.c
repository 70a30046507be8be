/*
 * Everything that opens files (charsets, libmagic's database) is loaded by the worker,
 * once; the processes that it forks find it in their memory and open nothing.
 */
#include "server/mail_reader_worker.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/confined_worker.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/sandbox.h"
#include "server/options.h"

#define MAIL_READER_MEMORY (384 * MIB)
#define MAIL_READER_FILE_MAX (128 * MIB) /* of JSON or attachments */

struct mail_reader {
	const struct mail_reader_worker_config *config;
	struct mail_read *read;
};

struct mail_read_config mail_reader_config(const struct options *options)
{
	return (struct mail_read_config){ .authserv_id = options->mail_authserv_id,
		.spam_header = options->mail_spam_header };
}

/* Its start at most; the reader says that it was cut. One byte more than that, so that
 * it can. NULL if it cannot be read. */
static char *mail_reader_bytes(int fd, size_t *ret_n)
{
	struct stat st;
	size_t n, at = 0;
	ssize_t got = 1;
	char *bytes;

	if (fstat(fd, &st) < 0 || st.st_size < 0)
		return NULL;
	n = (size_t)st.st_size < MAIL_SIZE_MAX ? (size_t)st.st_size : MAIL_SIZE_MAX + 1;
	bytes = mem_new(n + 1);
	while (at < n && got > 0) {
		got = pread(fd, bytes + at, n - at, (off_t)at);
		at += got > 0 ? (size_t)got : 0;
	}
	*ret_n = at;
	return bytes;
}

/* Nothing is freed: the process ends with the mail. */
static enum confined_outcome mail_reader_work(
	const struct confined_job *job, uint32_t ret[CONFINED_FACTS], void *arg)
{
	const struct mail_reader *reader = arg;
	struct sandbox_limits limits = { .memory = reader->config->memory
							   ? reader->config->memory
							   : MAIL_READER_MEMORY,
		.cpu_seconds = job->cpu_seconds,
		.file_size = MAIL_READER_FILE_MAX };
	const struct mail *mail;
	size_t n;
	char *bytes;

	if (sandbox_confine(&limits, NULL) < 0)
		return CONFINED_FAILED;
	bytes = mail_reader_bytes(job->file, &n);
	if (!bytes)
		return CONFINED_FAILED;
	mail = mail_read_run(reader->read, arena_new(), bytes, n, job->made[1]);
	return json_dumpfd(mail_json(mail), job->made[0], JSON_COMPACT) < 0
		       ? CONFINED_FAILED
		       : CONFINED_OK;
}

int mail_reader_worker_run(const struct mail_reader_worker_config *config)
{
	struct error err = { 0 };
	struct mail_reader reader = { .config = config,
		.read = mail_read_new(&config->read, &err) };
	struct confined_worker_config worker = { .sockets = config->sockets,
		.n_sockets = config->n_sockets,
		.limit_ms = config->limit_ms,
		.work = mail_reader_work,
		.arg = &reader };
	int code;

	if (!reader.read) {
		log_event(LOG_LEVEL_ERROR, "mail_reader_not_started",
			LOG_S("text", err.text));
		return 1;
	}
	code = confined_worker_run(&worker);
	mail_read_free(reader.read);
	return code;
}
