/*
 * job_open - open data: a month that was frozen is published, once, and corrections of
 * published months are put beside them. What is hidden is decided in a thread of its
 * own.
 */
#ifndef SYNPUNKT_SERVER_JOB_OPEN_H
#define SYNPUNKT_SERVER_JOB_OPEN_H

struct db_pool;
struct event_base;
struct job_open;

struct job_open *job_open_new(struct event_base *base, struct db_pool *pool);
void job_open_free(struct job_open *open); /* NULL is fine */

#endif
