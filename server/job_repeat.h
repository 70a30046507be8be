/*
 * job_repeat - a function of the database that does a few rows at a time, called every
 * second, and again at once while there is more to do. What must be done soon after a
 * change but not in its transaction is done so.
 */
#ifndef SYNPUNKT_SERVER_JOB_REPEAT_H
#define SYNPUNKT_SERVER_JOB_REPEAT_H

struct db_pool;
struct db_query;
struct event_base;
struct job_repeat;

struct job_repeat_config {
	struct event_base *base;
	struct db_pool *pool;
	/* One parameter, how many rows at most; one integer comes back, how many it
	 * did: when that is most there may be more. Lives as long as the process. */
	const struct db_query *query;
	int most;
};

struct job_repeat *job_repeat_new(const struct job_repeat_config *config);
void job_repeat_free(struct job_repeat *repeat); /* NULL is fine */

#endif
