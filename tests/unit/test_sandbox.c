/* Each case forks, confines the child and lets it try one thing. */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "lib/error.h"
#include "lib/sandbox.h"

#define FINE 0
#define DONE 42 /* the forbidden thing worked */

typedef int attempt_fn(void);

/* The wait status of a confined child that tries. */
static int confined(attempt_fn *attempt)
{
	static const struct sandbox_limits limits = {
		.memory = 64 * MIB, .cpu_seconds = 2, .file_size = 4 * KIB
	};
	struct error err = { 0 };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_confine(&limits, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			_exit(99);
		}
		_exit(attempt());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? DONE : FINE;
}

static int try_open_to_write(void)
{
	return open("/dev/null", O_RDWR) >= 0 ? DONE : FINE;
}

static int try_create(void)
{
	return open("/tmp/test_sandbox.made", O_WRONLY | O_CREAT, 0600) >= 0 ? DONE
									     : FINE;
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : FINE;
}

static int try_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/x" };

	/* descriptor 0 is no socket, but the call must not even get that far */
	connect(0, (struct sockaddr *)&address, sizeof(address));
	return DONE;
}

static int try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return DONE;
}

static int try_fork(void)
{
	fork();
	return DONE;
}

static int try_kill(void)
{
	kill(getppid(), 0);
	return DONE;
}

static int try_ptrace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return DONE;
}

static int try_unlink(void)
{
	unlink("/tmp/test_sandbox.none");
	return DONE;
}

static int try_executable_memory(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return DONE;
}

static int try_raise_limit(void)
{
	struct rlimit limit = { 100, 100 };

	setrlimit(RLIMIT_NOFILE, &limit);
	return DONE;
}

static void test_sandbox__kills_what_it_forbids(void **state)
{
	static const struct {
		const char *name;
		attempt_fn *attempt;
	} cases[] = {
		{ "open to write", try_open_to_write },
		{ "create", try_create },
		{ "socket", try_socket },
		{ "connect", try_connect },
		{ "exec", try_exec },
		{ "fork", try_fork },
		{ "kill", try_kill },
		{ "ptrace", try_ptrace },
		{ "unlink", try_unlink },
		{ "executable memory", try_executable_memory },
		{ "raise limit", try_raise_limit },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int status = confined(cases[i].attempt);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: wait status %x", cases[i].name, (unsigned)status);
	}
}

static void test_sandbox__opens_nothing(void **state)
{
	int status = confined(try_open);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
}

static void *thread_run(void *arg)
{
	*(int *)arg = 7;
	return NULL;
}

static int try_ordinary_work(void)
{
	pthread_t thread;
	int seven = 0;
	char *p = malloc(8 * MIB);

	memset(p, 1, 8 * MIB);
	free(p);
	if (pthread_create(&thread, NULL, thread_run, &seven) != 0 ||
		pthread_join(thread, NULL) != 0)
		return 1;
	return seven == 7 && getpid() > 0 ? FINE : 2;
}

static int try_abort(void)
{
	abort();
}

static void test_sandbox__permits_ordinary_work(void **state)
{
	int status = confined(try_ordinary_work);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
	status = confined(try_abort);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

#ifndef __SANITIZE_ADDRESS__
static int try_memory(void)
{
	void *p = mmap(NULL, 256 * MIB, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED && errno == ENOMEM ? FINE : DONE;
}
#endif

static int try_time(void)
{
	volatile unsigned long turns = 0;

	do
		turns++;
	while (turns > 0);
	return DONE;
}

static int try_long_file(void)
{
	static char block[8 * KIB];

	return write(STDOUT_FILENO, block, sizeof(block)) == 4 * KIB ? FINE : DONE;
}

static int try_descriptor(void)
{
	return dup(0) >= 0 ? DONE : FINE;
}

static void test_sandbox__limits_memory_time_and_files(void **state)
{
	int status, fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int kept = dup(STDOUT_FILENO);

#ifndef __SANITIZE_ADDRESS__
	status = confined(try_memory);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
#endif
	status = confined(try_time);
	assert_true(WIFSIGNALED(status));
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	status = confined(try_long_file);
	dup2(kept, STDOUT_FILENO);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
	status = confined(try_descriptor);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == FINE);
	close(kept);
	close(fd);
}

static int try_interfaces(void)
{
	char text[4096] = "";
	int fd = open("/proc/net/dev", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	return n > 0 && strstr(text, "eth") ? DONE : FINE;
}

/* Where the system permits it, no interface but a dead loopback is left. */
static void test_sandbox__leaves_the_network(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(sandbox_isolate() == 0 ? try_interfaces() : 77);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), FINE);
}

/* ---- another program ---- */

/* The wait status of Python that runs the text. */
static int program_reading(const char *text, const char *const *readable)
{
	static const struct sandbox_limits limits = {
		.memory = 256 * MIB, .cpu_seconds = 2, .file_size = 4 * KIB
	};
	char *const argv[] = { (char[]){ "python3" }, (char[]){ "-Ic" },
		(char *)(uintptr_t)text, NULL };
	char *const env[] = { (char[]){ "LANG=C.UTF-8" }, NULL };
	struct sandbox_program python = { .path = "/usr/bin/python3",
		.argv = argv,
		.env = env,
		.readable = readable };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_exec(&limits, &python, NULL);
		_exit(99);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int program(const char *text)
{
	return program_reading(text, NULL);
}

/* 0: the system said no. */
#define TRY                                                                            \
	"import os, resource, socket, sys\n"                                           \
	"def attempt():\n %s\n"                                                        \
	"try: attempt()\n"                                                             \
	"except (PermissionError, MemoryError): sys.exit(0)\n"                         \
	"sys.exit(42)\n"

static void test_sandbox__refuses_a_program_what_it_forbids(void **state)
{
	static const char *const attempts[] = {
		"socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
		"socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
		"socket.socketpair()",
		"os.fork()",
		"os.posix_spawn('/bin/true', ['true'], {})",
		"os.kill(os.getppid(), 0)",
		"resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9))",
		"open('/tmp/test_sandbox.made', 'w')",
		"open('/dev/null', 'r+')",
		"os.open('/dev/null', os.O_TRUNC)",
		"os.unlink('/tmp/test_sandbox.none')",
		"os.rename('/tmp/test_sandbox.none', '/tmp/test_sandbox.made')",
		"os.mkdir('/tmp/test_sandbox.made')",
		"os.symlink('/', '/tmp/test_sandbox.made')",
		"os.chmod('/tmp/test_sandbox.none', 0o777)",
		"os.fchmod(0, 0o777)",
		"os.utime('/tmp/test_sandbox.none')",
		"os.setpriority(os.PRIO_PROCESS, os.getppid(), 1)",
		"os.truncate('/tmp/test_sandbox.none', 0)",
		"bytearray(300 << 20)",
	};
	char text[1024];

	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		int status;

		snprintf(text, sizeof(text), TRY, attempts[i]);
		status = program(text);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != FINE)
			fail_msg("%s: wait status %x", attempts[i], (unsigned)status);
	}
}

static void test_sandbox__permits_a_program_its_work(void **state)
{
	int status = program("import threading, sys\n"
			     "done = []\n"
			     "t = threading.Thread(target=lambda: done.append(1))\n"
			     "t.start(); t.join()\n"
			     "open('/etc/passwd').read()\n"
			     "sys.exit(0 if done else 42)\n");

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
}

static void test_sandbox__limits_a_programs_time_and_descriptors(void **state)
{
	int passed[2], status = program("while True: pass\n");
	char text[128];

	assert_true(WIFSIGNALED(status));
	assert_int_equal(pipe(passed), 0);
	snprintf(text, sizeof(text), "import os\nos.fstat(%d)\n", passed[0]);
	status = program(text);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	close(passed[0]);
	close(passed[1]);
}

static void test_sandbox__lets_a_program_read_what_is_named(void **state)
{
	static const char *const readable[] = { "/usr", "/lib", "/lib64",
		"/etc/ld.so.cache", "/none", NULL };
	static const char *const forbidden[] = { "open('/etc/passwd')",
		"open('/proc/self/environ')", "os.listdir('/etc')" };
	char text[1024];
	int status;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION) < 0)
		skip(); /* the kernel has none */
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
		snprintf(text, sizeof(text), TRY, forbidden[i]);
		status = program_reading(text, readable);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	status = program_reading("import os\nos.listdir('/usr')\n", readable);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sandbox__kills_what_it_forbids),
		cmocka_unit_test(test_sandbox__opens_nothing),
		cmocka_unit_test(test_sandbox__permits_ordinary_work),
		cmocka_unit_test(test_sandbox__limits_memory_time_and_files),
		cmocka_unit_test(test_sandbox__leaves_the_network),
		cmocka_unit_test(test_sandbox__refuses_a_program_what_it_forbids),
		cmocka_unit_test(test_sandbox__permits_a_program_its_work),
		cmocka_unit_test(test_sandbox__limits_a_programs_time_and_descriptors),
		cmocka_unit_test(test_sandbox__lets_a_program_read_what_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
