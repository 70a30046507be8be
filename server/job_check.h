/*
 * job_check - gives the files of cases that wait for it to ClamAV (lib/clamav.h), and
 * tells the database what it said. Until then nobody gets one: they are "checking".
 *
 * Where the scanner is away all wait, for as long as it takes. Of one that nobody can
 * tell of (an answer that is late, broken off or other; larger than clamd takes)
 * nothing is believed: it is tried again, less and less often.
 */
#ifndef SYNPUNKT_SERVER_JOB_CHECK_H
#define SYNPUNKT_SERVER_JOB_CHECK_H

struct blob_store;
struct db_pool;
struct error;
struct event_base;
struct job_check;
struct metrics;
struct options;
struct work_pool;

struct job_check_config {
	struct event_base *base;
	struct db_pool *pool; /* as synpunkt_job */
	struct work_pool *work;
	struct blob_store *blobs;
	struct metrics *metrics;
	const struct options *options; /* with clamav, or those that wait are let go */
};

/* ERR_INVALID for an address of clamd that is none. */
struct job_check *job_check_new(
	const struct job_check_config *config, struct error *err);
/* After the work pool, so that nothing of it is under way. NULL is fine. */
void job_check_free(struct job_check *check);

#endif
