/*
 * confined_worker - a process that has files from strangers read in processes of their
 * own.
 *
 * It takes requests over socket pairs (lib/fdpass.h) from confined_clients and forks
 * one process for each file: a reader that crashes, loops or grows costs that file
 * only. The process gets the file, two empty ones for what it makes of it, and nothing
 * else; it is up to its work function to confine itself (lib/sandbox.h) before the
 * first byte.
 *
 * The parent makes the pairs and keeps both ends open, so a worker that is
 * started again finds what was waiting. It says hello on every socket first; the
 * clients then send again what the dead one had taken.
 */
#ifndef SYNPUNKT_LIB_CONFINED_WORKER_H
#define SYNPUNKT_LIB_CONFINED_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/confined_wire.h"

/* What the process has open; standard input, output and error are /dev/null. */
struct confined_job {
	int file;    /* in: what was sent; its offset is not to be used */
	int made[2]; /* out: what is made of it */
	uint32_t facts[CONFINED_FACTS]; /* of the request */
	unsigned cpu_seconds;           /* to be given to sandbox_confine() */
};

/* In a process just forked, with one thread. ret: facts of the answer, zeroed. */
typedef enum confined_outcome confined_work_fn(
	const struct confined_job *job, uint32_t ret[CONFINED_FACTS], void *arg);

/* Zero stands for the value behind it. */
struct confined_worker_config {
	const int *sockets; /* the worker's end of each pair; they stay the caller's */
	size_t n_sockets;
	const char
		*spool_dir; /* results are made there, without names; NULL: in memory */
	unsigned at_once;   /* files in work, 2 */
	unsigned limit_ms;  /* for one file, 20,000 */
	/* False: the request is answered CONFINED_FAILED. May be NULL. */
	bool (*accepts)(const uint32_t facts[CONFINED_FACTS]);
	confined_work_fn *work;
	void *arg; /* of work */
};

/*
 * For a process of its own, forked and without threads. After SIGTERM or SIGINT it
 * goes on until every client that said hello has said bye (confined_client_free()) and
 * nothing is in work, so that the askers can finish; or until nothing was asked
 * for a second. Returns the exit code.
 */
int confined_worker_run(const struct confined_worker_config *config);

#endif
