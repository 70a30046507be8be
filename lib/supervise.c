#include "lib/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"

#define SUPERVISE_BACKOFF_MS 100
#define SUPERVISE_BACKOFF_MAX_MS 10000
/* A child that lived so long had started well. */
#define SUPERVISE_SETTLED_MS 30000
#define SUPERVISE_NEVER INT64_MAX

struct supervise_state {
	pid_t pid;          /* 0: not running */
	int64_t started_ms; /* of the last start */
	int64_t next_ms;    /* not running: when to start it */
	int64_t backoff_ms; /* how long to wait after the next death */
	bool told;          /* has been sent SIGTERM */
};

struct supervise {
	const struct supervise_config *config;
	struct supervise_state *children;
	sigset_t before; /* the caller's mask, for the children */
	pid_t pid;       /* the parent's own */
	int signals;     /* signalfd */
	bool stopping, killed;
	int64_t kill_ms; /* stopping: when patience ends */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void child_run(const struct supervise *s, size_t i)
{
	const struct supervise_child *child = &s->config->children[i];

	/* Also the parent may have died before the kernel was told to watch it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->pid)
		_exit(1);
	close(s->signals);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	log_set_who(child->name);
	exit(child->run(child->arg));
}

/* The wait before the next start, doubled for the one after it. */
static int64_t child_wait(struct supervise_state *state)
{
	int64_t ms = state->backoff_ms;

	state->backoff_ms =
		ms * 2 < SUPERVISE_BACKOFF_MAX_MS ? ms * 2 : SUPERVISE_BACKOFF_MAX_MS;
	return ms;
}

static void child_start(struct supervise *s, size_t i)
{
	struct supervise_state *state = &s->children[i];
	const char *name = s->config->children[i].name;
	pid_t pid;

	fflush(NULL); /* or both would write what is buffered */
	pid = fork();
	if (pid == 0)
		child_run(s, i);
	state->started_ms = now_ms();
	if (pid < 0) {
		state->next_ms = state->started_ms + child_wait(state);
		log_event(LOG_LEVEL_ERROR, "child_not_started", LOG_S("child", name),
			LOG_S("reason", strerror(errno)));
		return;
	}
	state->pid = pid;
	log_event(LOG_LEVEL_INFO, "child_started", LOG_S("child", name),
		LOG_I("child_pid", pid));
}

static void child_log_death(
	const struct supervise *s, size_t i, int status, int64_t wait_ms)
{
	const struct supervise_state *state = &s->children[i];
	const char *name = s->config->children[i].name;
	enum log_level level = s->stopping ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR;

	if (WIFSIGNALED(status))
		log_event(level, "child_killed", LOG_S("child", name),
			LOG_I("child_pid", state->pid),
			LOG_S("signal", sigabbrev_np(WTERMSIG(status))),
			LOG_I("again_in_ms", wait_ms));
	else
		log_event(level, "child_exited", LOG_S("child", name),
			LOG_I("child_pid", state->pid),
			LOG_I("code", WEXITSTATUS(status)),
			LOG_I("again_in_ms", wait_ms));
}

static void child_died(struct supervise *s, size_t i, int status)
{
	struct supervise_state *state = &s->children[i];
	int64_t now = now_ms(), wait_ms = -1;

	if (now - state->started_ms >= SUPERVISE_SETTLED_MS)
		state->backoff_ms = SUPERVISE_BACKOFF_MS;
	if (!s->stopping) {
		wait_ms = child_wait(state);
		state->next_ms = now + wait_ms;
	}
	child_log_death(s, i, status, wait_ms);
	state->pid = 0;
	if (s->config->on_child_exit)
		s->config->on_child_exit(i, s->config->arg);
}

/* One SIGCHLD may stand for several deaths. */
static void children_reap(struct supervise *s)
{
	for (size_t i = 0; i < s->config->n_children; i++) {
		struct supervise_state *state = &s->children[i];
		int status;

		if (state->pid && waitpid(state->pid, &status, WNOHANG) == state->pid)
			child_died(s, i, status);
	}
}

static void children_start(struct supervise *s)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < s->config->n_children && !s->stopping; i++) {
		if (!s->children[i].pid && s->children[i].next_ms <= now)
			child_start(s, i);
	}
}

static void children_signal(const struct supervise *s, int signal)
{
	for (size_t i = 0; i < s->config->n_children; i++) {
		if (s->children[i].pid)
			kill(s->children[i].pid, signal);
	}
}

static size_t children_alive(const struct supervise *s, bool with_last)
{
	size_t n = 0;

	for (size_t i = 0; i < s->config->n_children; i++)
		n += s->children[i].pid && (with_last || !s->config->children[i].last);
	return n;
}

/* Those that others lean on hear of it when the others are gone. */
static void children_stop(struct supervise *s)
{
	bool with_last = children_alive(s, false) == 0;

	for (size_t i = 0; i < s->config->n_children; i++) {
		struct supervise_state *state = &s->children[i];

		if (!state->pid || state->told ||
			(s->config->children[i].last && !with_last))
			continue;
		state->told = true;
		kill(state->pid, SIGTERM);
	}
	if (now_ms() < s->kill_ms)
		return;
	log_event(LOG_LEVEL_WARNING, "children_killed",
		LOG_I("children", children_alive(s, true)));
	s->killed = true;
	s->kill_ms = SUPERVISE_NEVER;
	children_signal(s, SIGKILL);
}

static void supervise_on_signal(struct supervise *s, int signal)
{
	switch (signal) {
	case SIGCHLD:
		children_reap(s);
		return;
	case SIGHUP:
		if (s->config->on_hangup)
			s->config->on_hangup(s->config->arg);
		children_signal(s, SIGHUP);
		return;
	default:
		break;
	}
	if (s->stopping)
		return;
	log_event(LOG_LEVEL_INFO, "stopping", LOG_S("signal", sigabbrev_np(signal)));
	s->stopping = true;
	s->kill_ms = now_ms() + s->config->grace_ms;
}

/* Milliseconds for poll(): until a child is to be started or killed; -1: none. */
static int supervise_wait(const struct supervise *s)
{
	int64_t at = s->stopping ? s->kill_ms : SUPERVISE_NEVER, now = now_ms();

	for (size_t i = 0; i < s->config->n_children && !s->stopping; i++) {
		if (!s->children[i].pid && s->children[i].next_ms < at)
			at = s->children[i].next_ms;
	}
	if (at == SUPERVISE_NEVER)
		return -1;
	return at > now ? (int)(at - now) : 0;
}

static void supervise_loop(struct supervise *s)
{
	struct pollfd readable = { .fd = s->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	children_start(s);
	while (!s->stopping || children_alive(s, true) > 0) {
		poll(&readable, 1, supervise_wait(s));
		while (read(s->signals, &info, sizeof(info)) == sizeof(info))
			supervise_on_signal(s, (int)info.ssi_signo);
		if (s->stopping)
			children_stop(s);
		else
			children_start(s);
	}
}

int supervise_run(const struct supervise_config *config, struct error *err)
{
	struct supervise s = { .config = config, .pid = getpid() };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	s.signals = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s.signals < 0)
		return error_set(err, ERR_INTERNAL, "cannot wait for signals: %s",
			strerror(errno));
	sigprocmask(SIG_BLOCK, &ours, &s.before);
	s.children = mem_new(config->n_children * sizeof(*s.children));
	for (size_t i = 0; i < config->n_children; i++)
		s.children[i].backoff_ms = SUPERVISE_BACKOFF_MS;

	supervise_loop(&s);

	mem_free(s.children);
	close(s.signals);
	sigprocmask(SIG_SETMASK, &s.before, NULL);
	return s.killed;
}
