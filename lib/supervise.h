/*
 * supervise - a parent process: lock, ports, user, children.
 *
 * The order at the start: supervise_lock(), supervise_listen(), shared memory,
 * supervise_drop_root(), supervise_run(). The parent only waits and forks (it
 * never execs), so it has no event loop and no thread.
 */
#ifndef SYNPUNKT_LIB_SUPERVISE_H
#define SYNPUNKT_LIB_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/*
 * An exclusive lock on the file at path, made if need be; the process id goes in.
 * Returns the descriptor, to be kept open: children inherit it, so the lock lasts
 * until the last of them is gone. Waits two seconds for one that is going. -1 and
 * ERR_CONFLICT if another holds it (text says which process), ERR_INTERNAL if the file
 * cannot be opened.
 */
int supervise_lock(const char *path, struct error *err);

/*
 * n listening sockets on one numeric address ("127.0.0.1:8080", "[::1]:8080"),
 * n > 1 by SO_REUSEPORT, one for each worker; on "unix:PATH" n descriptors of one, a
 * socket file that a killed server left there being replaced. Non-blocking,
 * close-on-exec, TCP_NODELAY. Port 0 takes a free one, the same for all n. Fails with
 * ERR_CONFLICT if anybody listens there, also one who would share the port.
 */
int supervise_listen(const char *address, unsigned n, int *ret_fds, struct error *err);
/* The port such a socket has; 0 if it is not one. */
unsigned supervise_listen_port(int fd);

/* Become `user` for good: groups, gid, uid, no new privileges; checks that root
 * cannot be had back. Does nothing but no_new_privs when not root. NULL user as
 * root is ERR_INVALID. */
int supervise_drop_root(const char *user, struct error *err);

/* What judge() says, run in a process that ends with it: what it reads for that is in
 * nobody's memory afterwards. */
int supervise_judge(int (*judge)(struct error *err), struct error *err);

struct supervise_child {
	const char *name;      /* "http-1"; becomes the log's `who` */
	int (*run)(void *arg); /* in the child; what it returns is the exit code */
	void *arg;
	bool last; /* others lean on it: told to stop when they are gone */
};

struct supervise_config {
	const struct supervise_child *children;
	size_t n_children;
	unsigned grace_ms; /* from SIGTERM until SIGKILL */
	/* In the parent, when a child has died and before it is forked again; index
	 * is into children. May be NULL. */
	void (*on_child_exit)(size_t index, void *arg);
	/* In the parent, on SIGHUP, before it is passed on. May be NULL. */
	void (*on_hangup)(void *arg);
	void *arg;
};

/*
 * Forks the children and keeps them running until SIGTERM or SIGINT; then SIGTERM
 * to all, at most grace_ms, SIGKILL. A child that dies is forked again after
 * 100 ms, doubling to 10 s while it keeps dying within 30 s of its start.
 *
 * A child starts with the caller's signal mask and handlers, but SIGINT and SIGHUP
 * ignored: Ctrl-C goes to the whole process group and is the parent's to handle,
 * and who wants SIGHUP says so. It is killed by the kernel if the parent goes.
 *
 * Returns the exit code for the parent: 0, or 1 if a child had to be killed; -1
 * and err if it could not start.
 */
int supervise_run(const struct supervise_config *config, struct error *err);

#endif
