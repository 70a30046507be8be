#include "lib/confined_private.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base.h"

/* Away from the terminal and everything the worker has open: four files go to 3..6. */
static int confined_process_keep(struct confined_start *start)
{
	int *kept[] = { &start->job.file, &start->job.made[0], &start->job.made[1],
		&start->answer };
	int null = open("/dev/null", O_RDWR), fd;
	size_t i;

	if (null < 0)
		return -1;
	for (i = 0; i < ARRAY_LEN(kept); i++) {
		/* above all that is still to be moved, so none is overwritten */
		fd = fcntl(*kept[i], F_DUPFD, 1024);
		if (fd < 0)
			fd = fcntl(*kept[i], F_DUPFD, 64);
		if (fd < 0)
			return -1;
		*kept[i] = fd;
	}
	for (fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (i = 0; i < ARRAY_LEN(kept); i++) {
		if (dup2(*kept[i], 3 + (int)i) < 0)
			return -1;
		*kept[i] = 3 + (int)i;
	}
	return close_range(3 + ARRAY_LEN(kept), ~0U, 0);
}

_Noreturn void confined_process_run(const struct confined_start *given)
{
	struct confined_start start = *given;
	struct confined_wire answer = { .kind = CONFINED_WIRE_ANSWER };
	enum confined_outcome outcome = CONFINED_FAILED;

	/* not longer than the worker, which waits for nobody when it is killed */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != start.parent)
		_exit(1);
	if (confined_process_keep(&start) == 0)
		outcome = start.work(&start.job, answer.facts, start.arg);
	answer.outcome = outcome;
	if (write(start.answer, &answer, sizeof(answer)) < 0)
		_exit(1);
	_exit(0);
}
