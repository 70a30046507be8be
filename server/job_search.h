/* job_search - makes new cases findable and tells the desk of them, every second: in
 * one place, so that intake's batches need not. */
#ifndef SYNPUNKT_SERVER_JOB_SEARCH_H
#define SYNPUNKT_SERVER_JOB_SEARCH_H

struct db_pool;
struct event_base;
struct job_search;

/* pool as synpunkt_job. */
struct job_search *job_search_new(struct event_base *base, struct db_pool *pool);
void job_search_free(struct job_search *search); /* NULL is fine */

#endif
