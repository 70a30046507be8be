/*
 * job_blobs - clears away stored files that no case refers to: those kept for a form
 * that was never sent, and those of a case that the database did not take.
 *
 * One part in 256 of the store at a time; all of it about once a day. A file must be
 * two days old, which is longer than a form's note of a kept file is good for.
 */
#ifndef SYNPUNKT_SERVER_JOB_BLOBS_H
#define SYNPUNKT_SERVER_JOB_BLOBS_H

/* How old a file is that nobody can be about to refer to. */
#define JOB_BLOBS_AGE_S (48 * 60 * 60)

struct blob_store;
struct db_pool;
struct event_base;
struct job_blobs;
struct work_pool;

struct job_blobs_config {
	struct event_base *base;
	struct db_pool *pool; /* as synpunkt_job */
	struct work_pool *work;
	struct blob_store *blobs;
	int interval_ms; /* between two parts */
};

struct job_blobs *job_blobs_new(const struct job_blobs_config *config);
/* After the work pool, so that nothing of it is under way. NULL is fine. */
void job_blobs_free(struct job_blobs *job);

#endif
