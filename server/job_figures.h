/*
 * job_figures - what takes long with the figures, on a connection of its own: freezing
 * a month on its third working day, and the nightly self-check of the cells against the
 * events and of the frozen months against their hashes. Whether it is time, and what
 * the last check found, the database knows; it is asked, and /metrics is told.
 */
#ifndef SYNPUNKT_SERVER_JOB_FIGURES_H
#define SYNPUNKT_SERVER_JOB_FIGURES_H

struct error;
struct event_base;
struct job_figures;
struct metrics;
struct options;

/* NULL with err: SYNPUNKT_CHECK_AT is no time of day, or the database's address none.
 */
struct job_figures *job_figures_new(struct event_base *base,
	const struct options *options, struct metrics *metrics, struct error *err);
void job_figures_free(struct job_figures *figures); /* NULL is fine */

#endif
