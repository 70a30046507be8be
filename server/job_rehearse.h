/*
 * job_rehearse - rehearsals that were asked for at the desk, one at a time.
 *
 * Rows are read some at a time by the loop and decided in a thread, so that letters and
 * orders go out meanwhile. Another server's worker goes on with what this one had when
 * it was not heard of for a minute (migrations/0097_rehearsal.sql).
 */
#ifndef SYNPUNKT_SERVER_JOB_REHEARSE_H
#define SYNPUNKT_SERVER_JOB_REHEARSE_H

struct db_pool;
struct event_base;
struct job_rehearse;

struct job_rehearse *job_rehearse_new(struct event_base *base, struct db_pool *pool);
void job_rehearse_free(struct job_rehearse *job); /* NULL is fine */

#endif
