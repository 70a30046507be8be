/*
 * out_queue - rows that wait to be sent somewhere, on the job worker's loop: each
 * second what is due is claimed, as much as may go at once, under a lease; who sends
 * marks the row. What is not marked goes again when the lease has ended.
 */
#ifndef SYNPUNKT_SERVER_OUT_QUEUE_H
#define SYNPUNKT_SERVER_OUT_QUEUE_H

struct arena;
struct db_call;
struct db_pool;
struct db_query;
struct db_rows;
struct event_base;
struct out_queue;

/* One attempt at one row. */
struct out_job {
	struct out_job *next, **link;
	struct out_queue *queue;
	struct arena *arena; /* its own */
	struct db_call *call;
	void *owner;              /* of the configuration */
	const char *id, *attempt; /* the row's first two columns */
	void *more;               /* the owner's, of the arena */
};

struct out_queue_config {
	struct event_base *base;
	struct db_pool *pool;
	/* Of how many at most ($1) for how many seconds ($2); columns: id, attempt, …
	 */
	const struct db_query *claim;
	const char *lease_seconds;
	unsigned at_once;
	const char *name; /* for the log */
	/* Begins an attempt, which ends by out_job_mark(). */
	void (*start)(struct out_job *job, const struct db_rows *rows, int row);
	/* What the row became, by the first column of the mark; NULL: another attempt
	 * has it by now. */
	void (*marked)(const struct out_job *job, const char *became);
	void *owner;
};

struct out_queue *out_queue_new(const struct out_queue_config *config);
/* What is under way is forgotten. NULL is fine. */
void out_queue_free(struct out_queue *queue);

/* Marks the row by a query of the owner's; the job ends. */
void out_job_mark(
	struct out_job *job, const struct db_query *query, const char *const *params);

#endif
