/*
 * job_watch - has the database mark what became soon due or late, and make the staff's
 * daily letters. Which day and time it is, it asks the database each time; so a change
 * of day needs no alarm, and any number of servers may do the same.
 */
#ifndef SYNPUNKT_SERVER_JOB_WATCH_H
#define SYNPUNKT_SERVER_JOB_WATCH_H

struct db_pool;
struct error;
struct event_base;
struct job_watch;
struct options;

/* NULL with ERR_INVALID when SYNPUNKT_DIGEST_AT is no time of day. */
struct job_watch *job_watch_new(struct event_base *base, struct db_pool *pool,
	const struct options *options, struct error *err);
void job_watch_free(struct job_watch *watch); /* NULL is fine */

#endif
