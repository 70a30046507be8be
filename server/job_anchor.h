/*
 * job_anchor - the heads of the event chains, written down outside the database.
 *
 * A chain cannot tell that its end was cut off, or that a case is gone altogether; a
 * file that was written before can. Once a day, half an hour after midnight or when the
 * server starts, DIR/YYYY-MM-DD.anchor gets one line for each case that had an event
 * since the file before it, up to that day's end:
 *
 *   synpunkt-anchor 1
 *   previous <sha256 of the file before it, or ->
 *   2026-104233 4 <hash of event 4>
 *   end <how many lines>
 *
 * Each file holds the hash of the one before, and the log tells the hash of the newest,
 * so that the files vouch for each other. Copy them where the database's administrator
 * cannot write. `synpunktctl audit verify` holds the database against them.
 */
#ifndef SYNPUNKT_SERVER_JOB_ANCHOR_H
#define SYNPUNKT_SERVER_JOB_ANCHOR_H

struct db_pool;
struct event_base;
struct job_anchor;
struct work_pool;

#define ANCHOR_SUFFIX ".anchor"
#define ANCHOR_FIRST_LINE "synpunkt-anchor 1"

struct job_anchor_config {
	struct event_base *base;
	struct db_pool *pool;
	struct work_pool *work; /* files are read and written in it */
	const char *dir;        /* copied; made when it is missing, mode 0700 */
};

struct job_anchor *job_anchor_new(const struct job_anchor_config *config);
/* After the work pool is freed: nothing runs in it any more. NULL is fine. */
void job_anchor_free(struct job_anchor *job);

#endif
