/*
 * mail_worker - the process that takes mail in: an LMTP server and what it stores with.
 */
#ifndef SYNPUNKT_SERVER_MAIL_WORKER_H
#define SYNPUNKT_SERVER_MAIL_WORKER_H

struct metrics;
struct options;

struct mail_worker_start {
	const struct options *options;
	const unsigned char *secret; /* of the follow-up codes; the parent's */
	struct metrics *metrics;
	unsigned slot;
	int lmtp_fd;   /* listening; the parent keeps it */
	int reader_fd; /* for mail_reader_client_new() */
	int image_fd;  /* for image_client_new() */
};

/* A child of the supervisor; arg is a struct mail_worker_start. After SIGTERM it
 * finishes the letters that are under way. Returns the exit code. */
int mail_worker_run(void *arg);

#endif
