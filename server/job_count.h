/* job_count - keeps the statistics' cells: counts cases that are new or have changed,
 * every second, so that neither intake nor the desk waits for it. */
#ifndef SYNPUNKT_SERVER_JOB_COUNT_H
#define SYNPUNKT_SERVER_JOB_COUNT_H

struct db_pool;
struct event_base;
struct job_count;

/* pool as synpunkt_job. */
struct job_count *job_count_new(struct event_base *base, struct db_pool *pool);
void job_count_free(struct job_count *count); /* NULL is fine */

#endif
