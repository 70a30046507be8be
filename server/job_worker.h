/*
 * job_worker - what is done beside the requests, by the clock: mail is sent; new
 * cases are made findable and counted, and their files checked for viruses; answers
 * kept for idempotency, which are good for 30 days, and stored files that no case
 * refers to are cleared away.
 */
#ifndef SYNPUNKT_SERVER_JOB_WORKER_H
#define SYNPUNKT_SERVER_JOB_WORKER_H

struct metrics;
struct options;

struct job_worker_start {
	const struct options *options;
	const unsigned char *secret; /* of the follow-up codes; the parent's */
	struct metrics *metrics;
	unsigned slot;
};

/* A child of the supervisor; arg is a struct job_worker_start. Returns the exit code.
 */
int job_worker_run(void *arg);

#endif
