/* What the files of confined_worker share. */
#ifndef SYNPUNKT_LIB_CONFINED_PRIVATE_H
#define SYNPUNKT_LIB_CONFINED_PRIVATE_H

#include "lib/confined_worker.h"

/* The descriptors as the worker has them, to be left behind. */
struct confined_start {
	struct confined_job job;
	confined_work_fn *work;
	void *arg;
	int answer;   /* a pipe for one struct confined_wire */
	pid_t parent; /* without it nobody waits for the answer */
};

/* In a process just forked, with one thread. Writes an answer unless it dies first. */
_Noreturn void confined_process_run(const struct confined_start *start);

#endif
