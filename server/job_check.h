/*
 * job_check - the figures' nightly self-check: the cells against the events, the frozen
 * months against their hashes. Whether it is time, and what the last one found, the
 * database knows; here it is asked each minute, on a connection of its own since a
 * check takes long, and /metrics is told.
 */
#ifndef SYNPUNKT_SERVER_JOB_CHECK_H
#define SYNPUNKT_SERVER_JOB_CHECK_H

struct error;
struct event_base;
struct job_check;
struct metrics;
struct options;

/* NULL with err: SYNPUNKT_CHECK_AT is no time of day, or the database's address none.
 */
struct job_check *job_check_new(struct event_base *base, const struct options *options,
	struct metrics *metrics, struct error *err);
void job_check_free(struct job_check *check); /* NULL is fine */

#endif
