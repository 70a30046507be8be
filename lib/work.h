/*
 * work - threads beside the loop for what would block it: disk, hashing, magic.
 *
 * work() runs in a thread and must touch nothing the loop uses meanwhile; done()
 * runs on the loop afterwards, never inside work_run(). A pool belongs to one
 * event_base and its thread, and is made after the fork.
 */
#ifndef SYNPUNKT_LIB_WORK_H
#define SYNPUNKT_LIB_WORK_H

struct event_base;
struct error;
struct work_pool;

typedef void work_fn(void *arg);

/* max_queue is how many jobs may wait for a thread; what runs is not counted. */
struct work_pool *work_pool_new(
	struct event_base *base, unsigned threads, unsigned max_queue);

/* Finishes every job taken, its done() included, then ends the threads. NULL is
 * fine. work_run() is refused from then on. Not to be called from done(). */
void work_pool_free(struct work_pool *pool);

/* 0: work() and then done() (NULL: none) will run exactly once. -1 with
 * ERR_UNAVAILABLE when the queue is full: neither will. Only on the loop. */
int work_run(struct work_pool *pool, work_fn *work, work_fn *done, void *arg,
	struct error *err);

/* Jobs waiting for a thread or running. */
unsigned work_pool_busy(const struct work_pool *pool);

#endif
