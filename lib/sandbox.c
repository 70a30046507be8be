#include "lib/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "lib/base.h"
#include "lib/error.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

int sandbox_isolate(void)
{
	int rooms = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC, with_parent = 0;

	prctl(PR_GET_PDEATHSIG, &with_parent);
	/* without root only inside a user namespace, which some systems refuse */
	if (unshare(rooms) < 0 && unshare(CLONE_NEWUSER | rooms) < 0)
		return -1;
	/* the kernel forgets this one when credentials change */
	prctl(PR_SET_PDEATHSIG, with_parent);
	return 0;
}

/* ---- system calls ---- */

/* One permitted call. With a mask, only if (argument & mask) == value. */
struct sandbox_call {
	int number;
	unsigned arg;
	uint64_t mask, value;
};

#define CALL(name)                                                                     \
	{                                                                              \
		SCMP_SYS(name), 0, 0, 0                                                \
	}

static const struct sandbox_call permitted[] = {
	/* what is open already */
	CALL(read),
	CALL(readv),
	CALL(pread64),
	CALL(write),
	CALL(writev),
	CALL(pwrite64),
	CALL(lseek),
	CALL(fstat),
	CALL(close),
	CALL(fsync),
	CALL(ftruncate),
	/* memory; never to be executed */
	CALL(brk),
	CALL(munmap),
	CALL(mremap),
	CALL(madvise),
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	/* threads of this process, no other process */
	{ SCMP_SYS(clone), 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM },
	{ SCMP_SYS(prctl), 0, UINT64_MAX, PR_SET_NAME },
	CALL(futex),
	CALL(set_robust_list),
	CALL(rseq),
	CALL(sched_yield),
	CALL(sched_getaffinity),
	CALL(gettid),
	CALL(getpid),
	CALL(exit),
	CALL(exit_group),
	/* signals within the process */
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sigaltstack),
	CALL(restart_syscall),
	/* clocks and the like */
	CALL(clock_gettime),
	CALL(clock_getres),
	CALL(clock_nanosleep),
	CALL(nanosleep),
	CALL(gettimeofday),
	CALL(getrandom),
	CALL(sysinfo),
	CALL(getrusage),
	/* reading a limit, not setting one: the new value is NULL */
	{ SCMP_SYS(prlimit64), 2, UINT64_MAX, 0 },
#if SANDBOX_SANITIZED
	/* its runtime maps and looks at itself */
	CALL(getuid),
	CALL(readlink),
	CALL(mincore),
#endif
};

/* Refused with an error code instead of death, because the C library asks by itself
 * and can live without: it tries clone3() before clone(), stdio asks whether it
 * writes to a terminal, malloc() reads a setting of the kernel. Opening to write, or
 * by way of another call, is death. */
struct sandbox_refusal {
	struct sandbox_call call;
	int code;
};

static const struct sandbox_refusal refused[] = {
	{ CALL(clone3), ENOSYS },
	{ CALL(ioctl), ENOTTY },
	{ { SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY }, EACCES },
#if SANDBOX_SANITIZED
	/* leak checks and reports look for files and run beside the process */
	{ CALL(open), EACCES },
	{ CALL(readlinkat), EACCES },
	{ CALL(stat), EACCES },
#endif
};

static int sandbox_rule(
	scmp_filter_ctx filter, uint32_t action, const struct sandbox_call *call)
{
	struct scmp_arg_cmp match = { .arg = call->arg,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = call->mask,
		.datum_b = call->value };

	return seccomp_rule_add_array(
		filter, action, call->number, call->mask ? 1 : 0, &match);
}

/* glibc's fstat() is newfstatat(fd, "", AT_EMPTY_PATH). A filter cannot see the
 * text, so a path could stand there: that tells whether a file exists, no more. */
static int sandbox_permit_fstat(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 2,
		SCMP_A0(SCMP_CMP_LT, 0x7fffffff),
		SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
}

/* abort() signals its own process; nobody else may be reached. */
static int sandbox_permit_abort(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int sandbox_refuse(
	scmp_filter_ctx filter, const struct sandbox_refusal *refusals, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++)
		code = sandbox_rule(filter, SCMP_ACT_ERRNO((unsigned)refusals[i].code),
			&refusals[i].call);
	return code;
}

static int sandbox_filter_fill(scmp_filter_ctx filter)
{
	size_t i;
	int code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	for (i = 0; i < ARRAY_LEN(permitted) && code == 0; i++)
		code = sandbox_rule(filter, SCMP_ACT_ALLOW, &permitted[i]);
	if (code == 0)
		code = sandbox_refuse(filter, refused, ARRAY_LEN(refused));
	if (code == 0)
		code = sandbox_permit_fstat(filter);
	if (code == 0)
		code = sandbox_permit_abort(filter);
	return code;
}

static int sandbox_filter(struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int code = filter ? sandbox_filter_fill(filter) : -ENOMEM;

	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	if (code != 0)
		return error_set(
			err, ERR_INTERNAL, "system call filter: %s", strerror(-code));
	return 0;
}

/* ---- system calls of another program ---- */

#define REFUSED(name)                                                                  \
	{                                                                              \
		CALL(name), EPERM                                                      \
	}
#define REFUSED_FLAGS(name, arg, mask, value)                                          \
	{                                                                              \
		{ SCMP_SYS(name), arg, mask, value }, EACCES                           \
	}

/* Of a program with an interpreter and libraries of others nobody can list what it may
 * call, as above; so this lists what it may not: reach anybody, start anything, change
 * a file. It is told so and goes on or not. */
static const struct sandbox_refusal program_refused[] = {
	/* no way out: sockets, objects that processes share */
	REFUSED(socket),
	REFUSED(socketpair),
	REFUSED(io_uring_setup),
	REFUSED(shmget),
	REFUSED(msgget),
	REFUSED(semget),
	REFUSED(mq_open),
	/* no other process: threads only. The filter does not see into clone3()'s
	 * argument; without it the C library takes clone(). */
	REFUSED(fork),
	REFUSED(vfork),
	{ { SCMP_SYS(clone), 0, CLONE_THREAD, 0 }, EPERM },
	{ CALL(clone3), ENOSYS },
	REFUSED(kill),
	REFUSED(tkill),
	REFUSED(rt_sigqueueinfo),
	REFUSED(rt_tgsigqueueinfo),
	REFUSED(pidfd_open),
	REFUSED(pidfd_getfd),
	REFUSED(ptrace),
	REFUSED(process_vm_readv),
	REFUSED(process_vm_writev),
	REFUSED(setpriority),
	REFUSED(ioprio_set),
	REFUSED(sched_setparam),
	REFUSED(sched_setscheduler),
	REFUSED(sched_setattr),
	REFUSED(sched_setaffinity),
	/* no file is made, written or changed but what is open already */
	REFUSED_FLAGS(open, 1, O_ACCMODE, O_WRONLY),
	REFUSED_FLAGS(open, 1, O_ACCMODE, O_RDWR),
	REFUSED_FLAGS(open, 1, O_CREAT, O_CREAT),
	REFUSED_FLAGS(open, 1, O_TRUNC, O_TRUNC),
	REFUSED_FLAGS(openat, 2, O_ACCMODE, O_WRONLY),
	REFUSED_FLAGS(openat, 2, O_ACCMODE, O_RDWR),
	REFUSED_FLAGS(openat, 2, O_CREAT, O_CREAT),
	REFUSED_FLAGS(openat, 2, O_TRUNC, O_TRUNC),
	{ CALL(openat2), ENOSYS },
	REFUSED(creat),
	REFUSED(truncate),
	REFUSED(unlink),
	REFUSED(unlinkat),
	REFUSED(rename),
	REFUSED(renameat),
	REFUSED(renameat2),
	REFUSED(link),
	REFUSED(linkat),
	REFUSED(symlink),
	REFUSED(symlinkat),
	REFUSED(mkdir),
	REFUSED(mkdirat),
	REFUSED(rmdir),
	REFUSED(mknod),
	REFUSED(mknodat),
	REFUSED(chmod),
	REFUSED(fchmod),
	REFUSED(fchmodat),
	REFUSED(chown),
	REFUSED(fchown),
	REFUSED(lchown),
	REFUSED(fchownat),
	REFUSED(utime),
	REFUSED(utimes),
	REFUSED(futimesat),
	REFUSED(utimensat),
	REFUSED(setxattr),
	REFUSED(lsetxattr),
	REFUSED(fsetxattr),
	REFUSED(removexattr),
	REFUSED(lremovexattr),
	REFUSED(fremovexattr),
	/* nothing of the kernel's that it does not need */
	REFUSED(unshare),
	REFUSED(setns),
	REFUSED(mount),
	REFUSED(umount2),
	REFUSED(pivot_root),
	REFUSED(chroot),
	REFUSED(bpf),
	REFUSED(perf_event_open),
	REFUSED(userfaultfd),
	REFUSED(add_key),
	REFUSED(request_key),
	REFUSED(keyctl),
};

/* Signals and limits for itself only. */
static int sandbox_refuse_others(scmp_filter_ctx filter)
{
	int code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
		SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid()));

	if (code == 0)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
			SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_NE, 0));
	return code;
}

static int sandbox_program_filter(struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int code = filter ? sandbox_refuse(
				    filter, program_refused, ARRAY_LEN(program_refused))
			  : -ENOMEM;

	if (code == 0)
		code = sandbox_refuse_others(filter);
	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	if (code != 0)
		return error_set(
			err, ERR_INTERNAL, "system call filter: %s", strerror(-code));
	return 0;
}

/* ---- limits ---- */

/* Bytes of address space mapped now; 0 if that cannot be read. */
static size_t sandbox_mapped(void)
{
	scoped_fd int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char text[128];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtoul(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static int sandbox_limit(__rlimit_resource_t what, rlim_t most, struct error *err)
{
	struct rlimit now;
	struct rlimit limit = { most, most };

	/* an operator's lower ceiling stays */
	if (getrlimit(what, &now) == 0 && now.rlim_max < most)
		limit.rlim_cur = limit.rlim_max = now.rlim_max;
	if (setrlimit(what, &limit) < 0)
		return error_set(err, ERR_INTERNAL, "limit: %s", strerror(errno));
	return 0;
}

static int sandbox_limits_set(const struct sandbox_limits *limits, struct error *err)
{
	size_t mapped = sandbox_mapped();

	if (mapped == 0)
		return error_set(err, ERR_INTERNAL, "own memory cannot be read");
	/* ASan maps terabytes of shadow before anything else */
	if (!SANDBOX_SANITIZED &&
		sandbox_limit(RLIMIT_AS, mapped + limits->memory, err))
		return -1;
	if (sandbox_limit(RLIMIT_CPU, limits->cpu_seconds, err) < 0 ||
		sandbox_limit(RLIMIT_FSIZE, limits->file_size, err) < 0 ||
		sandbox_limit(RLIMIT_NOFILE, 0, err) < 0 ||
		sandbox_limit(RLIMIT_CORE, 0, err) < 0)
		return -1;
	return 0;
}

int sandbox_confine(const struct sandbox_limits *limits, struct error *err)
{
	if (sandbox_limits_set(limits, err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(err, ERR_INTERNAL, "privileges: %s", strerror(errno));
	return sandbox_filter(err);
}

#define PROGRAM_DESCRIPTORS 64

int sandbox_exec(const struct sandbox_limits *limits,
	const struct sandbox_program *program, struct error *err)
{
	unsigned kept = program->descriptors ? (unsigned)program->descriptors
					     : STDERR_FILENO + 1;

	close_range(kept, ~0U, CLOSE_RANGE_CLOEXEC);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, ERR_INTERNAL, "privileges: %s", strerror(errno));
	if ((program->readable && sandbox_read_only(program->readable, err) < 0) ||
		sandbox_limit(RLIMIT_CPU, limits->cpu_seconds, err) < 0 ||
		sandbox_limit(RLIMIT_FSIZE, limits->file_size, err) < 0 ||
		sandbox_limit(RLIMIT_NOFILE, PROGRAM_DESCRIPTORS, err) < 0 ||
		sandbox_limit(RLIMIT_CORE, 0, err) < 0 ||
		sandbox_program_filter(err) < 0 ||
		/* the last, for what is mapped now may be more */
		sandbox_limit(RLIMIT_AS, limits->memory, err) < 0)
		return -1;
	execve(program->path, program->argv, program->env);
	return error_set(
		err, ERR_UNAVAILABLE, "%s: %s", program->path, strerror(errno));
}
