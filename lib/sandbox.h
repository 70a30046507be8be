/*
 * sandbox - takes from the calling process what it does not need, for good.
 *
 * Two steps, because a namespace must be left while there is one thread and before
 * libraries are loaded, and the rest can only go once they are.
 *
 * Of a program that is not ours less can be taken: sandbox_exec().
 */
#ifndef SYNPUNKT_LIB_SANDBOX_H
#define SYNPUNKT_LIB_SANDBOX_H

#include <stddef.h>

struct error;

/* An empty network, own mounts, own System V objects (unshare(2)), where the system
 * permits it: returns 0 if so and -1 if nothing was changed; sandbox_confine() does
 * not rely on it. */
int sandbox_isolate(void);

struct sandbox_limits {
	size_t memory;        /* address space beyond what is mapped now, bytes */
	unsigned cpu_seconds; /* from the process's start, all threads together */
	size_t file_size;     /* of any file written, bytes */
};

/*
 * Limits (setrlimit), no new descriptors, no core file, no new privileges, and a
 * list of permitted system calls (seccomp): memory, threads, clocks, and reading
 * and writing what is open already. Any other call (opening to write, connect,
 * socket, execve, fork, kill of others, ptrace …) ends the whole process with
 * SIGSYS; opening to read fails with EACCES, since the C library tries that by
 * itself. Memory can
 * not be made executable. -1 and ERR_INTERNAL if any part could not be set; the
 * caller must then exit.
 *
 * Built with AddressSanitizer the memory limit is left out and what its runtime
 * calls is permitted.
 */
int sandbox_confine(const struct sandbox_limits *limits, struct error *err);

struct sandbox_program {
	const char *path;
	char *const *argv;
	char *const *env;
	/* Files, and folders with all below, that alone it may read and execute, where
	 * the kernel can see to it (Landlock); ends with NULL. NULL: what its user may.
	 */
	const char *const *readable;
	int descriptors; /* how many it keeps, from 0 on; 0: three */
};

/*
 * Becomes the program, with the descriptors that it keeps and no other. Limits, where
 * memory is the whole address space; no core file, no new privileges, and a list of
 * system calls that are refused (seccomp): what reaches others or starts another
 * process, and what makes, changes or opens to write any file. It may read what its
 * user may, and become another program under the same limits. For a process with one
 * thread. Returns only on failure, when the caller must exit: -1, and ERR_UNAVAILABLE
 * if there is no program.
 */
int sandbox_exec(const struct sandbox_limits *limits,
	const struct sandbox_program *program, struct error *err);

/* sandbox_exec()'s part, for a process without new privileges: from now on it reads
 * and executes these alone. Without Landlock nothing changes. -1: it must exit. */
int sandbox_read_only(const char *const *readable, struct error *err);

#endif
