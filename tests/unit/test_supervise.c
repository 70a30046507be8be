#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/shared.h"
#include "lib/supervise.h"

#define CHILDREN 3

/* What parent, children and test tell each other. */
struct try_board {
	_Atomic int pids[CHILDREN], starts[CHILDREN], exits[CHILDREN];
	_Atomic int hangups[CHILDREN], parent_hangups;
	_Atomic int stopped[CHILDREN]; /* in which order */
	_Atomic int order;
	_Atomic int judges; /* the process that judged */
};

static struct try_board *board;
static char lock_path[64];

static void pause_ms(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Waits until *what is at least want. */
static void wait_for(_Atomic int *what, int want)
{
	for (int i = 0; i < 2000 && atomic_load(what) < want; i++)
		pause_ms(5);
	if (atomic_load(what) < want)
		fail_msg("%d is still below %d", atomic_load(what), want);
}

static size_t child_begin(const void *arg)
{
	size_t i = (size_t)(uintptr_t)arg;

	atomic_store(&board->pids[i], (int)getpid());
	atomic_fetch_add(&board->starts[i], 1);
	return i;
}

static int child_waits(void *arg)
{
	size_t i;
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* An ignored signal cannot be waited for. */
	signal(SIGHUP, SIG_DFL);
	i = child_begin(arg);
	while (sigwait(&set, &got) == 0 && got != SIGTERM)
		atomic_fetch_add(&board->hangups[i], 1);
	pause_ms(50);
	atomic_store(&board->stopped[i], atomic_fetch_add(&board->order, 1) + 1);
	return 0;
}

static int child_fails(void *arg)
{
	child_begin(arg);
	return 7;
}

static int child_is_stubborn(void *arg)
{
	signal(SIGTERM, SIG_IGN);
	child_begin(arg);
	while (pause() < 0) {
	}
	return 0;
}

static void on_child_exit(size_t index, void *arg)
{
	atomic_fetch_add(&board->exits[index], 1);
}

static void on_hangup(void *arg)
{
	atomic_fetch_add(&board->parent_hangups, 1);
}

/* A parent of its own; the children's slots are their index. */
static pid_t parent_start(int (*const run[])(void *), size_t n)
{
	pid_t pid;

	memset(board, 0, sizeof(*board));
	pid = fork();
	if (pid == 0) {
		struct supervise_child children[CHILDREN] = { 0 };
		struct supervise_config config = {
			.children = children,
			.n_children = n,
			.grace_ms = 700,
			.on_child_exit = on_child_exit,
			.on_hangup = on_hangup,
		};

		for (size_t i = 0; i < n; i++)
			children[i] = (struct supervise_child){ .name = "child",
				.run = run[i],
				.arg = (void *)(uintptr_t)i,
				.last = i == 0 && n > 1 };
		_exit(supervise_run(&config, NULL));
	}
	for (size_t i = 0; i < n; i++)
		wait_for(&board->starts[i], 1);
	return pid;
}

static int parent_end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 400; i++) {
		char path[40], state = 'Z';
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		file = fopen(path, "r");
		if (!file)
			return true;
		/* "pid (name) state": a zombie is as good as gone. */
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 'Z';
		fclose(file);
		if (state == 'Z')
			return true;
		pause_ms(5);
	}
	return false;
}

static void test_supervise__a_killed_child_is_started_again(void **state)
{
	int (*const run[])(void *) = { child_waits, child_waits, child_waits };
	pid_t parent = parent_start(run, 3);

	for (int round = 1; round <= 3; round++) {
		kill((pid_t)board->pids[1], SIGKILL);
		wait_for(&board->starts[1], round + 1);
		assert_int_equal(board->exits[1], round);
	}
	assert_int_equal(board->starts[0], 1);
	assert_int_equal(board->starts[2], 1);
	kill(parent, SIGTERM);
	assert_int_equal(parent_end(parent), 0);
	/* The one marked `last` stopped after the others had. */
	assert_int_equal(board->stopped[0], 3);
	for (int i = 0; i < 3; i++)
		assert_true(is_gone((pid_t)board->pids[i]));
}

static void test_supervise__a_child_that_keeps_dying_waits_longer(void **state)
{
	int (*const run[])(void *) = { child_fails };
	struct timespec first, fifth;
	pid_t parent = parent_start(run, 1);

	/* Starts at 0, 100, 300, 700 and 1500 ms, or later. */
	clock_gettime(CLOCK_MONOTONIC, &first);
	wait_for(&board->starts[0], 5);
	clock_gettime(CLOCK_MONOTONIC, &fifth);
	assert_true((fifth.tv_sec - first.tv_sec) * 1000 +
			    (fifth.tv_nsec - first.tv_nsec) / 1000000 >=
		    1300);
	kill(parent, SIGINT);
	assert_int_equal(parent_end(parent), 0);
}

static void test_supervise__patience_has_an_end(void **state)
{
	int (*const run[])(void *) = { child_is_stubborn, child_waits };
	pid_t parent = parent_start(run, 2);

	kill(parent, SIGTERM);
	assert_int_equal(parent_end(parent), 1);
	assert_true(is_gone((pid_t)board->pids[0]));
	assert_int_equal(board->stopped[1], 1);
}

static void test_supervise__children_die_with_their_parent(void **state)
{
	int (*const run[])(void *) = { child_is_stubborn, child_waits };
	pid_t parent = parent_start(run, 2);
	int status;

	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(is_gone((pid_t)board->pids[0]));
	assert_true(is_gone((pid_t)board->pids[1]));
}

static void test_supervise__hangup_is_passed_on_and_interrupt_is_not(void **state)
{
	int (*const run[])(void *) = { child_is_stubborn, child_waits };
	pid_t parent = parent_start(run, 2);

	kill(parent, SIGHUP);
	wait_for(&board->hangups[1], 1);
	assert_int_equal(board->parent_hangups, 1);
	/* As Ctrl-C would; the first child ignores hang-ups too. */
	kill((pid_t)board->pids[0], SIGINT);
	kill((pid_t)board->pids[0], SIGHUP);
	pause_ms(50);
	assert_int_equal(board->starts[0], 1);
	assert_int_equal(board->exits[0], 0);
	kill((pid_t)board->pids[0], SIGKILL);
	wait_for(&board->starts[0], 2);
	kill((pid_t)board->pids[0], SIGKILL);
	kill(parent, SIGTERM);
	parent_end(parent);
}

/* Whoever starts anew at once, as after a crash, must not be refused for what is dying.
 */
static void test_supervise__waits_for_a_lock_that_is_going(void **state)
{
	int ends[2], fd, status;
	char there;
	pid_t holder;

	assert_int_equal(pipe(ends), 0);
	holder = fork();
	if (holder == 0) {
		supervise_lock(lock_path, NULL);
		if (write(ends[1], "", 1) < 0)
			_exit(1);
		pause_ms(300);
		_exit(0);
	}
	assert_int_equal(read(ends[0], &there, 1), 1);
	fd = supervise_lock(lock_path, NULL);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	close(ends[0]);
	close(ends[1]);
}

static void test_supervise__one_lock_at_a_time(void **state)
{
	struct error err = { 0 };
	char pid[40];
	int fd = supervise_lock(lock_path, &err), again;

	assert_true(fd >= 0);
	assert_int_equal(supervise_lock(lock_path, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	snprintf(pid, sizeof(pid), "process %d or", (int)getpid());
	assert_non_null(strstr(err.text, pid));
	close(fd);
	again = supervise_lock(lock_path, NULL);
	assert_true(again >= 0);
	close(again);
	memset(&err, 0, sizeof(err));
	assert_int_equal(supervise_lock("/nonexistent/lock", &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL);
}

/* A parent that is killed leaves the lock to its children until they are gone. */
static void test_supervise__the_lock_lasts_until_the_last_child(void **state)
{
	int ends[2], fd, status;
	pid_t parent, holder;

	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		supervise_lock(lock_path, NULL);
		holder = fork();
		while (holder == 0)
			pause();
		if (write(ends[1], &holder, sizeof(holder)) < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(read(ends[0], &holder, sizeof(holder)), sizeof(holder));
	assert_int_equal(supervise_lock(lock_path, NULL), -1);
	kill(holder, SIGKILL);
	assert_true(is_gone(holder));
	fd = supervise_lock(lock_path, NULL);
	assert_true(fd >= 0);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

static void test_supervise__listeners_share_a_port_with_nobody_else(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct error err = { 0 };
		int fds[3], others[2] = { -7, -7 };
		char address[40];

		snprintf(address, sizeof(address), "%s:0", hosts[i]);
		if (supervise_listen(address, 3, fds, &err) < 0) {
			/* A machine without IPv6. */
			assert_int_equal(i, 1);
			continue;
		}
		for (int j = 0; j < 3; j++)
			assert_int_equal(supervise_listen_port(fds[j]),
				supervise_listen_port(fds[0]));
		snprintf(address, sizeof(address), "%s:%u", hosts[i],
			supervise_listen_port(fds[0]));
		for (unsigned n = 1; n <= 2; n++) {
			memset(&err, 0, sizeof(err));
			assert_int_equal(
				supervise_listen(address, n, others, &err), -1);
			assert_int_equal(err.code, ERR_CONFLICT);
			assert_int_equal(others[0], -7);
		}
		for (int j = 0; j < 3; j++)
			close(fds[j]);
		assert_int_equal(supervise_listen(address, 1, fds, NULL), 0);
		close(fds[0]);
	}
}

static void test_supervise__a_left_socket_file_is_replaced(void **state)
{
	char folder[] = "/tmp/synpunkt-supervise-XXXXXX", address[64];
	int fds[2], others[1] = { -7 };

	assert_non_null(mkdtemp(folder));
	snprintf(address, sizeof(address), "unix:%s/x", folder);
	for (int i = 0; i < 2; i++) {
		struct error err = { 0 };

		assert_int_equal(supervise_listen(address, 2, fds, NULL), 0);
		assert_int_equal(supervise_listen(address, 1, others, &err), -1);
		assert_int_equal(err.code, ERR_CONFLICT);
		assert_int_equal(others[0], -7);
		close(fds[0]);
		close(fds[1]);
	}
	unlink(address + strlen("unix:"));
	rmdir(folder);
}

static void test_supervise__a_wrong_address_is_named(void **state)
{
	static const char *const bad[] = { "localhost:80", "192.0.2.1:0", "unix:/tmp",
		"unix:/nowhere/x", "127.0.0.1" };
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = { 0 };

		assert_int_equal(supervise_listen(bad[i], 1, &fd, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
	assert_int_equal(supervise_listen_port(-1), 0);
}

/* In a process of its own; its exit code says which step went wrong. */
static int drop_root(void)
{
	const struct passwd *pw = getpwnam("nobody");
	struct error err = { 0 };

	if (supervise_drop_root(NULL, &err) == 0 || err.code != ERR_INVALID)
		return 1;
	memset(&err, 0, sizeof(err));
	if (supervise_drop_root("no-such-user", &err) == 0 || err.code != ERR_INVALID)
		return 2;
	if (supervise_drop_root("root", NULL) == 0)
		return 3;
	if (supervise_drop_root("nobody", NULL) < 0)
		return 4;
	if (getuid() != pw->pw_uid || geteuid() != pw->pw_uid)
		return 5;
	if (getgid() != pw->pw_gid || setuid(0) == 0 || setgid(0) == 0)
		return 6;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 7;
	return open("/etc/shadow", O_RDONLY) >= 0 ? 8 : 0;
}

static void test_supervise__root_is_given_up_for_good(void **state)
{
	pid_t pid;
	int status;

	if (geteuid() != 0) {
		print_message("not root: nothing to give up\n");
		return;
	}
	pid = fork();
	if (pid == 0)
		_exit(drop_root());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int judge_right(struct error *err)
{
	board->judges = getpid();
	return 0;
}

static int judge_wrong(struct error *err)
{
	return error_set(err, ERR_INVALID, "so it is");
}

static int judge_dies(struct error *err)
{
	raise(SIGKILL);
	return 0;
}

static void test_supervise__judges_in_another_process(void **state)
{
	struct error err = { 0 };

	assert_int_equal(supervise_judge(judge_right, &err), 0);
	assert_int_not_equal(board->judges, 0);
	assert_int_not_equal(board->judges, getpid());
	assert_int_equal(supervise_judge(judge_wrong, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.text, "so it is");
	err = (struct error){ 0 };
	assert_int_equal(supervise_judge(judge_dies, &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL);
}

static int set_up(void **state)
{
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR + 1, "test");
	board = shared_map(sizeof(*board), NULL);
	snprintf(lock_path, sizeof(lock_path), "/tmp/test_supervise.%d", (int)getpid());
	return board ? 0 : -1;
}

static int tear_down(void **state)
{
	shared_unmap(board, sizeof(*board));
	unlink(lock_path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_supervise__a_killed_child_is_started_again),
		cmocka_unit_test(test_supervise__a_child_that_keeps_dying_waits_longer),
		cmocka_unit_test(test_supervise__patience_has_an_end),
		cmocka_unit_test(test_supervise__children_die_with_their_parent),
		cmocka_unit_test(
			test_supervise__hangup_is_passed_on_and_interrupt_is_not),
		cmocka_unit_test(test_supervise__one_lock_at_a_time),
		cmocka_unit_test(test_supervise__waits_for_a_lock_that_is_going),
		cmocka_unit_test(test_supervise__the_lock_lasts_until_the_last_child),
		cmocka_unit_test(
			test_supervise__listeners_share_a_port_with_nobody_else),
		cmocka_unit_test(test_supervise__a_left_socket_file_is_replaced),
		cmocka_unit_test(test_supervise__a_wrong_address_is_named),
		cmocka_unit_test(test_supervise__root_is_given_up_for_good),
		cmocka_unit_test(test_supervise__judges_in_another_process),
	};

	return cmocka_run_group_tests_name("supervise", tests, set_up, tear_down);
}
