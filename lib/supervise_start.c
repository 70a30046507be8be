#include "lib/supervise.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/address.h"
#include "lib/base.h"
#include "lib/error.h"

static int lock_taken(int fd, const char *path, struct error *err)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? (size_t)n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return error_set(err, ERR_CONFLICT,
		"already running: process %s or a child of it holds \"%.100s\"", text,
		path);
}

/* Of a parent that was killed the children die by themselves, and theirs after them:
 * for so long they hold its lock still. */
#define LOCK_PATIENCE_MS 2000
#define LOCK_STEP_MS 20

/* -1 with errno. */
static int lock_wait(int fd)
{
	int locked = flock(fd, LOCK_EX | LOCK_NB);

	for (int ms = 0; locked < 0 && errno == EWOULDBLOCK && ms < LOCK_PATIENCE_MS;
		ms += LOCK_STEP_MS) {
		usleep(LOCK_STEP_MS * 1000);
		locked = flock(fd, LOCK_EX | LOCK_NB);
	}
	return locked;
}

int supervise_lock(const char *path, struct error *err)
{
	scoped_fd int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	int locked;

	if (fd < 0)
		return error_set(err, ERR_INTERNAL, "cannot open \"%.100s\": %s", path,
			strerror(errno));
	if (lock_wait(fd) < 0) {
		if (errno == EWOULDBLOCK)
			return lock_taken(fd, path, err);
		return error_set(err, ERR_INTERNAL, "cannot lock \"%.100s\": %s", path,
			strerror(errno));
	}
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		return error_set(err, ERR_INTERNAL, "cannot write \"%.100s\": %s", path,
			strerror(errno));
	locked = fd;
	fd = -1;
	return locked;
}

static void socket_set(int fd, int level, int name)
{
	int on = 1;

	/* Sockets inherit TCP_NODELAY and the rest from their listener. Failing is
	 * left to bind(), which says more. */
	setsockopt(fd, level, name, &on, sizeof(on));
}

/* -1 with errno. */
static int socket_bound(const struct address *address, bool shared)
{
	int family = address->sockaddr.ss_family;
	scoped_fd int fd =
		socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int bound;

	if (fd < 0)
		return -1;
	socket_set(fd, SOL_SOCKET, SO_REUSEADDR);
	if (shared)
		socket_set(fd, SOL_SOCKET, SO_REUSEPORT);
	if (family == AF_INET6) /* so that 0.0.0.0 and [::] can both be bound */
		socket_set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	socket_set(fd, IPPROTO_TCP, TCP_NODELAY);
	if (bind(fd, (const struct sockaddr *)&address->sockaddr, address->size) < 0)
		return -1;
	bound = fd;
	fd = -1;
	return bound;
}

static int listen_fail(const char *text, struct error *err)
{
	if (errno == EADDRINUSE)
		return error_set(err, ERR_CONFLICT,
			"cannot listen on %.80s: another program does", text);
	return error_set(
		err, ERR_INVALID, "cannot listen on %.80s: %s", text, strerror(errno));
}

/*
 * SO_REUSEPORT lets any program of the same user take a share of the connections.
 * Binding once without it shows whether anybody is there; and it finds the port
 * when none is given.
 */
static int listen_probe(const char *text, struct address *address, struct error *err)
{
	scoped_fd int fd = socket_bound(address, false);

	if (fd < 0 || listen(fd, 1) < 0)
		return listen_fail(text, err);
	if (getsockname(fd, (struct sockaddr *)&address->sockaddr, &address->size) < 0)
		return listen_fail(text, err);
	return 0;
}

/* A socket file that nobody listens on is what a killed server left behind. */
static int unix_clear(
	const char *text, const struct address *address, struct error *err)
{
	scoped_fd int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	struct stat st;

	memcpy(&un, &address->sockaddr, sizeof(un));
	if (lstat(un.sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, ERR_INVALID,
			"cannot listen on %.80s: it is no socket", text);
	if (fd >= 0 && (connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0 ||
			       errno != ECONNREFUSED)) {
		errno = EADDRINUSE;
		return listen_fail(text, err);
	}
	return unlink(un.sun_path) < 0 ? listen_fail(text, err) : 0;
}

/* Whoever may enter its folder may use it, as anybody here may a port. */
static int listen_unix(const char *text, const struct address *address, unsigned n,
	int *ret_fds, struct error *err)
{
	scoped_fd int fd = -1;
	struct sockaddr_un un;

	if (unix_clear(text, address, err) < 0)
		return -1;
	memcpy(&un, &address->sockaddr, sizeof(un));
	fd = socket_bound(address, false);
	if (fd < 0 || chmod(un.sun_path, 0666) < 0 || listen(fd, SOMAXCONN) < 0)
		return listen_fail(text, err);
	for (unsigned i = 0; i < n; i++) {
		ret_fds[i] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (ret_fds[i] >= 0)
			continue;
		listen_fail(text, err);
		for (unsigned j = 0; j < i; j++)
			scope_end_fd(&ret_fds[j]);
		return -1;
	}
	return 0;
}

int supervise_listen(const char *text, unsigned n, int *ret_fds, struct error *err)
{
	struct address address;
	scoped_free int *fds = mem_new(n * sizeof(*fds));

	if (address_parse(text, &address, err) < 0)
		return -1;
	if (address.sockaddr.ss_family == AF_UNIX)
		return listen_unix(text, &address, n, ret_fds, err);
	if (listen_probe(text, &address, err) < 0)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		fds[i] = socket_bound(&address, n > 1);
		if (fds[i] >= 0 && listen(fds[i], SOMAXCONN) == 0)
			continue;
		listen_fail(text, err);
		for (unsigned j = 0; j <= i; j++)
			scope_end_fd(&fds[j]);
		return -1;
	}
	memcpy(ret_fds, fds, n * sizeof(*fds));
	return 0;
}

unsigned supervise_listen_port(int fd)
{
	struct address address = { .size = sizeof(address.sockaddr) };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (getsockname(fd, (struct sockaddr *)&address.sockaddr, &address.size) < 0)
		return 0;
	memcpy(&in, &address.sockaddr, sizeof(in));
	memcpy(&in6, &address.sockaddr, sizeof(in6));
	if (address.sockaddr.ss_family == AF_INET)
		return ntohs(in.sin_port);
	if (address.sockaddr.ss_family == AF_INET6)
		return ntohs(in6.sin6_port);
	return 0;
}

static int become(const char *user, struct error *err)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return error_set(err, ERR_INVALID, "there is no user \"%.60s\"", user);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return error_set(err, ERR_INVALID, "user \"%.60s\" is root too", user);
	if (initgroups(user, pw->pw_gid) < 0 ||
		setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		return error_set(err, ERR_INTERNAL, "cannot become \"%.60s\": %s", user,
			strerror(errno));
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 || setegid(0) == 0)
		return error_set(err, ERR_INTERNAL,
			"root can be had back after becoming \"%.60s\"", user);
	return 0;
}

int supervise_drop_root(const char *user, struct error *err)
{
	if (geteuid() == 0) {
		if (!user)
			return error_set(err, ERR_INVALID,
				"started as root without a user to become");
		if (become(user, err) < 0)
			return -1;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, ERR_INTERNAL, "cannot give up new privileges: %s",
			strerror(errno));
#ifdef __SANITIZE_ADDRESS__
	/* The leak check traces its own process, which the kernel forbids after a
	 * change of user. Outside tests that ban is welcome. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
	return 0;
}

static void judge_run(int fd, int (*judge)(struct error *err))
{
	struct error told = { 0 };

	if (judge(&told) == 0)
		_exit(0);
	/* Smaller than what a pipe takes in one piece. */
	_exit(write(fd, &told, sizeof(told)) == (ssize_t)sizeof(told) ? 1 : 2);
}

int supervise_judge(int (*judge)(struct error *err), struct error *err)
{
	struct error told;
	int fds[2], status = -1;
	ssize_t n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set(err, ERR_INTERNAL, "no pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		judge_run(fds[1], judge);
	close(fds[1]);
	n = pid < 0 ? -1 : read(fds[0], &told, sizeof(told));
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return error_set(err, ERR_INTERNAL, "the settings could not be judged");
	if (WEXITSTATUS(status) == 0)
		return 0;
	if (n != (ssize_t)sizeof(told))
		return error_set(err, ERR_INTERNAL, "the settings could not be judged");
	*err = told;
	return -1;
}
